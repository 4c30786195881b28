"""Days on which the clock of the machine is set: the work goes on, one digest a day, nothing lost and no flood."""

import asyncio
import logging
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import combinations

import pytest
from bad_days import (
    BUSAN,
    DAEGU,
    DAILY,
    FORUM,
    READERS,
    beat,
    captured,
    complaints,
    free_port,
    living,
    mail_to,
    mails_of,
    tick,
    told_in,
    until,
)
from conftest import rss
from storing import visit_record

from storage.deliveries import LONGEST_WAIT
from storage.store import Store
from watcher.deliver import open_channels
from watcher.demo.sink import Sink, open_sink
from watcher.digest import note_subscriptions, open_due
from watcher.heartbeat import is_alive
from watcher.poll import LEASE
from watcher.sending import LEASE as MAIL_LEASE
from watcher.sending import RETRIES, send_due

HOUR = timedelta(hours=1)


@pytest.fixture
def fresh_url(tmp_path, upgraded_file):
    return f"sqlite:///{shutil.copy(upgraded_file, tmp_path)}"


@pytest.fixture(autouse=True)
def usual_log(caplog):
    caplog.set_level(logging.INFO)


class Wall:
    """The clock of a machine, as APScheduler and we read it: it goes, and can be set."""

    def __init__(self):
        self.off = timedelta()

    def __call__(self):
        return datetime.now(UTC) + self.off


@pytest.fixture
def wall(monkeypatch):
    """Set what APScheduler takes for the time; nothing of ours is replaced."""
    wall = Wall()

    class Now(datetime):
        @classmethod
        def now(cls, tz=None):
            return wall().astimezone(tz)

    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Now)
    return wall


def beats_after(desk, then):
    """Say whether a heartbeat was written after an instant; one of before a step back lies far ahead of it."""
    return then < beat(desk) < then + HOUR


STEPS = {"+2 h": 2 * HOUR, "+50 h": 50 * HOUR, "+56 years": timedelta(days=20_454), "-2 h": -2 * HOUR}


@pytest.mark.parametrize("step", STEPS)
def test_the_ticks_go_on_when_the_clock_is_set(step, wall, site, make_desk, judge, caplog):
    async def live(desk):
        async with living(desk, judge) as service:
            running = asyncio.create_task(service.run())
            await until(lambda: captured(desk) == {FORUM[1]})
            site.pages["/a"] = rss(DAEGU, FORUM, published=wall())
            wall.off += STEPS[step]
            for _ in range(3):
                await until(partial(beats_after, desk, wall()))
            desk.store.feeds.hasten(wall())
            await until(lambda: captured(desk) == {FORUM[1], DAEGU[1]})
            assert abs(beat(desk) - wall()) < HOUR
            service.stopping.set()
            await running

    site.pages["/a"] = rss(FORUM, published=wall())
    desk = make_desk(a=site.url("/a"))
    settings = desk.settings.model_copy(update={"tick_seconds": 0.2})
    asyncio.run(live(replace(desk, settings=settings, clock=wall)))
    [said] = complaints(caplog)
    assert said.startswith("the clock was set back by 2:00:00" if step == "-2 h" else "the clock was set ahead")


PRAGUE = ("p1", "Prague and Taipei renew sister city agreement")
HOMES = {"Taipei": "TW", "Daegu": "KR", "Fukuoka": "JP", "Prague": "CZ", "Seattle": "US", "Hamburg": "DE"}
AGREEMENTS = [
    (f"n{number}", f"{one} and {other} renew sister city agreement")
    for number, (one, other) in enumerate(combinations(HOMES, 2))
]


