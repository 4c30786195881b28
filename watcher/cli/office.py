"""What commands that work with the store share: open it, upgrade it, prepare it for visits."""

from collections.abc import Iterator
from contextlib import contextmanager

from storage.database import Database
from storage.store import Store
from storage.upgrade import upgrade

from watcher.cli.place import Place, wall_clock
from watcher.desk import Desk
from watcher.digest import note_subscriptions
from watcher.judge import Judge
from watcher.seeds import plant_seeds


@contextmanager
def open_store(url: str) -> Iterator[Store]:
    """Open the database, upgrade its schema when it is older than this version, close it in the end."""
    database = Database.open(url)
    try:
        upgrade(database)
        yield Store(database)
    finally:
        database.close()


@contextmanager
def open_desk(place: Place) -> Iterator[Desk]:
    """Open what the digest commands need; a subscription counts as seen from now on."""
    settings, feeds = place.settings(), place.feeds()
    with open_store(settings.database.get_secret_value()) as store:
        desk = Desk(store=store, settings=settings, feeds=feeds, clock=wall_clock)
        note_subscriptions(desk)
        yield desk


def prepare(desk: Desk, judge: Judge) -> None:
    """Make the store ready for visits: the feeds of feeds.toml, and the seeds."""
    now = desk.clock()
    desk.store.feeds.enrol([(feed.id, feed.url) for feed in desk.feeds.values()], now)
    plant_seeds(desk.store, judge, now)
