"""Sitemaps (sitemaps.org), those of news (Google News) and indexes of sitemaps."""

import html.entities
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from watcher.errors import ReadProblem
from watcher.read.clean import drop_doctype
from watcher.read.dates import read_date
from watcher.read.source import Fields, Source
from watcher.urls import clean_link, share_site

MOST_ENTRIES = 5_000
"""A news sitemap holds 1,000 at most (Google News); the first of a longer one are read."""
MOST_MORE = 3
"""So many sitemaps of an index are looked at in one visit."""

_END = re.compile(r"</(?:[\w.-]+:)?urlset\s*>|<(?:[\w.-]+:)?urlset\b[^<>]*/>", re.IGNORECASE)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31};)")
_XML_NAMES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """Hold the raw fields of what has a title in a sitemap, and how many addresses were left out.

    `untitled` have no title, `left_out` are too many; `whole` is false for one that is cut off.
    """

    fields: tuple[Fields, ...]
    untitled: int
    left_out: int
    whole: bool


def read_sitemap(text: str) -> Sitemap:
    """Return what a sitemap says of each address that has a title; raise a `ReadProblem`.

    One that is cut off loses its last entry, which may be half. Without any title there is nothing to judge.
    """
    whole = _END.search(text) is not None
    found = _children(_parse(text), "url")
    pages = found if whole else found[:-1]
    titled = [fields for fields in map(_fields, pages) if fields.title.strip()]
    if pages and not titled:
        raise ReadProblem(
            "this sitemap holds addresses without titles; look in the site's robots.txt for a sitemap of its news"
        )
    return Sitemap(
        fields=tuple(titled[:MOST_ENTRIES]),
        untitled=len(pages) - len(titled),
        left_out=max(len(titled) - MOST_ENTRIES, 0),
        whole=whole,
    )


def read_index(text: str, source: Source) -> tuple[str, ...]:
    """Return the sitemaps of an index that are worth a look, at most three; raise a `ReadProblem`.

    Only those of the index's own site (of one from a file, all): those named after news first, then those that changed
    last, else in their order.
    """
    listed = {
        clean_link(_word(one, "loc"), source.base): _word(one, "lastmod") for one in _children(_parse(text), "sitemap")
    }
    ours = {url: changed for url, changed in listed.items() if url and _is_ours(url, source.base)}
    if not ours:
        raise ReadProblem(
            "this index names no sitemaps of its own site; look in the site's robots.txt for a sitemap of its news"
        )
    ranked = sorted(ours, key=lambda url: _rank(url, ours[url], source), reverse=True)
    return tuple(ranked[:MOST_MORE])


def _rank(url: str, changed: str, source: Source) -> tuple[bool, datetime]:
    return "news" in url.lower(), read_date(changed, zone=source.zone, region=source.region).at or _LONG_AGO


def _is_ours(url: str, index: str) -> bool:
    return not index or share_site(url, index)


def _parse(text: str) -> etree._Element:
    """Parse leniently, without entities of the document's own, network or a tree that is too deep."""
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True
    )
    clean = _NAMED.sub(_resolve, drop_doctype(text))
    try:
        root = etree.fromstring(clean.encode("utf-8", "ignore"), parser)
    except etree.XMLSyntaxError as error:
        raise ReadProblem("the sitemap is damaged; the next visit will tell") from error
    if root is None:
        raise ReadProblem("the sitemap is damaged; the next visit will tell")
    return root


def _resolve(reference: re.Match[str]) -> str:
    """Write the names of HTML as what they mean: XML has only five, and loses the others."""
    return reference[0] if reference[1] in _XML_NAMES else html.entities.html5.get(reference[1], reference[0])


def _fields(page: etree._Element) -> Fields:
    news = next(iter(_children(page, "news")), page)
    publication = next(iter(_children(news, "publication")), page)
    return Fields(
        link=_word(page, "loc"),
        title=_word(news, "title"),
        language=_word(publication, "language"),
        dates=(_word(news, "publication_date"), _word(page, "lastmod")),
    )


def _children(parent: etree._Element, name: str) -> list[etree._Element]:
    """Return the children of this name, whatever their namespace: sites misspell it."""
    return [child for child in parent if _name(child) == name]


def _word(parent: etree._Element, name: str) -> str:
    return next(("".join(child.itertext()).strip() for child in _children(parent, name)), "")


def _name(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""
