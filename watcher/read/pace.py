"""How often a feed's document wants to be asked for; nonsense says nothing."""

import re
from datetime import timedelta

from watcher.values import Pace

LONGEST = timedelta(days=7)
"""What asks for more is cut: a feed that is never looked at tells nothing."""

_FIRST = re.compile(r"<(?:item|entry)\b")
_LASTS = ("</item", "</entry")
_SAID = re.compile(r"<(ttl|hour|day|(?:\w+:)?update(?:Period|Frequency))\b[^<>]{0,200}>([^<>]{1,60})<", re.IGNORECASE)
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read_pace(text: str) -> Pace:
    """Return the pace that an RSS, RDF or Atom document names outside its entries.

    `ttl` in minutes, `skipHours` (GMT; 24 is 0) and `skipDays` of RSS 2.0; `updatePeriod` and `updateFrequency` of the
    RSS 1.0 syndication module. Of two spans the longer one counts.
    """
    said: dict[str, list[str]] = {}
    for name, value in _SAID.findall(_leave_entries_out(text)):
        said.setdefault(name.lower().rpartition(":")[2], []).append(value.strip().lower())
    hours = {hour % 24 for hour in map(_whole, said.get("hour", ())) if hour is not None and hour <= 24}
    days = {_DAYS.index(day[:3]) for day in said.get("day", ()) if day[:3] in _DAYS}
    return Pace(
        ttl=min(max(_ttl(said), _syndication(said)), LONGEST),
        skip_hours=tuple(sorted(hours)) if len(hours) < 24 else (),
        skip_days=tuple(sorted(days)) if len(days) < 7 else (),
    )


def _leave_entries_out(text: str) -> str:
    first = _FIRST.search(text)
    return text[: first.start()] + text[max(map(text.rfind, _LASTS)) :] if first else text


def _ttl(said: dict[str, list[str]]) -> timedelta:
    minutes = _whole(said.get("ttl", [""])[0]) or 0
    return timedelta(minutes=min(minutes, LONGEST // timedelta(minutes=1)))


def _syndication(said: dict[str, list[str]]) -> timedelta:
    times = _whole(said.get("updatefrequency", ["1"])[0]) or 1
    return _PERIODS.get(said.get("updateperiod", [""])[0], timedelta()) / times


def _whole(word: str) -> int | None:
    return int(word) if re.fullmatch(r"[0-9]{1,6}", word) else None
