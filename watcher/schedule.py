"""When a digest is due: a local day, a local time and an IANA zone become one instant. Pure.

`days` are the days of the week on which it leaves, Monday being 0; never none.
"""

from collections.abc import Set
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
EVERY_DAY = frozenset(range(7))


def due_instant(day: date, at: time, zone: str) -> datetime:
    """Return the one instant at which the digest of local `day` is due.

    A time that occurs twice on that day means its first occurrence; a time that the clocks skip
    means the same distance after the last midnight (PEP 495, fold=0).
    """
    return datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def due_day(
    now: datetime, *, at: time, zone: str, since: datetime, last: date | None, days: Set[int] = EVERY_DAY
) -> date | None:
    """Return the local day whose digest should be opened now, or None.

    `since` is when the subscription was first seen: its first digest leaves at the first due instant
    after that. `last` is the day of its newest digest. After days down only the newest due day is
    opened; its digest covers the days between, as Monday's covers a weekend without digests.
    """
    day = _newest_due(now, at, zone, days)
    if due_instant(day, at, zone) < since:
        return None
    return day if last is None or day > last else None


def next_due(now: datetime, *, at: time, zone: str, days: Set[int] = EVERY_DAY) -> datetime:
    """Return the first due instant after `now`."""
    day = _newest_due(now, at, zone) + DAY
    while day.weekday() not in days:
        day += DAY
    return due_instant(day, at, zone)


def last_due(now: datetime, *, at: time, zone: str, days: Set[int] = EVERY_DAY) -> datetime:
    """Return the last due instant up to `now`."""
    return due_instant(_newest_due(now, at, zone, days), at, zone)


def _newest_due(now: datetime, at: time, zone: str, days: Set[int] = EVERY_DAY) -> date:
    today = now.astimezone(ZoneInfo(zone)).date()
    day = today if due_instant(today, at, zone) <= now else today - DAY
    while day.weekday() not in days:
        day -= DAY
    return day
