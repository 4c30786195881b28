"""What came of the days: requests, entries seen before they left, entries in time for the digest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from month.habits import DAY, HOUR
from month.life import SETTINGS, Watched

DIGEST_AT = 7 * HOUR
TO_VISIT = HOUR
"""Entries younger than this when a digest opens may wait for the next one."""
DEAD = ("blocked", "gone", "ended")


@dataclass(slots=True)
class Line:
    """One habit. Entries that were on show for less than the shortest time between two visits are `brief`."""

    habit: str
    feeds: int = 0
    requests: int = 0
    most: int = 0
    shown: int = 0
    seen: int = 0
    brief: int = 0
    due: int = 0
    told: int = 0

    @property
    def missed(self) -> int:
        return self.shown - self.seen


def sum_up(watched: Sequence[Watched], days: float) -> list[Line]:
    """Return a line for each habit."""
    lines: dict[str, Line] = {}
    for one in watched:
        line = lines.setdefault(one.source.habit, Line(one.source.habit))
        line.feeds += 1
        line.requests += one.asked
        line.most = max(line.most, one.asked)
        _count_entries(line, one, days * DAY)
    return list(lines.values())


def _count_entries(line: Line, one: Watched, end: float) -> None:
    least = one.settings.every(SETTINGS.every).total_seconds()
    for number, born in enumerate(one.source.births):
        leaves = one.source.leaves(number)
        if leaves <= 0 or (leaves > end and number not in one.seen):
            continue  # gone before we came, or still there to be seen
        if leaves - max(born, 0) < least:
            line.brief += 1
            continue
        line.shown += 1
        line.seen += number in one.seen
        if 0 < born < end - DAY:
            line.due += 1
            line.told += one.seen.get(number, end) <= _digest_after(born)


def _digest_after(born: float) -> float:
    """Return when the first digest opens for which an entry was there early enough."""
    return ((born + TO_VISIT - DIGEST_AT) // DAY + 1) * DAY + DIGEST_AT


def write_table(lines: Sequence[Line], days: float) -> Iterator[str]:
    yield f"{'habit':<20} feeds   a day   most   on show  missed      seen  in time  brief"
    for line in lines:
        a_day, most = line.requests / line.feeds / days, line.most / days
        seen, told = share(line.seen, line.shown), share(line.told, line.due)
        yield (
            f"{line.habit:<20}{line.feeds:>6}{a_day:>8.1f}{most:>7.1f}{line.shown:>10,}{line.missed:>8,}"
            f"{seen:>9.2f}%{told:>8.1f}%{line.brief:>7,}"
        )


def share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100.0
