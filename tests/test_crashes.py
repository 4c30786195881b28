"""Killed with -9 at every step of a visit, a digest and a delivery: nothing is lost, and nothing is done twice.

One end is beyond any program: a mail that the server took before we could note it goes once more, byte for byte the same.
"""

import asyncio
import os
import signal
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from queue import SimpleQueue
from threading import Event

import psycopg
import pytest
from conftest import NOON, rss
from crashing import PATIENCE, Life, live, refuse, start, wait_for
from sqlalchemy import text
from storing import keep, new_item

from storage.errors import StorageError
from watcher.deliver import open_channels
from watcher.demo.sink import open_sink
from watcher.desk import Desk, open_store
from watcher.poll import LEASE
from watcher.sending import LEASE as MAIL_LEASE
from watcher.sending import send_due
from watcher.settings.watcher import FetchSettings, SmtpSettings, WatcherSettings

MOMENT = timedelta(microseconds=1)
EVENING = NOON.replace(hour=18)
SOON = EVENING + MAIL_LEASE

FORUM = ("f1", "Shanghai-Taipei City Forum opens", "The mayors of Shanghai and Taipei signed two MOUs.")
DAEGU = ("d1", "Taipei and Daegu renew sister city agreement")
SHARES = ("s1", "Shanghai Stock Exchange ends higher", "Shares rose by one percent.")
LIN, WU = "lin@desk.example", "wu@desk.example"


class Town:
    """Two feeds and two readers, and processes that come and go."""

    def __init__(self, url, site, sink, folder):
        self.url, self.sink = url, sink
        site.pages |= {"/a": rss(FORUM, DAEGU, SHARES), "/b": rss(FORUM, name="Other")}
        self.site = site
        self.feeds = {name: site.url(f"/{name}") for name in "ab"}
        self.settings = WatcherSettings(
            fetch=FetchSettings(slots=1, allow_private=("127.0.0.1",)),
            smtp=SmtpSettings(host=sink.host, port=sink.port, security="none", timeout_seconds=10),
            digest={"folder": folder},
            subscriptions=({"id": "daily", "at": "18:00", "recipients": (LIN, WU)},),
        )
        with self.opened() as store:
            store.feeds.enrol(list(self.feeds.items()), NOON)
            store.facts.note_once("subscription daily", "", NOON - timedelta(days=1))

    @property
    def on_file(self):
        return self.url.startswith("sqlite")

    def opened(self):
        return open_store(self.url)

    def lives(self, *jobs, **end):
        return start(live, Life(database=self.url, settings=self.settings, feeds=self.feeds, jobs=jobs, **end))

    def live(self, *jobs):
        """Let a process do its jobs; return what came of each."""
        with self.lives(*jobs) as child:
            return child.hear_all()

    def die(self, fault, *jobs):
        """Let a process end at a fault."""
        with self.lives(*jobs, fault=fault) as child:
            assert child.is_killed()
        self.settle()

    @contextmanager
    def stuck(self, fault, *jobs):
        """Let a process stand still at a fault, holding what it holds; the one who asked kills it."""
        with self.lives(*jobs, fault=fault, manner="stay") as child:
            assert child.says() == "here"
            yield child

    def settle(self):
        """Wait until the server knows of the death; a SQLite file knows at once."""
        if not self.on_file:
            with psycopg.connect(self.url, autocommit=True) as connection:
                wait_for(lambda: connection.execute(OTHERS).fetchone() == (0,))

    def assert_waits(self, child):
        """Prove that a process waits for what another one holds; PostgreSQL tells, a file does not."""
        if not self.on_file:
            with psycopg.connect(self.url, autocommit=True) as connection:
                wait_for(lambda: connection.execute(WAITING).fetchone() == (1,))
        assert child.says(0.1) is None

    def rows(self, query):
        with self.opened() as store, store.database.reading() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def feed(self, name):
        with self.opened() as store:
            return store.feeds.find(name)

    def deliveries(self):
        with self.opened() as store:
            return store.deliveries.of_digest(store.digests.find("daily", "2026-03-01").id)

    def mails(self):
        """Return the mails by their recipient."""
        found = {LIN: [], WU: []}
        for mail in self.sink.mails:
            found[message_from_bytes(mail)["To"]].append(mail)
        return found


WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
OTHERS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'city-watcher'
"""


@pytest.fixture
def town(fresh_url, site, tmp_path):
    with open_sink() as sink:
        yield Town(fresh_url, site, sink, tmp_path)


def assert_all_is_kept_once(town):
    items = town.rows("SELECT feed_id, title, captured_at IS NOT NULL FROM items WHERE feed_id IS NOT NULL")
    assert sorted(items) == [
        ("a", SHARES[1], False),
        ("a", FORUM[1], True),
        ("a", DAEGU[1], True),
        ("b", FORUM[1], True),
    ]
    assert sorted(town.rows("SELECT feed_id, outcome, new_entries, captured FROM visits")) == [
        ("a", "read", 3, 2),
        ("b", "read", 1, 1),
    ]
    assert town.rows("SELECT count(*) FROM feeds WHERE claimed_by IS NOT NULL") == [(0,)]


def assert_stories_are_told_apart(town):
    stories = town.rows("SELECT title, story_id FROM items WHERE captured_at IS NOT NULL AND feed_id IS NOT NULL")
    assert all(story for _, story in stories)
    assert len(set(stories)) == 2


def assert_all_is_told_once(town, items=3):
    assert town.rows("SELECT subscription, day FROM digests") == [("daily", "2026-03-01")]
    told = town.rows("SELECT item_id, digest_id FROM digest_items")
    captured = town.rows(
        "SELECT id, (SELECT id FROM digests) FROM items WHERE captured_at IS NOT NULL AND feed_id IS NOT NULL"
    )
    assert len(told) == items
    assert sorted(told) == sorted(captured)


def assert_all_is_mailed_once(town):
    assert {reader: len(mails) for reader, mails in town.mails().items()} == {LIN: 1, WU: 1}
    assert [row.state for row in town.deliveries()] == ["sent", "sent"]


# A visit: killed while feed `a` is visited. What happens at the last moment before its lease ends, and then?

AT_ONCE = (["a", "b"], [])
AFTER_THE_LEASE = (["b"], ["a"])
NO_MORE = (["b"], [])

VISIT = {
    "commit UPDATE feeds SET due_at": AT_ONCE,
    "committed UPDATE feeds SET due_at": AFTER_THE_LEASE,
    "fetched a": AFTER_THE_LEASE,
    "read a": AFTER_THE_LEASE,
    f"judged {SHARES[1]}": AFTER_THE_LEASE,
    "before UPDATE feeds SET etag": AFTER_THE_LEASE,
    "after UPDATE feeds SET etag": AFTER_THE_LEASE,
    "after INSERT INTO items": AFTER_THE_LEASE,
    "after INSERT INTO facets": AFTER_THE_LEASE,
    "after INSERT INTO visits": AFTER_THE_LEASE,
    "commit INSERT INTO visits": AFTER_THE_LEASE,
    "committed INSERT INTO visits": NO_MORE,
    "after UPDATE items SET story_id": NO_MORE,
    "commit UPDATE items SET story_id": NO_MORE,
    "committed UPDATE items SET story_id": NO_MORE,
}


@pytest.mark.parametrize("fault", VISIT)
def test_a_visit_that_is_killed_costs_the_lease_and_nothing_else(town, fault):
    town.die(fault, (NOON, "visit"))
    row = town.feed("a")
    if VISIT[fault] is AFTER_THE_LEASE:
        assert (row.due_at, row.etag, row.known, row.visited_at) == (NOON + LEASE, "", b"", None)
    last = NOON + LEASE - MOMENT
    evening = (EVENING, "open"), (EVENING, "send")
    heard = town.live((last, "begin"), (last, "visit"), (NOON + LEASE, "visit"), *evening)
    assert heard == [None, *VISIT[fault], 1, ["sent", "sent"]]
    assert_all_is_kept_once(town)
    assert_stories_are_told_apart(town)
    assert_all_is_told_once(town)
    assert_all_is_mailed_once(town)


def test_an_item_that_was_kept_but_not_told_apart_gets_its_story_at_the_next_start(town):
    both, town.feeds = town.feeds, {"a": town.feeds["a"]}
    town.live((NOON, "begin"), (NOON, "visit"))
    town.feeds = both
    town.die("committed INSERT INTO visits", (NOON + MOMENT, "begin"), (NOON + MOMENT, "visit"))
    assert town.live((NOON + LEASE, "begin"), (NOON + LEASE, "visit")) == [None, []]
    assert_all_is_kept_once(town)
    assert_stories_are_told_apart(town)


@pytest.mark.parametrize(
    "fault",
    [
        "after INSERT INTO feeds",
        "commit INSERT INTO feeds",
        "after INSERT INTO items",  # the seeds
        "commit INSERT INTO items",
        "after UPDATE items SET story_id",
        "committed UPDATE items SET story_id",
    ],
)
def test_a_start_that_is_killed_is_made_good_by_the_next(town, fault):
    town.feeds["c"] = town.site.url("/c")
    town.site.pages["/c"] = rss()
    town.die(fault, (NOON, "begin"))
    assert town.live((NOON, "begin"), (NOON, "visit")) == [None, ["a", "b", "c"]]
    seeds = town.rows("SELECT key, story_id = id FROM items WHERE feed_id IS NULL")
    assert len(seeds) == len(set(seeds)) == 3
    assert all(story for _, story in seeds)


# A digest: it holds no lease, so whoever looks next goes on at once.

DIGEST = {
    "committed SELECT coalesce(": 1,  # all is chosen
    "before INSERT INTO digests": 1,  # and composed
    "after INSERT INTO digests": 1,
    "after INSERT INTO digest_items": 1,
    "after INSERT INTO deliveries": 1,
    "commit INSERT INTO deliveries": 1,
    "committed INSERT INTO deliveries": 0,
}
"""How many digests the next process opens."""


def capture_three(town):
    """Let three items be captured at noon."""
    with town.opened() as store:
        keep(store, *(new_item(f"cna:{number}") for number in range(3)), at=NOON)


@pytest.mark.parametrize("fault", DIGEST)
def test_a_digest_that_is_killed_is_opened_once_and_tells_everything_once(town, fault):
    capture_three(town)
    town.die(fault, (EVENING, "open"))
    assert town.live((EVENING, "open"), (EVENING, "send")) == [DIGEST[fault], ["sent", "sent"]]
    assert_all_is_told_once(town)
    assert_all_is_mailed_once(town)
    tomorrow = EVENING + timedelta(days=1)
    assert town.live((tomorrow, "open"), (tomorrow, "send")) == [1, []]
    assert_all_is_mailed_once(town)


# A delivery: killed while the first of two mails is sent.

ALL_AT_ONCE = (["sent", "sent"], [])
ONE_AFTER_THE_LEASE = (["sent"], ["sent"])
ONE_MORE = (["sent"], [])

DELIVERY = {
    "commit UPDATE deliveries SET due_at": ALL_AT_ONCE,
    "committed UPDATE deliveries SET due_at": ONE_AFTER_THE_LEASE,
    "MAIL": ONE_AFTER_THE_LEASE,  # the server hears it, and says nothing any more
    "RCPT": ONE_AFTER_THE_LEASE,
    "committed UPDATE deliveries SET state": ONE_MORE,
}
TWICE = ("DATA", "before UPDATE deliveries SET state", "commit UPDATE deliveries SET state")
"""The server has the mail, and we have not noted it."""


def open_digest(town):
    capture_three(town)
    town.live((EVENING, "open"))


def die_sending(town, fault):
    """Let a process end while it sends: at a fault of its own, or at a word that the mail server hears."""
    if " " in fault:
        town.die(fault, (EVENING, "send"))
        return
    victims = SimpleQueue()
    set_trap(town.sink, fault, victims)
    with town.lives((EVENING, "send")) as child:
        victims.put(child.pid)
        assert child.is_killed()
    delattr(town.sink, f"handle_{fault}")
    town.settle()


def set_trap(sink, word, victims):
    """Kill the process when the server hears a word, before it can hear the answer; a whole mail is kept."""

    async def spring(*talk):
        if word == "DATA":
            await type(sink).handle_DATA(sink, *talk)
        os.kill(victims.get(), signal.SIGKILL)
        return "250 OK"

    setattr(sink, f"handle_{word}", spring)


@pytest.mark.parametrize("fault", DELIVERY)
def test_a_delivery_that_is_killed_costs_the_lease_and_nothing_else(town, fault):
    open_digest(town)
    die_sending(town, fault)
    if DELIVERY[fault] is ONE_AFTER_THE_LEASE:
        assert [row.due_at for row in town.deliveries()] == [SOON, EVENING]
    assert town.live((SOON - MOMENT, "send"), (SOON, "send")) == [*DELIVERY[fault]]
    assert_all_is_mailed_once(town)


@pytest.mark.parametrize("fault", TWICE)
def test_a_mail_that_the_server_took_before_we_noted_it_goes_once_more_just_the_same(town, fault):
    open_digest(town)
    die_sending(town, fault)
    assert [row.due_at for row in town.deliveries()] == [SOON, EVENING]
    assert town.live((SOON - MOMENT, "send"), (SOON, "send"), (SOON + MAIL_LEASE, "send")) == [["sent"], ["sent"], []]
    mails = town.mails()
    assert Counter(mails[LIN]) == {mails[LIN][0]: 2}
    assert len(mails[WU]) == 1
    assert len({message_from_bytes(mail)["Message-ID"] for mail in town.sink.mails}) == 2
    assert [row.state for row in town.deliveries()] == ["sent", "sent"]


def test_a_mail_that_the_database_refuses_to_note_is_noted_when_it_takes_it_again(town):
    open_digest(town)
    with town.opened() as store:
        refuse(store.database._engine, "UPDATE deliveries SET state", times=1)
        desk = Desk(store=store, settings=town.settings, feeds={}, clock=lambda: EVENING)
        assert send_due(desk, open_channels(town.settings)) == ["sent", "sent"]
    assert town.live((SOON, "send")) == [[]]
    assert_all_is_mailed_once(town)


def test_a_stop_does_not_wait_for_a_database_that_is_away(town):
    open_digest(town)
    with town.opened() as store:
        refuse(store.database._engine, "UPDATE deliveries SET state", times=1)
        desk = Desk(store=store, settings=town.settings, feeds={}, clock=lambda: EVENING)
        asked = iter([False, True])
        with pytest.raises(StorageError):
            send_due(desk, open_channels(town.settings), lambda: next(asked))
    assert len(town.sink.mails) == 1


@pytest.mark.parametrize(("seconds", "minutes"), [(10, 10), (30, 10), (300, 100)])
def test_a_mail_is_leased_for_longer_than_a_slow_server_may_take(town, seconds, minutes):
    open_digest(town)
    smtp = town.settings.smtp.model_copy(update={"timeout_seconds": seconds})
    town.settings = town.settings.model_copy(update={"smtp": smtp})
    die_sending(town, "committed UPDATE deliveries SET due_at")
    assert [row.due_at for row in town.deliveries()] == [EVENING + timedelta(minutes=minutes), EVENING]


# Killed while another process waits for what the first one holds.


def test_whoever_waits_for_a_visit_that_is_killed_visits_what_is_left(town):
    later = NOON + LEASE
    with town.stuck("after INSERT INTO visits", (NOON, "visit")) as first, town.lives((later, "visit")) as second:
        if town.on_file:
            town.assert_waits(second)
        else:
            assert second.says() == ["b"]  # PostgreSQL passes over what is held
        first.kill()
        heard = second.hear_all()
    town.settle()
    [left] = town.live((later, "visit"))
    assert (heard, left) == (([["b", "a"]], []) if town.on_file else ([], ["a"]))
    assert_all_is_kept_once(town)


def test_whoever_waits_for_stories_that_are_killed_tells_all_apart(town):
    with town.stuck("after UPDATE items SET story_id", (NOON, "visit")) as first, town.lives((NOON, "visit")) as second:
        town.assert_waits(second)
        first.kill()
        assert second.hear_all() == [["b"]]
    assert_all_is_kept_once(town)
    assert_stories_are_told_apart(town)


def test_whoever_waits_for_a_digest_that_is_killed_opens_it(town):
    capture_three(town)
    evening = (EVENING, "open"), (EVENING, "send")
    with town.stuck("after INSERT INTO deliveries", *evening) as first, town.lives(*evening) as second:
        town.assert_waits(second)
        first.kill()
        assert second.hear_all() == [1, ["sent", "sent"]]
    assert_all_is_told_once(town)
    assert_all_is_mailed_once(town)


def test_whoever_waits_for_a_digest_that_is_kept_opens_none(town):
    capture_three(town)
    with town.lives((EVENING, "open"), fault="after INSERT INTO deliveries", manner="pause") as first:
        assert first.says() == "here"
        with town.lives((EVENING, "open"), (EVENING, "send")) as second:
            town.assert_waits(second)
            first.line.send("go on")
            assert first.hear_all() == [1]
            assert second.hear_all() == [0, ["sent", "sent"]]
    assert_all_is_told_once(town)
    assert_all_is_mailed_once(town)


def test_whoever_waits_for_a_delivery_that_is_killed_sends_it(town):
    open_digest(town)
    sending = EVENING, "send"
    with town.stuck("after UPDATE deliveries SET due_at", sending) as first, town.lives(sending) as second:
        if town.on_file:
            town.assert_waits(second)
        else:
            assert second.says() == ["sent"]
        first.kill()
        heard = second.hear_all()
    town.settle()
    [left] = town.live((EVENING, "send"))
    assert (heard, left) == (([["sent", "sent"]], []) if town.on_file else ([], ["sent"]))
    assert_all_is_mailed_once(town)


# Not killed but asleep for longer than its lease: whoever wakes up finds that the work is another's.


def test_a_visit_that_sleeps_past_its_lease_records_nothing(town):
    with town.lives((NOON, "visit"), fault="fetched a", manner="pause") as sleeper:
        assert sleeper.says() == "here"
        assert town.live((NOON + LEASE, "visit")) == [["b", "a"]]
        sleeper.line.send("go on")
        assert sleeper.hear_all() == [[]]
    assert_all_is_kept_once(town)
    assert_stories_are_told_apart(town)


def test_a_mail_that_takes_longer_than_its_lease_is_noted_once(town):
    open_digest(town)
    taken, go_on = Event(), Event()

    async def take_time(*talk):
        is_first = not town.sink.mails
        answer = await type(town.sink).handle_DATA(town.sink, *talk)
        taken.set()
        while is_first and not go_on.is_set():
            await asyncio.sleep(0.01)
        return answer

    town.sink.handle_DATA = take_time
    with town.lives((EVENING, "send")) as sleeper:
        assert taken.wait(PATIENCE)
        assert town.live((SOON, "send")) == [["sent", "sent"]]
        go_on.set()
        assert sleeper.hear_all() == [["sent"]]
    assert [(row.state, row.attempts, row.sent_at) for row in town.deliveries()] == [("sent", 1, SOON)] * 2
    assert {reader: len(mails) for reader, mails in town.mails().items()} == {LIN: 2, WU: 1}
