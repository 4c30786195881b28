"""Freshness: a feed that answers may still have become silent, old, torn or another one."""

from datetime import timedelta

import pytest
from conftest import NOON, rss
from reading import quick_poll

from storage.tables import FeedRow
from watcher.digest import note_subscriptions, open_due
from watcher.feedstate import state_of
from watcher.freshness import LONGEST_QUIET, quiet_from, tell_quiet, weigh_visit, word_of
from watcher.read import pack_known
from watcher.values import Entry, Failed, Feed, Fetched, Reading, Unchanged, Visit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URL = "https://news.bay.example/feed.xml"


def entry(number, age=HOUR, title="The harbour council has met with the mayors from the other side"):
    return Entry(id=str(number), title=f"{title} {number}", published_at=None if age is None else NOON - age)


def entries(*numbers, age=HOUR):
    return tuple(entry(number, age) for number in numbers)


def weigh(*now, before=(), found=URL, moved_to="", outcome=None, **feed):
    known = Feed(id="bay", url=URL, known=pack_known(before), read_at=NOON - 4 * HOUR, **feed)
    fetched = Fetched(body=b"", body_hash="", url=found, moved_to=moved_to)
    return weigh_visit(Visit(feed=known, outcome=outcome or fetched, reading=Reading(entries=now)), NOON)


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ((), "empty"),
        (entries(1, 2, 3, age=40 * DAY), "stale"),
        (entries(1, 2, 3, age=29 * DAY), ""),
        ((*entries(1, 2, age=2_000 * DAY), entry(3)), ""),
        ((*entries(1, 2, age=2_000 * DAY), entry(3, age=None)), ""),
        (entries(1, 2, 3, age=None), ""),
    ],
)
def test_what_a_document_says_of_its_own_age(now, told):
    assert word_of(weigh(*now)) == told


def test_old_entries_that_are_known_are_not_served_as_new():
    old = entries(1, 2, 3, age=400 * DAY)
    assert weigh(*old, before=old) == ""
    assert word_of(weigh(*old, entry(4, age=90 * DAY), before=old)) == "stale"


def test_a_document_that_shares_nothing_with_the_one_before_has_lost_some():
    said = weigh(*entries(4, 5, 6), before=entries(1, 2, 3))
    assert said.startswith("gap: all its 3 entries are new since 4 hours ago, so some were missed; ")


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ((1, 2, 3), (3, 4, 5)),
        ((), (4, 5, 6)),
        ((1, 2), (4, 5, 6)),
        ((1, 2, 3), (4, 5)),
    ],
    ids=["one is shared", "first sight", "few before", "few now"],
)
def test_no_gap_is_told_where_none_is_sure(before, now):
    assert weigh(*entries(*now), before=entries(*before)) == ""


def test_entries_older_than_the_visit_before_were_written_anew_and_are_no_gap():
    assert weigh(*entries(4, 5, age=HOUR), entry(6, age=5 * HOUR), before=entries(1, 2, 3)) == ""


def test_a_gap_is_told_for_a_day_and_not_longer():
    gap = "gap: all its 3 entries are new"
    shared = {"before": entries(1, 2, 3)}
    assert weigh(*entries(3, 4, 5), condition=gap, condition_at=NOON - 23 * HOUR, **shared) == gap
    assert weigh(*entries(3, 4, 5), condition=gap, condition_at=NOON - DAY, **shared) == ""


@pytest.mark.parametrize("outcome", [Unchanged(), Failed(problem="no way")])
def test_what_was_not_read_changes_nothing(outcome):
    assert weigh(outcome=outcome, condition="stale: it is old", condition_at=NOON) == "stale: it is old"


def test_a_condition_is_over_when_the_document_is_well_again():
    assert weigh(*entries(1, 2, 3), condition="empty: it holds no entries", condition_at=NOON - HOUR) == ""


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ("https://parked.example.com/", "drift"),
        ("https://www.bay.example/feed.xml", ""),
        ("http://bay.example/", ""),
        ("", ""),
    ],
)
def test_a_feed_that_hands_us_on_to_another_site_drifts(found, told):
    assert word_of(weigh(*entries(1, 2, 3), found=found)) == told


