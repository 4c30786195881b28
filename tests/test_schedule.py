"""When a digest is due."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from watcher.schedule import due_day, due_instant, next_due

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


@pytest.mark.parametrize("zone", ["Asia/Taipei", "America/Santiago", "Europe/London", "Pacific/Apia", "Africa/Cairo"])
@pytest.mark.parametrize("at", [time(0, 0), time(0, 30), time(2, 30), time(23, 45)])
def test_every_local_day_of_a_year_is_opened_exactly_once(zone, at):
    opened, last, now = [], None, utc(2025, 12, 31)
    since = now
    while now < utc(2027, 1, 2):
        day = due_day(now, at=at, zone=zone, since=since, last=last)
        if day is not None:
            opened.append(day)
            last = day
        now += timedelta(minutes=15)
    assert opened == [opened[0] + timedelta(days=number) for number in range(len(opened))]
    assert len(opened) >= 366


def test_the_next_due_instant_comes_after_now():
    assert next_due(utc(2026, 3, 1, 22, 59), **TAIPEI) == utc(2026, 3, 1, 23)
    assert next_due(utc(2026, 3, 1, 23), **TAIPEI) == utc(2026, 3, 2, 23)
