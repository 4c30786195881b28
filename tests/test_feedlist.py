"""Lists of feeds from elsewhere."""

import pytest

from watcher.errors import ConfigError
from watcher.feedlist import ListedFeed, name_feed, read_list
from watcher.feedsfile import add_feeds
from watcher.settings.feeds import load_feeds

OPML = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>mine</title></head><body>
<outline text="Asia"><outline type="rss" text="Bay News" xmlUrl="https://bay.example/rss"/></outline>
<outline type="rss" text="灣岸報" xmlUrl="https://wan.example/feed?a=1&amp;b=2"/>
</body></opml>"""


def test_opml_is_read_with_its_folders_and_names():
    assert read_list(OPML, "x.opml") == [
        ListedFeed(url="https://bay.example/rss", name="Bay News"),
        ListedFeed(url="https://wan.example/feed?a=1&b=2", name="灣岸報"),
    ]


def test_text_has_one_address_a_line_a_name_may_follow():
    text = "\ufeff# my feeds\n\nhttps://bay.example/rss Bay News\nhttps://wan.example/\nhttps://wan.example/\n"
    assert [(feed.url, feed.name) for feed in read_list(text, "x.txt")] == [
        ("https://bay.example/rss", "Bay News"),
        ("https://wan.example/", ""),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (OPML[:200], "broken OPML at line 4, column 1"),
        ("<rss/>", "the file is not OPML but <rss>"),
        (OPML.replace("https://bay", "javascript:bay"), "line 3: 'javascript:bay.example/rss' is not a web address"),
        ("https://bay.example/\nnonsense\n", "line 2: 'nonsense' is not a web address"),
        ("\n# nothing\n", "no feed address in it"),
        ("<opml><body/></opml>", "no feed address in it"),
    ],
)
def test_half_a_list_is_never_taken(text, sentence):
    with pytest.raises(ConfigError) as caught:
        read_list(text, "mine")
    assert str(caught.value).startswith("mine: ")
    assert sentence in str(caught.value)


def test_entities_of_an_opml_file_are_not_expanded():
    bomb = '<!DOCTYPE opml [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + OPML.partition("?>")[2].replace("Bay", "&e;")
    with pytest.raises(ConfigError):
        read_list(bomb.replace('text="&e; News"', 'text="N">&e;<x '), "mine")


def test_ids_are_made_from_names_and_stay_unique():
    assert name_feed(ListedFeed(url="https://bay.example/rss", name="Bay News!"), set()) == "bay-news"
    assert name_feed(ListedFeed(url="https://www.wan.example/f", name="灣岸報"), set()) == "wan-example"
    assert name_feed(ListedFeed(url="https://bay.example/rss", name="Bay News"), {"bay-news"}) == "bay-news-2"
    assert len(name_feed(ListedFeed(url="https://bay.example/rss", name="x" * 500), {"x" * 64})) <= 64


def test_added_feeds_follow_and_comments_are_kept(tmp_path):
    (tmp_path / "feeds.toml").write_text('# mine\n[[feed]]\nid = "a"\nurl = "https://a.example/" # dear\n', "utf-8")
    listed = [ListedFeed(url="https://a.example/"), ListedFeed(url="https://b.example/", name='B "quoted"')]
    assert add_feeds(tmp_path, listed) == ["b-quoted"]
    assert add_feeds(tmp_path, listed) == []
    text = (tmp_path / "feeds.toml").read_text("utf-8")
    assert text.startswith('# mine\n[[feed]]\nid = "a"\nurl = "https://a.example/" # dear\n')
    assert [feed.url for feed in load_feeds(tmp_path)] == ["https://a.example/", "https://b.example/"]


def test_feeds_can_be_added_to_an_empty_file(tmp_path):
    (tmp_path / "feeds.toml").write_text("# nothing yet\n", "utf-8")
    assert add_feeds(tmp_path, [ListedFeed(url="https://b.example/")]) == ["b-example"]
    assert [feed.id for feed in load_feeds(tmp_path)] == ["b-example"]


def test_the_packages_own_configuration_is_refused_with_the_cure(tmp_path):
    with pytest.raises(ConfigError, match="city-watcher init"):
        add_feeds(tmp_path / "missing", [ListedFeed(url="https://b.example/")])
