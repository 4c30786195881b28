"""Lists of feeds from elsewhere, and for elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from watcher.errors import ConfigError
from watcher.feedlist import (
    LONGEST_NAME,
    ListedFeed,
    name_feed,
    read_list,
    settle_feeds,
    write_lines,
    write_opml,
)
from watcher.settings.feeds import FeedSettings
from watcher.text.plain import one_line

OPML = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>mine</title></head><body>
<outline text="Asia"><outline text="East"><outline type="rss" text="Bay News" xmlUrl="https://bay.example/rss"/></outline></outline>
<outline type="rss" text="灣岸報" language="zh-tw" xmlUrl="https://wan.example/feed?a=1&amp;b=2"/>
</body></opml>"""

HOSTILE = st.text(max_size=60) | st.lists(
    st.sampled_from(
        ['"', "'", "<", ">", "&", "&amp;", "]]>", "<!--", "🏙️", "姊妹市", "자매도시", "\0", "\x1b", "\u2028"]
    )
).map("".join)
"""Names as nobody should give them."""


def said(body, name="x"):
    return [(feed.url, feed.name) for feed in read_list(body.encode(), name)]


def test_opml_is_read_with_its_folders_names_and_languages():
    assert said(OPML) == [("https://bay.example/rss", "Bay News"), ("https://wan.example/feed?a=1&b=2", "灣岸報")]
    assert [feed.language for feed in read_list(OPML.encode(), "x")] == ["", "zh-tw"]
    assert read_list(OPML.replace("zh-tw", "unknown!").encode(), "x")[1].language == ""


def test_opml_says_itself_how_it_is_encoded():
    for encoding in ("utf-16", "big5"):
        body = OPML.replace("UTF-8", encoding).encode(encoding)
        assert [feed.name for feed in read_list(body, "x")] == ["Bay News", "灣岸報"]


def test_text_has_one_address_a_line_a_name_may_follow():
    text = "\ufeff# my feeds\r\n\nhttps://bay.example/rss Bay\u2028News\r\nhttps://wan.example/\n"
    assert said(text) == [("https://bay.example/rss", "Bay News"), ("https://wan.example/", "")]


def test_an_address_that_is_listed_twice_is_taken_once_however_it_is_written():
    text = "https://bay.example/rss First\nhttps://BAY.example:443/rss/?utm_source=x Second\n"
    assert said(text) == [("https://bay.example/rss", "First")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (OPML[:200], "broken OPML at line 3, column "),
        ("\n\n" + OPML[:200], "broken OPML at line 5, column "),
        (OPML[: OPML.index("</body>")], "broken OPML at line 5, column 1"),
        ("<rss/>", "the file is not OPML but <rss>"),
        (OPML.replace("https://bay", "javascript:bay"), "line 3: 'javascript:bay.example/rss' is not a web address"),
        ("\n" + OPML.replace("https://wan", "file://wan"), "line 5: 'file://wan.example/feed?a=1&b=2' is not a web"),
        (OPML.replace("xmlUrl", "htmlUrl", 1), "line 3: this feed has no xmlUrl; add it or remove the line."),
        ("https://bay.example/\nnonsense\n", "line 2: 'nonsense' is not a web address"),
        ("\n# nothing\n", "no feed address in it"),
        ("<opml><body/></opml>", "no feed address in it"),
    ],
)
def test_half_a_list_is_never_taken(text, sentence):
    with pytest.raises(ConfigError) as caught:
        said(text, "mine")
    assert str(caught.value).startswith("mine: ")
    assert sentence in str(caught.value)


def test_a_text_that_is_not_utf8_names_the_byte():
    with pytest.raises(ConfigError, match="mine: byte 24 is not UTF-8; save the file as UTF-8"):
        read_list("https://wan.example/rss 灣".encode("big5"), "mine")


def test_entities_of_an_opml_file_are_not_expanded(tmp_path):
    (tmp_path / "secret").write_text("https://secret.example/")
    outside = f'<!DOCTYPE opml [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]>'
    for place in ('xmlUrl="&e;"', 'xmlUrl="https://bay.example/" text="&e;"'):
        with pytest.raises(ConfigError, match="broken OPML"):
            said(f"{outside}<opml><body><outline {place}/></body></opml>")
    folded = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE opml [<!ENTITY e0 "ha">{folded}]><opml><body><outline text="&e11;"/></body></opml>'
    with pytest.raises(ConfigError, match="broken OPML"):
        said(bomb)


def test_ids_are_made_from_names_and_stay_unique():
    assert name_feed(ListedFeed(url="https://bay.example/rss", name="Bay News!"), set()) == "bay-news"
    assert name_feed(ListedFeed(url="https://www.wan.example/f", name="灣岸報"), set()) == "wan-example"
    assert name_feed(ListedFeed(url="https://bay.example/rss", name="Bay News"), {"bay-news"}) == "bay-news-2"
    assert len(name_feed(ListedFeed(url="https://bay.example/rss", name="x" * 500), {"x" * 64})) <= 64


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "[::1]"])
def test_an_id_has_words_of_the_path_and_no_numbers_of_an_ip_address(host):
    assert name_feed(ListedFeed(url=f"http://{host}/xinwen/rss.xml", name="新聞"), set()) == "xinwen-rss"
    assert name_feed(ListedFeed(url=f"http://{host}/xinwen", name="Bay News"), set()) == "bay-news"
    assert name_feed(ListedFeed(url=f"http://{host}/", name="新聞"), set()) == "feed"


