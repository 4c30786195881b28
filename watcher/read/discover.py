"""Where the feeds of a site may be, by one of its HTML pages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from watcher.read.listpage import find_base, parse_page
from watcher.text.plain import one_line
from watcher.urls import clean_link, share_site

LOOK_CHARACTERS = 1_000_000
"""How far a page is looked at: many have the link to their feed at the foot."""
MOST_LINKS = 5_000
"""So many links of a page are looked at."""
USUAL_PATHS = ("/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/feed.json")
"""Where the common programs that make sites put their feeds, the most common one first."""

_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})
_LONGEST_WORDS = 40
"""Characters: the words of a longer link are a headline."""
_ENOUGH = 500
"""Characters of a text, with the blanks it is set in, that are looked at."""
_MOST_TEXTS = 5
"""So many pieces of a link's text are looked at."""
_ADDRESS = re.compile(
    r"rss(?:feeds?)?\d*(?![a-z])|/(?:\w{0,20}-?feeds?|atom|rdf)\d?(?:[/?.]|$)"
    r"|[?&]\w{1,20}=(?:rss|atom|feed)|\.(?:xml|rdf|atom)(?:[?#]|$)",
    re.IGNORECASE,
)
_WORDS = re.compile(r"rss(?![a-z])|^\W{0,9}(?:atom|json|news|xml)?\W?(?:feeds?|atom|xml)\W{0,9}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLinks:
    """Hold the addresses that a page calls its feeds, and those of its other links that look like a feed's."""

    named: tuple[str, ...]
    likely: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Return each address once in the order in which they are worth a look: feeds of comments last."""
        return _comments_last(dict.fromkeys((*self.named, *self.likely)))


def find_feed_links(text: str, url: str = "") -> FeedLinks:
    """Return where a page leads to feeds: by `<link rel="alternate">`, and by links, those of its own site first.

    `url` is the page's own, for relative links. Source: HTML, section 4.6.7.1. Raises a `ReadProblem` for no page.
    """
    page = parse_page(text[:LOOK_CHARACTERS])
    base = find_base(page, url)
    named = (clean_link(href, base) for href in _list_named(page))
    likely = (clean_link(href, base) for href in _list_likely(page))
    return FeedLinks(
        named=_comments_last(dict.fromkeys(filter(None, named))),
        likely=tuple(sorted(_list_others(likely, url), key=lambda address: not share_site(address, url))),
    )


def usual_places(url: str) -> tuple[str, ...]:
    """Return the addresses at which the site of an address may have a feed that no page names."""
    return tuple(clean_link(path, url) for path in USUAL_PATHS)


def _list_named(page: etree._Element) -> Iterator[str]:
    for link in islice(page.iter("link"), MOST_LINKS):
        if "alternate" in link.get("rel", "").lower().split() and link.get("type", "").strip().lower() in _TYPES:
            yield link.get("href", "")


def _list_likely(page: etree._Element) -> Iterator[str]:
    for link in islice(page.iter("a"), MOST_LINKS):
        href = link.get("href", "")
        if _ADDRESS.search(href) or any(_WORDS.search(words) for words in _list_words(link)):
            yield href


def _list_words(link: etree._Element) -> Iterator[str]:
    """Yield what a link is called: its words, and those of its picture, where they are short."""
    picture = next(link.iter("img"), link)
    texts = "".join(text[:_ENOUGH] for text in islice(link.itertext(), _MOST_TEXTS))
    for said in (texts, link.get("title", ""), link.get("aria-label", ""), picture.get("alt", "")):
        words = one_line(said[:_ENOUGH])
        if len(words) <= _LONGEST_WORDS:
            yield words


def _list_others(addresses: Iterator[str], url: str) -> dict[str, None]:
    """Return each address once but for those of the page itself."""
    own = url.partition("#")[0]
    return dict.fromkeys(address for address in addresses if address and address.partition("#")[0] != own)


def _comments_last(addresses: dict[str, None]) -> tuple[str, ...]:
    return tuple(sorted(addresses, key=lambda address: "comment" in address.lower()))
