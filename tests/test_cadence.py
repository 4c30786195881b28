"""When a feed is visited next."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from watcher.cadence import LONGEST_BACKOFF, due_after
from watcher.values import Failed, Feed, Unchanged

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def wait(outcome, **feed):
    return due_after(outcome, Feed(id="a", url="http://a.example/", **feed), NOW) - NOW


def test_a_feed_that_is_well_is_visited_after_its_interval_or_a_little_earlier():
    assert timedelta(minutes=54) <= wait(Unchanged(), every=timedelta(hours=1)) <= timedelta(hours=1)


def test_a_feed_that_fails_is_visited_less_often():
    waits, visited = [wait(Failed(problem="down"))], NOW
    for failures in range(1, 5):
        visited = NOW - waits[-1]
        waits.append(wait(Failed(problem="down"), failures=failures, visited_at=visited))
    assert waits == [timedelta(hours=hours) for hours in (2, 4, 8, 16, 24)]


def test_a_feed_that_always_fails_is_still_visited_every_day():
    assert wait(Failed(problem="down"), failures=1000, visited_at=NOW - timedelta(days=90)) == LONGEST_BACKOFF


def test_visits_that_a_person_asks_for_in_a_row_lengthen_nothing():
    assert wait(Failed(problem="down"), failures=9, visited_at=NOW - timedelta(minutes=1)) == timedelta(hours=1)


def test_a_slow_feed_that_fails_is_not_visited_more_often_than_when_it_is_well():
    assert wait(Failed(problem="down"), every=timedelta(days=7)) == timedelta(days=7)


def test_the_servers_wish_lengthens_the_wait_and_is_capped_at_a_day():
    assert wait(Failed(problem="busy", retry_after=timedelta(hours=5))) == timedelta(hours=5)
    assert wait(Failed(problem="busy", retry_after=timedelta(days=400))) == timedelta(days=1)
    assert wait(Failed(problem="busy", retry_after=timedelta(seconds=1))) == timedelta(hours=2)


def test_feeds_that_began_together_drift_apart():
    dues = {due_after(Unchanged(), Feed(id=f"feed-{number}", url="http://a.example/"), NOW) for number in range(50)}
    assert len(dues) > 40


@given(st.integers(0, 10_000), st.timedeltas(timedelta(minutes=1), timedelta(days=7)))
def test_no_wait_is_negative_or_endless(failures, every):
    assert timedelta() < wait(Failed(problem="down"), failures=failures, every=every) <= timedelta(days=7)
