"""Poll: visit every feed that is due, and record what each visit brought."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from storage.store import Store
from storage.records import Recorded
from storage.tables import FeedRow
from watcher.errors import ReadProblem
from watcher.fetch import Fetcher
from watcher.judge import Judge
from watcher.read import leave_out
from watcher.records import feed_from, told_from, visit_record
from watcher.settings.feeds import FeedSettings
from watcher.settings.watcher import WatcherSettings
from watcher.stories import join_stories
from watcher.values import Failed, Feed, Fetched, Outcome, Reading, Visit
from watcher.workers import Reader

LEASE = timedelta(minutes=10)
"""Longer than any visit may take: the longest time-out (5 min), reading, judging, storing."""
STORY_WINDOW = timedelta(days=7)
"""An item joins a story only when the story had news within this time."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Hold what one visit came to, for the one who watches a poll."""

    visit: Visit
    recorded: Recorded


@dataclass(slots=True, kw_only=True)
class Tally:
    """Add up what the visits of a poll came to."""

    feeds: int = 0
    unchanged: int = 0
    read: int = 0
    failed: int = 0
    entries: int = 0
    new_entries: int = 0
    captured: int = 0
    near: int = 0

    def add(self, report: Report) -> None:
        """Count one visit."""
        self.feeds += 1
        match report.visit.outcome:
            case Failed():
                self.failed += 1
            case Fetched():
                self.read += 1
            case _:
                self.unchanged += 1
        self.entries += len(report.visit.entries)
        self.new_entries += report.recorded.new
        self.captured += report.recorded.captured
        self.near += report.recorded.near


@dataclass(kw_only=True)
class Poller:
    """Visit feeds, as many at a time as there are slots.

    `start_due` never waits for a visit; `finish` waits for all that were started.
    """

    store: Store
    fetcher: Fetcher
    reader: Reader
    judge: Judge
    feeds: Mapping[str, FeedSettings]
    settings: WatcherSettings
    clock: Callable[[], datetime]
    on_visit: Callable[[Report], None] = lambda report: None
    visits: set[asyncio.Task[None]] = field(default_factory=set)

    async def start_due(self) -> int:
        """Claim as many due feeds as there are free slots, start their visits, return how many."""
        free = self.settings.fetch.slots - len(self.visits)
        if free <= 0:
            return 0
        rows = await asyncio.to_thread(self.store.feeds.claim, self.clock(), LEASE, free)
        for row in rows:
            visit = asyncio.create_task(self._attend(row), name=f"visit {row.id}")
            self.visits.add(visit)
            visit.add_done_callback(self.visits.discard)
        return len(rows)

    async def poll(self) -> None:
        """Visit every feed that is due; a free slot is filled at once."""
        while await self.start_due() or self.visits:
            if self.visits:
                await asyncio.wait(self.visits, return_when=asyncio.FIRST_COMPLETED)

    async def finish(self, patience: timedelta) -> None:
        """Wait for the visits under way, cancel those that outlast `patience`, release their feeds."""
        if self.visits:
            await asyncio.wait(self.visits, timeout=patience.total_seconds())
        for visit in self.visits:
            visit.cancel()
        await asyncio.gather(*self.visits, return_exceptions=True)
        await asyncio.to_thread(self.store.feeds.release, self.clock())

    async def _attend(self, row: FeedRow) -> None:
        """Carry one visit through; whatever goes wrong concerns this feed alone."""
        try:
            feed = feed_from(row, self.feeds[row.id], self.settings.fetch)
            outcome, reading = await self._look(feed)
            report = await asyncio.to_thread(self._keep, feed, outcome, reading)
        except Exception:
            log.exception("feed %s: the visit was not recorded; it is due again when its lease ends", row.id)
            return
        self.on_visit(report)

    async def _look(self, feed: Feed) -> tuple[Outcome, Reading]:
        outcome = await self.fetcher.fetch(feed)
        if not isinstance(outcome, Fetched):
            return outcome, Reading()
        try:
            return outcome, await self.reader.read(outcome, feed)
        except ReadProblem as problem:
            return Failed(problem=str(problem), status=outcome.status), Reading()

    def _keep(self, feed: Feed, outcome: Outcome, reading: Reading) -> Report:
        visit = self._weigh(feed, outcome, reading)
        record = visit_record(
            visit,
            self.clock(),
            rules=self.judge.fingerprint,
            backfill=timedelta(days=self.settings.digest.backfill_days),
        )
        recorded = self.store.feeds.record(record)
        if recorded.captured:
            tell_apart(self.store, self.clock())
        return Report(visit=visit, recorded=recorded)

    def _weigh(self, feed: Feed, outcome: Outcome, reading: Reading) -> Visit:
        fresh = leave_out(reading.entries, feed.known)
        judged = tuple((entry, self.judge.judge(entry)) for entry in fresh)
        return Visit(feed=feed, outcome=outcome, entries=reading.entries, judged=judged, notes=reading.notes)


def tell_apart(store: Store, now: datetime) -> None:
    """Give every captured item that has no story yet its story."""
    fresh = [told_from(full) for full in store.items.without_story()]
    earlier = [told_from(full) for full in store.items.captured_since(now - STORY_WINDOW)]
    for joining in join_stories(fresh, [told for told in earlier if told.story_id]):
        store.items.join_story(joining.item_id, joining.story_id, joining.why)
