"""Poll: visit every feed that is due, and record what each visit brought."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from storage.errors import StorageError
from storage.records import Compared, Recorded
from storage.store import Store
from storage.tables import FeedRow
from watcher.desk import Desk
from watcher.errors import ReadProblem
from watcher.feedrows import feed_from, tell_way
from watcher.fetch import Fetcher
from watcher.judge import Judge
from watcher.look import read_whole
from watcher.read import leave_out
from watcher.records import told_from, visit_record
from watcher.seeds import plant_seeds
from watcher.stories import join_stories
from watcher.values import Failed, Feed, Fetched, Outcome, Reading, Visit
from watcher.workers import Reader

LEASE = timedelta(minutes=10)
"""Longer than any visit may take: the longest time-out (5 min; twice for an index), reading, judging, storing."""
BREATH_SECONDS = 0.05
"""So long a freed slot waits for others: a claim costs as much as the rest of a visit that brings nothing."""
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

    desk: Desk
    judge: Judge
    fetcher: Fetcher
    reader: Reader
    on_visit: Callable[[Report], None]
    visits: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    claiming: asyncio.Lock = field(default_factory=asyncio.Lock)
    strangers: set[str] = field(default_factory=set)
    stopped: bool = False
    lost: int = 0
    """Visits that could not be recorded."""

    async def start_due(self, *, rested: bool = False) -> int:
        """Claim as many due feeds as there are free slots, start their visits, return how many.

        Of each host one at a time, and none before its rest is over, unless we know better (`rested`). A feed whose
        visit is still under way when its lease ends (the clock was stepped) keeps that visit.
        """
        async with self.claiming:
            free = self.desk.settings.fetch.slots - len(self.visits)
            if free <= 0:
                return 0
            rows = await asyncio.to_thread(self._claim, free, timedelta() if rested else self._spacing)
            fresh = [] if self.stopped else [row for row in rows if row.id not in self.visits]
            for row in fresh:
                self.visits[row.id] = asyncio.create_task(self._attend(row), name=f"visit {row.id}")
            return len(fresh)

    @property
    def _spacing(self) -> timedelta:
        return timedelta(seconds=self.desk.settings.fetch.spacing_seconds)

    def _claim(self, free: int, spacing: timedelta) -> list[FeedRow]:
        """Claim due feeds that we know; one that another process enrolled, from a newer feeds.toml, is left to it."""
        feeds, clock = self.desk.store.feeds, self.desk.clock
        known_hosts = {host.lower() for host in self.desk.settings.fetch.allow_private}
        while rows := feeds.claim(
            clock(), LEASE, free, besides=self.strangers, spacing=spacing, free_hosts=known_hosts
        ):
            strangers = {row.id for row in rows} - self.desk.feeds.keys()
            if strangers:
                feeds.give_back(strangers, clock())
                self.strangers |= strangers
            if len(strangers) < len(rows):
                return [row for row in rows if row.id not in strangers]
        return []

    def stop(self) -> int:
        """Start no more visits, return how many are under way; what is just being claimed, `finish` gives back."""
        self.stopped = True
        return len(self.visits)

    async def poll(self) -> None:
        """Visit every feed that is due; a free slot is filled soon. Interrupted, it gives its feeds back."""
        try:
            while await self.start_due() or self.visits or await self._start_rested():
                await self.wait_for_slots()
        finally:
            await self.finish(timedelta())

    async def wait_for_slots(self) -> None:
        """Wait until a visit has ended, or a host has had its rest; then a breath, for others may end just now."""
        if self.visits:
            patience = self._spacing.total_seconds() or None
            await asyncio.wait(self.visits.values(), timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        if self.visits:
            await asyncio.sleep(BREATH_SECONDS)

    async def _start_rested(self) -> int:
        """Now that nothing is under way, give hosts their rest, and start what is still due."""
        feeds, now = self.desk.store.feeds, self.desk.clock()
        if not await asyncio.to_thread(feeds.is_any_due, now, LEASE, besides=self.strangers):
            return 0
        await asyncio.sleep(self._spacing.total_seconds())
        return await self.start_due(rested=True)

    async def finish(self, patience: timedelta) -> None:
        """Wait for the visits under way, cancel those that outlast `patience`, release their feeds."""
        self.stop()
        async with self.claiming:  # a claim under way is to be released too
            if self.visits:
                await asyncio.wait(self.visits.values(), timeout=patience.total_seconds())
            late = list(self.visits.values())
            for visit in late:
                visit.cancel()
            await asyncio.gather(*late, return_exceptions=True)
            await self._release()

    async def _release(self) -> None:
        try:
            await asyncio.to_thread(self.desk.store.feeds.release, self.desk.clock())
        except StorageError as problem:
            log.error("%s The feeds that were being visited are due again when their lease ends.", problem)

    async def _attend(self, row: FeedRow) -> None:
        """Carry one visit through; whatever goes wrong concerns this feed alone."""
        try:
            feed = feed_from(row, self.desk.feeds[row.id], self.desk.settings.fetch)
            outcome, reading = await self._look(feed)
            report = await asyncio.to_thread(self._keep, feed, outcome, reading)
        except Exception as problem:
            self.lost += 1
            log.error("feed %s: the visit is not recorded but repeated when its lease ends: %s", row.id, problem)
            log.debug("feed %s", row.id, exc_info=True)
        else:
            self.on_visit(report)
        finally:
            del self.visits[row.id]

    async def _look(self, feed: Feed) -> tuple[Outcome, Reading]:
        outcome = await self.fetcher.fetch(feed)
        if not isinstance(outcome, Fetched):
            return outcome, Reading()
        try:
            return await read_whole(outcome, feed, self.fetcher, self.reader)
        except ReadProblem as problem:
            return Failed(problem=str(problem), status=outcome.status), Reading()

    def _keep(self, feed: Feed, outcome: Outcome, reading: Reading) -> Report:
        visit = self._weigh(feed, outcome, reading)
        record = visit_record(
            visit,
            self.desk.clock(),
            rules=self.judge.fingerprint,
            backfill=timedelta(days=self.desk.settings.digest.backfill_days),
            subscriptions=self.desk.settings.subscriptions,
        )
        recorded = self.desk.store.feeds.record(record)
        if recorded.captured:
            self._tell_apart(feed)
        return Report(visit=visit, recorded=recorded)

    def _tell_apart(self, feed: Feed) -> None:
        """Give what was captured its stories; the visit stands, whatever comes of it."""
        try:
            tell_apart(self.desk.store, self.desk.clock())
        except StorageError as problem:
            later = "its items are put to their stories with the next capture, or at the next start"
            log.error("feed %s: the visit is recorded, but %s: %s", feed.id, later, problem)

    def _weigh(self, feed: Feed, outcome: Outcome, reading: Reading) -> Visit:
        fresh = leave_out(reading.entries, feed.known, reading.identity)
        judged = tuple((entry, self.judge.judge(entry)) for entry in fresh)
        return Visit(feed=feed, outcome=outcome, reading=reading, judged=judged)


def prepare_visits(desk: Desk, judge: Judge) -> None:
    """Make the store ready for visits: the feeds of feeds.toml, the seeds, stories that a crash left untold."""
    now = desk.clock()
    ways = {feed.id: tell_way(feed) for feed in desk.feeds.values()}
    desk.store.feeds.enrol([(feed.id, feed.url) for feed in desk.feeds.values()], now, ways)
    plant_seeds(desk.store, judge, now)
    tell_apart(desk.store, now)


@asynccontextmanager
async def open_poller(
    desk: Desk, judge: Judge, on_visit: Callable[[Report], None] = lambda report: None
) -> AsyncIterator[Poller]:
    """Open the network and the reading worker for as long as visits are made."""
    settings = desk.settings
    async with Fetcher(settings.fetch, settings.contact, clock=desk.clock) as fetcher, Reader() as reader:
        yield Poller(desk=desk, judge=judge, fetcher=fetcher, reader=reader, on_visit=on_visit)


async def poll(desk: Desk, judge: Judge, on_visit: Callable[[Report], None]) -> Tally:
    """Visit every feed that is due and add up what came of it; `on_visit` hears of each visit."""
    tally = Tally()

    def count(report: Report) -> None:
        tally.add(report)
        on_visit(report)

    async with open_poller(desk, judge, count) as poller:
        await poller.poll()
    tally.feeds += poller.lost
    tally.failed += poller.lost
    return tally


def tell_apart(store: Store, now: datetime) -> int:
    """Give every captured item that has no story yet its story; return how many there were."""
    return store.stories.tell_apart(now - STORY_WINDOW, _join_items)


def _join_items(fresh: Sequence[Compared], earlier: Sequence[Compared]) -> Iterator[tuple[int, int, str]]:
    for joining in join_stories(map(told_from, fresh), map(told_from, earlier)):
        yield joining.item_id, joining.story_id, joining.why
