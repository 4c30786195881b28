"""A page that is no feed says where its feed is. All pages are invented samples."""

import pytest

from watcher.errors import ReadProblem
from watcher.read import read_document
from watcher.read.discover import named_feeds

URL = "https://www.bay.example/news/"
RSS = '<link rel="alternate" type="application/rss+xml" href="{}">'


def page(*links: str) -> str:
    return f"<!DOCTYPE html><html><head><title>Bay</title>{''.join(links)}</head><body><p>News</p></body></html>"


def test_the_feeds_that_a_page_names_are_found_those_of_comments_last() -> None:
    atom = '<LINK REL="home ALTERNATE" TYPE="application/atom+xml" HREF="atom.xml">'
    text = page(RSS.format("/comments/feed"), RSS.format("/feed"), atom, RSS.format("/feed"))
    assert named_feeds(text, URL) == tuple(
        f"https://www.bay.example/{path}" for path in ("feed", "news/atom.xml", "comments/feed")
    )


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="stylesheet" type="application/rss+xml" href="/a">',
        '<link rel="alternate" hreflang="ja" href="/ja">',
        '<link rel="alternate" type="application/rss+xml">',
        RSS.format("javascript:alert(1)"),
    ],
)
def test_what_is_no_feed_of_the_page_is_not_named(link: str) -> None:
    assert named_feeds(page(link), URL) == ()


def test_a_page_that_is_read_as_a_feed_names_the_feed_it_has() -> None:
    with pytest.raises(
        ReadProblem, match=r"HTML page, not a feed; write the feed that it names, https://www\.bay\.example/feed,"
    ):
        read_document(page(RSS.format("/feed")).encode(), url=URL)
    with pytest.raises(ReadProblem, match="HTML page, not a feed; look on the site"):
        read_document(page().encode(), url=URL)
