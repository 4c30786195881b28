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


@pytest.mark.parametrize("zone", ZONES)
def test_in_every_zone_and_at_every_half_hour_the_days_of_two_years_are_due_one_after_the_other(zone):
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(730)]
    for at in (time(hour, minute) for hour in range(24) for minute in (0, 30)):
        due = [due_instant(day, at, zone) for day in days]
        apart = {one - other for one, other in zip(due[1:], due, strict=False)}
        assert min(apart) >= timedelta(hours=22)
        for number in [0, *(n for n in range(1, 730) if due[n] - due[n - 1] != timedelta(days=1))]:
            asked = {"at": at, "zone": zone, "since": utc(2025, 1, 1), "last": days[number] - timedelta(days=1)}
            assert due_day(due[number], **asked) == days[number]
            assert due_day(due[number] - timedelta(seconds=1), **asked) is None


def test_the_next_due_instant_comes_after_now():
    assert next_due(utc(2026, 3, 1, 22, 59), **TAIPEI) == utc(2026, 3, 1, 23)
    assert next_due(utc(2026, 3, 1, 23), **TAIPEI) == utc(2026, 3, 2, 23)