@pytest.mark.parametrize("step", [2, 50, -2])
@pytest.mark.parametrize("hour", [17, 19], ids=["before the digest", "after it"])
def test_a_clock_that_is_set_costs_no_item_and_makes_one_digest_a_day(step, hour, site, make_desk, judge, clock):
    """Lived hour by hour from noon on, with a new entry in every fourth one."""
    served, visits = [], []

    async def live(desk):
        async with living(desk, judge) as service:
            for number in range(24):
                clock.forward(hours=1 if number else 0)
                if number == hour - 12:
                    clock.forward(hours=step)
                if number % 4 == 0:
                    served.insert(0, AGREEMENTS[number // 4])
                    site.pages["/a"] = rss(*served, published=clock())
                asked = len(site.asked)
                await tick(service)
                visits.append(len(site.asked) - asked)
            for _ in range(2):
                clock.forward(days=1)
                await tick(service)

    with open_sink() as sink:
        desk = mail_to(make_desk(DAILY, a=site.url("/a")), sink, READERS[0])
        asyncio.run(live(desk))
    assert visits == [1] * 24
    assert captured(desk) == {title for _, title in served}
    days = [one.day for one in desk.store.digests.list_all(100)]
    assert len(days) == len(set(days)) == len(mails_of(sink))
    assert [told_in(sink).count(title) for _, title in served] == [1] * len(served)


def test_a_clock_that_was_days_ahead_for_a_while_silences_no_digest(site, make_desk, judge, clock):
    async def live(desk):
        async with living(desk, judge) as service:
            await tick(service)
            clock.forward(hours=50)
            await tick(service)
            clock.forward(hours=-50)
            for entry in (DAEGU, BUSAN, PRAGUE):
                site.pages["/a"] = rss(entry, FORUM, published=clock())
                clock.forward(hours=5)
                await tick(service)
                clock.forward(hours=1)
                await tick(service)
                clock.forward(hours=18)

    site.pages["/a"] = rss(FORUM)
    with open_sink() as sink:
        desk = mail_to(make_desk(DAILY, a=site.url("/a")), sink, READERS[0])
        asyncio.run(live(desk))
    told = sorted((one.day, one.opened_at.day, one.items) for one in desk.store.digests.list_all(100))
    assert told == [("2026-03-01", 1, 1), ("2026-03-02", 3, 1), ("2026-03-03", 3, 2)]
    assert [told_in(sink).count(title) for title in (FORUM[1], DAEGU[1], BUSAN[1], PRAGUE[1])] == [1, 1, 1, 1]


def test_news_and_subscriptions_of_a_time_that_has_not_come_are_told(site, make_desk, judge, clock):
    """A machine that starts years ahead, sees news, and then hears the time."""
    site.pages["/a"] = rss(FORUM, published=clock.forward(days=4000))
    desk = make_desk(DAILY, a=site.url("/a"))
    note_subscriptions(desk, clock())

    async def live(desk):
        async with living(desk, judge) as service:
            await tick(service)
            clock.forward(days=-4000)
            for _ in range(7):
                await tick(service)
                clock.forward(hours=1)

    with open_sink() as sink:
        asyncio.run(live(mail_to(desk, sink, READERS[0])))
    assert captured(desk) == {FORUM[1]}
    assert told_in(sink).count(FORUM[1]) == 1


def test_a_mail_that_was_put_off_into_a_time_that_has_not_come_is_sent(make_desk, clock):
    desk = mail_to(make_desk(DAILY), Sink(port=free_port()), READERS[0])
    clock.forward(days=4000)
    open_due(desk)
    assert send_due(desk, open_channels(desk.settings)) == ["pending"]
    clock.forward(days=-4000)
    with open_sink(Sink(port=desk.settings.smtp.port)) as sink:
        assert send_due(desk, open_channels(desk.settings)) == ["sent"]
    assert len(sink.mails) == 1
    assert max(*RETRIES, MAIL_LEASE) < LONGEST_WAIT


def test_a_feed_visited_or_claimed_in_a_time_that_has_not_come_is_due(store, clock):
    feeds = {name: f"https://{name}.example/" for name in ("visited", "claimed", "fresh")}
    store.feeds.enrol(list(feeds.items()), clock.forward(hours=2))
    late = clock.forward(minutes=1)
    [row] = store.feeds.claim(clock(), LEASE, 1)
    store.feeds.record(visit_record(feed_id=row.id, at=late))
    Store(store.database, "killed").feeds.claim(clock(), LEASE, 1)
    clock.forward(hours=-2)
    assert {row.id for row in store.feeds.claim(clock(), LEASE, 9)} == set(feeds)
    assert store.feeds.claim(clock(), LEASE, 9) == []


def test_clocks_of_two_machines_that_differ_by_minutes_take_nothing_from_each_other(store, clock):
    feeds = [(name, f"https://{name}.example/") for name in ("visited", "claimed")]
    store.feeds.enrol(feeds, clock())
    ahead = clock() + timedelta(minutes=9)
    [first, _] = store.feeds.claim(ahead, LEASE, 2)
    store.feeds.record(visit_record(feed_id=first.id, at=ahead))
    assert Store(store.database, "behind").feeds.claim(clock(), LEASE, 9) == []


def test_a_feed_that_is_not_watched_any_more_is_not_due_because_the_clock_was_set_back(store, clock):
    store.feeds.enrol([("a", "https://a.example/")], clock())
    store.feeds.claim(clock(), LEASE, 1)
    store.feeds.record(visit_record(feed_id="a", at=clock()))
    store.feeds.enrol([], clock())
    assert store.feeds.claim(clock.forward(hours=-2), LEASE, 9) == []


def test_a_heartbeat_of_a_time_that_has_not_come_is_no_sign_of_life(clock):
    assert is_alive(clock() + timedelta(minutes=1), "", clock())
    assert not is_alive(clock() + timedelta(minutes=3), "", clock())
