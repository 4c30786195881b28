"""What a server gives us to ask "anything new?" with, and when it wants us back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from zlib import crc32

from watcher.values import Feed

CLOCK_TOLERANCE = timedelta(minutes=5)
"""So far ahead of ours may a server's clock be."""
LONGEST_VALIDATOR = 1_000
LONGEST_WAIT = timedelta(hours=24)
"""A Retry-After, max-age or Expires beyond is cut to this: a mistake there must not silence a feed."""
FULL_AFTER = timedelta(hours=24)
FULL_ONCE_IN = 50
"""So old a whole document may be, and so seldom one is asked for besides: a server whose 304 is wrong hides news."""
FULL_REST = timedelta(hours=1)
"""So long one whole document is enough in any case."""

_SECONDS = re.compile(r"\d{1,12}")
_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d+)", re.IGNORECASE)
_NEVER_FRESH = re.compile(r"(?:^|,)\s*(?:no-cache|no-store)\s*(?:,|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """Hold what the server knows a document's version by, and how long this lasts; empty where it says nothing."""

    etag: str
    last_modified: str
    fresh_for: timedelta


def ask_conditionally(feed: Feed, now: datetime) -> dict[str, str]:
    """Return the headers that let the server answer 304 (RFC 9110, section 13.1); none when a whole document is due."""
    if _is_full_due(feed, now):
        return {}
    asked = {"If-None-Match": feed.etag, "If-Modified-Since": feed.last_modified}
    return {name: value for name, value in asked.items() if value}


def read_validators(headers: Mapping[str, str], now: datetime) -> Validators:
    """Return the validators of an answer, empty where missing or unfit.

    Unfit is what is not ASCII, too long, or a date in the future, which would hide everything until then.
    """
    etag = _fit(headers.get("etag", ""))
    modified = _fit(headers.get("last-modified", ""))
    dated = _read_http_date(modified)
    is_future = dated is not None and dated > now + CLOCK_TOLERANCE
    return Validators(etag=etag, last_modified="" if is_future else modified, fresh_for=read_fresh_for(headers, now))


def renew_validators(feed: Feed, headers: Mapping[str, str], now: datetime) -> Validators:
    """Return the validators after a 304: new ones, and the old where it brings none (RFC 9111, section 3.2)."""
    new = read_validators(headers, now)
    return replace(new, etag=new.etag or feed.etag, last_modified=new.last_modified or feed.last_modified)


def read_retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return how long the server wants to be left alone: seconds or an HTTP date (RFC 9110, section 10.2.3)."""
    value = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        return _clip(_read_seconds(value))
    until = _read_http_date(value)
    return _clip(until - now) if until else None


def read_date(headers: Mapping[str, str]) -> datetime | None:
    """Return what time it was at the server: when its answer was made, and how old that was (RFC 9111, section 5.1)."""
    made_at = _read_http_date(headers.get("date", ""))
    return made_at + _read_seconds(headers.get("age", "")) if made_at else None


def read_fresh_for(headers: Mapping[str, str], now: datetime) -> timedelta:
    """Return how long an answer says that it stays fresh (RFC 9111, section 4.2): max-age less Age, else Expires.

    Zero when it says nothing. What is meant for shared caches alone (s-maxage) does not count.
    """
    control = headers.get("cache-control", "")
    if _NEVER_FRESH.search(control):
        return timedelta()
    if age := _MAX_AGE.search(control):
        return _clip(_read_seconds(age[1]) - _read_seconds(headers.get("age", "")))
    expires = _read_http_date(headers.get("expires", ""))
    return _clip(expires - (_read_http_date(headers.get("date", "")) or now)) if expires else timedelta()


def _is_full_due(feed: Feed, now: datetime) -> bool:
    """Decide by the last whole document; besides, one visit in so many, the same for the same feed and second."""
    if feed.full_at is None or now - feed.full_at < FULL_REST:
        return False
    drawn = crc32(f"{feed.id} whole {now:%Y%m%dT%H%M%S}".encode()) % FULL_ONCE_IN == 0
    return drawn or now - feed.full_at >= FULL_AFTER


def _read_seconds(text: str) -> timedelta:
    text = text.strip()
    return timedelta(seconds=min(int(text), 10**9)) if _SECONDS.fullmatch(text) else timedelta()


def _clip(span: timedelta) -> timedelta:
    return min(max(span, timedelta()), LONGEST_WAIT)


def _fit(value: str) -> str:
    value = value.strip()
    return value if value.isascii() and value.isprintable() and len(value) <= LONGEST_VALIDATOR else ""


def _read_http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
