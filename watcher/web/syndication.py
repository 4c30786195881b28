"""Say what a search found as feed readers read it: Atom (RFC 4287) and JSON Feed 1.1. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from lxml import etree

from storage.records import FullItem
from watcher import __version__
from watcher.compose.clean import clean_language, clean_line, clean_link, clean_title
from watcher.compose.snippet import cut_snippet
from watcher.editions import News

NAME = "City exchange watcher"
ATOM = "http://www.w3.org/2005/Atom"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
SCHEME = "tag:city-exchange-watcher.invalid,2026:"
"""Tells categories for pairs from those for kinds."""
LONGEST_TITLE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Hold an item as a feed tells it; all its texts are clean lines. `tags` are pairs and the kind by their sort."""

    id: str
    url: str
    title: str
    source: str
    language: str
    summary: str
    published_at: datetime | None
    updated_at: datetime
    tags: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Hold a search as a feed: its own address, that of the page that shows the same, and the newest items."""

    title: str
    query: str
    address: str
    page: str
    entries: tuple[Entry, ...]
    asked_at: datetime

    @property
    def updated_at(self) -> datetime:
        """Return when the last of its items was captured; of an empty feed now."""
        return max((entry.updated_at for entry in self.entries), default=self.asked_at)


def entry_from(full: FullItem, news: News, base: str) -> Entry:
    """Return an item as a feed tells it; one without an address leads to our own page at `base`."""
    row, snippet = full.item, cut_snippet(news)
    quoted = f"{snippet.before}{snippet.hit}{snippet.after}"
    return Entry(
        id=stable_id(row.key),
        url=clean_link(row.url) or f"{base}items/{row.id}",
        title=clean_title(row.title, LONGEST_TITLE),
        source=clean_line(news.source) or NAME,
        language=clean_language(row.language),
        summary=clean_line(" — ".join(filter(None, (news.why, quoted)))),
        published_at=min(row.published_at, row.first_seen_at) if row.published_at else None,
        updated_at=row.captured_at or row.first_seen_at,
        tags=(*(("pair", clean_line(pair)) for pair in news.pairs), ("kind", news.kind.value)),
    )


def stable_id(key: str) -> str:
    """Return an id that is the same wherever and whenever a thing is told of, from what tells it from all others."""
    return uuid5(NAMESPACE_URL, f"{SCHEME}{key}").urn


def write_atom(channel: Channel) -> bytes:
    """Write a channel as an Atom feed."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    _add(root, "id", stable_id(f"search:{channel.query}"))
    _add(root, "title", channel.title)
    _add(root, "updated", channel.updated_at.isoformat())
    _add(root, "link", rel="self", type="application/atom+xml", href=channel.address)
    _add(root, "link", rel="alternate", type="text/html", href=channel.page)
    _add(_add(root, "author"), "name", NAME)
    _add(root, "generator", NAME, version=__version__)
    for entry in channel.entries:
        _add_entry(root, entry)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written


def _add_entry(root: etree._Element, entry: Entry) -> None:
    one = _add(root, "entry")
    if entry.language:
        one.set(LANGUAGE, entry.language)
    _add(one, "id", entry.id)
    _add(one, "title", entry.title)
    _add(one, "link", rel="alternate", href=entry.url)
    _add(one, "updated", entry.updated_at.isoformat())
    if entry.published_at:
        _add(one, "published", entry.published_at.isoformat())
    _add(_add(one, "author"), "name", entry.source)
    for sort, term in entry.tags:
        _add(one, "category", scheme=f"{SCHEME}{sort}", term=term)
    _add(one, "summary", entry.summary)


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    child.text = text
    return child


def write_json_feed(channel: Channel) -> dict[str, Any]:
    """Return a channel as a JSON Feed."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.page,
        "feed_url": channel.address,
        "authors": [{"name": NAME}],
        "items": [dict(_fields(entry)) for entry in channel.entries],
    }


def _fields(entry: Entry) -> Iterator[tuple[str, Any]]:
    yield "id", entry.id
    yield "url", entry.url
    yield "title", entry.title
    yield "content_text", entry.summary
    if entry.published_at:
        yield "date_published", entry.published_at.isoformat()
    yield "date_modified", entry.updated_at.isoformat()
    yield "authors", [{"name": entry.source}]
    yield "tags", [term for _, term in entry.tags]
    if entry.language:
        yield "language", entry.language
