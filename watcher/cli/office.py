"""Open the desk that a command works at."""

from collections.abc import Iterator
from contextlib import contextmanager

from storage.database import sqlite_file
from watcher.cli.place import Place
from watcher.desk import Desk, open_store
from watcher.digest import note_subscriptions
from watcher.errors import WatcherError


@contextmanager
def open_desk(place: Place, *, make: bool = False) -> Iterator[Desk]:
    """Open the desk; a subscription counts as seen from now on.

    Without `make` a SQLite file that is not there is a WatcherError: a command that reads makes none.
    """
    settings, feeds, ties = place.settings(), place.feeds(), place.ties()
    url = settings.database.get_secret_value()
    if not make:
        refuse_missing(url)
    with open_store(url) as store:
        desk = Desk(store=store, settings=settings, feeds=feeds, clock=place.clock, ties=ties)
        note_subscriptions(desk, desk.clock())
        yield desk


def refuse_missing(url: str) -> None:
    """Raise WatcherError when the database is a file that is not there."""
    file = sqlite_file(url)
    if file and not file.exists():
        raise WatcherError(f"{file}: there is no database yet; `city-watcher poll` or `city-watcher run` makes it.")
