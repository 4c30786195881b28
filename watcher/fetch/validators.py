"""What a server gives us to ask "anything new?" with, and when it wants us back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from watcher.values import Feed

CLOCK_TOLERANCE = timedelta(minutes=5)
"""So far ahead of ours may a server's clock be."""
LONGEST_VALIDATOR = 1_000
LONGEST_WAIT = timedelta(hours=24)
"""A Retry-After beyond is cut to this: a mistake there must not silence a feed."""

_SECONDS = re.compile(r"\d{1,12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """Hold what the server knows a document's version by; empty where it says nothing."""

    etag: str
    last_modified: str


def ask_conditionally(feed: Feed) -> dict[str, str]:
    """Return the headers that let the server answer 304 (RFC 9110, section 13.1)."""
    asked = {"If-None-Match": feed.etag, "If-Modified-Since": feed.last_modified}
    return {name: value for name, value in asked.items() if value}


def read_validators(headers: Mapping[str, str], now: datetime) -> Validators:
    """Return the validators of an answer, empty where missing or unfit.

    Unfit is what is not ASCII, too long, or a date in the future, which would hide everything until then.
    """
    etag = _fit(headers.get("etag", ""))
    modified = _fit(headers.get("last-modified", ""))
    dated = _read_http_date(modified)
    return Validators(etag=etag, last_modified="" if dated and dated > now + CLOCK_TOLERANCE else modified)


def renew_validators(feed: Feed, headers: Mapping[str, str], now: datetime) -> Validators:
    """Return the validators after a 304: new ones, and the old where it brings none (RFC 9111, section 3.2)."""
    new = read_validators(headers, now)
    return Validators(etag=new.etag or feed.etag, last_modified=new.last_modified or feed.last_modified)


def read_retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return how long the server wants to be left alone: seconds or an HTTP date (RFC 9110, section 10.2.3)."""
    value = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        return min(timedelta(seconds=min(int(value), 10**6)), LONGEST_WAIT)
    until = _read_http_date(value)
    return min(max(until - now, timedelta()), LONGEST_WAIT) if until else None


def _fit(value: str) -> str:
    value = value.strip()
    return value if value.isascii() and value.isprintable() and len(value) <= LONGEST_VALIDATOR else ""


def _read_http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
