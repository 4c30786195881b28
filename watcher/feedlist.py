"""Lists of feeds from elsewhere: OPML files and plain text with one address a line. Pure."""

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass

from lxml import etree

from watcher.errors import ConfigError
from watcher.settings.feeds import LONGEST_ID
from watcher.urls import clean_link, host_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """Hold one address of a list, and the name that the list gives it."""

    url: str
    name: str = ""


def read_list(text: str, name: str) -> list[ListedFeed]:
    """Read OPML, or text with one address a line; `name` is the file's, for the errors.

    A truncated or broken OPML file, a line that is no web address, and an empty list are a ConfigError
    that names the place: half a list is never taken.
    """
    found = _read_opml(text, name) if text.lstrip().startswith("<") else _read_lines(text, name)
    if not found:
        raise ConfigError(f"{name}: no feed address in it; expected OPML or one address a line.")
    return list({feed.url: feed for feed in found}.values())


def name_feed(feed: ListedFeed, taken: Set[str]) -> str:
    """Return an id for a listed feed that is not among `taken`: its name's words, else its host's."""
    base = _slug(feed.name) or _slug(host_of(feed.url).removeprefix("www.")) or "feed"
    candidates = (base, *(f"{base[: LONGEST_ID - 5]}-{number}" for number in range(2, 10_000)))
    return next(candidate for candidate in candidates if candidate not in taken)


def _read_opml(text: str, name: str) -> list[ListedFeed]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(text.lstrip().encode(), parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise ConfigError(f"{name}: broken OPML at line {line}, column {column}; export the list again.") from error
    if etree.QName(root).localname.lower() != "opml":
        raise ConfigError(f"{name}: the file is not OPML but <{etree.QName(root).localname}>; export the list as OPML.")
    return [feed for outline in root.iter("outline") if (feed := _outline(outline, name))]


def _outline(outline: etree._Element, name: str) -> ListedFeed | None:
    given = outline.get("xmlUrl") or outline.get("xmlurl")
    if given is None:
        return None
    url = clean_link(given, "")
    if not url:
        raise ConfigError(f"{name}: line {outline.sourceline}: {given[:80]!r} is not a web address; mend or remove it.")
    return ListedFeed(url=url, name=(outline.get("title") or outline.get("text") or "").strip())


def _read_lines(text: str, name: str) -> list[ListedFeed]:
    return [_line(line, f"{name}: line {number}") for number, line in _meant_lines(text)]


def _meant_lines(text: str) -> Iterable[tuple[int, str]]:
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line.strip()


def _line(line: str, place: str) -> ListedFeed:
    address, _, name = line.partition(" ")
    url = clean_link(address, "")
    if not url:
        raise ConfigError(f"{place}: {address[:80]!r} is not a web address; mend or remove it.")
    return ListedFeed(url=url, name=name.strip())


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:LONGEST_ID].strip("-")
