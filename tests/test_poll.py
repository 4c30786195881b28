"""One poll: fetched, read, judged, stored; what goes wrong with one feed concerns that feed alone."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import answer, rss
from reading import QuickReader, quick_poll, quick_poller

from watcher.feedrows import feed_from
from watcher.poll import LEASE, open_poller, poll, prepare_visits
from watcher.records import visit_record
from watcher.settings.watcher import FetchSettings
from watcher.values import Fetched, Pace, Reading, Visit

FORUM = ("f1", "Shanghai-Taipei City Forum opens", "The mayors of Shanghai and Taipei signed two MOUs.")
SHARES = ("s1", "Shanghai Stock Exchange ends higher", "Shares rose by one percent.")


def run(desk, judge):
    return quick_poll(desk, judge)


def again(desk, judge):
    desk.store.feeds.hasten(desk.clock())
    return run(desk, judge)


def urls(site, *names):
    return {name: site.url(f"/{name}") for name in names}


def titles(desk, **options):
    return [full.item.title for full in desk.store.items.recent(limit=100, **options)]


def test_a_matching_entry_is_captured_with_pair_kind_and_reasons(site, make_desk, judge):
    site.pages["/a"] = rss(FORUM, SHARES)
    desk = make_desk(a=site.url("/a"))
    tally = asyncio.run(poll(desk, judge, lambda report: None))
    assert (tally.feeds, tally.read, tally.entries, tally.new_entries, tally.captured) == (1, 1, 2, 2, 1)
    [full] = desk.store.items.recent(limit=100)
    assert full.item.title == FORUM[1]
    assert ("pair", "shanghai~taipei") in full.facets
    assert full.item.kind == "forum"
    assert full.item.why
    assert full.item.reasons
    assert full.item.story_id == full.item.id


def test_a_second_poll_of_unchanged_feeds_stores_nothing_and_parses_nothing(site, make_desk, judge):
    def same_bytes_without_etag(request):
        answer(request, rss(FORUM))

    site.pages |= {"/a": rss(FORUM), "/b": same_bytes_without_etag}
    desk = make_desk(a=site.url("/a"), b=site.url("/b"))
    assert run(desk, judge).read == 2
    before = desk.store.items.counts()

    class CountingReader(QuickReader):
        documents = 0

        async def read(self, fetched, feed):
            self.documents += 1
            return await super().read(fetched, feed)

    async def second():
        desk.store.feeds.hasten(desk.clock())
        async with open_poller(desk, judge) as poller, CountingReader() as poller.reader:
            await poller.poll()
            return poller.reader.documents

    assert asyncio.run(second()) == 0
    assert [visit.outcome for feed in "ab" for visit in desk.store.feeds.last_visits(feed, 1)] == ["unchanged"] * 2
    assert desk.store.items.counts() == before


def test_only_entries_that_are_not_known_are_judged_and_stored(site, make_desk, judge, clock):
    site.pages["/a"] = rss(FORUM)
    desk = make_desk(a=site.url("/a"))
    run(desk, judge)
    site.pages["/a"] = rss(SHARES, FORUM)
    desk.store.feeds.hasten(clock())
    reports = []
    tally = quick_poll(desk, judge, reports.append)
    assert (tally.read, tally.entries, tally.new_entries, tally.captured) == (1, 2, 1, 0)
    assert [entry.title for entry, _ in reports[0].visit.judged] == [SHARES[1]]


def test_an_edited_headline_is_judged_again_and_the_first_one_is_kept(site, make_desk, judge):
    site.pages["/a"] = rss(("x", "Mayors meet"))
    desk = make_desk(a=site.url("/a"))
    assert run(desk, judge).captured == 0
    site.pages["/a"] = rss(("x", "Taipei and Daegu renew sister city agreement"))
    assert again(desk, judge).captured == 1
    [full] = desk.store.items.recent(limit=10)
    assert (full.item.first_title, full.item.title) == ("Mayors meet", "Taipei and Daegu renew sister city agreement")


def test_twenty_two_entries_under_one_id_are_twenty_two_items(site, make_desk, judge):
    site.pages["/a"] = rss(*[("same", f"Taipei and Daegu sister city news, part {number}") for number in range(22)])
    desk = make_desk(a=site.url("/a"))
    assert run(desk, judge).new_entries == 22
    assert len(set(titles(desk))) == 22
    assert again(desk, judge).new_entries == 0


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        (lambda request: answer(request, b"<!doctype html><html><body>Hello</body></html>"), "HTML"),
        (lambda request: answer(request, b"  "), "empty"),
        (lambda request: answer(request, b"", 503, Retry_After="7200"), "503"),
        (lambda request: answer(request, b"", 410), "410"),
        (lambda request: answer(request, rss(FORUM)[:100]), ""),
    ],
)
def test_a_feed_that_fails_leaves_the_others_alone_and_says_why_in_its_row(site, make_desk, judge, page, sentence):
    site.pages |= {"/bad": page, "/good": rss(FORUM)}
    desk = make_desk(bad=site.url("/bad"), good=site.url("/good"))
    tally = run(desk, judge)
    assert (tally.failed, tally.read, tally.captured) == (1, 1, 1)
    row = desk.store.feeds.find("bad")
    assert sentence in row.problem
    assert row.problem
    assert row.failures == 1
    assert row.due_at > desk.clock()
    assert again(desk, judge).failed == 1
    site.pages["/bad"] = rss(SHARES)
    assert again(desk, judge).read == 1
    assert desk.store.feeds.find("bad").problem == ""


def test_a_feed_is_not_visited_before_it_is_due(site, make_desk, judge, clock):
    site.pages["/a"] = rss(FORUM)
    desk = make_desk(a=site.url("/a"))
    run(desk, judge)
    clock.forward(minutes=50)
    assert run(desk, judge).feeds == 0
    clock.forward(minutes=15)
    assert run(desk, judge).feeds == 1
    assert site.asked == ["/a", "/a"]


def test_news_that_is_old_at_first_sight_is_marked_backfill(site, make_desk, judge, clock):
    site.pages["/a"] = rss(FORUM, published=clock.forward(days=-4))
    clock.forward(days=4)
    desk = make_desk(a=site.url("/a"))
    run(desk, judge)
    [full] = desk.store.items.recent(limit=10)
    assert full.item.backfill


def test_the_same_article_in_two_feeds_is_one_story(site, make_desk, judge):
    site.pages |= {"/a": rss(FORUM), "/b": rss(FORUM, name="Other")}
    desk = make_desk(a=site.url("/a"), b=site.url("/b"))
    assert run(desk, judge).captured == 2
    found = desk.store.items.recent(limit=10)
    assert len({full.item.story_id for full in found}) == 1
    assert {full.item.story_why for full in found} == {"first", "url"}


def test_a_visit_whose_lease_was_lost_records_nothing(site, make_desk, judge, clock, store):
    site.pages["/a"] = rss(FORUM)
    desk = make_desk(a=site.url("/a"))

    def steal(request):
        other = type(store)(store.database)
        clock.forward(minutes=11)
        assert [row.id for row in other.feeds.claim(clock(), LEASE, 5)] == ["a"]
        answer(request, rss(FORUM))

    site.pages["/a"] = steal
    assert run(desk, judge).captured == 0
    assert titles(desk) == []


POLITE = {"fetch": FetchSettings(allow_private=("127.0.0.0/8",), spacing_seconds=0.02)}
"""A network in allow_private may be asked; its hosts have their rest all the same."""


def test_fifty_feeds_that_are_well_end_before_the_first_of_three_that_are_stuck(site, make_desk, judge):
    stuck, well = [f"stuck{number}" for number in range(3)], [f"well{number}" for number in range(50)]
    site.pages |= {f"/{name}": site.hold for name in stuck} | {f"/{name}": rss(SHARES) for name in well}
    desk = make_desk({"fetch": FetchSettings(slots=16, allow_private=("127.0.0.1",))}, **urls(site, *stuck, *well))
    ended = []

    def note(report):
        ended.append(report.visit.feed.id)
        if len(ended) == len(well):
            site.let_go.set()

    asyncio.run(poll(desk, judge, note))
    assert sorted(ended[:50]) == sorted(well)
    assert sorted(ended[50:]) == stuck


def test_a_poll_asks_a_host_for_one_feed_at_a_time_and_ends_with_all_of_them(site, make_desk, judge):
    under_way, most = [], []

    def page(request):
        under_way.append(request.path)
        most.append(len(under_way))
        answer(request, rss(SHARES))
        under_way.remove(request.path)

    site.pages |= {f"/{name}": page for name in "abcde"}
    desk = make_desk(POLITE, **urls(site, *"abcde"))
    assert run(desk, judge).read == 5
    assert sorted(site.asked) == ["/a", "/b", "/c", "/d", "/e"]
    assert max(most) == 1


def test_a_host_that_is_stuck_holds_one_slot_only(site, make_desk, judge):
    site.pages |= {f"/{name}": site.hold for name in "abcde"}
    desk = make_desk(POLITE, **urls(site, *"abcde"))

    async def look():
        async with quick_poller(desk, judge) as poller:
            started = [await poller.start_due() for _ in range(3)]
            await poller.finish(timedelta())
            return started

    assert asyncio.run(look()) == [1, 0, 0]


def test_a_busy_host_is_left_alone_by_all_its_feeds_for_as_long_as_it_asks(site, make_desk, judge, clock):
    site.pages |= {"/a": lambda request: answer(request, b"", 429, Retry_After="10800"), "/b": rss(SHARES)}
    desk = make_desk(POLITE, **urls(site, *"ab"))
    run(desk, judge)
    rows = desk.store.feeds.list_all()
    assert [row.due_at - clock() for row in rows] == [timedelta(hours=3)] * 2
    assert [row.trouble for row in rows] == ["busy", ""]
    assert site.asked == ["/a"]


def test_an_address_that_moved_is_adopted_within_a_week_or_so_and_feeds_toml_stays_as_it_is(
    site, make_desk, judge, clock
):
    site.pages |= {"/old": lambda request: answer(request, b"", 301, Location=site.url("/new")), "/new": rss(FORUM)}
    desk = make_desk(a=site.url("/old"))
    run(desk, judge)
    assert desk.store.feeds.find("a").moved_to == site.url("/new")
    for _ in range(9):
        clock.forward(days=1)
        run(desk, judge)
    row = desk.store.feeds.find("a")
    assert (row.url, row.configured_url) == (site.url("/new"), site.url("/old"))
    prepare_visits(desk, judge)
    clock.forward(days=1)
    del site.pages["/old"]
    assert run(desk, judge).unchanged == 1
    assert titles(desk, seeds=False) == [FORUM[1]]


def test_a_feed_that_is_read_in_another_way_is_due_and_its_name_is_no_such_thing(site, make_desk, judge, clock):
    site.pages["/a"] = rss(("a", "A quiet day"))
    desk = make_desk(a=site.url("/a"))
    dues = []
    for change in ({}, {"name": "Harbour News", "every_minutes": 30}, {"zone": "Asia/Seoul"}, {"encoding": "euc-kr"}):
        desk = replace(desk, feeds={"a": desk.feeds["a"].model_copy(update=change)})
        prepare_visits(desk, judge)
        dues.append(desk.store.feeds.find("a").due_at <= clock())
        run(desk, judge)
        clock.forward(minutes=1)
    assert dues == [True, False, True, True]


def test_a_feed_remembers_its_habit_and_why_it_is_due(site, make_desk, judge, clock):
    site.pages["/a"] = rss(FORUM)
    desk = make_desk(a=site.url("/a"))
    run(desk, judge)
    clock.forward(hours=6)
    site.pages["/a"] = rss(SHARES, FORUM)
    run(desk, judge)
    row = desk.store.feeds.find("a")
    assert (row.rhythm_seconds, row.stay_seconds, row.news_at, row.full_at) == (6 * 3600, 12 * 3600, clock(), clock())
    assert row.due_why == "news comes about once in 6 hours"


def test_what_a_feed_asks_for_is_remembered_after_a_304(site, make_desk, judge, clock):
    desk = make_desk(a=site.url("/a"))
    [row] = desk.store.feeds.claim(clock(), LEASE, 1)
    feed = feed_from(row, desk.feeds["a"], desk.settings.fetch)
    pace = Pace(fresh_for=timedelta(hours=2), ttl=timedelta(hours=5), skip_hours=(1, 2), skip_days=(6,))
    visit = Visit(
        feed=feed,
        outcome=Fetched(body=b"", body_hash="", url="", fresh_for=pace.fresh_for),
        reading=Reading(pace=pace),
    )
    desk.store.feeds.record(visit_record(visit, clock(), rules="", backfill=timedelta()))
    row = desk.store.feeds.find("a")
    assert row.pace == {"fresh_for": 7200, "ttl": 18000, "skip_hours": [1, 2], "skip_days": [6]}
    assert feed_from(row, desk.feeds["a"], desk.settings.fetch).pace == pace
