"""The service: the tick waits for nothing, and SIGTERM drains."""

import asyncio
import logging
import signal
import time
from contextlib import nullcontext
from datetime import timedelta
from threading import Event

import pytest
from bad_days import Person
from conftest import rss
from reading import quick_poller

from watcher.deliver import ChannelProblem, open_channels
from watcher.digest import note_subscriptions, open_digest, open_due
from watcher.errors import DeliveryProblem
from watcher.heartbeat import GRACE, HEARTBEAT, STOPPED, Life, is_alive, tell_life
from watcher.service import Service

FORUM = ("f1", "Shanghai-Taipei City Forum opens", "The mayors of Shanghai and Taipei signed two MOUs.")


async def until(true, seconds=20.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.02)


def test_a_feed_held_open_delays_neither_tick_nor_feed_nor_digest(site, make_desk, judge, clock):
    site.pages |= {"/stuck": site.hold, "/good": rss(FORUM)}
    desk = make_desk(
        {"subscriptions": ({"id": "daily", "at": "18:00"},)}, stuck=site.url("/stuck"), good=site.url("/good")
    )
    note_subscriptions(desk, clock())

    async def live():
        async with quick_poller(desk, judge) as poller:
            service = Service(poller=poller, desk=desk, channels=open_channels(desk.settings))
            await service.tick()
            await until(lambda: desk.store.items.counts()["captured"] == 1)
            assert "/stuck" in site.asked
            first = desk.store.facts.find(HEARTBEAT).noted_at
            clock.forward(hours=6)
            await until(lambda: not service.running)
            await service.tick()
            await until(lambda: desk.store.deliveries.counts().get("sent") == 1 or (not service.running))
            await service.tick()
            await until(lambda: desk.store.deliveries.counts().get("sent") == 1)
            assert desk.store.facts.find(HEARTBEAT).noted_at > first
            assert list(poller.visits) == ["stuck"]
            assert site.asked.count("/stuck") == 1
            await poller.finish(timedelta())

    asyncio.run(live())
    assert desk.store.feeds.find("stuck").claimed_by is None
    assert desk.store.feeds.find("stuck").due_at <= clock()


def test_a_job_that_fails_is_logged_once_and_tried_again(make_desk, judge, clock, caplog):
    desk = make_desk({"subscriptions": ({"id": "daily", "at": "18:00", "when_empty": "note"},)})
    note_subscriptions(desk, clock())
    clock.forward(hours=6)
    open_due(desk)

    async def live():
        async with quick_poller(desk, judge) as poller:
            service = Service(poller=poller, desk=desk, channels={})
            for channels in ({}, {}, open_channels(desk.settings)):
                service.channels = channels
                await service.tick()
                await until(lambda: not service.running)
                clock.forward(minutes=11)

    caplog.set_level(logging.INFO)
    asyncio.run(live())
    assert caplog.text.count("sending: 'file'; tried again at the next tick") == 1
    assert "sending: works again" in caplog.text
    assert desk.store.deliveries.counts() == {"sent": 1}
    assert desk.store.facts.find(HEARTBEAT).noted_at == clock() - timedelta(minutes=11)


class Refusing(nullcontext):
    """A channel that takes nothing, for good."""

    def send(self, mail):
        """Refuse a mail."""
        raise DeliveryProblem(f"{mail.recipient} is unknown", permanent=True)


def test_a_mail_that_was_refused_is_a_warning_that_says_where_the_reason_stands(make_desk, judge, clock, caplog):
    desk = make_desk({"subscriptions": ({"id": "daily", "at": "18:00", "when_empty": "note"},)})
    note_subscriptions(desk, clock())
    clock.forward(hours=6)
    open_due(desk)

    asyncio.run(log_sending(desk, judge, Refusing()))
    [(level, said)] = [(level, said) for _, level, said in caplog.record_tuples if said.startswith("deliveries")]
    assert (level, said) == (logging.WARNING, "deliveries: 1 failed; `city-watcher digest list` says why")


class Away(Refusing):
    """A channel that reaches nobody at the moment."""

    def send(self, mail):
        raise ChannelProblem("The server is away.")


def test_mails_that_wait_for_a_server_are_all_counted_in_the_log(make_desk, judge, clock, caplog):
    readers = [f"reader-{number}@desk.example" for number in range(3)]
    one = {"id": "daily", "at": "18:00", "when_empty": "note", "recipients": readers}
    desk = make_desk({"smtp": {"host": "127.0.0.1"}, "subscriptions": (one,)})
    open_digest(desk, desk.settings.subscriptions[0], clock().date())
    caplog.set_level(logging.INFO)
    asyncio.run(log_sending(desk, judge, Away()))
    assert "deliveries: 3 pending" in caplog.messages


async def log_sending(desk, judge, channel):
    async with quick_poller(desk, judge) as poller:
        service = Service(poller=poller, desk=desk, channels={"smtp": channel, "file": channel})
        await service.tick()
        await until(lambda: not service.running)


def test_a_job_that_is_still_running_is_not_started_again(make_desk, clock, judge):
    go_on, sent = Event(), []

    class Slow:
        def send(self, mail):
            sent.append(mail)
            go_on.wait(20)

        def __enter__(self):
            return self

        def __exit__(self, *error):
            pass

    subscriptions = (
        {"id": "one", "at": "18:00", "when_empty": "note"},
        {"id": "two", "at": "18:00", "when_empty": "note"},
    )
    desk = make_desk({"subscriptions": subscriptions})
    note_subscriptions(desk, clock())
    clock.forward(hours=6)
    open_due(desk)

    async def live():
        async with quick_poller(desk, judge) as poller:
            service = Service(poller=poller, desk=desk, channels={"file": Slow()})
            await service.tick()
            await until(lambda: sent)
            await service.tick()
            await until(lambda: set(service.running) == {"sending"})
            assert len(sent) == 1
            go_on.set()
            await until(lambda: not service.running)
            assert len(sent) == 2

    asyncio.run(live())


def test_a_heartbeat_is_recent_for_two_minutes(clock):
    assert not is_alive(None, "", clock())
    assert is_alive(clock() - GRACE, "", clock())
    assert not is_alive(clock(), STOPPED, clock())
    assert not is_alive(clock() - GRACE - timedelta(seconds=1), "", clock())


def test_a_service_that_left_no_farewell_is_silent(clock):
    assert tell_life(None, "", clock()) is Life.NONE
    assert tell_life(clock() - GRACE, "", clock()) is Life.RUNNING
    assert tell_life(clock() - timedelta(minutes=3), "", clock()) is Life.SILENT
    assert tell_life(clock() + timedelta(hours=2), "", clock()) is Life.SILENT
    assert tell_life(clock() - timedelta(days=3), STOPPED, clock()) is Life.ENDED


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_polls_at_once_beats_and_ends_cleanly(site, tmp_path, capsys, number):
    site.pages |= {"/a": rss(FORUM), "/stuck": site.hold}
    person = Person(tmp_path, capsys)
    person.watch(a=site.url("/a"), stuck=site.url("/stuck"))
    with person.serves() as child:
        child.says("feed a: 1 captured")
        assert person.reads("healthcheck") == "alive\n"
        child.process.send_signal(number)
        site.let_go.set()
        assert "stopped" in child.ends()
