"""`feeds explain`: when a feed is visited next and why, as a person and as a program meet it."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.hosts import RESTS
from storage.tables import FeedRow, VisitRow
from watcher.feedrows import feed_from
from watcher.feedstory import tell_call, tell_feed, tell_visit
from watcher.settings.feeds import FeedSettings
from watcher.settings.watcher import FetchSettings
from watcher.spans import span_words

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URL = "https://harbour.example/rss"


def tell(**columns):
    usual = {"id": "harbour", "url": URL, "configured_url": URL, "host": "harbour.example", "due_at": NOW + 4 * HOUR}
    row = FeedRow(**usual | columns)
    settings = FeedSettings(id="harbour", url=URL, every_minutes=30)
    return tell_feed(row, feed_from(row, settings, FetchSettings()), NOW)


def test_a_feed_that_is_well_is_told_with_its_next_visit_and_why_and_its_habit():
    habit = {"rhythm_seconds": 12 * 3600, "stay_seconds": 48 * 3600, "news_at": NOW - 5 * HOUR}
    told = tell(due_why="news comes about once in 12 hours", visited_at=NOW, read_at=NOW, **habit)
    assert told == [
        "It is well.",
        "It is visited next at 2026-03-01 16:00 UTC, in 4 hours, because news comes about once in 12 hours.",
        "It brings news about once in 12 hours; the last was seen 5 hours ago. An entry stayed for 2 days at least.",
        "While it is well, 30 minutes to a day may pass between two visits (every_minutes, longest_minutes).",
        f"Its address is {URL}.",
    ]


def test_a_new_feed_is_told_to_be_new_and_due():
    told = tell(due_at=NOW, due_why="it is new")
    assert told[:3] == [
        "It is new.",
        "It is due now, because it is new.",
        "It was never read, so nothing is known of its habit.",
    ]


def test_a_feed_that_fails_is_told_with_its_problem_and_when_it_was_read_last():
    told = tell(problem="it is away; wait", trouble="down", failures=3, visited_at=NOW, read_at=NOW - 2 * DAY)
    assert told[0] == "It is failing, 3 times in a row: it is away; wait. It was last read 2 days ago."


def test_a_feed_in_hand_and_one_that_is_disabled_have_no_next_visit():
    assert "It is being visited by host-a:7." in tell(claimed_by="host-a:7:x")
    assert tell(due_at=None)[1] == "It is visited no more: feeds.toml does not enable it."


def test_a_feed_that_moved_is_told_with_both_addresses_and_no_password():
    told = tell(url="https://user:secret@new.example/rss", visited_at=NOW)
    assert told[-1] == (
        f"It moved for good: asked is https://new.example/rss in place of {URL}; write that for its url in feeds.toml."
    )
    failing = tell(url="https://new.example/rss", visited_at=NOW, problem="it is away", failures=1)
    assert failing[-1] == "Where that fails 3 times in a row, the configured address is asked again."
    doubted = tell(moved_to="https://user:secret@new.example/rss", visited_at=NOW, problem="it is away", failures=3)
    assert doubted[-1] == (
        "It had moved to https://new.example/rss, which failed 3 times in a row: both addresses are asked in turn, "
        "until one answers."
    )
    seen = {"moved_to": "https://next.example/", "moved_times": 2, "moved_since_at": NOW - 3 * DAY}
    assert tell(visited_at=NOW, **seen)[-1] == (
        "It is sent on for good to https://next.example/, seen so 2 times since 2026-02-26 12:00 UTC; adopted after "
        "3 times in 7 days or more."
    )


def test_what_server_and_document_ask_for_is_told():
    pace = {"fresh_for": 7200, "ttl": 18000, "skip_hours": [1, 2], "skip_days": [5, 6]}
    assert tell(visited_at=NOW, pace=pace)[4:8] == [
        "Its server asks for 2 hours between two visits.",
        "Its document asks for 5 hours between two visits.",
        "Its document asks for no visits at these hours (UTC): 1, 2.",
        "Its document asks for no visits on Saturdays, Sundays.",
    ]


def test_a_visit_is_told_in_a_line():
    visit = {"feed_id": "a", "visited_at": NOW}
    assert tell_visit(VisitRow(**visit, outcome="unchanged")) == "2026-03-01 12:00  unchanged"
    failed = VisitRow(**visit, outcome="failed", problem="it is away")
    assert tell_visit(failed) == "2026-03-01 12:00  failed: it is away"
    read = VisitRow(**visit, outcome="read", entries=20, new_entries=3, captured=1)
    assert tell_visit(read) == "2026-03-01 12:00  read: entries 20, new 3, captured 1"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0.2, "a moment"),
        (1, "a minute"),
        (5, "5 minutes"),
        (60, "an hour"),
        (90, "90 minutes"),
        (120, "2 hours"),
        (1440, "a day"),
        (2000, "33 hours"),
        (2880, "2 days"),
        (43_200, "30 days"),
    ],
)
def test_a_span_is_said_in_words(minutes, words):
    assert span_words(timedelta(minutes=minutes)) == words


def call(is_running=True, **columns):
    row = FeedRow(**{"id": "harbour", "url": URL, "configured_url": URL, "host": "harbour.example"} | columns)
    return tell_call(row, NOW, is_running=is_running)


def test_who_asks_for_a_visit_is_told_what_comes_of_it():
    assert call(due_at=NOW) == "It is visited in a few seconds; load this page again to see what came of it."
    waits = "The service is not running: it is visited when `city-watcher run` is started."
    assert call(due_at=NOW, is_running=False) == waits
    rests = "Its server is left alone until 2026-03-01 13:00 UTC, as it asked to be; then it is visited."
    assert call(due_at=NOW + HOUR, due_why=RESTS) == call(due_at=NOW + HOUR, rests_until=NOW + HOUR) == rests
    assert call(due_at=NOW + HOUR) == ""
    assert call(due_at=NOW + HOUR, due_why=RESTS, is_running=False) == f"{rests} {waits}"
    assert call(due_at=NOW + HOUR, claimed_by="host-a:7:x") == "It is being visited just now."
    assert "visited no more" in call(due_at=None)
