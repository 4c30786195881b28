"""`feeds add` finds the feed of a site. All pages and feeds are invented samples, on loopback."""

import pytest
from conftest import NOON, answer, rss

from watcher.adding import MOST_LOOKS
from watcher.cli import main

FAIR = ("f1", "Harbour fair opens")
GAMES = ("g1", "Harbour games end")
RSS = '<link rel="alternate" type="application/rss+xml" href="{}">'
SITEMAP = f"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://bay.example/1</loc><n:news>
<n:publication_date>{NOON:%Y-%m-%d}</n:publication_date><n:title>Harbour fair opens</n:title></n:news></url></urlset>"""


def page(*links: str) -> bytes:
    return f"<!DOCTYPE html><html><head><title>Bay</title></head><body>{''.join(links)}</body></html>".encode()


@pytest.fixture
def add(tmp_path, monkeypatch, capsys):
    """Add a feed to a configuration without feeds; return what was printed and feeds.toml."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CITY_WATCHER_FETCH__ALLOW_PRIVATE", "127.0.0.1")
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "feeds.toml").write_text("")
    (tmp_path / "config" / "watcher.toml").write_text("")

    def run(*words: str, code: int = 0) -> tuple[str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["feeds", "add", *words])
        said = capsys.readouterr()
        assert ended.value.code == code, said
        return said.out + said.err, (tmp_path / "config" / "feeds.toml").read_text("utf-8")

    return run


def test_a_feed_is_added_by_its_title_and_what_it_holds_is_told(add, site) -> None:
    site.pages["/news"] = rss(FAIR, GAMES, name="Bay News")
    said, text = add(site.url("/news"), "--longest-minutes", "90")
    assert f"found {site.url('/news')} (Bay News, rss20, 2 entries, the newest of 2026-03-01)" in said
    assert "added bay-news to" in said
    assert 'name = "Bay News"' in text
    assert f'url = "{site.url("/news")}"' in text
    assert "longest_minutes = 90" in text
    assert "format" not in text


def test_a_name_of_your_own_stands_before_the_title(add, site) -> None:
    site.pages["/news"] = rss(FAIR, name="Bay News")
    assert 'name = "Harbour"' in add(site.url("/news"), "--name", "Harbour")[1]


def test_a_feed_without_entries_is_added_when_its_address_was_given(add, site) -> None:
    site.pages["/news"] = rss(name="Bay News")
    assert "(Bay News, rss20, 0 entries)" in add(site.url("/news"))[0]


def test_a_sitemap_is_added_as_one(add, site) -> None:
    site.pages["/news.xml"] = SITEMAP.encode()
    said, text = add(site.url("/news.xml"))
    assert "(sitemap, 1 entry, the newest of 2026-03-01)" in said
    assert 'format = "sitemap"' in text


def test_a_feed_that_moved_for_good_is_added_where_it_is_now(add, site) -> None:
    site.pages |= {"/old": lambda request: answer(request, b"", 301, Location="/new"), "/new": rss(FAIR)}
    assert f'url = "{site.url("/new")}"' in add(site.url("/old"))[1]


def test_the_first_feed_with_entries_that_a_page_leads_to_is_added_and_the_others_are_listed(add, site) -> None:
    site.pages |= {
        "/": page('<a href="/linked">RSS</a>', RSS.format("/empty"), RSS.format("/named"), RSS.format("/gone")),
        "/empty": rss(),
        "/named": rss(FAIR, name="Named"),
        "/linked": rss(GAMES, name="Linked"),
    }
    said, text = add(site.url("/"))
    assert site.asked == ["/", "/empty", "/named", "/gone", "/linked"]
    assert f"found {site.url('/named')} (Named, rss20, 1 entry" in said
    assert f"found also {site.url('/linked')} (Linked, rss20, 1 entry" in said
    assert text.count("[[feed]]") == 1
    assert f'url = "{site.url("/named")}"' in text


def test_a_page_that_lists_feeds_is_followed(add, site) -> None:
    site.pages |= {
        "/": page('<a href="/services">RSS</a>'),
        "/services": page('<a href="/a.xml">City</a>', '<a href="/">Home, RSS</a>'),
        "/a.xml": rss(FAIR),
    }
    assert f'url = "{site.url("/a.xml")}"' in add(site.url("/"))[1]


def test_the_usual_places_are_tried_until_a_feed_is_there_when_a_page_names_none(add, site) -> None:
    site.pages |= {"/news/": page("<p>Welcome</p>"), "/feed": page(), "/rss.xml": rss(FAIR), "/atom.xml": rss(GAMES)}
    said, text = add(site.url("/news/"))
    assert site.asked == ["/news/", "/feed", "/rss", "/rss.xml"]
    assert f'url = "{site.url("/rss.xml")}"' in text
    assert "found also" not in said


def test_a_site_without_a_feed_is_one_sentence_and_adds_nothing(add, site) -> None:
    site.pages["/"] = page(*(f'<a href="/rss/{number}">RSS</a>' for number in range(20)))
    said, text = add(site.url("/"), code=2)
    assert said.startswith(
        f"city-watcher: {site.url('/')}: this page leads to no feed, and none is at the usual places;"
    )
    assert said.count("\n") == 1
    assert text == ""
    assert len(site.asked) == 1 + MOST_LOOKS


@pytest.mark.parametrize(
    ("body", "sentence"),
    [(b"", "404"), (b"<svg></svg>", "neither a feed nor a sitemap"), (b"<opml></opml>", "feeds import")],
)
def test_what_cannot_be_read_is_one_sentence_that_names_the_way_around(add, site, body: bytes, sentence: str) -> None:
    site.pages["/x"] = body
    said, text = add(site.url("/x"), code=2)
    assert sentence in said
    assert "without a visit by --as-is." in said
    assert said.count("\n") == 1
    assert text == ""
    said, text = add(site.url("/x"), "--as-is")
    assert f'url = "{site.url("/x")}"' in text
    assert len(site.asked) == 1


def test_a_feed_that_stands_there_already_is_known_before_a_visit_and_after_one(add, site) -> None:
    site.pages |= {"/": page(RSS.format("/feed")), "/feed": rss(FAIR, name="Bay News")}
    _, before = add(site.url("/feed"))
    for address, asked in (("/feed", []), ("/", ["/", "/feed"])):
        site.asked.clear()
        said, text = add(site.url(address), code=2)
        assert f"{site.url('/feed')}: stands in " in said
        assert "as 'bay-news' already" in said
        assert (site.asked, text) == (asked, before)


def test_a_wrong_option_is_told_before_the_visit(add, site) -> None:
    assert "'zone' is not a time zone" in add(site.url("/"), "--zone", "Mars", code=2)[0]
    assert site.asked == []
