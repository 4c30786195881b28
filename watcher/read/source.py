"""What an entry takes over from its feed, and how raw fields become an entry."""

from collections.abc import Iterable
from dataclasses import dataclass

from watcher.read.dates import UNREAD, Moment, read_date
from watcher.read.language import clean_language
from watcher.text.plain import one_line, plain_text
from watcher.urls import clean_link
from watcher.values import Entry

LONGEST_TITLE = 1_000
LONGEST_SUMMARY = 20_000
LONGEST_TEXT = 200_000
"""Characters; what is longer is cut with an ellipsis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Hold what the entries of a document share: the base of links, language, region and zone."""

    base: str = ""
    language: str = ""
    region: str = ""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Hold what a feed wrote of one entry, untouched. `dates` begin with the one that counts most."""

    id: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    texts: tuple[str, ...] = ()
    language: str = ""
    dates: tuple[str, ...] = ()


def make_entry(fields: Fields, source: Source) -> Entry:
    """Turn raw fields into an entry: plain text, an absolute link, a read date, a clean language. It has no key yet."""
    raw, moment = _first_date(fields.dates, source)
    return Entry(
        id=one_line(fields.id),
        url=clean_link(fields.link, source.base),
        title=one_line(plain_text(fields.title), LONGEST_TITLE),
        summary=_cut(plain_text(fields.summary), LONGEST_SUMMARY),
        text=_cut("\n".join(filter(None, map(plain_text, fields.texts))), LONGEST_TEXT),
        language=clean_language(fields.language) or source.language,
        published_at=moment.at,
        published_raw=one_line(raw, LONGEST_TITLE),
        published_how=moment.how,
    )


def _first_date(dates: Iterable[str], source: Source) -> tuple[str, Moment]:
    """Return the first date that can be read, else the first there is."""
    written = filter(None, map(plain_text, dates))
    read = [(raw, read_date(raw, zone=source.zone, region=source.region)) for raw in written]
    readable = (pair for pair in read if pair[1].how != UNREAD)
    return next(readable, read[0] if read else ("", Moment(at=None, how="")))


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
