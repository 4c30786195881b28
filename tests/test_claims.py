"""Several processes on one database share the work without a leader; whoever stops gives back what it holds."""

import asyncio
import logging
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from itertools import chain
from threading import Event
from types import SimpleNamespace

import pytest
from conftest import answer, rss
from crashing import FORK, PATIENCE, Life, refuse, serve, start, wait_for
from reading import quick_poll
from sqlalchemy import event, text

from storage.store import Store
from watcher.deliver import ChannelProblem, open_channels
from watcher.demo.sink import open_sink
from watcher.desk import open_store
from watcher.digest import note_subscriptions, open_due
from watcher.poll import LEASE, open_poller, poll
from watcher.sending import deliver_next, send_due
from watcher.service import Service
from watcher.settings.feeds import FeedSettings
from watcher.settings.watcher import FetchSettings, SmtpSettings, WatcherSettings

pytestmark = pytest.mark.xdist_group("forks")  # three services at a time are enough for a machine
NOON = datetime(2020, 3, 2, 12, tzinfo=UTC)
"""In the past: the scheduler runs by the wall clock, the rest by the clock of the test."""
TICK = 0.2
SLOTS = 8


class Services:
    """Services that run at once on one database, and the site and the mail server that they all use."""

    def __init__(self, url, site, sink, *, feeds, recipients=()):
        self.url, self.site, self.sink = url, site, sink
        names = [f"f{number:02}" for number in range(feeds)]
        self.feeds = {name: site.url(f"/{name}") for name in names}
        self.settings = WatcherSettings(
            fetch=FetchSettings(slots=SLOTS, allow_private=("127.0.0.1",)),
            smtp=SmtpSettings(host=sink.host, port=sink.port, security="none"),
            subscriptions=({"id": "daily", "at": "11:00", "recipients": recipients},),
        ).model_copy(update={"tick_seconds": TICK})
        self.began, self.stepped = time.time(), FORK.Value("d", 0.0)

    def start(self):
        life = Life(database=self.url, settings=self.settings, feeds=self.feeds, jobs=((NOON, "serve"),))
        return start(serve, life, self.began, self.stepped)

    def let_meet(self, services):
        """Let the first answers wait until so many services have filled all their slots."""
        full, site = Event(), self.site

        def meet(request):
            if len(site.asked) >= services * SLOTS:
                full.set()
            full.wait(PATIENCE)
            name = request.path.strip("/")
            answer(request, rss((name, f"Taipei and Daegu renew sister city agreement {name}"), published=NOON))

        site.pages |= {f"/{name}": meet for name in self.feeds}
        return full

    def rows(self, query):
        with open_store(self.url) as store, store.database.reading() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def count(self, query):
        [(found,)] = self.rows(f"SELECT count(*) FROM {query}")
        return found

    def open_the_day(self):
        """Let the digest be due from now on."""
        with open_store(self.url) as store:
            store.facts.note_once("subscription daily", "", NOON - timedelta(days=1))


def end_all(*services):
    """Send SIGTERM to all; return what each of them visited."""
    for service in services:
        service.process.terminate()
    return [service.hear_all() for service in services]


def test_three_services_share_feeds_digest_and_mails(fresh_url, site):
    readers = tuple(f"reader-{number}@desk.example" for number in range(12))
    with open_sink() as sink:
        all_three = Services(fresh_url, site, sink, feeds=60, recipients=readers)
        all_three.let_meet(3)
        with all_three.start() as one, all_three.start() as two, all_three.start() as three:
            wait_for(lambda: all_three.count("visits") == 60)
            all_three.open_the_day()
            wait_for(lambda: all_three.count("deliveries WHERE state = 'sent'") == 12)
            visited = end_all(one, two, three)
    assert Counter(site.asked) == dict.fromkeys((f"/{name}" for name in all_three.feeds), 1)
    assert sorted(chain.from_iterable(visited)) == sorted(all_three.feeds)
    assert min(len(feeds) for feeds in visited) >= SLOTS
    assert all_three.rows("SELECT day FROM digests") == [("2020-03-02",)]
    assert all_three.count("digest_items") == 60
    assert Counter(message_from_bytes(mail)["To"] for mail in sink.mails) == dict.fromkeys(readers, 1)
    assert all_three.count("feeds WHERE claimed_by IS NOT NULL") == 0


def test_what_a_killed_service_was_visiting_is_visited_by_another_when_the_lease_has_passed(fresh_url, site):
    with open_sink() as sink:
        both = Services(fresh_url, site, sink, feeds=4 * SLOTS)
        full = both.let_meet(3)  # one more than there are: nobody is answered
        with both.start() as one, both.start() as two:
            wait_for(lambda: len(site.asked) == 2 * SLOTS)
            one.kill()
            full.set()
            wait_for(lambda: both.count("visits") == 3 * SLOTS)
            beat = both.rows("SELECT noted_at FROM facts WHERE name = 'heartbeat'")
            wait_for(lambda: both.rows("SELECT noted_at FROM facts WHERE name = 'heartbeat'") > beat)
            assert Counter(Counter(site.asked).values()) == {1: 4 * SLOTS}
            both.stepped.value = LEASE.total_seconds()
            wait_for(lambda: both.count("visits") == 4 * SLOTS)
            [visited] = end_all(two)
    assert sorted(visited) == sorted(both.feeds)
    assert Counter(Counter(site.asked).values()) == {1: 3 * SLOTS, 2: SLOTS}
    assert both.count("items WHERE feed_id IS NOT NULL") == 4 * SLOTS


