"""When a feed is visited next, and why."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.cadence import JITTER, LEAD, LONGEST_BACKOFF, LONGEST_PROBE, REMEMBERED, due_after, learn_habit
from watcher.settings.subscription import SubscriptionSettings
from watcher.values import Entry, Failed, Feed, Fetched, Judgement, Pace, Reading, Trouble, Unchanged, Verdict, Visit

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DOWN = Failed(problem="down")
NOTHING = Pace()


def feed(**more):
    return Feed(id="a", url="http://a.example/", **more)


def due(outcome, *subscriptions, **more):
    return due_after(outcome, feed(**more), NOW, subscriptions)


def wait(outcome, *subscriptions, **more):
    return due(outcome, *subscriptions, **more).at - NOW


def about(span):
    """Return what a wait of `span` may be shortened to, and its length."""
    return span * (1 - JITTER), span


def is_about(wait, span):
    least, most = about(span)
    return least <= wait <= most


def read(old, *, new, entries, now=NOW, pace=NOTHING, fresh_for=timedelta(), dates=()):
    """Visit a feed whose document has so many new entries; return what is known of it then."""
    said = tuple(Entry(published_at=date) for date in dates) or (Entry(),) * entries
    outcome = Fetched(body=b"", body_hash="", url="", fresh_for=fresh_for)
    judged = tuple((entry, Judgement(verdict=Verdict.REJECTED, score=0)) for entry in said[:new])
    return learn_habit(Visit(feed=old, outcome=outcome, reading=Reading(entries=said, pace=pace), judged=judged), now)


# its habit


def test_a_feed_that_was_read_for_the_first_time_is_visited_after_its_least_time_or_a_little_earlier():
    first = read(feed(), new=20, entries=20)
    assert (first.news_at, first.rhythm, first.stay) == (NOW, None, None)
    next_look = due_after(Unchanged(), first, NOW)
    assert is_about(next_look.at - NOW, HOUR)
    assert next_look.why == "it was read for the first time, but an hour is the least between two visits"


def test_a_feed_is_visited_three_times_in_its_rhythm():
    look = due(Unchanged(), rhythm=12 * HOUR, news_at=NOW)
    assert is_about(look.at - NOW, 4 * HOUR)
    assert look.why == "news comes about once in 12 hours"


def test_a_busy_feed_is_visited_more_often_than_a_slow_one():
    waits = [wait(Unchanged(), rhythm=rhythm, news_at=NOW) for rhythm in (HOUR / 6, 5 * HOUR, DAY, 3 * DAY)]
    assert waits == sorted(waits)
    assert is_about(waits[0], HOUR)


def test_a_feed_that_falls_silent_is_visited_less_and_less():
    silences = (2 * HOUR, 20 * HOUR, 3 * DAY, 9 * DAY)
    waits = [wait(Unchanged(), rhythm=3 * HOUR, news_at=NOW - silence) for silence in silences]
    assert [
        is_about(one, span) for one, span in zip(waits, (HOUR, 2 * HOUR, 7.2 * HOUR, 21.6 * HOUR), strict=True)
    ] == [True] * 4


def test_no_silence_is_so_long_that_a_feed_is_left_longer_than_its_longest_time():
    look = due(Unchanged(), news_at=NOW - 90 * DAY)
    assert is_about(look.at - NOW, DAY)
    assert look.why == "it has brought nothing new for 90 days, but a day is the most between two visits"
    assert is_about(wait(Unchanged(), news_at=NOW - 90 * DAY, longest=2 * HOUR), 2 * HOUR)


def test_a_longest_time_that_is_less_than_the_least_one_counts_for_nothing():
    assert is_about(wait(Unchanged(), every=DAY, longest=HOUR, news_at=NOW - 90 * DAY), DAY)


def test_a_feed_whose_entries_leave_soon_is_visited_three_times_while_they_stay():
    look = due(Unchanged(), rhythm=2 * DAY, stay=6 * HOUR, news_at=NOW - 5 * DAY)
    assert is_about(look.at - NOW, 2 * HOUR)
    assert look.why == "its entries may be gone after 6 hours"


def test_what_was_learned_of_the_busiest_time_is_forgotten_after_more_than_a_week_of_silence():
    silence = REMEMBERED + DAY
    assert is_about(wait(Unchanged(), rhythm=HOUR, stay=6 * HOUR, news_at=NOW - silence), silence / 30)


def test_the_rhythm_follows_the_time_between_visits_that_bring_news():
    once = read(feed(read_at=NOW - HOUR, news_at=NOW - 8 * HOUR), new=1, entries=20)
    assert once.rhythm == 8 * HOUR
    again = read(feed(read_at=NOW - HOUR, news_at=NOW - 4 * HOUR, rhythm=8 * HOUR), new=1, entries=20)
    assert again.rhythm == 7 * HOUR
    assert again.news_at == NOW


def test_a_visit_without_news_changes_no_habit():
    old = feed(read_at=NOW - HOUR, news_at=NOW - 4 * HOUR, rhythm=8 * HOUR, stay=DAY)
    assert learn_habit(Visit(feed=old, outcome=Unchanged()), NOW) == old
    assert learn_habit(Visit(feed=old, outcome=DOWN), NOW) == old


def test_a_shorter_stay_is_believed_at_once_and_a_longer_one_slowly():
    old = feed(read_at=NOW - HOUR, news_at=NOW - HOUR, stay=16 * HOUR)
    assert read(old, new=10, entries=20).stay == 2 * HOUR
    assert read(old, new=1, entries=32).stay == 17 * HOUR


def test_a_document_without_a_known_entry_is_looked_at_sooner_than_the_last_time():
    old = feed(read_at=NOW - 9 * HOUR, news_at=NOW - 9 * HOUR, rhythm=3 * DAY)
    assert is_about(due_after(Unchanged(), read(old, new=20, entries=20), NOW).at - NOW, 3 * HOUR)


def test_one_date_of_long_ago_does_not_spoil_the_habit_of_a_new_feed():
    dates = [NOW - number * HOUR for number in range(10)]
    usual = read(feed(), new=10, entries=10, dates=dates).rhythm
    assert usual < 2 * HOUR
    assert read(feed(), new=11, entries=11, dates=[*dates, datetime(1970, 1, 1, tzinfo=UTC)]).rhythm < 2 * HOUR


def test_the_dates_of_its_entries_tell_the_habit_of_a_new_feed():
    dates = [NOW - 2 * DAY - number * HOUR / 2 for number in range(6)] + [NOW - 10 * DAY] * 4
    new = read(feed(), new=10, entries=10, dates=dates)
    assert new.rhythm == 10 * HOUR
    assert new.stay == 5 * HOUR
    few = read(feed(), new=5, entries=5, dates=dates[:5])
    assert (few.rhythm, few.stay) == (None, None)


def test_dates_in_the_future_tell_nothing():
    assert read(feed(), new=9, entries=9, dates=[NOW + DAY] * 9).rhythm is None


# what it asks for


@pytest.mark.parametrize(
    ("pace", "who"), [(Pace(fresh_for=5 * HOUR), "its server asks for"), (Pace(ttl=5 * HOUR), "its document asks for")]
)
def test_server_and_document_lengthen_the_wait(pace, who):
    look = due(Unchanged(), pace=pace)
    assert look.at - NOW == 5 * HOUR
    assert look.why == f"{who} 5 hours between two visits"


def test_what_is_asked_for_never_shortens_the_wait_nor_lengthens_it_beyond_the_longest():
    short = Pace(ttl=timedelta(minutes=5), fresh_for=timedelta(minutes=5))
    assert is_about(wait(Unchanged(), pace=short), HOUR)
    assert wait(Unchanged(), pace=Pace(ttl=30 * DAY)) == DAY


def test_hours_and_days_that_are_to_be_left_out_are_left_out():
    assert due(Unchanged(), pace=Pace(skip_hours=(12, 13, 14))).at == NOW + 3 * HOUR
    assert due(Unchanged(), pace=Pace(skip_days=(6,))).at == NOW + 12 * HOUR
    assert wait(Unchanged(), pace=Pace(skip_hours=tuple(range(24)))) == DAY


def test_what_was_asked_for_holds_on_after_a_304_and_ends_with_a_document_that_does_not_say_it():
    old = feed(read_at=NOW - HOUR, news_at=NOW - HOUR)
    told = read(old, new=1, entries=9, pace=Pace(ttl=6 * HOUR), fresh_for=2 * HOUR)
    silent = learn_habit(Visit(feed=told, outcome=Unchanged()), NOW)
    assert silent.pace == Pace(ttl=6 * HOUR, fresh_for=2 * HOUR)
    renewed = learn_habit(Visit(feed=told, outcome=Unchanged(fresh_for=HOUR)), NOW)
    assert renewed.pace == Pace(ttl=6 * HOUR, fresh_for=HOUR)
    assert read(told, new=1, entries=9).pace == Pace()


# the digest


MORNING = SubscriptionSettings(id="morning", at=time(18, 0))


def test_a_visit_that_would_come_soon_after_a_digest_comes_before_it():
    look = due(Unchanged(), MORNING, rhythm=DAY, news_at=NOW)
    early = datetime(2026, 3, 1, 18, tzinfo=UTC) - look.at
    assert LEAD <= early <= 2 * LEAD
    assert look.why == "the digest 'morning' opens soon after it, and is to be fresh"


def test_a_visit_that_would_come_long_after_a_digest_or_before_it_stays_where_it_is():
    assert is_about(wait(Unchanged(), MORNING, rhythm=14 * HOUR, news_at=NOW), 14 * HOUR / 3)
    late = SubscriptionSettings(id="noon", at=time(12, 30))
    assert is_about(wait(Unchanged(), late, rhythm=DAY, news_at=NOW), 8 * HOUR)


def test_no_digest_makes_a_visit_sooner_than_feed_and_server_allow():
    soon = SubscriptionSettings(id="soon", at=time(12, 45))
    assert is_about(wait(Unchanged(), soon), HOUR)
    assert wait(Unchanged(), MORNING, pace=Pace(ttl=8 * HOUR), rhythm=DAY, news_at=NOW) == 8 * HOUR
    closed = Pace(skip_hours=(17,))
    assert is_about(wait(Unchanged(), MORNING, pace=closed, rhythm=DAY, news_at=NOW), 8 * HOUR)


# failures


def test_a_feed_that_fails_is_visited_less_often():
    waits = [wait(DOWN)]
    for failures in range(1, 6):
        waits.append(wait(DOWN, failures=failures, visited_at=NOW - waits[-1], read_at=NOW - DAY))
    assert waits == sorted(waits)
    assert is_about(waits[0], 2 * HOUR)
    assert is_about(waits[-1], DAY)
    assert due(DOWN, failures=4).why == "it failed 5 times in a row, and each wait is longer than the one before"


def test_what_passes_by_itself_is_tried_sooner_and_what_keeps_us_out_later():
    waits = [wait(Failed(problem="", trouble=one)) for one in (Trouble.DOWN, Trouble.GONE, Trouble.BLOCKED)]
    assert waits == sorted(waits)
    assert is_about(waits[0], 1.5 * HOUR)
    assert is_about(waits[2], 3 * HOUR)


def test_a_feed_that_fails_for_long_is_visited_once_a_day_and_after_a_month_once_a_week():
    long = {"failures": 9, "visited_at": NOW - DAY}
    assert is_about(wait(DOWN, read_at=NOW - 29 * DAY, **long), LONGEST_BACKOFF)
    weekly = {"failures": 99, "visited_at": NOW - 7 * DAY}
    assert is_about(wait(DOWN, read_at=NOW - 31 * DAY, **weekly), LONGEST_PROBE)


def test_a_feed_that_was_never_read_is_given_a_month_of_failures():
    assert is_about(wait(DOWN, failures=29, visited_at=NOW - 7 * DAY), LONGEST_BACKOFF)
    assert is_about(wait(DOWN, failures=30, visited_at=NOW - 7 * DAY), LONGEST_PROBE)


def test_visits_that_a_person_asks_for_in_a_row_lengthen_nothing():
    assert is_about(wait(DOWN, failures=9, visited_at=NOW - timedelta(minutes=1)), HOUR)


def test_a_slow_feed_that_fails_is_not_visited_more_often_than_when_it_is_well():
    assert is_about(wait(DOWN, every=7 * DAY), 7 * DAY)


def test_a_feed_that_was_ended_is_looked_at_once_a_week():
    look = due(Failed(problem="", trouble=Trouble.ENDED), failures=400, visited_at=NOW - HOUR)
    assert look.at - NOW == LONGEST_PROBE
    assert "ended" in look.why


def test_the_servers_wish_lengthens_the_wait_and_is_capped_at_a_day():
    assert wait(Failed(problem="busy", trouble=Trouble.BUSY, retry_after=5 * HOUR)) == 5 * HOUR
    assert wait(Failed(problem="busy", trouble=Trouble.BUSY, retry_after=400 * DAY)) == DAY
    short = due(Failed(problem="busy", trouble=Trouble.BUSY, retry_after=HOUR / 2))
    assert is_about(short.at - NOW, 1.5 * HOUR)
    assert short.host_rests == HOUR / 2
    assert due(DOWN).host_rests == timedelta()


def test_feeds_that_began_together_drift_apart():
    for outcome in (Unchanged(), DOWN):
        named = [Feed(id=f"feed-{number}", url="http://a.example/") for number in range(50)]
        assert len({due_after(outcome, one, NOW).at for one in named}) > 40


spans = st.timedeltas(timedelta(minutes=1), timedelta(days=7))
maybe = st.none() | st.timedeltas(timedelta(), timedelta(days=400))
paces = st.builds(
    Pace,
    ttl=st.timedeltas(timedelta(), timedelta(days=4000)),
    fresh_for=st.timedeltas(timedelta(), timedelta(days=4000)),
    skip_hours=st.lists(st.integers(0, 23)).map(tuple),
    skip_days=st.lists(st.integers(0, 6)).map(tuple),
)


@given(spans, spans, maybe, maybe, st.timedeltas(timedelta(), timedelta(days=900)), paces, st.times())
def test_no_wait_is_shorter_than_the_least_nor_longer_than_the_longest(every, longest, rhythm, stay, silence, pace, at):
    subscription = SubscriptionSettings(at=at.replace(microsecond=0, second=0))
    habit = {"rhythm": rhythm, "stay": stay, "news_at": NOW - silence, "pace": pace}
    waited = wait(Unchanged(), subscription, every=every, longest=longest, **habit)
    assert every * (1 - JITTER) <= waited + timedelta(microseconds=9) <= max(every, longest) + timedelta(hours=1)


@given(st.integers(0, 10_000), spans, maybe, maybe, st.sampled_from(Trouble), maybe)
def test_no_failure_is_for_ever(failures, every, visited, read_since, trouble, retry_after):
    ago = {"visited_at": visited and NOW - visited, "read_at": None if read_since is None else NOW - read_since}
    failed = Failed(problem="down", trouble=trouble, retry_after=retry_after)
    assert every * (1 - JITTER) <= wait(failed, failures=failures, every=every, **ago) + timedelta(microseconds=9)
    assert wait(failed, failures=failures, every=every, **ago) <= timedelta(days=7)
