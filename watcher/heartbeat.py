"""The sign of life: a fact that the service renews at every tick. Pure."""

from datetime import datetime, timedelta

HEARTBEAT = "heartbeat"
"""The name of the fact."""
GRACE = timedelta(minutes=2)
"""A heartbeat older than this means that the service is not well."""


STOPPED = "stopped"
"""The value that a service leaves when it ends cleanly."""


def is_alive(beat_at: datetime | None, value: str, now: datetime) -> bool:
    """Say whether a heartbeat is recent enough and not a farewell; one from the future is older than it looks."""
    return beat_at is not None and value != STOPPED and abs(now - beat_at) <= GRACE
