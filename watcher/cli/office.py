"""Open the desk that a command works at."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from storage.database import is_missing, sqlite_file
from storage.errors import StorageError
from watcher.cli.files import read_city_names, read_feeds, read_settings, read_ties
from watcher.cli.place import Place
from watcher.desk import Desk, open_store
from watcher.digest import note_subscriptions
from watcher.errors import WatcherError

log = logging.getLogger(__name__)

OTHER_ONE = "Did you mean another one? Name it with --database, or start in its folder."


@contextmanager
def open_desk(place: Place, *, make: bool = False) -> Iterator[Desk]:
    """Open the desk; a subscription counts as seen from now on.

    Without `make` a SQLite file that is not there is a WatcherError: a command that reads makes none, and it
    works in a database that cannot be written.
    """
    settings, feeds = read_settings(place), read_feeds(place)
    ties, names = read_ties(place), read_city_names(place)
    url = settings.database.get_secret_value()
    missing = is_missing(url)
    if not make:
        refuse_missing(url)
    with open_store(url) as store:
        if missing:
            log.warning("%s: a new, empty database was made. %s", store.database.label, OTHER_ONE)
        desk = Desk(store=store, settings=settings, feeds=feeds, clock=place.clock, ties=ties, city_names=names)
        try:
            note_subscriptions(desk, desk.clock())
        except StorageError:
            if make:
                raise
        yield desk


def refuse_missing(url: str) -> None:
    """Raise WatcherError when the database is a file that is not there, or empty."""
    if is_missing(url):
        makers = "`city-watcher poll` or `city-watcher run` makes it"
        raise WatcherError(f"{sqlite_file(url)}: there is no database yet; {makers}.")
