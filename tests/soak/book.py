"""The driver's own book: what has to be there in the end, from what was published, shown and mailed; and what is.

Nothing here asks the product what it should have done. `judge_run` compares the book with the rows and the mails.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from soak.clocks import DAY
from soak.post import Mail
from soak.world import Paper

SURE_DAYS = 1.5
"""Whatever stands in a feed for so long while the worker is well has to be seen: back-off ends at one day."""
BACKFILL_DAYS = 3.0
"""The product's rule: what was older at its first sight is stored and not told."""
KEEPING = 8.0
"""Real seconds after which a document without validators is surely recorded, if nothing happened to the worker."""
FLAT = 1.3
"""So much may the memory of the last day be above that of the first."""
MOMENT = 2.0
"""Real seconds between a 250 and the end of its transaction, at the very most."""


@dataclass(frozen=True, slots=True)
class Item:
    """What the database says of an item; once seen it is remembered, for maintenance removes what is set aside."""

    id: int
    key: str
    url: str
    title: str
    captured: bool


@dataclass(slots=True)
class Sight:
    """One document that was sent: when by the world's clock, the worker's and in real time; whether it was whole.

    `recorded_by` is when it was surely recorded, by the later one of the two clocks; None: nobody knows.
    """

    world: float
    machine: float
    real: float
    whole: bool = True
    recorded_by: float | None = None

    def note_record(self, world: float, wrong: float) -> None:
        """Its validators came back. When the clock was set between, that proves nothing of the time."""
        if abs(self.world + wrong - self.machine) < 1:
            self.recorded_by = world + max(wrong, 0)


@dataclass(kw_only=True)
class Evidence:
    """All that came of a run.

    `troubles` are real spans in which an attempt could not be recorded: a kill, a database that was away. `health`
    is how many simulated seconds the worker had been well, by the world's clock.
    """

    end: float
    papers: Sequence[Paper]
    served: Mapping[str, Sequence[Sight]]
    health: Sequence[tuple[float, float]]
    items: Iterable[Item]
    told: Mapping[str, Mapping[str, Sequence[Mail]]]
    deliveries: Mapping[str, str]
    digests: Iterable[tuple[str, str]]
    days_due: Mapping[str, Iterable[str]]
    skipped_days: frozenset[str] = frozenset()
    troubles: Sequence[tuple[float, float]] = ()
    memory: Sequence[tuple[float, float]] = ()
    processes_left: int = 0


