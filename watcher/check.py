"""Check: visit feeds once and say what was found; nothing is stored and nothing is judged."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence

from watcher.desk import Clock
from watcher.feedrows import new_feed
from watcher.fetch import Fetcher
from watcher.finding import Finding, sum_up
from watcher.look import look_at
from watcher.settings.feeds import FeedSettings
from watcher.settings.watcher import WatcherSettings
from watcher.urls import host_of
from watcher.values import Feed
from watcher.workers import Reader


async def check_feeds(
    feeds: Sequence[FeedSettings],
    settings: WatcherSettings,
    clock: Clock,
    on_finding: Callable[[Finding], None] = lambda finding: None,
) -> list[Finding]:
    """Visit feeds, as many at a time as there are slots; return the findings in the order of the feeds.

    `on_finding` hears of each visit as it ends. Feeds of one host queue up for one slot.
    """
    slots, queues = asyncio.Semaphore(settings.fetch.slots), defaultdict[str, asyncio.Lock](asyncio.Lock)

    async def check(feed: Feed) -> Finding:
        host = host_of(feed.url)
        async with queues[feed.id if host in settings.fetch.allow_private else host], slots:
            outcome, reading = await look_at(feed, fetcher, reader)
            finding = sum_up(feed, outcome, reading, clock())
        on_finding(finding)
        return finding

    async with Fetcher(settings.fetch, settings.contact, clock=clock) as fetcher, Reader() as reader:
        return await asyncio.gather(*(check(new_feed(feed, settings.fetch)) for feed in feeds))
