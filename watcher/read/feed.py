"""RSS, RDF and Atom by feedparser, which sees only clean UTF-8."""

import io
from typing import Any

import feedparser

from watcher.errors import ReadProblem
from watcher.read.clean import drop_hazards
from watcher.read.source import Fields

_TEXT_TYPES = ("", "text/plain", "text/html", "application/xhtml+xml")
_DATE_NAMES = ("published", "updated", "created")


def parse_feed(text: str) -> Any:
    """Parse a feed, once more without what crashes the parser; raise a `ReadProblem` when that fails too.

    The parser is not told where the document was found: it would make addresses of ids that are none, and a feed that
    moves would have other ids. Relative links are resolved afterwards.
    """
    try:
        return _parse(text)
    except MemoryError:
        raise
    except Exception:  # feedparser lets errors of every class through: 614 of 12,000 mutated feeds
        return _parse_without_hazards(text)


def entry_fields(entry: dict[str, Any]) -> Fields:
    """Return what feedparser found of one entry.

    Content goes to the texts; feedparser's copy of it in an empty summary is left out.
    """
    contents = [part for part in entry.get("content", ()) if part.get("type", "") in _TEXT_TYPES]
    return Fields(
        id=_word(entry, "id"),
        link=_word(entry, "link") or _first_link(entry),
        title=_word(entry, "title"),
        summary=_word(entry, "summary") if "summary_detail" in entry or not contents else "",
        texts=tuple(_word(part, "value") for part in contents),
        language=_language(entry),
        dates=tuple(_word(entry, name) for name in _DATE_NAMES),
    )


def _parse(text: str) -> Any:
    """Hand over bytes in a file: feedparser opens a body that looks like a path or an address."""
    return feedparser.parse(
        io.BytesIO(text.encode("utf-8", "ignore")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _parse_without_hazards(text: str) -> Any:
    try:
        return _parse(drop_hazards(text))
    except MemoryError:
        raise
    except Exception as error:
        raise ReadProblem("the feed is damaged in a way that the parser cannot read; tell the site") from error


def _first_link(entry: dict[str, Any]) -> str:
    """Return the first link that leads to a page, where none is plainly the entry's own."""
    links = (link for link in entry.get("links", ()) if link.get("rel") == "alternate")
    return next((href for href in (_word(link, "href") for link in links) if href), "")


def _language(entry: dict[str, Any]) -> str:
    """Return what the entry says of its language: `dc:language`, else the `xml:lang` over its title."""
    detail = entry.get("title_detail") or entry.get("summary_detail") or {}
    return _word(entry, "language") or _word(detail, "language")


def _word(table: dict[str, Any], name: str) -> str:
    """Return a text; `dict.get` because feedparser's own answers with other fields and warns."""
    value = dict.get(table, name)
    return value if isinstance(value, str) else ""
