"""Read the files of the configuration for a command; each reads only those that it needs."""

from functools import lru_cache

from watcher.cli.place import Place
from watcher.settings.cities import CityNames, cities_called, city_names, load_cities
from watcher.settings.feeds import FeedSettings, load_feeds
from watcher.settings.load import CITIES_FILE, MAIN_FILE, Contents, contents_of
from watcher.settings.subscription import refuse_unknown_names
from watcher.settings.ties import FILE as TIES_FILE
from watcher.settings.ties import Tie, load_ties
from watcher.settings.topics import topic_ids
from watcher.settings.watcher import WatcherSettings, laid_address, load_address, load_watcher


def read_settings(place: Place) -> WatcherSettings:
    """Read watcher.toml with everything laid over it; what its subscriptions name must stand in the other files."""
    folder = place.folder
    settings = load_watcher(folder, database=place.database)
    for one in settings.subscriptions:
        if one.topics or one.pairs or one.cities:
            refuse_unknown_names(folder / MAIN_FILE, one, topic_ids(folder), read_city_names(place)["en"])
    return settings.model_copy(update=dict(place.changes))


def read_address(place: Place) -> str:
    """Return the database's address; of the rest of the configuration nothing is read, so nothing is wrong."""
    return place.database or laid_address() or load_address(place.folder)


def read_feeds(place: Place) -> dict[str, FeedSettings]:
    """Read the feeds that are enabled, by id."""
    return {feed.id: feed for feed in load_feeds(place.folder) if feed.enabled}


def read_city_names(place: Place) -> dict[str, dict[str, str]]:
    """Read what the known cities are called, by language and id."""
    return _load_names(contents_of(place.folder, CITIES_FILE))


def read_cities_called(place: Place) -> CityNames:
    """Read which cities each name in cities.csv may mean."""
    return _load_called(contents_of(place.folder, CITIES_FILE))


def read_ties(place: Place) -> dict[str, Tie]:
    """Read the known ties, by pair."""
    return _load_ties(contents_of(place.folder, CITIES_FILE, TIES_FILE))


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
