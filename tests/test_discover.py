"""A page that is no feed says where its feed is. All pages are invented samples."""

import pickle

import pytest

from watcher.errors import PageProblem, ReadProblem
from watcher.read import read_document
from watcher.read.discover import MOST_LINKS, find_feed_links, usual_places

URL = "https://www.bay.example/news/"
RSS = '<link rel="alternate" type="application/rss+xml" href="{}">'


def page(*links: str) -> str:
    return f"<!DOCTYPE html><html><head><title>Bay</title>{''.join(links)}</head><body><p>News</p></body></html>"


def test_the_feeds_that_a_page_names_are_found_those_of_comments_last() -> None:
    atom = '<LINK REL="home ALTERNATE" TYPE="application/atom+xml" HREF="atom.xml">'
    text = page(RSS.format("/comments/feed"), RSS.format("/feed"), atom, RSS.format("/feed"))
    assert find_feed_links(text, URL).named == tuple(
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
    assert find_feed_links(page(link), URL).named == ()


def test_a_page_that_is_read_as_a_feed_names_the_feed_it_has() -> None:
    with pytest.raises(
        PageProblem, match=r"HTML page, not a feed; write the feed that it names, https://www\.bay\.example/feed,"
    ) as caught:
        read_document(page(RSS.format("/feed")).encode(), url=URL)
    assert caught.value.links == ("https://www.bay.example/feed",)
    assert pickle.loads(pickle.dumps(caught.value)).links == caught.value.links
    with pytest.raises(ReadProblem, match="HTML page, not a feed; look on the site"):
        read_document(page().encode(), url=URL)


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/rss.aspx?lang=en">Subscribe</a>',
        '<a href="/news/rss2/">All news</a>',
        '<a href="/GetRSS?id=7">All news</a>',
        '<a href="/newsfeed">All news</a>',
        '<a href="/blog/feed/">Blog</a>',
        '<a href="/list.asp?type=rss">List</a>',
        '<a href="/export/news.xml">News</a>',
        '<a href="/feed.json">JSON</a>',
        '<a href="/subscribe">\n                                        RSS 2.0</a>',
        '<a href="/subscribe">訂閱RSS</a>',
        '<a href="/subscribe"><b>News</b> feed</a>',
        '<a href="/subscribe"><img src="/icon.png" alt="RSS"></a>',
        '<a href="/subscribe" title="RSS feeds of the city"></a>',
        '<a href="/subscribe" aria-label="Atom feed"></a>',
    ],
)
def test_a_link_whose_address_or_words_look_like_a_feed_is_worth_a_look(link: str) -> None:
    (address,) = find_feed_links(page(link), URL).likely
    assert address.startswith("https://www.bay.example/")


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/people/larsson">Mayor Larsson</a>',
        '<a href="/feedback">Feedback</a>',
        '<a href="/news/7">Volunteers feed the lonely on the harbour front</a>',
        '<a href="/news/8">RSS leaves the website of the city hall, and readers mourn</a>',
        '<a href="/feed-the-city">A market opens</a>',
        '<a href="#top">RSS</a>',
        '<a href="mailto:rss@bay.example">RSS</a>',
        "<a>RSS</a>",
    ],
)
def test_other_links_are_left_alone(link: str) -> None:
    assert find_feed_links(page(link), URL).all == ()


def test_named_feeds_come_before_links_those_of_the_site_before_others_and_comments_last() -> None:
    links = (
        '<a href="https://reader.example/add?type=rss">RSS</a>',
        '<a href="https://news.bay.example/rss">RSS</a>',
        '<a href="/feed">RSS</a>',
    )
    text = page(RSS.format("/comments/feed"), *links, RSS.format("/feed"))
    assert find_feed_links(text, URL).all == (
        "https://www.bay.example/feed",
        "https://news.bay.example/rss",
        "https://reader.example/add?type=rss",
        "https://www.bay.example/comments/feed",
    )


def test_a_page_of_very_many_or_deep_links_is_looked_at_in_part() -> None:
    links = [f'<a href="/rss/{number}">RSS</a>' for number in range(MOST_LINKS + 10)]
    assert len(find_feed_links(page(*links), URL).likely) == MOST_LINKS
    assert find_feed_links(page('<a href="/rss"><b>' * 20_000), URL).likely == ("https://www.bay.example/rss",)


def test_the_usual_places_are_those_of_the_whole_site() -> None:
    assert usual_places(URL)[:2] == ("https://www.bay.example/feed", "https://www.bay.example/rss")
