"""The sign of life: a fact that the service renews at every tick. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

HEARTBEAT = "heartbeat"
"""The name of the fact."""
GRACE = timedelta(minutes=2)
"""A heartbeat older than this means that the service is not well."""


STOPPED = "stopped"
"""The value that a service leaves when it ends cleanly."""


class Life(StrEnum):
    """Say in a word how the service is: it never ran, runs, ended, or is silent without having ended."""

    NONE = "none"
    RUNNING = "running"
    ENDED = "ended"
    SILENT = "silent"


def tell_life(beat_at: datetime | None, value: str, now: datetime) -> Life:
    """Tell from the last heartbeat how the service is."""
    if beat_at is None:
        return Life.NONE
    if value == STOPPED:
        return Life.ENDED
    return Life.RUNNING if is_alive(beat_at, value, now) else Life.SILENT


def is_alive(beat_at: datetime | None, value: str, now: datetime) -> bool:
    """Say whether a heartbeat is recent enough and not a farewell; one from the future is older than it looks."""
    return beat_at is not None and value != STOPPED and abs(now - beat_at) <= GRACE