def test_one_site_of_a_country_is_not_the_next():
    fetched = Fetched(body=b"", body_hash="", url="https://www.other.gov.tw/rss")
    visit = Visit(
        feed=Feed(id="a", url="https://www.city.gov.tw/rss"), outcome=fetched, reading=Reading(entries=entries(1))
    )
    assert word_of(weigh_visit(visit, NOON)) == "drift"


def test_a_feed_that_moved_for_good_does_not_drift():
    assert weigh(*entries(1, 2, 3), found="https://new.example.com/", moved_to="https://new.example.com/") == ""


@pytest.mark.parametrize(
    ("language", "told"), [("ja", "drift"), ("en", ""), ("en-GB", ""), ("", ""), ("zh", ""), ("de", "drift")]
)
def test_a_feed_that_is_written_in_another_language_drifts(language, told):
    assert word_of(weigh(*entries(1, 2, 3), language=language)) == told


def test_two_titles_do_not_show_a_language():
    assert weigh(*entries(1, 2), language="ja") == ""


@pytest.mark.parametrize(
    ("rhythm", "silent", "quiet"),
    [
        (HOUR, 2 * DAY, False),
        (HOUR, 3 * DAY, True),
        (DAY, 5 * DAY, False),
        (DAY, 6 * DAY, True),
        (20 * DAY, 44 * DAY, False),
        (20 * DAY, 45 * DAY, True),
        (None, 44 * DAY, False),
        (None, 45 * DAY, True),
    ],
)
def test_quiet_is_told_by_the_feed_s_own_habit(rhythm, silent, quiet):
    said = tell_quiet(NOON - silent, rhythm, NOON)
    assert said.startswith("quiet: nothing new for ") if quiet else said == ""


def test_a_feed_that_never_brought_anything_is_not_quiet():
    assert tell_quiet(None, HOUR, NOON) == ""
    assert quiet_from(NOON, None) == NOON + LONGEST_QUIET


def look(desk, judge):
    desk.store.feeds.hasten(desk.clock())
    quick_poll(desk, judge)


def test_a_condition_stands_in_the_row_with_its_beginning(site, make_desk, judge, clock):
    site.pages["/a"] = rss()
    desk = make_desk(a=site.url("/a"))
    look(desk, judge)
    began = clock()
    clock.forward(hours=3)
    site.pages["/a"] = rss() + b"<!-- another -->"
    look(desk, judge)
    row = desk.store.feeds.find("a")
    assert (word_of(row.condition), row.condition_at) == ("empty", began)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"url": URL, "configured_url": URL}, "well"),
        ({"url": URL, "configured_url": URL, "moved_to": "https://new.example/feed", "moved_times": 1}, "moved"),
        ({"url": URL, "configured_url": "http://ann:secret@news.bay.example/feed.xml"}, "moved"),
        ({"url": URL, "configured_url": "http://old.example/", "condition": "stale: it is old"}, "stale"),
    ],
)
def test_a_feed_that_moved_says_where_and_never_a_password(row, told):
    state, sentence = state_of(FeedRow(id="bay", host="", visited_at=NOON, **row), NOON)
    assert state == told
    assert ("https://" in sentence) == (told == "moved")
    assert "secret" not in sentence


def test_a_digest_tells_of_a_strange_feed_once_and_names_it_afterwards(site, make_desk, judge, clock):
    site.pages["/a"] = rss()
    desk = make_desk({"subscriptions": ({"id": "daily", "at": "18:00", "when_empty": "note"},)}, a=site.url("/a"))
    note_subscriptions(desk, clock())
    look(desk, judge)
    told = []
    for _ in range(2):
        clock.forward(days=1)
        open_due(desk)
        told.append(" ".join(desk.store.digests.last("daily").text.split()))
    assert "A · empty · it holds no entries" in told[0]
    assert "it holds no entries" not in told[1]
    assert "- Empty as before: A " in told[1]
