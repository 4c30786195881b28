"""What a document is, seen from its first tags, before a parser spends time on it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from watcher.errors import PageProblem, ReadProblem
from watcher.read.discover import find_feed_links

LOOK_CHARACTERS = 100_000
"""How far a root is looked for: junk before it is a few lines."""

_TOKEN = re.compile(
    r"(?P<skip><!--|<\?(?P<xml>xml\s)?)|<!doctype\s+(?:[\w.-]+:)?(?P<doctype>[\w.-]+)|</?(?:[\w.-]+:)?(?P<tag>[a-z_][\w.-]*)",
    re.IGNORECASE,
)
_FEEDS = {"rss": "rss", "feed": "atom", "rdf": "rdf"}
_PAGES = frozenset({"html", "head", "body"})
_SITEMAPS = {"urlset": "sitemap", "sitemapindex": "sitemap index"}
_KINDS = _FEEDS | _SITEMAPS
_FEED_LIST = "opml"
_DECLARATION = "?xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sniffed:
    """Say what a document is (rss, atom, rdf, json, sitemap, sitemap index) and where it begins behind any junk."""

    kind: str
    start: int = 0


def sniff_document(text: str, url: str = "") -> Sniffed:
    """Tell feeds and sitemaps from all else by a text without leading blanks; raise a `ReadProblem` with the cure."""
    first = text[:1]
    if not first:
        raise ReadProblem("the document is empty; open the address in a browser to see if it still has news")
    if first in "{[":
        return Sniffed(kind="json")
    root, start = _find_root(text[:LOOK_CHARACTERS])
    if root not in _KINDS:
        raise _explain_page(text, url) if root in _PAGES else ReadProblem(_explain_root(root))
    return Sniffed(kind=_KINDS[root], start=start)


def is_feed(text: str) -> bool:
    """Say whether a text that begins with a tag is RSS, Atom or RDF."""
    return _find_root(text[:LOOK_CHARACTERS])[0] in _FEEDS


def _find_root(text: str) -> tuple[str, int]:
    """Return the first known root, else the first tag, and where its document begins."""
    start, first = -1, ""
    for name, position in _list_tags(text):
        if name == _DECLARATION:
            start = position
        elif name in _KINDS or name in _PAGES or name == _FEED_LIST:
            return name, start if start >= 0 else position
        else:
            first = first or name
    return first, 0


def _list_tags(text: str) -> Iterator[tuple[str, int]]:
    """Name every tag and doctype without its prefix, in order; step over comments and instructions."""
    position = 0
    while token := _TOKEN.search(text, position):
        position = token.end()
        if token["skip"]:
            if token["xml"]:
                yield _DECLARATION, token.start()
            end = text.find("-->" if token["skip"] == "<!--" else "?>", position)
            position = end if end >= 0 else len(text)
        else:
            yield (token["doctype"] or token["tag"]).lower(), token.start()


def _explain_page(text: str, url: str) -> PageProblem:
    links = find_feed_links(text, url)
    cure = (
        f"write the feed that it names, {links.named[0]}, in feeds.toml"
        if links.named
        else "look on the site for the address of its feed (often a link named RSS) and write that one in feeds.toml"
    )
    return PageProblem(f"this is an HTML page, not a feed; {cure}", links.all)


def _explain_root(root: str) -> str:
    if root == _FEED_LIST:
        return "this is a list of feeds (OPML), not a feed; `city-watcher feeds import FILE` takes it"
    begins = f"it begins with <{root[:40]}>" if root else "it has no tags"
    return f"this is neither a feed nor a sitemap ({begins}); open the address in a browser to see what it is"
