"""Dates as feeds write them. A day is never guessed: what cannot be read for certain stays unread."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from watcher.read.clocks import Clock, read_clock
from watcher.read.days import Day, possible_days
from watcher.read.zones import read_zone, zone_last

UNREAD = "unread"
LONGEST_DATE = 100
"""Characters: what is longer is no date."""

_NOISE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_SERIALISED = re.compile(r"/?date\((\d{13})(?:[+-]\d{4})?\)/?")
"""Milliseconds as some .NET servers write them; the offset is for showing only."""
_CLOCK_FIRST = re.compile(r"(\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]\.?m\b\.?)?)[\s,]+(.+)")
_EPOCH = re.compile(r"(?P<seconds>1\d{9})(?:\.\d{1,9}|(?P<thousandths>\d{3}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Hold when something was published (aware UTC, or None), and the rule that read it.

    `how` ends in "day" when only a day was given, which stands for the beginning of that local day; in "feed's zone"
    when a time was given without a zone.
    """

    at: datetime | None
    how: str


def read_date(raw: str, *, zone: str = "UTC", region: str = "") -> Moment:
    """Read a date of a feed. `zone` is the feed's IANA zone, `region` its country (`TW`, `US-NY`).

    No date gives an empty `how`, one that cannot be read for certain gives "unread".
    """
    text = _order(_normalise(raw))
    if not text:
        return Moment(at=None, how="")
    if epoch := _EPOCH.fullmatch(text):
        return _from_epoch(epoch)
    moments = (_find_moment(day, zone, region) for day in possible_days(text, region))
    return next((moment for moment in moments if moment), Moment(at=None, how=UNREAD))


def mark_future(how: str, at: datetime | None, now: datetime) -> str:
    """Return the rule that read a date, with a mark when that date has not come yet."""
    return f"{how}, in the future" if at and at > now else how


def _normalise(raw: str) -> str:
    """Return a date in lower case, with ASCII digits, plain dashes and single blanks; "?" for what is too long."""
    if len(raw) > LONGEST_DATE:
        return "?"
    text = _NOISE.sub("", unicodedata.normalize("NFKC", raw))
    return " ".join(_DASHES.sub("-", text).casefold().split())


def _order(text: str) -> str:
    """Put what may stand before the day behind it: the zone, the time."""
    ordered = _SERIALISED.sub(r"\1", zone_last(text))
    first = _CLOCK_FIRST.fullmatch(ordered)
    return f"{first[2]} {first[1]}" if first else ordered


def _from_epoch(epoch: re.Match[str]) -> Moment:
    at = datetime.fromtimestamp(int(epoch["seconds"]), UTC)
    if epoch["thousandths"]:
        return Moment(at=at + timedelta(milliseconds=int(epoch["thousandths"])), how="epoch milliseconds")
    return Moment(at=at, how="epoch seconds")


def _find_moment(day: Day, zone: str, region: str) -> Moment | None:
    """Read time and zone behind a day; None when something is left that is neither."""
    clock = read_clock(day.rest)
    zone_text = (clock.rest if clock else day.rest).strip(" ,")
    place = read_zone(zone_text, zone=zone, region=region)
    if place is None:
        return None
    at = (_local_start(day, clock)).replace(tzinfo=place).astimezone(UTC)
    if clock is None:
        return Moment(at=at, how=f"{day.how}, day")
    return Moment(at=at, how=day.how if zone_text else f"{day.how}, feed's zone")


def _local_start(day: Day, clock: Clock | None) -> datetime:
    start = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the zone is laid on it by the caller
    if clock is None:
        return start
    return start + timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)
