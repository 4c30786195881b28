"""Upkeep: once a day, let go of what is not kept for good, and look through all for news that nobody was told."""

from datetime import timedelta

from storage.keeping import Purged
from watcher.desk import Desk
from watcher.digest import search_all

UPKEEP = "last maintenance"
"""The fact that tells when it was done last."""


def keep_house(desk: Desk) -> Purged | None:
    """Purge what was set aside and the visits, each after its time; None when it was done on this day (UTC).

    Then look through everything for news that a subscription was not told.

    Of two processes that do it at once the second finds nothing left to do.
    """
    now, keep = desk.clock(), desk.settings.keep
    last = desk.store.facts.find(UPKEEP)
    if last is not None and last.noted_at.date() == now.date():
        return None
    purged = desk.store.keeping.purge(
        now - timedelta(days=keep.set_aside_days),
        now - timedelta(days=keep.visits_days),
    )
    search_all(desk)
    desk.store.facts.note(UPKEEP, "", now)
    return purged
