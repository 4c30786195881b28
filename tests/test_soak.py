"""The soak's own judgement: a ledger that finds no fault in a faulty run would be worth nothing."""

from dataclasses import replace
from email.utils import format_datetime
from random import Random

import pytest
from soak.__main__ import SUBSCRIPTIONS, days_in
from soak.book import FLAT, SURE_DAYS, Evidence, Item, Sight, judge_run, print_ledger
from soak.clocks import DAY, HOUR, Clocks, moment
from soak.driver import digest_moments, newest_due
from soak.plan import make_plan
from soak.post import Mail
from soak.pulse import Pulse
from soak.site import recorded_revision
from soak.world import Entry, Paper, Telling, invent_papers

END = 9 * DAY
ADDRESS = "https://paper-001.example/n/{}"


def entry(number, at, *tellings):
    told = tellings or (Telling(at, f"Title {number}", relevant=True),)
    return Entry(f"id-{number}", ADDRESS.format(number), at, told)


ENTRIES = [
    entry(0, -5 * DAY),
    entry(1, 2 * DAY),
    entry(2, 3 * DAY, Telling(3 * DAY, "Draft", relevant=False), Telling(3 * DAY + HOUR, "Title 2", relevant=True)),
    entry(3, 4 * DAY, Telling(4 * DAY, "Title 3", relevant=False)),
]


def sight(at, machine=None, *, recorded=True):
    machine = at if machine is None else machine
    return Sight(at, machine, real=0.0, recorded_by=max(at, machine) if recorded else None)


def mail(day, *numbers, recipient="lin", at=100.0, confirmed=True, fingerprint="f"):
    links = frozenset(ADDRESS.format(number) for number in numbers)
    return Mail(f"<{day}.{recipient}>", recipient, at, confirmed, fingerprint + day, links)


def run(**changes):
    """A small run in which everything went well, but for the changes."""
    paper = Paper(
        id="paper-001", language="en", form="rss", encoding="utf-8", window=9, every_minutes=60, validators="etag",
        entries=ENTRIES,
    )  # fmt: skip
    sound = {
        "end": END,
        "papers": [paper],
        "served": {one.url: [sight(max(one.at, 0) + HOUR)] for one in ENTRIES},
        "health": [(0.0, 0.0), (END, END)],
        "items": [
            Item(number, f"k{number}", ADDRESS.format(number), f"Title {number}", number != 3) for number in range(4)
        ],
        "told": {"daily": {"lin": [mail("08", 1, at=50.0), mail("09", 2)]}},
        "deliveries": {"<08.lin>": "sent", "<09.lin>": "sent"},
        "digests": [("daily", "08"), ("daily", "09")],
        "days_due": {"daily": ["08", "09"]},
        "memory": [(at * DAY, 100.0) for at in range(9)],
    }
    return Evidence(**sound | changes)


def faults(evidence):
    lines = judge_run(evidence)
    found = {kind for line in lines for kind in ("lost", "doubled") if getattr(line, kind)}
    return found | {line.wrong for line in lines if line.wrong}


def test_a_sound_run_has_no_fault_and_says_so(capsys):
    assert print_ledger(judge_run(run()))
    ledger = capsys.readouterr().out
    assert ledger.endswith("\nlost 0, doubled 0\n")
    assert "on show 4  expected 4  found 4" in ledger
    assert "expected 3  found 3; not planted 0" in ledger


ITEMS = list(run().items)
AGAIN = mail("09", 2, at=101.0)


@pytest.mark.parametrize(
    ("fault", "changes"),
    [
        ("lost", {"items": ITEMS[:3]}),
        ("doubled", {"items": [*ITEMS, replace(ITEMS[3], id=9, key="another")]}),
        ("doubled", {"items": [*ITEMS, replace(ITEMS[1], id=9)]}),
        ("doubled", {"items": [*ITEMS, Item(9, "k9", "https://paper-001.example/n/99", "Nobody's", False)]}),
        ("lost", {"items": [*ITEMS[:1], replace(ITEMS[1], captured=False), *ITEMS[2:]]}),
        ("doubled", {"items": [*ITEMS[:3], replace(ITEMS[3], captured=True)]}),
        ("lost", {"items": [*ITEMS[:2], replace(ITEMS[2], title="Draft"), ITEMS[3]]}),
        ("lost", {"told": {"daily": {"lin": [mail("08", 1), mail("09")]}}}),
        ("doubled", {"told": {"daily": {"lin": [mail("08", 1), mail("09", 1, 2)]}}}),
        ("doubled", {"told": {"daily": {"lin": [mail("08", 0, 1), mail("09", 2)]}}}),
        ("lost", {"digests": [("daily", "08")]}),
        ("doubled", {"digests": [("daily", "08"), ("daily", "09"), ("daily", "09")]}),
        ("lost", {"deliveries": {"<08.lin>": "sent", "<09.lin>": "sent", "<10.lin>": "pending"}}),
        ("doubled", {"deliveries": {"<08.lin>": "sent"}}),
        ("memory grows", {"memory": [(at * DAY, 100.0 * FLAT**at) for at in range(9)]}),
        ("processes were left behind", {"processes_left": 1}),
    ],
)
def test_every_fault_is_found(fault, changes):
    assert faults(run(**changes)) == {fault}


def with_mails(*mails):
    return {"told": {"daily": {"lin": [mail("08", 1, at=50.0), *mails]}}}


def test_the_same_mail_again_needs_a_reason():
    first = mail("09", 2)
    assert faults(run(**with_mails(first, AGAIN))) == {"doubled"}
    assert not faults(run(**with_mails(first, AGAIN), troubles=[(100.2, 100.2)]))
    assert faults(run(**with_mails(first, AGAIN), troubles=[(103.0, 103.0)])) == {"doubled"}
    assert not faults(run(**with_mails(replace(first, confirmed=False), AGAIN)))
    changed = replace(AGAIN, fingerprint="other")
    assert faults(run(**with_mails(first, changed), troubles=[(100.2, 100.2)])) == {"doubled"}


