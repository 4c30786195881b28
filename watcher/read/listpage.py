"""HTML pages that list news, read by the CSS selectors of feeds.toml."""

import html
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from lxml import etree
from lxml.cssselect import CSSSelector

from watcher.errors import ReadProblem
from watcher.read.dates import LONGEST_DATE, read_date
from watcher.read.source import Fields, Source
from watcher.text.plain import one_line, plain_text
from watcher.urls import clean_link
from watcher.values import Selectors

MOST_ENTRIES = 1_000
"""A page that lists more is none of news; its first are read."""
LONGEST_TEXT = 2_000
"""Characters of a text in which a date is looked for."""

ANY_LINK = "a[href]"
"""What is a link where feeds.toml does not say."""

_CURE = "look in a browser which elements hold the headlines, and mend select in feeds.toml"
_CUT = ("…", "...", "⋯")
_TIME = r"(?:[\sT]{1,3}\d{1,2}:\d\d(?::\d\d)?)?"
_LETTERS = r"[^\W\d_]{3,12}\.?"
_DATES = re.compile(
    r"(?<![\d.])(?:"
    rf"(?:(?:中[華华])?民[國国]\s?)?\d{{1,4}}\s?[-/.年년]\s?\d{{1,2}}\s?[-/.月월]\s?\d{{1,4}}(?:\s?[日号號일])?{_TIME}"
    rf"|{_LETTERS}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|\.)?\s(?:de\s)?{_LETTERS},?\s(?:de\s)?\d{{4}}{_TIME}"
    r")(?!\d)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """Hold what a page lists: its title, the raw fields of every item with link and title, and notes."""

    title: str
    fields: tuple[Fields, ...]
    notes: tuple[str, ...]


def read_list(text: str, selectors: Selectors, source: Source) -> ListPage:
    """Return what the selectors find, each address once; raise a `ReadProblem` that names the one without a find."""
    page = parse_page(text)
    items = _choose(page, selectors.item)
    if not items:
        raise ReadProblem(f"nothing on the page matches item = {selectors.item!r}; {_CURE}")
    linked = replace(source, base=find_base(page, source.base))
    fields = _read_items(items[:MOST_ENTRIES], selectors, linked, source.base)
    if not fields:
        raise ReadProblem(f"{_blame(items, selectors)}; {_CURE}")
    left_out = f"{len(items) - MOST_ENTRIES} items behind the first {MOST_ENTRIES:,} left out"
    undated = f"nothing in the items matches date = {selectors.date!r}"
    return ListPage(
        title=next(map(_words, _choose(page, "title")), ""),
        fields=fields,
        notes=(
            *((left_out,) if len(items) > MOST_ENTRIES else ()),
            *((undated,) if selectors.date and not any(one.dates for one in fields) else ()),
        ),
    )


def find_date(text: str, source: Source) -> str:
    """Return the first part of a text that can be read as a date; the beginning of the text when none can."""
    near = text[:LONGEST_TEXT]
    places = (near, *(found[0] for found in _DATES.finditer(near)))
    dates = (one for one in places if read_date(one, zone=source.zone, region=source.region).at)
    return next(dates, one_line(near, LONGEST_DATE))


def parse_page(text: str) -> etree._Element:
    """Parse HTML as browsers do, without the network; raise a `ReadProblem` when there is none."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        page = etree.fromstring(text.encode("utf-8", "ignore"), parser)
    except etree.XMLSyntaxError as error:
        raise ReadProblem("the page is empty or no HTML; open the address in a browser to see what it is") from error
    if page is None:
        raise ReadProblem("the page is empty or no HTML; open the address in a browser to see what it is")
    return page


def find_base(page: etree._Element, url: str) -> str:
    """Return what relative links are joined to: the page's `<base>`, else its address."""
    return next((clean_link(base.get("href", ""), url) for base in _choose(page, "base[href]")), "") or url


def _read_items(items: list[etree._Element], selectors: Selectors, source: Source, page: str) -> tuple[Fields, ...]:
    found: dict[str, Fields] = {}
    for item in items:
        fields = _fields(item, selectors, source, page)
        if fields:
            found.setdefault(fields.link, fields)
    return tuple(found.values())


def _fields(item: etree._Element, selectors: Selectors, source: Source, page: str) -> Fields | None:
    """Return what an item says: its first link that leads to another page and has words, or the title's words."""
    title = next(map(_words, _choose(item, selectors.title)), "") if selectors.title else ""
    for link in _choose(item, selectors.link or ANY_LINK):
        url = clean_link(link.get("href", ""), source.base)
        words = title if selectors.title else _words(link)
        if words and url and url.partition("#")[0] != page.partition("#")[0]:
            return Fields(link=url, title=html.escape(words, quote=False), dates=_dates(item, selectors.date, source))
    return None


def _dates(item: etree._Element, selector: str, source: Source) -> tuple[str, ...]:
    """Return the dates that a selector finds; a `datetime` attribute says more than the words beside it."""
    found = _choose(item, selector) if selector else []
    return tuple(find_date(one.get("datetime") or _words(one), source) for one in found)


def _words(element: etree._Element) -> str:
    """Return an element's words; where they are cut, or there are none, those of its `title` attribute."""
    words = one_line(plain_text(etree.tostring(element, encoding="unicode", method="html", with_tail=False)))
    if not words or words.endswith(_CUT):
        return one_line(element.get("title", "")) or words
    return words


def _choose(element: etree._Element, selector: str) -> list[etree._Element]:
    """Return what matches a selector, the element itself and all within it, in their order."""
    found: list[etree._Element] = _compile(selector)(element)
    return found


@lru_cache(maxsize=64)
def _compile(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")


def _blame(items: list[etree._Element], selectors: Selectors) -> str:
    """Say which selector finds nothing inside the items."""
    if selectors.title and not any(_choose(item, selectors.title) for item in items[:MOST_ENTRIES]):
        return f"no item holds anything that matches title = {selectors.title!r}"
    return f"no item holds a link with words to another page (link = {selectors.link or ANY_LINK!r})"
