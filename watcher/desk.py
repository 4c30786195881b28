"""What every use case works with: store, settings, enabled feeds, known ties, and what cities are called."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from storage.database import Database
from storage.store import Store
from storage.upgrade import upgrade
from watcher.settings.feeds import FeedSettings
from watcher.settings.ties import Tie
from watcher.settings.watcher import WatcherSettings

Clock = Callable[[], datetime]
"""Tells the time as aware UTC; only doors read the wall clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Hold what the use cases share; `feeds` are by id, `ties` by pair, `city_names` by language and id."""

    store: Store
    settings: WatcherSettings
    feeds: Mapping[str, FeedSettings]
    clock: Clock
    ties: Mapping[str, Tie] = field(default_factory=dict)
    city_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def feed_names(self) -> dict[str, str]:
        """Return what a person calls each feed, by id."""
        return {feed.id: feed.label for feed in self.feeds.values()}


@contextmanager
def open_store(url: str) -> Iterator[Store]:
    """Open the database, upgrade its schema when it is older than this version, close it in the end."""
    database = Database.open(url)
    try:
        if not database.is_current():
            upgrade(database)
        yield Store(database)
    finally:
        database.close()