def test_feeds_of_one_host_are_told_apart_by_the_words_of_their_paths():
    urls = (
        "https://www.bay.example/news/taipei",
        "https://bay.example/news/Prague.xml?key=s3cret",
        "https://bay.example/%E5%8F%B0%E5%8C%97/rss.xml",
        "https://bay.example/%E5%8C%97%E4%BA%AC/rss.xml",
        f"https://bay.example/{'long/' * 40}",
        f"https://bay.example/{'long/' * 41}",
        "https://alone.example/rss.xml",
    )
    ids = [feed.id for feed in settle_feeds([ListedFeed(url=url) for url in urls], (), {})]
    long = f"bay-example{'-long' * 10}"
    assert ids[:4] == ["bay-example-news-taipei", "bay-example-news-prague", "bay-example-rss", "bay-example-rss-2"]
    assert ids[4:] == [f"{long}-lo", f"{long[:56].rstrip('-')}-2", "alone-example"]
    bay = FeedSettings(id="bay", url="https://bay.example/rss")
    assert [feed.id for feed in settle_feeds([ListedFeed(url=urls[0])], [bay], {})] == ids[:1]


def test_an_id_with_a_number_is_an_id_too():
    long = f"{'x' * 55}-{'y' * 8}"
    [feed] = settle_feeds(
        [ListedFeed(url="https://b.example/", name=long)], [FeedSettings(id=long, url="https://a.example/")], {}
    )
    assert feed.id == f"{'x' * 55}-2"


def test_a_feed_that_comes_back_keeps_its_id():
    """Under another id its old entries would be new."""
    gone = {"https://bay.example/rss": "my-bay", "https://hill.example/rss": "hill"}
    listed = [
        ListedFeed(url="https://bay.example/rss/", name="Bay News"),
        ListedFeed(url="https://other.example/", name="Hill"),
        ListedFeed(url="https://hill.example/rss", id="hill-post"),
    ]
    assert [feed.id for feed in settle_feeds(listed, (), gone)] == ["my-bay", "hill-2", "hill-post"]


def test_a_wrong_value_of_a_list_names_its_place():
    body = write_opml([FeedSettings(id="bay", url="https://bay.example/", zone="Asia/Taipei")]).replace(
        "Taipei", "Atlantis"
    )
    with pytest.raises(ConfigError, match=r"mine\.opml: line 7: 'zone' is not a time zone; write one such"):
        settle_feeds(read_list(body.encode(), "mine.opml"), (), {})


def test_what_is_written_is_opml_2():
    root = etree.fromstring(
        write_opml([FeedSettings(id="bay", url="https://bay.example/?a&b", language="en")]).encode()
    )
    assert (root.tag, root.get("version"), root.findtext("head/title")) == (
        "opml",
        "2.0",
        "Feeds of city-exchange-watcher",
    )
    [outline] = root.findall("body/outline")
    plain = {key: value for key, value in outline.items() if not key.startswith("{")}
    assert plain == {
        "type": "rss", "text": "bay", "title": "bay", "xmlUrl": "https://bay.example/?a&b", "language": "en"
    }  # fmt: skip


@given(st.lists(st.tuples(HOSTILE, HOSTILE), min_size=1, max_size=4))
def test_what_is_exported_comes_back_with_ids_and_names(made):
    feeds = [
        FeedSettings(
            id=f"feed-{number}",
            name=name,
            url=f"https://{number}.example/?q={query}",
            language="zh-Hant",
            region="TW-TPE",
            zone="Asia/Taipei",
            every_minutes=15,
        )
        for number, (name, query) in enumerate(made)
    ]
    back = settle_feeds(read_list(write_opml(feeds).encode(), "x"), (), {})
    shown = [one_line(feed.name) for feed in feeds]
    assert [feed.name for feed in back] == ["" if name == f"feed-{n}" else name for n, name in enumerate(shown)]
    for before, after in zip(feeds, back, strict=True):
        same = {"id", "language", "region", "zone", "every_minutes"}
        assert after.model_dump(include=same) == before.model_dump(include=same)
    lines = read_list(write_lines(feeds).encode(), "x")
    assert [(feed.url, feed.name) for feed in lines] == [
        (feed.url, name) for feed, name in zip(back, shown, strict=True)
    ]


def test_a_sitemap_and_a_list_page_with_its_selectors_come_back_as_what_they_were():
    feeds = [
        FeedSettings(id="map", url="https://bay.example/map", format="sitemap", longest_minutes=90, encoding="big5"),
        FeedSettings(
            id="page",
            url="https://bay.example/news",
            identity="link",
            format="list",
            select={"item": "ul.news > li", "date": "time[datetime]"},
        ),
    ]
    assert settle_feeds(read_list(write_opml(feeds).encode(), "x"), (), {}) == [
        feed.model_copy(update={"name": ""}) for feed in feeds
    ]


def test_a_name_has_an_end():
    assert len(read_list(f"https://a.example/ {'x' * 10_000}".encode(), "x")[0].name) == LONGEST_NAME
