"""What a reader sees told in a digest: the titles of its own items, apart from those that stand beside them."""

from lxml.html import document_fromstring

_OWN = "//h3/* | //p[@class='other']/*[1] | //p[@class='row']/*[1]"
"""A story's first item, the others of it, and what stands as a title only."""
_EARLIER = "//p[contains(@class, 'earlier')]/*[1]"


def titles_of(html: str) -> list[str]:
    """Return the titles that a digest tells."""
    return _texts(html, _OWN)


def earlier_of(html: str) -> list[str]:
    """Return the titles behind `See also`."""
    return _texts(html, _EARLIER)


def _texts(html: str, path: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in document_fromstring(html).xpath(path)]