class Away:
    """A mail server that reaches nobody; before it says so, something else happens."""

    def __init__(self, meanwhile=list):
        self.meanwhile, self.mails = meanwhile, []

    def send(self, mail):
        self.mails.append(mail)
        self.meanwhile()
        raise ChannelProblem("the mail server is away")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


def test_two_that_find_the_mail_server_away_ask_it_once_each_and_then_send_each_mail_once(make_desk, clock):
    readers = tuple(f"reader-{number}@desk.example" for number in range(5))
    with open_sink() as sink:
        smtp = SmtpSettings(host=sink.host, port=sink.port, security="none")
        daily = {"id": "daily", "at": "18:00", "recipients": readers, "when_empty": "note"}
        one = make_desk({"smtp": smtp, "subscriptions": (daily,)})
        two = replace(one, store=Store(one.store.database))
        note_subscriptions(one, clock())
        clock.forward(hours=6)
        assert [open_due(one), open_due(two)] == [1, 0]
        second = Away()
        first = Away(lambda: send_due(two, {"smtp": second}))
        assert send_due(one, {"smtp": first}) == ["pending"]
        assert [mail.recipient for mail in first.mails + second.mails] == list(readers[:2])
        clock.forward(seconds=59)
        channels = open_channels(one.settings)
        assert [deliver_next(one, channels), deliver_next(two, channels)] == [None, None]
        clock.forward(seconds=1)
        assert [deliver_next(desk, channels) for desk in (one, two, one, two, one, two)] == ["sent"] * 5 + [None]
    assert Counter(message_from_bytes(mail)["To"] for mail in sink.mails) == dict.fromkeys(readers, 1)


@pytest.fixture
def held(site, make_desk):
    """A desk with one feed that says nothing until the test ends."""
    site.pages["/a"] = site.hold
    return make_desk(a=site.url("/a"))


@pytest.fixture
def claim(held):
    """The next claim of a feed: `begun` when it is under way, it ends when `let_go` is set."""
    begun, let_go = Event(), Event()

    def pause(connection, cursor, statement, *rest):
        if statement.startswith("UPDATE feeds SET due_at") and not let_go.is_set():
            begun.set()
            let_go.wait(20)

    event.listen(held.store.database._engine, "before_cursor_execute", pause)
    return SimpleNamespace(begun=begun, let_go=let_go)


def test_a_service_that_is_stopped_during_a_claim_visits_nothing_more(held, claim, site, judge, clock, caplog):
    async def stop():
        async with open_poller(held, judge) as poller:
            service = Service(poller=poller, desk=held, channels={})
            life = asyncio.create_task(service.run())
            await asyncio.to_thread(claim.begun.wait, 20)
            service.stopping.set()
            await asyncio.sleep(0.05)
            site.let_go.set()
            claim.let_go.set()
            await life

    caplog.set_level(logging.INFO)
    asyncio.run(stop())
    assert "stopping; visits under way: 0" in caplog.text
    assert site.asked == []
    assert (held.store.feeds.find("a").claimed_by, held.store.feeds.find("a").due_at) == (None, clock())


def test_feeds_that_another_process_enrolled_are_left_to_it(site, make_desk, judge, clock, caplog):
    site.pages |= {f"/{name}": rss((name, f"A quiet day {name}")) for name in "abcz"}
    one = make_desk({"fetch": FetchSettings(slots=2, allow_private=("127.0.0.1",))}, z=site.url("/z"))
    feeds = {name: FeedSettings(id=name, url=site.url(f"/{name}")) for name in "abcz"}
    newer = replace(one, store=Store(one.store.database), feeds=feeds)
    newer.store.feeds.enrol([(feed.id, feed.url) for feed in feeds.values()], clock())
    one.store.feeds.hasten(clock())
    quick_poll(one, judge)
    assert (site.asked, caplog.text) == (["/z"], "")
    assert [row.claimed_by for row in one.store.feeds.list_all()] == [None] * 4
    quick_poll(newer, judge)
    assert sorted(site.asked) == ["/a", "/b", "/c", "/z"]


def test_a_stop_during_a_claim_starts_no_visit_and_gives_the_feed_back(held, claim, judge, clock):

    async def stop():
        async with open_poller(held, judge) as poller:
            start = asyncio.create_task(poller.start_due())
            await asyncio.to_thread(claim.begun.wait, 20)
            end = asyncio.create_task(poller.finish(timedelta()))
            await asyncio.sleep(0.05)
            claim.let_go.set()
            await asyncio.gather(start, end)
            return list(poller.visits)

    assert asyncio.run(stop()) == []
    row = held.store.feeds.find("a")
    assert (row.claimed_by, row.due_at) == (None, clock())


def test_a_poll_that_is_interrupted_gives_its_feeds_back(held, site, judge, clock):
    async def interrupt():
        visits = asyncio.create_task(poll(held, judge, print))
        while not site.asked:
            await asyncio.sleep(0.01)
        visits.cancel()
        with suppress(asyncio.CancelledError):
            await visits

    asyncio.run(interrupt())
    row = held.store.feeds.find("a")
    assert (row.claimed_by, row.due_at, row.problem) == (None, clock(), "")


def test_a_stop_while_the_database_refuses_is_told_in_a_sentence(held, judge, clock, caplog):
    async def stop():
        async with open_poller(held, judge) as poller:
            await poller.start_due()
            refuse(held.store.database._engine, "UPDATE feeds SET due_at", times=1)
            await poller.finish(timedelta())

    asyncio.run(stop())
    assert held.store.feeds.find("a").due_at == clock() + LEASE
    [told] = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert told.endswith("due again when their lease ends.")
