"""What feedparser alone says of a document: the peer that the watcher's reading is held against."""

import io
import re
from calendar import timegm
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from time import struct_time
from typing import Any

import feedparser

DATES = ("published", "updated", "created")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A date as the document writes it, and the instant that the peer makes of it."""

    raw: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One entry as the peer has it."""

    id: str
    url: str
    title: str
    dates: tuple[Written, ...]


def listen(body: bytes, address: str) -> list[Said]:
    """Parse a document as its users do, from bytes and without our decoding; one that it cannot read has no entries.

    Twice: told the address, feedparser makes links absolute, and addresses of ids that are none.
    """
    try:
        plain = feedparser.parse(io.BytesIO(body))["entries"]
        placed = feedparser.parse(io.BytesIO(body), response_headers={"content-location": address})["entries"]
    except Exception:  # it lets errors of every class through
        return []
    return [
        Said(
            id=dict.get(one, "id", ""),
            url=dict.get(other, "link", ""),
            title=dict.get(one, "title", ""),
            dates=tuple(_dates(one)),
        )
        for one, other in zip(plain, placed, strict=True)
    ]


def is_certain(raw: str) -> bool:
    """Say whether a date has a full day, a time and a zone that means one offset everywhere."""
    return _CERTAIN.search(raw) is not None


_DAY = r"(?:\d{4}-?\d\d-?\d\d|\d{1,2}[ -]\w{3,}\.?[ -]\d{2,4}|\w{3,} \d{1,2},? \d{4})"
_CERTAIN = re.compile(
    rf"{_DAY}\D{{0,4}}\d\d?:?\d\d(?::?\d\d)?(?:[.,]\d+)?\s*(?:Z|UTC?|GMT|(?:GMT|UTC)?[+-]\d\d:?\d\d)\b"
)


def _dates(entry: dict[str, Any]) -> Iterator[Written]:
    for name in DATES:
        if raw := dict.get(entry, name):
            parsed = dict.get(entry, f"{name}_parsed")
            yield Written(raw=raw, at=_instant(parsed) if isinstance(parsed, struct_time) else None)


def _instant(parsed: struct_time) -> datetime | None:
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC)
    except (ValueError, OverflowError):
        return None
