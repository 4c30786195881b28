"""Today: the page says what the digest says, before it was made and after."""

from dataclasses import replace

from mails import earlier_of, titles_of
from web_site import NOW, Page

from watcher.digest import open_digest, preview

pytest_plugins = ("web_site",)


STORIES = "//h3 | //ul[@class='others']/li | //ul[@class='rows']/li"


def titles(page: Page, path: str = "/", place: str = STORIES) -> list[str]:
    return [" ".join(found.xpath("string(a)").split()) for found in page.get(path).xpath(place)]


def told(page: Page, number: int) -> list[str]:
    """Return the titles in the digest of a subscription; feeds that are not well stand among them."""
    digest, _ = preview(page.desk, page.desk.settings.subscriptions[number])
    names = page.desk.feed_names().values()
    return [title for title in titles_of(digest.html) if title not in names]


def test_today_tells_what_the_digest_tells_in_its_order(page):
    [daily, _] = page.desk.settings.subscriptions
    digest, _ = preview(page.desk, daily)
    assert titles(page) == told(page, 0)
    assert titles(page, place="//p[contains(@class, 'earlier')]") == earlier_of(digest.html)
    said = page.text("/")
    for sentence in (
        "9 new items in 5 stories",
        "Known: sister cities since 4 Nov 2010",
        "First news of this pair since",
    ):
        assert sentence in said
        assert sentence in " ".join(digest.text.split())
    [mark, *_] = page.get("/").xpath("//p[@class='snippet']/mark/text()")
    assert mark == "sister city agreement"


def test_what_the_digest_of_today_told_stays_on_the_page_until_midnight(page):
    before = titles(page)
    [daily, _] = page.desk.settings.subscriptions
    open_digest(page.desk, daily, NOW.date())
    assert titles(page) == before
    assert "The digest of today was made at 2026-03-01 12:00" in page.text("/")
    page.clock.forward(days=1)
    said = page.text("/")
    assert "A quiet day" in said
    assert "Mayor of Daegu" not in said


def test_each_list_has_its_own_today_in_its_own_language(page):
    [_, taipei] = page.desk.settings.subscriptions
    path = f"/?subscription={taipei.id}"
    assert titles(page, path) == told(page, 1)
    assert page.get(path).xpath("//p[@class='day']/..")[0].get("lang") == "zh-Hant"
    assert "no such list" in page.text("/?subscription=nobody", 400)


def test_readers_are_never_named(page):
    assert "secret-reader" not in page.client.get("/").text


def test_a_desk_without_feeds_is_told_kindly(page, make_page):
    [daily, _] = page.desk.settings.subscriptions
    open_digest(page.desk, daily, NOW.date())
    page.clock.forward(days=1)
    assert "The watcher has visited no feed yet" in make_page(desk=replace(page.desk, feeds={})).text("/")