@dataclass(slots=True)
class Line:
    """One line of the ledger: what it is about, its words, and what of it is wrong."""

    name: str
    words: str
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the book says of one entry as it reads in the end. `sure`: it must have been seen."""

    url: str
    title: str
    sure: bool
    relevant: bool
    edited: bool
    fresh: bool
    old: bool


def expect_entries(evidence: Evidence) -> list[Expected]:
    """Return every entry that was ever on show."""
    return [
        _expect(paper, number, evidence)
        for paper in evidence.papers
        for number in range(len(paper.entries))
        if paper.leaves(number) > 0
    ]


def _expect(paper: Paper, number: int, evidence: Evidence) -> Expected:
    """Weigh one entry. Its first sight, by which it is fresh or old, lies between the first document that showed it
    and the first that was surely recorded."""
    entry, leaves = paper.entries[number], min(paper.leaves(number), evidence.end)
    last, sights = entry.tellings[-1], evidence.served.get(entry.url, ())
    recorded = [by for sight in sights if (by := _recorded_by(sight, paper, evidence.troubles)) is not None]
    limit = entry.at + BACKFILL_DAYS * DAY
    return Expected(
        url=entry.url,
        title=last.title,
        sure=_healthy(evidence, leaves) - _healthy(evidence, max(last.since, 0)) >= SURE_DAYS * DAY,
        relevant=last.relevant,
        edited=len(entry.tellings) > 1,
        fresh=bool(recorded) and min(recorded) < limit,
        old=not sights or min(sights[0].world, sights[0].machine) > limit,
    )


def _recorded_by(sight: Sight, paper: Paper, troubles: Sequence[tuple[float, float]]) -> float | None:
    if paper.validators != "none" or not sight.whole:
        return sight.recorded_by
    troubled = any(start <= sight.real + KEEPING and sight.real <= end for start, end in troubles)
    return None if troubled else max(sight.world, sight.machine)


def _healthy(evidence: Evidence, at: float) -> float:
    """Return for how long the worker had been well by a moment of the world."""
    place = bisect_right(evidence.health, at, key=lambda sample: sample[0])
    return evidence.health[place - 1][1] if place else 0.0


def judge_run(evidence: Evidence) -> list[Line]:
    """Compare the book with what is there."""
    expected = expect_entries(evidence)
    items: dict[str, list[Item]] = defaultdict(list)
    for item in evidence.items:
        items[item.url].append(item)
    return [
        _judge_items(expected, items),
        _judge_captures(expected, items),
        _judge_edits(expected, items),
        *(_judge_telling(name, boxes, expected, items) for name, boxes in evidence.told.items()),
        *(_judge_days(name, due, evidence) for name, due in evidence.days_due.items()),
        _judge_mails(evidence),
        _judge_memory(evidence.memory),
        Line(
            "processes",
            f"left behind {evidence.processes_left}",
            wrong="processes were left behind" if evidence.processes_left else "",
        ),
    ]


def _judge_items(expected: list[Expected], items: Mapping[str, list[Item]]) -> Line:
    """Each entry is one item. What was set aside and purged may be set aside again, under the key it had."""
    sure = [one.url for one in expected if one.sure]
    found = [url for url in sure if url in items]
    brief = [one.url for one in expected if not one.sure]
    again = [url for url, same in items.items() if len(same) > 1 and _is_purged(same)]
    words = (
        f"on show {len(expected):,}  expected {len(sure):,}  found {len(found):,}; shown too briefly to be sure "
        f"{len(brief)}, found of these {sum(url in items for url in brief)}; set aside again after a purge {len(again)}"
    )
    known = {one.url for one in expected}
    doubled = [url for url, same in items.items() if len(same) > 1 and url not in again]
    strangers = [url for url in items if url not in known]
    return Line("items", words, sorted(set(sure) - set(found)), doubled + strangers)


def _is_purged(same: list[Item]) -> bool:
    return len({item.key for item in same}) == 1 and not any(item.captured for item in same)


def _judge_captures(expected: list[Expected], items: Mapping[str, list[Item]]) -> Line:
    wanted = [one.url for one in expected if one.relevant and one.sure]
    captured = {url for url, same in items.items() if any(item.captured for item in same)}
    odd = captured - {one.url for one in expected if one.relevant}
    words = f"expected {len(wanted):,}  found {len(captured & set(wanted)):,}; not planted {len(odd)}"
    return Line("captured", words, sorted(set(wanted) - captured), sorted(odd))


def _judge_edits(expected: list[Expected], items: Mapping[str, list[Item]]) -> Line:
    edited = [one for one in expected if one.edited and one.sure]
    stale = [one.url for one in edited if all(item.title != one.title for item in items.get(one.url, ()))]
    return Line("edits", f"expected {len(edited)}  taken over {len(edited) - len(stale)}", stale)


def _judge_telling(
    name: str, boxes: Mapping[str, Sequence[Mail]], expected: list[Expected], items: Mapping[str, list[Item]]
) -> Line:
    """Each fresh item once to each recipient: in one Message-ID, however often that arrived."""
    fresh, old, lost, doubled = _must_tell(expected), _must_not_tell(expected), [], []
    told = 0
    for recipient, mails in boxes.items():
        times = Counter(link for links in {one.message_id: one.links for one in mails}.values() for link in links)
        lost += [f"{url} to {recipient}" for url in fresh if not times[url]]
        doubled += [f"{url} to {recipient}" for url, often in times.items() if often > 1]
        doubled += [f"{url} to {recipient}, old news" for url in old if times[url]]
        told += sum(bool(times[url]) for url in fresh)
    captured = {url for url, same in items.items() if any(item.captured for item in same)}
    either = len(captured - fresh - old)
    words = (
        f"expected {len(fresh) * len(boxes):,}  told {told:,}; old news not told {len(old)}; either is right {either}"
    )
    return Line(f"told to {name}", words, lost, doubled)


def _must_tell(expected: list[Expected]) -> set[str]:
    return {one.url for one in expected if one.relevant and one.sure and one.fresh}


def _must_not_tell(expected: list[Expected]) -> set[str]:
    return {one.url for one in expected if one.old}


def _judge_days(name: str, due: Iterable[str], evidence: Evidence) -> Line:
    days = Counter(day for subscription, day in evidence.digests if subscription == name)
    missing = sorted(set(due) - days.keys() - evidence.skipped_days)
    often = [f"{day} {count} times" for day, count in days.items() if count > 1]
    expected = len(set(due) - evidence.skipped_days)
    skipped = len(set(due) & evidence.skipped_days - days.keys())
    words = f"days expected {expected}, of them with a digest {expected - len(missing)}; digests {sum(days.values())}"
    return Line(f"days of {name}", words + (f"; skipped by a wrong clock {skipped}" if skipped else ""), missing, often)


def _judge_mails(evidence: Evidence) -> Line:
    """Every delivery arrived; what arrived again is explained by a kill, a lock or a silence at that moment."""
    mails = [mail for boxes in evidence.told.values() for box in boxes.values() for mail in box]
    received = sorted((mail for mail in mails if mail.message_id in evidence.deliveries), key=lambda mail: mail.at)
    lost = sorted(set(evidence.deliveries) - {mail.message_id for mail in received})
    strangers = [f"{mail.message_id} is no delivery" for mail in mails if mail.message_id not in evidence.deliveries]
    silent, killed, unexplained = 0, 0, []
    last: dict[str, Mail] = {}
    for mail in received:
        before = last.get(mail.message_id)
        last[mail.message_id] = mail
        if before is None:
            continue
        if before.fingerprint != mail.fingerprint:
            unexplained.append(f"{mail.message_id} changed")
        elif not before.confirmed:
            silent += 1
        elif any(start - MOMENT <= before.at <= end for start, end in evidence.troubles):
            killed += 1
        else:
            unexplained.append(f"{mail.message_id} again")
    states = ", ".join(f"{count} {state}" for state, count in sorted(Counter(evidence.deliveries.values()).items()))
    words = (
        f"deliveries {len(evidence.deliveries)} ({states}), received {len(received)}; the same again after a kill or "
        f"lock between 250 and commit {killed}, after a silence {silent}, unexplained {len(unexplained)}"
    )
    return Line("mails", words, lost, unexplained + strangers)


def _judge_memory(samples: Sequence[tuple[float, float]]) -> Line:
    """Compare the median of the first day with that of the last."""
    if not samples:
        return Line("memory", "not measured")
    last = samples[-1][0]
    first_day = [size for at, size in samples if at <= samples[0][0] + DAY]
    last_day = [size for at, size in samples if at >= last - DAY]
    early, late = median(first_day), median(last_day)
    words = f"first day {early:.0f} MB, last day {late:.0f} MB, ratio {late / early:.2f}"
    return Line("memory", words, wrong="memory grows" if late > FLAT * early else "")


def print_ledger(lines: Iterable[Line]) -> bool:
    """Print what was found; return whether nothing is lost, doubled or wrong."""
    lines = list(lines)
    for line in lines:
        print(f"{line.name:<20} {line.words}")
        for kind, found in (("lost", line.lost), ("doubled", line.doubled)):
            if found:
                print(f"{'':<20} {kind} {len(found)}: {', '.join(found[:5])}{' ...' if len(found) > 5 else ''}")
        if line.wrong:
            print(f"{'':<20} {line.wrong}")
    lost, doubled = sum(len(line.lost) for line in lines), sum(len(line.doubled) for line in lines)
    wrong = [line.wrong for line in lines if line.wrong]
    print(f"\nlost {lost}, doubled {doubled}{''.join(f', {one}' for one in wrong)}")
    return not (lost or doubled or wrong)
