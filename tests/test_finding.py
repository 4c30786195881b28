"""What one visit found of a feed, in a word and in a sentence."""

from datetime import datetime, timedelta

import pytest
from conftest import NOON

from watcher.errors import ReadProblem
from watcher.finding import Finding, State, sum_up
from watcher.freshness import OLD
from watcher.read.sniff import sniff_document
from watcher.values import Entry, Failed, Feed, Fetched, Outcome, Reading

FEED = Feed(id="bay-news", url="https://bay.example/old.xml")
FOUND = Fetched(body=b"", body_hash="", url="https://bay.example/old.xml")
MOVED = Fetched(body=b"", body_hash="", url="https://bay.example/new.xml", moved_to="https://bay.example/new.xml")


def find(outcome: Outcome = FOUND, reading: Reading | ReadProblem | None = None) -> Finding:
    return sum_up(FEED, outcome, reading or Reading(), NOON)


def dated(*moments: datetime | None) -> Reading:
    entries = tuple(Entry(title="Harbour fair", published_at=moment) for moment in moments)
    return Reading(entries=entries, format="rss", encoding="big5", language="zh-Hant")


def test_a_feed_with_fresh_entries_is_well_and_all_of_it_is_told() -> None:
    newest = NOON - timedelta(hours=3)
    assert find(reading=dated(newest - timedelta(days=400), None, newest)) == Finding(
        id="bay-news",
        url=FEED.url,
        state=State.WELL,
        status=200,
        found_at=FEED.url,
        format="rss",
        encoding="big5",
        entries=3,
        newest_at=newest,
        language="zh-Hant",
        first=("2025-01-25  Harbour fair", "no date  Harbour fair", "2026-03-01  Harbour fair"),
    )


@pytest.mark.parametrize(
    ("age", "state"),
    [(OLD, State.WELL), (OLD + timedelta(seconds=1), State.STALE), (-timedelta(days=1), State.WELL)],
)
def test_a_feed_is_stale_when_its_newest_entry_is_older_than_thirty_days(age: timedelta, state: State) -> None:
    assert find(reading=dated(NOON - age, NOON - age - timedelta(days=9))).state is state


def test_a_date_that_has_not_come_yet_is_not_the_newest() -> None:
    assert find(reading=dated(NOON + timedelta(days=900), NOON - timedelta(days=90))).state is State.STALE


def test_a_stale_feed_says_of_when_its_newest_entry_is() -> None:
    said = find(reading=dated(NOON - timedelta(days=90))).sentence
    assert said.startswith("stale: the newest of what it serves as new is of 2025-12-01; look on the site")


def test_entries_without_a_date_say_nothing_of_their_age() -> None:
    assert find(reading=dated(None, None)).state is State.WELL


def test_a_document_without_entries_is_empty() -> None:
    finding = find(reading=Reading(format="atom"))
    assert (finding.state, finding.problem) == (State.EMPTY, "empty: it holds no entries")
    assert "another address" in finding.suggestion


def test_a_feed_that_moved_for_good_is_well_and_its_new_address_is_suggested() -> None:
    finding = find(MOVED, dated(NOON))
    assert (finding.state, finding.problem) == (State.WELL, "")
    assert finding.suggestion == "it moved for good: write https://bay.example/new.xml for its url in feeds.toml"


def test_a_page_in_place_of_a_feed_is_told_with_where_it_was_found() -> None:
    with pytest.raises(ReadProblem) as caught:
        sniff_document("<html><body>Hello</body></html>")
    finding = find(MOVED, caught.value)
    assert (finding.state, finding.status, finding.found_at) == (State.FAILED, 200, MOVED.url)
    assert finding.problem == "this is an HTML page, not a feed"
    assert finding.suggestion.startswith("look on the site for the address of its feed")


def test_a_failed_visit_is_parted_into_problem_and_suggestion() -> None:
    finding = find(Failed(problem="blocked: bay.example does not let us in (403); ask the site; or wait", status=403))
    assert (finding.state, finding.status, finding.entries) == (State.FAILED, 403, 0)
    assert finding.problem == "blocked: bay.example does not let us in (403)"
    assert finding.suggestion == "ask the site; or wait"
