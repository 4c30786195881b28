"""Digests: every captured item once, to every subscription, at its hour; seeds are never news."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from conftest import rss

from watcher.deliver import ChannelProblem, open_channels
from watcher.demo.sink import Sink, open_sink
from watcher.digest import next_opening, note_subscriptions, open_digest, open_due, preview
from watcher.errors import DeliveryProblem
from watcher.poll import poll
from watcher.seeds import plant_seeds
from watcher.sending import deliver_next, send_due
from watcher.settings.watcher import WatcherSettings

FORUM = ("f1", "Shanghai-Taipei City Forum opens", "The mayors of Shanghai and Taipei signed two MOUs.")
DAEGU = ("d1", "Taipei and Daegu renew sister city agreement")


@pytest.fixture
def day(site, make_desk, judge, clock):
    """A desk at noon with one captured item; its digest is due at 18:00."""
    site.pages["/a"] = rss(FORUM)
    desk = make_desk({"subscriptions": ({"id": "daily", "at": "18:00"},)}, a=site.url("/a"))
    note_subscriptions(desk, clock())
    plant_seeds(desk.store, judge, clock())
    asyncio.run(poll(desk, judge, lambda report: None))
    return desk


def look_again(desk, judge):
    desk.store.feeds.hasten(desk.clock())
    asyncio.run(poll(desk, judge, lambda report: None))


def send_all(desk):
    return send_due(desk, open_channels(desk.settings))


def with_mail(desk, sink, *recipients):
    smtp = desk.settings.smtp.model_copy(update={"host": sink.host, "port": sink.port, "security": "none"})
    subscription = desk.settings.subscriptions[0].model_copy(update={"recipients": recipients})
    settings = desk.settings.model_copy(update={"smtp": smtp, "subscriptions": (subscription,)})
    return type(desk)(store=desk.store, settings=settings, feeds=desk.feeds, clock=desk.clock)


def test_the_digest_is_opened_when_it_is_due_and_once(day, clock):
    assert open_due(day) == 0
    clock.forward(hours=6)
    assert open_due(day) == 1
    assert open_due(day) == 0
    digest = day.store.digests.last("daily")
    assert (digest.day, digest.opened_at) == ("2026-03-01", clock())
    assert FORUM[1] in digest.text


def test_seeds_are_never_news(day, clock):
    composed = preview(day, day.settings.subscriptions[0])[0]
    for full in day.store.items.recent(limit=10, seeds=True):
        assert full.item.title not in composed.text
    assert FORUM[1] in composed.text


def test_an_item_is_told_once(day, site, judge, clock):
    clock.forward(hours=6)
    open_due(day)
    site.pages["/a"] = rss(DAEGU, FORUM)
    look_again(day, judge)
    clock.forward(days=1)
    assert open_due(day) == 1
    text = day.store.digests.last("daily").text
    assert DAEGU[1] in text
    assert FORUM[1] not in text


def test_a_preview_writes_nothing(day, clock):
    preview(day, day.settings.subscriptions[0])
    assert day.store.digests.list_all(10) == []
    clock.forward(hours=6)
    assert open_due(day) == 1


def test_backfill_is_a_count_and_never_a_flood(day, site, judge, clock):
    site.pages["/a"] = rss(DAEGU, published=clock() - timedelta(days=30))
    look_again(day, judge)
    composed = preview(day, day.settings.subscriptions[0])[0]
    assert DAEGU[1] not in composed.text
    assert "1" in composed.text


def test_a_digest_knows_whether_it_is_mailed(day):
    [usual] = day.settings.subscriptions
    assert "this address is on the list" not in preview(day, usual)[0].text
    settings = {"smtp": {"host": "mail.desk.example"}, "contact": "ops@desk.example"}
    mailing = replace(day, settings=WatcherSettings(**settings))
    assert "this address is on the list" not in preview(mailing, usual)[0].text
    readers = usual.model_copy(update={"recipients": ("lin@desk.example",)})
    assert "this address is on the list" in " ".join(preview(mailing, readers)[0].text.split())


def test_without_a_mail_server_the_digest_is_written_as_files(day, clock):
    clock.forward(hours=6)
    open_due(day)
    assert send_all(day) == ["sent"]
    names = sorted(path.name for path in day.settings.digest.folder.iterdir())
    assert [name.rsplit(".", 1)[1] for name in names] == ["eml", "html"]
    assert all("2026-03-01" in name for name in names)


def test_every_recipient_gets_a_mail_of_their_own(day, clock):
    with open_sink() as sink:
        desk = with_mail(day, sink, "one@desk.example", "two@desk.example")
        clock.forward(hours=6)
        open_due(desk)
        assert send_all(desk) == ["sent", "sent"]
        assert send_all(desk) == []
    assert sorted(mail.count(b"one@desk.example") > 0 for mail in sink.mails) == [False, True]


def test_an_empty_day_is_closed_without_a_mail_unless_a_note_is_wanted(make_desk, site, clock):
    site.pages["/a"] = rss()
    subscriptions = ({"id": "quiet", "at": "18:00"}, {"id": "chatty", "at": "18:00", "when_empty": "note"})
    desk = make_desk({"subscriptions": subscriptions}, a=site.url("/a"))
    note_subscriptions(desk, clock())
    clock.forward(hours=6)
    assert open_due(desk) == 2
    assert send_all(desk) == ["sent"]


def test_a_server_that_is_away_is_tried_again_after_1_5_15_and_60_minutes(day, clock):
    with open_sink() as sink:
        pass
    desk = with_mail(day, sink, "one@desk.example")
    clock.forward(hours=6)
    open_due(desk)
    for minutes in (1, 5, 15, 60, 60, 60):
        assert send_all(desk) == ["pending"]
        clock.forward(minutes=minutes - 0.1)
        assert send_all(desk) == []
        clock.forward(minutes=0.1)
    [delivery] = desk.store.deliveries.of_digest(desk.store.digests.last("daily").id)
    assert delivery.attempts == 6
    assert delivery.problem


def test_a_recipient_that_is_refused_for_good_is_not_tried_again(day, clock):
    refusing = Failing(DeliveryProblem("there is no such mailbox; correct the recipient", permanent=True))
    clock.forward(hours=6)
    open_due(day)
    assert deliver_next(day, {"file": refusing}) == "failed"
    clock.forward(days=1)
    assert deliver_next(day, {"file": refusing}) is None


class Failing:
    """A channel that fails as a test says, and counts the mails."""

    def __init__(self, problem):
        self.problem, self.mails = problem, []

    def send(self, mail):
        self.mails.append(mail)
        raise self.problem

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


def test_a_mail_that_may_have_arrived_is_sent_once_more_just_the_same(day, clock):
    lost = Failing(DeliveryProblem("the connection broke after the final dot", uncertain=True))
    clock.forward(hours=6)
    open_due(day)
    for _ in range(5):
        send_due(day, {"file": lost})
        clock.forward(hours=2)
    assert len(lost.mails) == 2
    assert lost.mails[0] == lost.mails[1]
    [delivery] = day.store.deliveries.of_digest(day.store.digests.last("daily").id)
    assert (delivery.state, delivery.due_at) == ("uncertain", None)


def test_a_server_that_reaches_nobody_is_asked_once_in_a_round(day, clock):
    away = Failing(ChannelProblem("the mail server is away"))
    desk = with_mail(day, Sink(), *(f"reader-{number}@desk.example" for number in range(20)))
    clock.forward(hours=6)
    open_due(desk)
    assert send_due(desk, {"smtp": away}) == ["pending"]
    assert send_due(desk, {"smtp": away}) == []
    clock.forward(minutes=1)
    assert len(send_due(desk, {"smtp": away})) == 1
    assert desk.store.deliveries.counts() == {"pending": 20}


def test_a_digest_is_filed_under_the_day_of_its_readers(make_desk, site, judge, clock):
    site.pages["/a"] = rss(FORUM)
    desk = make_desk({"subscriptions": ({"id": "daily", "at": "07:00", "zone": "Asia/Taipei"},)}, a=site.url("/a"))
    note_subscriptions(desk, clock())
    asyncio.run(poll(desk, judge, lambda report: None))
    clock.forward(hours=11)
    assert open_due(desk) == 1
    send_all(desk)
    assert {path.stem for path in desk.settings.digest.folder.iterdir()} == {"2026-03-02-daily"}


def test_after_days_down_one_digest_says_what_it_covers(day, site, judge, clock):
    clock.forward(hours=6)
    open_due(day)
    clock.forward(days=5)
    site.pages["/a"] = rss(DAEGU, published=clock() - timedelta(hours=1))
    look_again(day, judge)
    assert open_due(day) == 1
    digest = day.store.digests.last("daily")
    assert digest.day == "2026-03-06"
    assert digest.covers_from_at.date() == date(2026, 3, 1)


def test_the_day_opened_by_hand_is_not_opened_again_at_its_hour(day, clock):
    subscription = day.settings.subscriptions[0]
    assert open_digest(day, subscription, date(2026, 3, 1)) is not None
    clock.forward(hours=6)
    assert open_due(day) == 0


def test_a_new_subscription_is_told_of_the_day_before_it_and_of_nothing_older(day, site, judge, clock):
    clock.forward(hours=20)
    site.pages["/a"] = rss(DAEGU, FORUM, published=clock())
    look_again(day, judge)
    clock.forward(hours=5)
    evening = day.settings.subscriptions[0].model_copy(update={"id": "evening"})
    desk = replace(day, settings=day.settings.model_copy(update={"subscriptions": (evening,)}))
    note_subscriptions(desk, clock())
    composed = preview(desk, evening)[0]
    assert DAEGU[1] in composed.text
    assert FORUM[1] not in composed.text
    assert all(full.item.title not in composed.text for full in day.store.items.recent(limit=10, seeds=True))


def test_a_new_subscription_counts_the_backfill_of_the_day_before(day, site, judge, clock):
    site.pages["/a"] = rss(DAEGU, published=clock() - timedelta(days=30))
    look_again(day, judge)
    clock.forward(hours=1)
    evening = day.settings.subscriptions[0].model_copy(update={"id": "evening"})
    desk = replace(day, settings=day.settings.model_copy(update={"subscriptions": (evening,)}))
    note_subscriptions(desk, clock())
    composed = preview(desk, evening)[0]
    assert DAEGU[1] not in composed.text
    assert "1 older item was seen" in composed.text


def test_a_subscription_of_an_earlier_version_is_told_nothing_from_before_it_was_seen(day, clock):
    clock.forward(hours=1)
    evening = day.settings.subscriptions[0].model_copy(update={"id": "evening"})
    day.store.facts.note("subscription evening", "", clock())
    assert FORUM[1] not in preview(day, evening)[0].text


def test_a_new_subscription_waits_for_its_hour_all_the_same(day, clock):
    clock.forward(hours=7)
    evening = day.settings.subscriptions[0].model_copy(update={"id": "evening"})
    desk = replace(day, settings=day.settings.model_copy(update={"subscriptions": (evening,)}))
    note_subscriptions(desk, clock())
    assert open_due(desk) == 0
    assert next_opening(desk, evening) == clock() + timedelta(hours=23)


def test_the_next_opening_is_now_when_a_day_is_due_and_never_on_a_day_that_has_its_digest(day, clock):
    daily = day.settings.subscriptions[0]
    assert next_opening(day, daily) == clock() + timedelta(hours=6)
    open_digest(day, daily, date(2026, 3, 1))
    assert next_opening(day, daily) == clock() + timedelta(hours=30)
    clock.forward(days=3)
    assert next_opening(day, daily) == clock()
    assert open_due(day) == 1
    assert next_opening(day, daily) == clock() + timedelta(hours=6)
