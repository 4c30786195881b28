"""The account of a day: what each poll brought, what stands in the end, and whether it was so announced."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from storage.records import FullItem
from watcher.demo.numbers import Numbers, announce, differences, relevant_entries
from watcher.demo.samples import Sample
from watcher.poll import Report, Tally
from watcher.values import Fetched, Unchanged


@dataclass(kw_only=True)
class Poll:
    """Hold one poll: its sum, and what each feed's visit brought."""

    tally: Tally
    reports: dict[str, Report]

    @property
    def redirected(self) -> list[str]:
        """Return the feeds whose document was found at another address."""
        return [one for one, outcome in self._fetched() if outcome.url != self.reports[one].visit.feed.url]

    @property
    def torn(self) -> list[str]:
        """Return the feeds whose document ended in the middle of an entry."""
        read = ((one, self.reports[one].visit.reading) for one, _ in self._fetched())
        return [one for one, reading in read if any("cut off" in note for note in reading.notes)]

    @property
    def not_modified(self) -> list[str]:
        """Return the feeds that answered 304."""
        outcomes = {one: report.visit.outcome for one, report in self.reports.items()}
        return [one for one, outcome in outcomes.items() if isinstance(outcome, Unchanged) and outcome.status == 304]

    @property
    def judged(self) -> int:
        """Return how many entries were not yet known."""
        return sum(len(report.visit.judged) for report in self.reports.values())

    def _fetched(self) -> Iterator[tuple[str, Fetched]]:
        for one, report in self.reports.items():
            if isinstance(report.visit.outcome, Fetched):
                yield one, report.visit.outcome


@dataclass(kw_only=True)
class Day:
    """Hold what happened: what the demo tells, and what it checks."""

    home: Path
    samples: tuple[Sample, ...]
    polls: list[Poll] = field(default_factory=list)
    seeds: list[FullItem] = field(default_factory=list)
    captured: list[FullItem] = field(default_factory=list)
    near: list[FullItem] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    subject: str = ""

    @property
    def edited(self) -> list[FullItem]:
        """Return the captured items that keep a first headline beside their own."""
        return [full for full in self.captured if full.item.title != full.item.first_title]

    def name(self, feed_id: str) -> str:
        """Return the name of a feed."""
        return next(sample.name for sample in self.samples if sample.id == feed_id)

    def most_told(self) -> list[FullItem]:
        """Return the items of the event that was told in most languages."""
        events: dict[str, list[FullItem]] = {}
        relevant = relevant_entries(self.samples)
        for full in self.captured:
            entry = relevant.get((full.item.feed_id or "", full.item.url))
            events.setdefault(entry.event if entry else "", []).append(full)
        return max(events.values(), key=lambda told: len({full.item.language for full in told}), default=[])

    def numbers(self) -> Numbers:
        """Count what happened."""
        first, second = self.polls
        return Numbers(
            feeds=first.tally.read,
            entries=first.tally.entries,
            captured=first.tally.captured,
            near=first.tally.near,
            moved=len(first.redirected),
            torn=len(first.torn),
            unchanged=second.tally.unchanged,
            not_modified=len(second.not_modified),
            judged_again=second.judged,
            captured_later=second.tally.captured,
            problems=second.tally.failed,
            near_left=len(self.near),
            edited=len(self.edited),
            pairs=len({pair for full in self.captured for pair in full.values("pair")}),
            stories=len({full.item.story_id for full in self.captured}),
            seeds=len(self.seeds),
            mails=len(self.mails),
        )

    def surprises(self) -> list[str]:
        """Name everything that did not happen as announced; an empty list is a good demo."""
        return [*differences(announce(self.samples), self.numbers()), *self.wrong_items(), *self.wrong_stories()]

    def wrong_items(self) -> Iterator[str]:
        """Name every captured item that is not as its sample is marked, and every one that is missing."""
        expected = relevant_entries(self.samples)
        found = {(full.item.feed_id or "", full.item.url): full for full in self.captured}
        for key in expected.keys() - found.keys():
            yield f"not captured: {expected[key].title}"
        for key, full in found.items():
            entry = expected.get(key)
            if entry is None:
                yield f"captured, but not marked as relevant: {full.item.title}"
            elif full.values("pair") != (entry.pair,):
                yield f"{', '.join(full.values('pair')) or 'no pair'}, not {entry.pair}: {full.item.title}"
            elif (full.item.first_title, full.item.title) != (entry.title, entry.headline(1)):
                yield f"the headline is not as it was or became: {full.item.title}"

    def wrong_stories(self) -> Iterator[str]:
        """Name every story that tells of two events."""
        relevant, told = relevant_entries(self.samples), dict[int, set[str]]()
        for full in self.captured:
            entry = relevant.get((full.item.feed_id or "", full.item.url))
            told.setdefault(full.item.story_id or 0, set()).add(entry.event if entry else full.item.title)
        for events in told.values():
            if len(events) > 1:
                yield f"told as one story: {', '.join(sorted(events))}"
