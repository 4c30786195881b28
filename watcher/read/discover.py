"""The feeds that an HTML page names as its own."""

from watcher.read.listpage import find_base, parse_page
from watcher.urls import clean_link

LOOK_CHARACTERS = 200_000
"""How far they are looked for: they stand in the head of a page."""

_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})


def named_feeds(text: str, url: str = "") -> tuple[str, ...]:
    """Return the addresses that a page names by `<link rel="alternate">`, those of comments last.

    `url` is the page's own, for relative links. Source: HTML, section 4.6.7.1.
    """
    page = parse_page(text[:LOOK_CHARACTERS])
    base = find_base(page, url)
    links = [link for link in page.iter("link") if "alternate" in link.get("rel", "").lower().split()]
    typed = (link.get("href", "") for link in links if link.get("type", "").strip().lower() in _TYPES)
    named = dict.fromkeys(filter(None, (clean_link(href, base) for href in typed)))
    return tuple(sorted(named, key=lambda address: "comment" in address.lower()))
