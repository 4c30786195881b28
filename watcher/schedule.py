"""When a digest is due: a local day, a local time and an IANA zone become one instant. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def due_instant(day: date, at: time, zone: str) -> datetime:
    """Return the one instant at which the digest of local `day` is due.

    A time that occurs twice on that day means its first occurrence; a time that the clocks skip
    means the same distance after the last midnight (PEP 495, fold=0).
    """
    return datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def due_day(now: datetime, *, at: time, zone: str, since: datetime, last: date | None) -> date | None:
    """Return the local day whose digest should be opened now, or None.

    `since` is when the subscription was first seen: its first digest leaves at the first due instant
    after that. `last` is the day of its newest digest. After days down only the newest due day is
    opened; its digest covers the days between.
    """
    day = _newest_due(now, at, zone)
    if due_instant(day, at, zone) < since:
        return None
    return day if last is None or day > last else None


def next_due(now: datetime, *, at: time, zone: str) -> datetime:
    """Return the first due instant after `now`."""
    return due_instant(_newest_due(now, at, zone) + timedelta(days=1), at, zone)


def last_due(now: datetime, *, at: time, zone: str) -> datetime:
    """Return the last due instant up to `now`."""
    return due_instant(_newest_due(now, at, zone), at, zone)


def _newest_due(now: datetime, at: time, zone: str) -> date:
    today = now.astimezone(ZoneInfo(zone)).date()
    return today if due_instant(today, at, zone) <= now else today - timedelta(days=1)
