"""Live through the days: visit each feed when it is due, by the rules and records of the service itself.

There is no database, and no network but for one visit in `REAL_LOOKS`: that one goes over HTTP to a site on this
machine, through the real fetcher and the real reader, and has to bring what the simulated one would have brought.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from heapq import heapify, heappop, heappush
from random import Random

from conftest import Site, open_site

from month.habits import DAY, HOUR, START, Source
from storage.tables import FeedRow
from watcher.feedrows import feed_from
from watcher.fetch import Fetcher
from watcher.read import leave_out
from watcher.records import visit_record
from watcher.settings.feeds import FeedSettings
from watcher.settings.subscription import SubscriptionSettings
from watcher.settings.watcher import FetchSettings
from watcher.values import Failed, Feed, Fetched, Judgement, Outcome, Reading, Unchanged, Verdict, Visit
from watcher.workers import Reader

REAL_LOOKS = 500
SETTINGS = FetchSettings(allow_private=("127.0.0.1",))
DIGESTS = (SubscriptionSettings(at="07:00"),)
REJECTED = Judgement(verdict=Verdict.REJECTED, score=0)


@dataclass(kw_only=True)
class Watched:
    """One feed as it is watched: what is remembered of it, how often it was asked, which entries were seen when."""

    source: Source
    row: FeedRow
    settings: FeedSettings
    asked: int = 0
    seen: dict[int, float] = field(default_factory=dict)

    def look(self, at: float, random: Random) -> tuple[Outcome, Reading]:
        """Return what a visit brings."""
        source = self.source
        if failed := source.mood(at, random):
            return failed, Reading()
        shown = source.shown(at)
        if self.row.read_at and all(number in self.seen for number in shown):
            return Unchanged(fresh_for=source.pace.fresh_for), Reading()
        fetched = Fetched(body=b"", body_hash="", url=self.row.url, fresh_for=source.pace.fresh_for)
        return fetched, Reading(entries=tuple(source.entry(number) for number in shown), pace=source.pace)

    def note(self, at: float, outcome: Outcome, reading: Reading, feed: Feed) -> float:
        """Record a visit as the service does; return when the next one is due."""
        fresh = leave_out(reading.entries, feed.known, reading.identity)
        visit = Visit(feed=feed, outcome=outcome, reading=reading, judged=tuple((entry, REJECTED) for entry in fresh))
        now = instant(at)
        record = visit_record(visit, now, rules="", backfill=timedelta(days=3), subscriptions=DIGESTS)
        for name, value in record.memory.items():
            setattr(self.row, name, value)
        self.asked += 1
        if not isinstance(outcome, Failed):
            self.seen.update((number, at) for number in self.source.shown(at) if number not in self.seen)
        return (self.row.due_at - START).total_seconds()


@dataclass(kw_only=True)
class Looks:
    """The looks over HTTP: how many there were, and how many brought something else than the simulated ones."""

    site: Site
    fetcher: Fetcher
    reader: Reader
    number: int = 0
    different: int = 0

    async def look(self, feed: Feed, simulated: Reading) -> Reading:
        path = f"/{feed.id}"
        self.site.pages[path] = write_feed(simulated)
        asked = replace(feed, url=self.site.url(path), etag="", last_modified="", body_hash="")
        outcome = await self.fetcher.fetch(asked)
        assert isinstance(outcome, Fetched), outcome
        reading = await self.reader.read(outcome, asked)
        self.number += 1
        self.different += tell_apart(reading) != tell_apart(simulated)
        return replace(reading, pace=simulated.pace)


def live(sources: Sequence[Source], days: float, random: Random) -> tuple[list[Watched], Looks]:
    """Visit the feeds for so many days; return what came of it."""
    return asyncio.run(_live(sources, days, random))


async def _live(sources: Sequence[Source], days: float, random: Random) -> tuple[list[Watched], Looks]:
    watched = [_watch(source) for source in sources]
    due = [(random.uniform(0, HOUR), number) for number in range(len(watched))]
    heapify(due)
    visits = 0
    with open_site() as site:
        async with Fetcher(SETTINGS, "") as fetcher, Reader() as reader:
            looks = Looks(site=site, fetcher=fetcher, reader=reader)
            while due:
                at, number = heappop(due)
                if at >= days * DAY:
                    continue
                one, visits = watched[number], visits + 1
                feed = feed_from(one.row, one.settings, SETTINGS)
                outcome, reading = one.look(at, random)
                if reading.entries and visits >= (looks.number + 1) * REAL_LOOKS:
                    reading = await looks.look(feed, reading)
                heappush(due, (one.note(at, outcome, reading, feed), number))
    return watched, looks


def _watch(source: Source) -> Watched:
    url = f"https://{source.id}.example/rss"
    row = FeedRow(id=source.id, url=url, configured_url=url, host=f"{source.id}.example")
    return Watched(source=source, row=row, settings=FeedSettings(id=source.id, url=url))


def instant(at: float) -> datetime:
    """Return the moment that lies so many seconds behind the beginning."""
    return START + timedelta(seconds=at)


def tell_apart(reading: Reading) -> list[tuple[object, ...]]:
    """Return what has to be the same of a reading, however it came."""
    return [(entry.id, entry.url, entry.title, entry.published_at) for entry in reading.entries]


def write_feed(reading: Reading) -> bytes:
    """Write a document of these entries."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{entry.id}</guid><title>{entry.title}</title><link>{entry.url}</link>"
        f"<pubDate>{format_datetime(entry.published_at or START)}</pubDate></item>"
        for entry in reading.entries
    )
    head = "<title>Sample</title><link>https://news.example/</link>"
    return f"<rss version='2.0'><channel>{head}{items}</channel></rss>".encode()
