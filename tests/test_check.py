"""Feeds are checked side by side, within the limits of a poll, each for itself."""

import asyncio
from threading import Event, Lock

import pytest
from conftest import NOON, Clock, Site, answer, rss

from watcher.check import check_feeds
from watcher.finding import Finding, State
from watcher.settings.feeds import FeedSettings
from watcher.settings.watcher import FetchSettings, WatcherSettings

FAIR = ("f1", "Harbour fair opens")


def check(
    site: Site, *paths: str, slots: int = 16, allow: str = "127.0.0.1", on_finding=lambda finding: None
) -> list[Finding]:
    settings = WatcherSettings(fetch=FetchSettings(slots=slots, spacing_seconds=0, allow_private=(allow,)))
    urls = [path if path.startswith("http") else site.url(path) for path in paths]
    feeds = [FeedSettings(id=f"feed-{number}", url=url) for number, url in enumerate(urls)]
    return asyncio.run(check_feeds(feeds, settings, Clock(), on_finding))


def test_each_feed_gets_its_finding_in_the_order_of_the_feeds(site) -> None:
    def forbid(request) -> None:
        answer(request, b"", 403)

    def move(request) -> None:
        answer(request, b"", 301, Location="/good")

    site.pages |= {"/good": rss(FAIR), "/forbidden": forbid, "/old": move, "/page": b"<html><body>Hello</body></html>"}
    heard: list[Finding] = []
    good, forbidden, old, page = check(site, "/good", "/forbidden", "/old", "/page", on_finding=heard.append)
    assert sorted(finding.id for finding in heard) == ["feed-0", "feed-1", "feed-2", "feed-3"]
    assert (good.state, good.status, good.entries, good.format, good.language) == (State.WELL, 200, 1, "rss20", "en")
    assert good.newest_at is not None
    assert good.newest_at < NOON
    assert (forbidden.state, forbidden.status) == (State.FAILED, 403)
    assert (old.state, old.found_at, old.moved_to) == (State.WELL, site.url("/good"), site.url("/good"))
    assert (page.state, page.status, page.found_at) == (State.FAILED, 200, site.url("/page"))


@pytest.mark.parametrize("slots", [1, 3])
def test_no_more_feeds_are_asked_at_a_time_than_there_are_slots(site, slots: int) -> None:
    lock, full, asking, most = Lock(), Event(), 0, 0

    def count(request) -> None:
        nonlocal asking, most
        with lock:
            asking += 1
            most = max(most, asking)
            if asking == slots:
                full.set()
        full.wait(5)
        site.let_go.wait(0.03)
        with lock:
            asking -= 1
        answer(request, rss(FAIR))

    paths = [f"/{number}" for number in range(8)]
    site.pages |= dict.fromkeys(paths, count)
    assert {finding.state for finding in check(site, *paths, slots=slots)} == {State.WELL}
    assert most == slots


def test_fifty_feeds_that_are_well_end_before_three_that_hang(site) -> None:
    heard: list[str] = []

    def hear(finding: Finding) -> None:
        heard.append(finding.url)
        if len(heard) == 50:
            site.let_go.set()

    site.pages |= {"/stuck": site.hold, "/well": rss(FAIR)}
    findings = check(site, *["/stuck"] * 3, *["/well"] * 50, on_finding=hear)
    assert [finding.state for finding in findings] == [State.FAILED] * 3 + [State.WELL] * 50
    assert set(heard[:50]) == {site.url("/well")}


def test_feeds_of_one_slow_host_leave_the_other_slots_free(site) -> None:
    def hear(finding: Finding) -> None:
        if finding.url == site.url("/well"):
            site.let_go.set()

    slow = site.url("/stuck").replace("127.0.0.1", "localhost")
    site.pages |= {"/stuck": site.hold, "/well": rss(FAIR)}
    findings = check(site, *[slow] * 3, "/well", slots=2, allow="127.0.0.0/8", on_finding=hear)
    assert findings[-1].state is State.WELL
    assert all("timeout" not in finding.sentence for finding in findings)
