"""Where a command works: the folder of its configuration and its database."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from watcher.settings.cities import FILE as CITIES_FILE
from watcher.settings.cities import CityNames, cities_called, city_names, load_cities
from watcher.settings.feeds import FeedSettings, load_feeds
from watcher.settings.load import Contents, contents_of, find_config
from watcher.settings.subscription import refuse_unknown_names
from watcher.settings.ties import FILE as TIES_FILE
from watcher.settings.ties import Tie, load_ties
from watcher.settings.topics import topic_ids
from watcher.settings.watcher import FILE as WATCHER_FILE
from watcher.settings.watcher import WatcherSettings, laid_address, load_address, load_watcher


def wall_clock() -> datetime:
    """Return the time it is, as aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Hold what stood before the command, `--config` and `--database`, and the clock it goes by."""

    config: Path | None = None
    database: str | None = None
    clock: Callable[[], datetime] = wall_clock

    @property
    def folder(self) -> Path:
        """Return the folder of the configuration; raises ConfigError when a named one is not there."""
        return find_config(self.config, os.environ, Path.cwd())

    def settings(self) -> WatcherSettings:
        """Read watcher.toml with everything laid over it; what its subscriptions name must stand in the other files."""
        folder = self.folder
        settings = load_watcher(folder, database=self.database)
        for one in settings.subscriptions:
            if one.topics or one.pairs or one.cities:
                refuse_unknown_names(folder / WATCHER_FILE, one, topic_ids(folder), self.city_names()["en"])
        return settings

    def address(self) -> str:
        """Return the database's address; of the rest of the configuration nothing is read, so nothing is wrong."""
        return self.database or laid_address() or load_address(self.folder)

    def feeds(self) -> dict[str, FeedSettings]:
        """Read the feeds that are enabled, by id."""
        return {feed.id: feed for feed in load_feeds(self.folder) if feed.enabled}

    def city_names(self) -> dict[str, dict[str, str]]:
        """Read what the known cities are called, by language and id."""
        return _load_names(contents_of(self.folder, CITIES_FILE))

    def cities_called(self) -> CityNames:
        """Read which cities each name in cities.csv may mean."""
        return _load_called(contents_of(self.folder, CITIES_FILE))

    def ties(self) -> dict[str, Tie]:
        """Read the known ties, by pair."""
        return _load_ties(contents_of(self.folder, CITIES_FILE, TIES_FILE))


@lru_cache(maxsize=2)
def _load_names(contents: Contents) -> dict[str, dict[str, str]]:
    """Read them once in a process, as long as the file says the same."""
    return city_names(load_cities(contents.folder))


@lru_cache(maxsize=2)
def _load_called(contents: Contents) -> CityNames:
    return cities_called(load_cities(contents.folder))


@lru_cache(maxsize=2)
def _load_ties(contents: Contents) -> dict[str, Tie]:
    return load_ties(contents.folder, _load_names(contents_of(contents.folder, CITIES_FILE))["en"])
