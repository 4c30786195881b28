"""The sign of life: a fact that the service renews at every tick. Pure."""

from datetime import datetime, timedelta

HEARTBEAT = "heartbeat"
"""The name of the fact."""
GRACE = timedelta(minutes=2)
"""A heartbeat older than this means that the service is not well."""


def is_alive(beat_at: datetime | None, now: datetime) -> bool:
    """Say whether a heartbeat is recent enough."""
    return beat_at is not None and now - beat_at <= GRACE