def test_what_left_its_feed_too_early_is_counted_apart(capsys):
    brief = [(0.0, 0.0), (END, (SURE_DAYS - 0.1) * DAY)]
    assert not faults(run(items=[], health=brief, told={}, deliveries={}))
    print_ledger(judge_run(run(items=ITEMS[:1], health=brief, told={}, deliveries={})))
    assert "expected 0  found 0; shown too briefly to be sure 4, found of these 1" in capsys.readouterr().out


def test_an_entry_is_fresh_or_old_by_the_visit_that_was_recorded():
    def seen(*sights):
        return run(served=dict(run().served) | {ADDRESS.format(1): list(sights)}, told=without)

    without = {"daily": {"lin": [mail("08"), mail("09", 2)]}}
    early, killed, late = sight(3 * DAY), sight(3 * DAY, recorded=False), sight(6 * DAY)
    assert faults(seen(early)) == {"lost"}
    assert not faults(seen(killed, late)), "the visit that was recorded found it old"
    assert faults(seen(killed, sight(4 * DAY))) == {"lost"}
    assert not faults(seen(sight(3 * DAY, machine=6 * DAY))), "old by the worker's clock"


def test_a_document_is_recorded_when_its_validator_comes_back():
    sent = Sight(3 * DAY, 3 * DAY, real=0.0)
    sent.note_record(3 * DAY + HOUR, 2 * HOUR)
    assert sent.recorded_by is None, "the clock was set between"
    sent.note_record(3 * DAY + HOUR, 0.0)
    assert sent.recorded_by == 3 * DAY + HOUR
    paper = replace(run().papers[0], id="paper-001")
    assert recorded_revision(paper, '"paper-001-3"', None) == 3
    assert recorded_revision(paper, None, format_datetime(moment(paper.changes[1]), usegmt=True)) == 2
    assert recorded_revision(paper, None, None) == 0


def test_a_document_without_validators_is_recorded_when_nothing_happened_to_the_worker():
    def told_late(*troubles):
        papers = [replace(run().papers[0], validators="none")]
        served = {one.url: [Sight(max(one.at, 0) + HOUR, max(one.at, 0) + HOUR, real=10.0)] for one in ENTRIES}
        return run(
            papers=papers, served=served, told={"daily": {"lin": [mail("08"), mail("09", 2)]}}, troubles=troubles
        )

    assert faults(told_late()) == {"lost"}
    assert not faults(told_late((12.0, 12.0)))


def test_what_is_purged_may_be_set_aside_again():
    assert not faults(run(items=[*ITEMS, replace(ITEMS[3], id=9)]))


def test_a_day_that_a_wrong_clock_skipped_is_no_loss():
    assert not faults(run(digests=[("daily", "08")], skipped_days=frozenset({"09"})))


def test_a_seed_makes_the_same_run_again():
    def plan(seed):
        random = Random(seed)
        papers = invent_papers(random, 20, 30)
        return papers, make_plan(random, [paper.id for paper in papers], 30, digest_moments(SUBSCRIPTIONS, 30))

    assert plan(7) == plan(7)
    assert plan(7) != plan(8)
    papers, made = plan(7)
    assert {event.what for event in made.events} == {"kill", "kill at work", "term", "step", "sleep"}
    assert sum(event.seconds for event in made.events if event.what == "step") == 0, "the clock is right in the end"
    assert papers[0].document(3 * DAY) != papers[0].document(20 * DAY)


def test_both_clocks_are_shared_and_can_be_wrong(tmp_path):
    ours = Clocks(tmp_path / "clocks", factor=1.0)
    theirs = Clocks(tmp_path / "clocks")
    ours.sleep(DAY)
    ours.step(-2 * HOUR)
    assert theirs.world() == pytest.approx(DAY, abs=30)
    assert theirs.machine() == pytest.approx(DAY - 2 * HOUR, abs=30)
    assert abs((theirs.now() - moment(DAY - 2 * HOUR)).total_seconds()) < 30


def test_the_world_waits_for_a_worker_whose_heart_does_not_beat(tmp_path):
    clocks, beats = Clocks(tmp_path / "clocks", factor=0.0), []
    pulse = Pulse(clocks, lambda: beats[-1] if beats else None)
    paces = []

    def feel(beat, hours):
        beats.append(beat)
        clocks.sleep(hours * HOUR)
        pulse._felt_at = 0.0
        pulse.feel()
        paces.append((bool(pulse.steady_seconds), bool(pulse._slow_since)))

    for beat, hours in (("old", 0.5), ("old", 0.6), ("1", 0), ("2", 0.9), ("2", 0.9), ("2", 0.2), ("3", 0)):
        feel(beat, hours)
    steady, slow = zip(*paces, strict=True)
    assert steady == (False, False, True, True, True, False, True)
    assert slow == (False, True, False, False, False, True, False)
    pulse.rest()
    assert not pulse.steady_seconds


def test_the_driver_knows_which_digest_was_due_last():
    taipei, berlin, _ = SUBSCRIPTIONS
    assert newest_due(taipei, 22.9 * HOUR) == "2026-03-08"
    assert newest_due(taipei, 23.1 * HOUR) == "2026-03-09"
    assert newest_due(berlin, 1.4 * HOUR) == "2026-03-07"
    assert len(digest_moments(SUBSCRIPTIONS, 30)) == 3 * 30


def test_minutes_are_turned_into_days():
    assert days_in(None) == 30
    assert days_in(2) > 5
    assert days_in(0.1) == 3
