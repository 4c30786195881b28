"""When a digest is due."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest

from watcher.schedule import DAY, due_day, due_instant, last_due, next_due

TAIPEI = {"at": time(7, 0), "zone": "Asia/Taipei"}


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_a_local_day_has_one_due_instant():
    assert due_instant(date(2026, 3, 1), **TAIPEI) == utc(2026, 2, 28, 23)


def test_the_first_digest_leaves_at_the_first_due_instant_after_the_subscription_was_first_seen():
    since = utc(2026, 3, 1, 10)
    assert due_day(utc(2026, 3, 1, 11), since=since, last=None, **TAIPEI) is None
    assert due_day(utc(2026, 3, 1, 22, 59), since=since, last=None, **TAIPEI) is None
    assert due_day(utc(2026, 3, 1, 23), since=since, last=None, **TAIPEI) == date(2026, 3, 2)


def test_a_day_is_opened_once():
    since = utc(2026, 1, 1)
    assert due_day(utc(2026, 3, 2, 1), since=since, last=date(2026, 3, 2), **TAIPEI) is None
    assert due_day(utc(2026, 3, 2, 23), since=since, last=date(2026, 3, 2), **TAIPEI) == date(2026, 3, 3)


def test_after_days_down_only_the_newest_due_day_is_opened():
    assert due_day(utc(2026, 3, 9, 12), since=utc(2026, 1, 1), last=date(2026, 3, 2), **TAIPEI) == date(2026, 3, 9)


def test_a_clock_that_stepped_back_opens_nothing_twice():
    assert due_day(utc(2026, 3, 1, 23), since=utc(2026, 1, 1), last=date(2026, 3, 3), **TAIPEI) is None


def test_a_time_that_occurs_twice_is_due_at_its_first_occurrence():
    due = due_instant(date(2026, 10, 25), time(2, 30), "Europe/Berlin")
    assert due == utc(2026, 10, 25, 0, 30)


def test_a_time_that_the_clocks_skip_is_due_all_the_same():
    due = due_instant(date(2026, 3, 29), time(2, 30), "Europe/Berlin")
    assert due == utc(2026, 3, 29, 1, 30)


WORKING = frozenset(range(5))


def test_on_a_day_of_the_week_without_a_digest_none_is_due_and_the_next_one_covers_it():
    friday, since = date(2026, 3, 6), utc(2026, 1, 1)
    assert due_day(utc(2026, 3, 8, 12), since=since, last=friday, days=WORKING, **TAIPEI) is None
    assert due_day(utc(2026, 3, 8, 23), since=since, last=friday, days=WORKING, **TAIPEI) == date(2026, 3, 9)
    assert next_due(utc(2026, 3, 6, 12), days=WORKING, **TAIPEI) == utc(2026, 3, 8, 23)


def test_a_day_that_was_missed_is_opened_on_a_day_without_a_digest():
    opened = due_day(utc(2026, 3, 8, 1), since=utc(2026, 1, 1), last=date(2026, 3, 5), days=WORKING, **TAIPEI)
    assert opened == date(2026, 3, 6)


def test_a_new_subscription_is_not_sent_the_digest_of_a_day_before_it():
    assert due_day(utc(2026, 3, 7, 12), since=utc(2026, 3, 7), last=None, days=WORKING, **TAIPEI) is None


ZONES = (
    *("Asia/Taipei", "Asia/Kolkata", "Asia/Tehran", "Africa/Cairo", "Europe/London", "Europe/Prague"),
    *("America/New_York", "America/Santiago", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "UTC"),
)


HALF_HOURS = [time(hour, minute) for hour in range(24) for minute in (0, 30)]
DAYS = [date(2026, 1, 1) + timedelta(days=number) for number in range(730)]


@pytest.mark.parametrize("zone", ZONES)
def test_in_every_zone_and_at_every_half_hour_each_day_of_two_years_is_opened_exactly_once(zone):
    for at in HALF_HOURS:
        due = [due_instant(day, at, zone) for day in DAYS]
        asked = partial(due_day, at=at, zone=zone, since=due[0])
        assert [asked(now, last=day - DAY) for day, now in zip(DAYS, due, strict=True)] == DAYS
        for day, now, then in zip(DAYS, due, due[1:], strict=False):
            if then - now != DAY:  # the clocks change in between
                assert timedelta(hours=22) < then - now < timedelta(hours=26)
                assert asked(then - timedelta(seconds=1), last=day) is None


def test_the_last_due_instant_is_now_or_before_and_on_a_day_with_a_digest():
    assert last_due(utc(2026, 3, 1, 23), **TAIPEI) == utc(2026, 3, 1, 23)
    assert last_due(utc(2026, 3, 1, 22, 59), **TAIPEI) == utc(2026, 2, 28, 23)
    assert last_due(utc(2026, 3, 8, 12), days=WORKING, **TAIPEI) == utc(2026, 3, 5, 23)


def test_the_next_due_instant_comes_after_now():
    assert next_due(utc(2026, 3, 1, 22, 59), **TAIPEI) == utc(2026, 3, 1, 23)
    assert next_due(utc(2026, 3, 1, 23), **TAIPEI) == utc(2026, 3, 2, 23)
