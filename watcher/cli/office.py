"""Open the desk that a command works at."""

from collections.abc import Iterator
from contextlib import contextmanager

from watcher.cli.place import Place, wall_clock
from watcher.desk import Desk, open_store
from watcher.digest import note_subscriptions


@contextmanager
def open_desk(place: Place) -> Iterator[Desk]:
    """Open what the digest commands need; a subscription counts as seen from now on."""
    settings, feeds = place.settings(), place.feeds()
    with open_store(settings.database.get_secret_value()) as store:
        desk = Desk(store=store, settings=settings, feeds=feeds, clock=wall_clock)
        note_subscriptions(desk, desk.clock())
        yield desk
