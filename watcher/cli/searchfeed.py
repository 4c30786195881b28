"""Search the feed of an address for `feeds add`, and tell what was found."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from watcher.adding import Found, find_feeds
from watcher.cli.files import read_settings
from watcher.cli.place import Place
from watcher.cli.show import err, out
from watcher.feedlist import LONGEST_NAME, ListedFeed
from watcher.feedrows import new_feed
from watcher.feedsfile import plan_feed
from watcher.fetch import Fetcher
from watcher.text.plain import one_line
from watcher.values import Feed
from watcher.workers import Reader


def search_feed(place: Place, feed: ListedFeed, remembered: Mapping[str, str]) -> ListedFeed:
    """Return the feed to add, by what was found at the address of `feed`, and print it; raise a ConfigError.

    What would keep it from being added is told before the visit.
    """
    planned = plan_feed(place.folder, feed, remembered)
    with err.status("visiting ..."):
        first, *others = asyncio.run(_search(place, new_feed(planned, read_settings(place).fetch)))
    out.print(f"found {_describe(first)}", markup=False)
    for other in others:
        out.print(f"found also {_describe(other)}", markup=False)
    return _adopt(feed, first)


async def _search(place: Place, feed: Feed) -> list[Found]:
    settings = read_settings(place)
    async with Fetcher(settings.fetch, settings.contact, clock=place.clock) as fetcher, Reader() as reader:
        return await find_feeds(feed, fetcher, reader)


def _adopt(feed: ListedFeed, found: Found) -> ListedFeed:
    """Say of a feed what was found: where it is, what it calls itself, and that it is a sitemap."""
    is_sitemap = found.reading.format.startswith("sitemap")
    title = one_line(found.reading.title, LONGEST_NAME)
    return replace(feed, url=found.url, name=feed.name or title, format="sitemap" if is_sitemap else "")


def _describe(found: Found) -> str:
    """Say in one line what a feed is: address, title, format, entries, newest day."""
    reading = found.reading
    entries = "1 entry" if len(reading.entries) == 1 else f"{len(reading.entries):,} entries"
    newest = f"the newest of {found.newest_at:%Y-%m-%d}" if found.newest_at else ""
    said = (one_line(reading.title, LONGEST_NAME), reading.format, entries, newest)
    return f"{found.url} ({', '.join(filter(None, said))})"
