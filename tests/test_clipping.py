"""Clipping: a page that somebody found is captured by hand, whatever the rules say, and told honestly."""

import json

import pytest
from conftest import answer, rss

from watcher.cli.place import wall_clock

PAGE = """<html lang="en"><head><title>{title} | Bay Notes</title></head><body><nav>Menu</nav><h1>{title}</h1>
<p>February 3, 2026</p><p>{text}</p></body></html>"""
SIGNED = (
    "Mayors of Taipei and Daegu sign an agreement",
    "The mayor of Taipei and the mayor of Daegu signed a sister city agreement on Tuesday, the two city halls said.",
)
ZOO = (
    "A zoo gets a new gate",
    "The gate is green, twelve metres wide and made of oak, and the keepers of the zoo say that it opens without any noise at all.",
)


@pytest.fixture
def cw(tmp_path, monkeypatch, say, site):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CITY_WATCHER_FETCH__ALLOW_PRIVATE", "127.0.0.1")
    monkeypatch.setenv("COLUMNS", "200")
    for name, (title, text) in {"/signed": SIGNED, "/zoo": ZOO, "/zoo?utm_source=mail": ZOO}.items():
        site.pages[name] = PAGE.format(title=title, text=text).encode()

    return lambda *words, code=0: say(*words, code=code)[bool(code)]


def test_a_page_is_captured_by_hand_whatever_the_rules_say_of_it(cw, site):
    said = cw("items", "add", site.url("/zoo"))
    assert "captured by hand: A zoo gets a new gate\n2026-02-03 · en · no pair found · other\n" in said
    assert "by the rules alone: rejected, 0 (" in said
    [line] = [line for line in cw("items", "search", "zoo").splitlines() if "zoo" in line]
    assert line.split("\t")[2:4] == ["by hand", "captured"]
    assert "Somebody marked it relevant." in cw("digest", "preview")


def test_the_rules_still_find_what_the_page_is_about(cw, site):
    told = json.loads(cw("items", "add", site.url("/signed"), "--json"))
    assert (told["pairs"], told["new"], told["label"]) == (["daegu~taipei"], True, "relevant")
    assert (told["rules_alone"]["verdict"], told["verdict"], told["language"]) == ("matched", "matched", "en")


def test_a_page_that_is_added_twice_or_was_brought_by_a_feed_is_not_stored_twice(cw, site, tmp_path):
    first = json.loads(cw("items", "add", site.url("/zoo"), "--json"))
    again = json.loads(cw("items", "add", site.url("/zoo") + "?utm_source=mail", "--json"))
    assert (again["id"], again["new"]) == (first["id"], False)
    cw("init")
    feed = rss(("z1", "A quiet pond"), published=wall_clock()).replace(
        b"https://news.example/z1", site.url("/signed").encode()
    )
    site.pages["/feed"] = feed
    (tmp_path / "config" / "feeds.toml").write_text(
        f'[[feed]]\nid = "bay"\nname = "Bay"\nurl = "{site.url("/feed")}"\n'
    )
    cw("poll")
    known = json.loads(cw("items", "add", site.url("/signed"), "--json"))
    assert (known["feed"], known["title"], known["new"], known["label"]) == ("bay", "A quiet pond", False, "relevant")
    assert known["captured_at"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/nothing", "(404 Not Found); open it in a browser and mend the address, nothing was stored."),
        ("/feed", "this is a feed, not an article"),
        ("/large", "larger than 2 MB; add the page of one article."),
    ],
)
def test_what_cannot_be_added_is_one_sentence_and_nothing_is_stored(cw, site, path, said):
    site.pages["/feed"] = rss(("a", "b"))
    site.pages["/large"] = lambda request: answer(request, b"<html>" + b"x" * 2_000_000)
    told = cw("items", "add", site.url(path), code=2)
    assert said in told
    assert told.count("\n") == 1
    assert cw("items", "list", "--all").count("\n") == 0


def test_what_is_no_address_is_one_sentence(cw):
    assert "'zoo' is no address of a page; write one that begins with https://." in cw("items", "add", "zoo", code=2)
