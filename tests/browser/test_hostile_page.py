"""Hostile news on every page: nothing of it is executed, nothing leads astray, and all of it is shown.

The policy that lets no script in is switched off here, so that it is our escaping alone that holds.
"""

import shutil
from contextlib import closing

import pytest
from conftest import Clock
from crawling import crawl, is_page
from storing import keep, new_item
from test_hostile import DOCUMENTS, LINKS, MARKUP, SELECT
from web_site import HOUR, NOW, make_desk

from browser.conftest import served
from storage.database import Database
from storage.store import Store
from watcher.digest import note_subscriptions, open_digest
from watcher.feedrows import feed_from
from watcher.judge import Judge
from watcher.judge.compile import compile_book
from watcher.read import read_document
from watcher.records import visit_record
from watcher.settings.feeds import FeedSettings
from watcher.settings.topics import Topics
from watcher.values import Fetched, Visit
from watcher.web import Site

STOLEN = "window.steal = () => console.error('something was stolen')"
"""What the hostile texts call."""
SUSPECT = """() => [...document.querySelectorAll("*")].filter(one =>
    /^(script|object|embed|img|base|math|template)$/i.test(one.tagName)
    || (one.matches("iframe") && !one.matches("[sandbox]:not([sandbox*=scripts], [sandbox*=same-origin])"))
    || (one.matches("style, [style]") && !location.pathname.endsWith("/mail"))
    || [...one.attributes].some(each => /^on|^srcdoc$/i.test(each.name))
    || ["href", "src", "action", "formaction", "xlink:href"].some(
        name => one.hasAttribute(name) && !/^(https?:[/][/](?!evil)|[/](?![/])|[?#]|mailto:)/.test(one.getAttribute(name)))
    || (one.matches("a[href^=http]") && !one.relList.contains("noopener") && !location.pathname.endsWith("/mail"))
).map(one => one.outerHTML.slice(0, 300))"""
"""What could run, or lead astray. A mail has a style, and stands in a frame that lets nothing run."""


def raw_items():
    """Rows as no feed of ours could write them: every column as hostile as it can be."""
    for number, markup in enumerate(MARKUP):
        yield new_item(
            f"raw:{number}",
            title=f"Raw {number:02} {markup}",
            first_title=f"{markup} before",
            summary=markup,
            text=markup * 3,
            language=markup[:40],
            why=markup[:2_000],
            published_raw=markup[:100],
            url=LINKS[number % len(LINKS)],
            story_why=markup[:20],
            reasons=[
                {"topic": markup[:99], "phrase": markup[:99], "field": "title", "start": 3, "end": 9, "weight": 3.0}
            ],
            facets=(("pair", f"daegu~{markup[:200]}"), ("city", markup[:200]), ("topic", markup[:200])),
        )


@pytest.fixture(scope="module")
def hostile(upgraded_file, tmp_path_factory):
    """The page over a database in which all is hostile, read by us from documents or written past us."""
    folder = tmp_path_factory.mktemp("hostile")
    with closing(Database.open(f"sqlite:///{shutil.copy(upgraded_file, folder)}")) as database:
        desk = make_desk(Store(database, "page"), Clock(NOW - HOUR), folder)
        keep(desk.store, *raw_items(), at=NOW - HOUR)
        desk.feeds.clear()
        for one in DOCUMENTS:
            settings = {"id": one, "name": MARKUP[0] + one, "url": f"https://{one}.example/"} | SELECT.get(one, {})
            desk.feeds[one] = FeedSettings(**settings)
        note_subscriptions(desk, NOW - 30 * HOUR)
        desk.store.feeds.enrol([(feed.id, feed.url) for feed in desk.feeds.values()], NOW - HOUR)
        judge = Judge(compile_book(Topics.model_validate({"topic": [{"id": "all", "all": True}]}), ()))
        for row in desk.store.feeds.claim(NOW - HOUR, HOUR, 99, free_hosts=()):
            visit_hostile(desk, row, judge)
        open_digest(desk, desk.settings.subscriptions[0], NOW.date())
        desk.clock.now = NOW
        with served(Site(desk=desk, judge=judge, city_names=dict)) as address:
            yield address


def visit_hostile(desk, row, judge):
    feed = feed_from(row, desk.feeds[row.id], desk.settings.fetch)
    body, said = DOCUMENTS[row.id]
    reading = read_document(body, content_type=said, url=feed.url, select=feed.select)
    outcome = Fetched(body=body, body_hash=row.id, url=feed.url)
    judged = tuple((one, judge.judge(one)) for one in reading.entries)
    visit = Visit(feed=feed, outcome=outcome, reading=reading, judged=judged)
    desk.store.feeds.record(visit_record(visit, desk.clock(), rules=judge.fingerprint, backfill=72 * HOUR))


@pytest.fixture(scope="module")
def addresses(hostile):
    """One page of every shape, each item that was written past us, and all lists."""
    every = crawl(hostile, "/items?q=raw", "/api/items", "/api/items/1", "/api/feeds", "/api/pairs", "/api/stories")
    assert {path: answer.status_code for path, answer in every.items() if answer.status_code >= 500} == {}
    shown = [path for path, answer in every.items() if is_page(answer) or path.startswith(("/api", "/items.json?"))]
    return [*shown, *(f"/items/{number + 1}" for number in range(len(MARKUP)))]


def test_nothing_hostile_is_executed_and_no_link_leads_astray(make_tabs, hostile, addresses):
    with make_tabs() as open_tab:
        tab = open_tab("/", base=hostile, bypass_csp=True)
        tab.context.add_init_script(STOLEN)
        suspects = {}
        for path in addresses:
            tab.goto(path)
            if found := tab.evaluate(SUSPECT):
                suspects[path] = found
        assert suspects == {}
