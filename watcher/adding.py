"""Add: find the feed of an address before it is written in feeds.toml; nothing is stored and nothing is judged."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from watcher.errors import ConfigError, PageProblem, ReadProblem
from watcher.fetch import Fetcher
from watcher.look import look_at
from watcher.read.discover import usual_places
from watcher.urls import share_site
from watcher.values import Failed, Feed, Fetched, Outcome, Reading
from watcher.workers import Reader

MOST_LOOKS = 8
"""So many addresses of a site are visited in search of its feed: a guest does not try every door."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Hold a feed that was found: its address (where redirects for good lead) and what it says."""

    url: str
    reading: Reading

    @property
    def newest_at(self) -> datetime | None:
        """Return when its newest entry was published; None when no entry has a date."""
        return max((entry.published_at for entry in self.reading.entries if entry.published_at), default=None)


@dataclass(slots=True, kw_only=True)
class Search:
    """Look for the feeds of a site from one of its pages, at one address after the other, each once."""

    page: Feed
    fetcher: Fetcher
    reader: Reader
    seen: set[str] = field(default_factory=set)

    async def follow(self, links: Sequence[str]) -> list[Found]:
        """Return the feeds with entries among links; a page of the site's own that is met adds its links."""
        found: dict[str, Found] = {}
        queue = list(links)
        for url in queue:
            if not self._may_look(url):
                continue
            outcome, reading = await self._look(url)
            if isinstance(reading, PageProblem) and share_site(url, self.page.url):
                queue += reading.links
            elif isinstance(reading, Reading) and reading.entries:
                one = _found(url, outcome, reading)
                found.setdefault(one.url, one)
        return list(found.values())

    async def guess(self, places: Sequence[str]) -> list[Found]:
        """Return the first feed with entries at places that no page names."""
        for url in places:
            if found := await self.follow([url]):
                return found
        return []

    def _may_look(self, url: str) -> bool:
        return url not in self.seen and len(self.seen) < MOST_LOOKS

    async def _look(self, url: str) -> tuple[Outcome, Reading | ReadProblem]:
        self.seen.add(url)
        return await look_at(replace(self.page, url=url), self.fetcher, self.reader)


async def find_feeds(feed: Feed, fetcher: Fetcher, reader: Reader) -> list[Found]:
    """Return the feed at an address, or those that the page there leads to, the best first; never an empty list.

    Nothing that can be read, and a site without a feed, are a ConfigError.
    """
    outcome, reading = await look_at(feed, fetcher, reader)
    if isinstance(outcome, Failed):
        problem = outcome.problem.partition("; ")[0]
        raise ConfigError(f"{feed.url}: {problem}; mend the address, or add it without a visit by --as-is.")
    if isinstance(outcome, Fetched) and isinstance(reading, PageProblem):
        return await _search_site(
            Search(page=replace(feed, url=outcome.url), fetcher=fetcher, reader=reader), reading.links
        )
    if isinstance(reading, ReadProblem):
        raise ConfigError(f"{feed.url}: {reading}, or add it without a visit by --as-is.")
    return [_found(feed.url, outcome, reading)]


async def _search_site(search: Search, links: Sequence[str]) -> list[Found]:
    found = await search.follow(links) or await search.guess(usual_places(search.page.url))
    if not found:
        raise ConfigError(
            f"{search.page.url}: this page leads to no feed, and none is at the usual places; give the address of a "
            'feed, or write the page in feeds.toml by hand with format = "list" and select.'
        )
    return found


def _found(url: str, outcome: Outcome, reading: Reading) -> Found:
    moved_to = "" if isinstance(outcome, Failed) else outcome.moved_to
    return Found(url=moved_to or url, reading=reading)
