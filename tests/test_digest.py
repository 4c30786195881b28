"""Digests: every captured item once, to every subscription, at its hour; seeds are never news."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from conftest import rss
from lxml.html import document_fromstring
from mails import earlier_of, titles_of
from reading import quick_poll
from storing import keep, new_item
from test_sending import Told

from watcher.background import say_span
from watcher.deliver import SmtpChannel, open_channels
from watcher.demo.sink import open_sink
from watcher.digest import (
    edition_for,
    next_opening,
    note_subscriptions,
    open_digest,
    open_due,
    preview,
    preview_day,
    search_all,
)
from watcher.errors import DeliveryProblem
from watcher.seeds import plant_seeds
from watcher.sending import send_copy, send_due
from watcher.settings.subscription import SubscriptionSettings
from watcher.settings.ties import Tie
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
    quick_poll(desk, judge)
    return desk


def look_again(desk, judge):
    desk.store.feeds.hasten(desk.clock())
    quick_poll(desk, judge)


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
        assert full.item.title not in titles_of(composed.html)
    assert titles_of(composed.html) == [FORUM[1]]


def test_an_item_is_told_once(day, site, judge, clock):
    clock.forward(hours=6)
    open_due(day)
    site.pages["/a"] = rss(DAEGU, FORUM)
    look_again(day, judge)
    clock.forward(days=1)
    assert open_due(day) == 1
    assert titles_of(day.store.digests.last("daily").html) == [DAEGU[1]]


def capture_late(desk, days, key):
    """Let something come that says it was captured so many days ago: its process hung, or its clock was behind."""
    keep(desk.store, new_item(key, at=desk.clock() - timedelta(days=days), title=key, feed_id="a"), at=desk.clock())


def last_titles(desk):
    assert open_due(desk) == 1
    return titles_of(desk.store.digests.last("daily").html)


def test_what_comes_with_an_early_capture_is_told_by_the_next_search_through_everything_and_once(day, clock):
    clock.forward(days=20, hours=6)
    assert last_titles(day) == [FORUM[1]]
    search_all(day)
    capture_late(day, 6, "late")
    capture_late(day, 15, "very late")
    clock.forward(days=1)
    assert last_titles(day) == ["late"]
    search_all(day)
    clock.forward(days=1)
    assert last_titles(day) == ["very late"]
    search_all(day)
    clock.forward(days=1)
    assert last_titles(day) == []


@pytest.mark.parametrize("off", [timedelta(days=3), timedelta(days=-400)], ids=["long ago", "to come"])
def test_a_search_of_long_ago_or_of_a_day_to_come_hides_nothing(day, clock, off):
    clock.forward(days=20, hours=6)
    assert last_titles(day) == [FORUM[1]]
    search_all(replace(day, clock=lambda: clock() - off))
    capture_late(day, 15, "very late")
    clock.forward(days=1)
    assert last_titles(day) == ["very late"]


def test_what_no_digest_has_told_yet_is_never_out_of_sight(day, clock):
    clock.forward(days=20, hours=6)
    search_all(day)
    assert last_titles(day) == [FORUM[1]]


def test_a_preview_writes_nothing(day, clock):
    preview(day, day.settings.subscriptions[0])
    assert day.store.digests.list_all(10) == []
    clock.forward(hours=6)
    assert open_due(day) == 1


def test_a_preview_of_a_day_shows_the_digest_that_stands_or_what_it_would_say(day, site, judge, clock):
    [daily] = day.settings.subscriptions
    clock.forward(hours=6)
    open_due(day)
    sent = day.store.digests.last("daily")
    bring(day, site, judge, DAEGU)
    clock.forward(days=2)
    bring(day, site, judge, BUSAN)
    open_due(day)
    told = {(FORUM[1],): True, (DAEGU[1],): False, (BUSAN[1], DAEGU[1]): True}
    for number, (titles, stands) in enumerate(told.items(), start=1):
        digest, found = preview_day(day, daily, date(2026, 3, number))
        assert (tuple(sorted(titles_of(digest.html))), found) == (titles, stands)
    assert preview_day(day, daily, date(2026, 3, 1))[0].text == sent.text
    assert "More on earlier" not in preview_day(day, daily, date(2026, 3, 2))[0].text


def test_a_preview_of_a_day_before_the_subscription_was_seen_covers_a_day_too(day, clock):
    [daily] = day.settings.subscriptions
    before = edition_for(replace(day, clock=lambda: clock() - timedelta(days=3)), daily, date(2026, 2, 26), anew=True)
    assert (before.opened_at - before.covers_from_at, before.news) == (timedelta(days=1), ())
    later = daily.model_copy(update={"id": "later"})
    clock.forward(days=3)
    note_subscriptions(replace(day, settings=day.settings.model_copy(update={"subscriptions": (later,)})), clock())
    assert titles_of(preview_day(day, later, date(2026, 3, 1))[0].html) == [FORUM[1]]


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


def test_a_copy_tells_one_address_the_news_of_today_and_takes_them_from_nobody(day, site, judge, clock):
    with open_sink() as sink, SmtpChannel(with_mail(day, sink).settings.smtp) as channel:
        desk = with_mail(day, sink, "one@desk.example")
        [one] = desk.settings.subscriptions
        assert len(send_copy(desk, one, "me@desk.example", channel).news) == 1
        assert (desk.store.digests.list_all(9), desk.store.deliveries.counts()) == ([], {})
        clock.forward(hours=6)
        assert open_due(desk) == 1
        site.pages["/a"] = rss(DAEGU, FORUM, published=clock())
        look_again(desk, judge)
        later = send_copy(desk, one, "me@desk.example", channel)
        assert (len(later.news), later.known, later.covers_from_at) == (2, frozenset(), edition_start(later))
        send_copy(desk, one, "one@desk.example", channel)
        send_all(desk)
        clock.forward(days=1)
        assert len(send_copy(desk, one, "me@desk.example", channel).news) == 1
        open_due(desk)
        send_all(desk)
    mails = [message_from_bytes(mail, policy=policy.default) for mail in sink.mails]
    told = [titles_of(mail.get_body(("html",)).get_content()) for mail in mails]
    both = [FORUM[1], DAEGU[1]]
    assert [sorted(titles) for titles in told] == [[FORUM[1]], both, both, [FORUM[1]], [DAEGU[1]], [DAEGU[1]]]
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)
    on_list = ["this address is on the list" in " ".join(str(mail.get_body(("plain",))).split()) for mail in mails]
    assert on_list == [mail["To"] == "one@desk.example" for mail in mails]


def edition_start(edition):
    return edition.opened_at - timedelta(hours=30)


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


def test_a_mail_that_may_have_arrived_is_sent_once_more_just_the_same(day, clock):
    lost = Told(DeliveryProblem("the connection broke after the final dot", uncertain=True))
    clock.forward(hours=6)
    open_due(day)
    for _ in range(5):
        send_due(day, {"file": lost})
        clock.forward(hours=2)
    assert len(lost.mails) == 2
    assert lost.mails[0] == lost.mails[1]
    [delivery] = day.store.deliveries.of_digest(day.store.digests.last("daily").id)
    assert (delivery.state, delivery.due_at) == ("uncertain", None)


def test_a_digest_is_filed_under_the_day_of_its_readers(make_desk, site, judge, clock):
    site.pages["/a"] = rss(FORUM)
    desk = make_desk({"subscriptions": ({"id": "daily", "at": "07:00", "zone": "Asia/Taipei"},)}, a=site.url("/a"))
    note_subscriptions(desk, clock())
    quick_poll(desk, judge)
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
    assert titles_of(composed.html) == [DAEGU[1]]


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
    for cities, backfilled in ((("daegu",), 1), (("prague",), 0)):
        [narrow] = wishing(desk, cities=cities).settings.subscriptions
        assert edition_for(desk, narrow, clock().date()).backfilled == backfilled


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


def wishing(desk, **wishes):
    """The desk with another wish in its one subscription."""
    one = SubscriptionSettings(**desk.settings.subscriptions[0].model_dump() | wishes)
    return replace(desk, settings=desk.settings.model_copy(update={"subscriptions": (one,)}))


def test_what_a_subscription_does_not_want_is_left_out_and_brings_no_flood_when_it_wants_more(day, site, judge, clock):
    site.pages["/a"] = rss(DAEGU, FORUM)
    look_again(day, judge)
    clock.forward(hours=6)
    narrow = wishing(day, pairs=["taipei~daegu"])
    assert open_due(narrow) == 1
    assert titles_of(day.store.digests.last("daily").html) == [DAEGU[1]]
    assert [one.items for one in day.store.digests.list_all(9)] == [1]
    clock.forward(days=1)
    site.pages["/a"] = rss(("b9", "Busan and Fukuoka renew sister city agreement"), published=clock())
    look_again(day, judge)
    assert titles_of(preview(day, day.settings.subscriptions[0])[0].html) == [
        "Busan and Fukuoka renew sister city agreement"
    ]


def test_more_of_a_story_comes_under_a_heading_of_its_own_to_those_who_were_told_of_it(day, clock):
    [one] = day.settings.subscriptions
    [story] = edition_for(day, one, date(2026, 3, 1)).news
    clock.forward(hours=6)
    open_due(day)
    clock.forward(hours=1)
    keep(day.store, new_item("cna:1", at=clock(), story_id=story.story_id, title="The forum goes on"))
    text = preview(day, one)[0].text
    assert text.index("More on earlier stories") < text.index("The forum goes on")
    assert "More on earlier stories" not in preview(day, one.model_copy(update={"id": "new"}))[0].text


def test_a_subscription_is_told_in_the_language_that_it_names(day):
    names = {"zh-Hant": {"shanghai": "上海", "taipei": "台北"}}
    desk = replace(wishing(day, heading_language="zh-Hant"), city_names=names)
    digest = preview(desk, desk.settings.subscriptions[0])[0]
    assert digest.subject == f"City exchange，2026年3月1日：1 則｜{FORUM[1]}"
    assert "入選理由：" in digest.text
    assert "\n上海～台北\n" in digest.text


def test_a_day_without_news_for_a_subscription_is_an_empty_one(day, clock):
    clock.forward(hours=6)
    open_due(wishing(day, cities=["prague"]))
    assert send_all(day) == []
    assert "nothing new" in day.store.digests.last("daily").subject


def test_a_digest_on_monday_covers_the_weekend(day, site, judge, clock):
    """The first of March 2026 is a Sunday."""
    desk = wishing(day, weekdays=["mon", "tue", "wed", "thu", "fri"])
    clock.forward(hours=6)
    assert open_due(desk) == 0
    assert next_opening(desk, desk.settings.subscriptions[0]) == clock() + timedelta(days=1)
    clock.forward(days=1)
    site.pages["/a"] = rss(DAEGU, FORUM)
    look_again(desk, judge)
    assert open_due(desk) == 1
    assert set(titles_of(day.store.digests.last("daily").html)) == {FORUM[1], DAEGU[1]}


@pytest.mark.parametrize(("wishes", "shown"), [({}, 1), ({"cities": ["daegu"]}, 1), ({"cities": ["prague"]}, 0)])
def test_near_misses_pass_the_same_wishes(day, clock, wishes, shown):
    keep(day.store, new_item("cna:1", "near", clock()))
    desk = wishing(day, **wishes)
    assert len(edition_for(desk, desk.settings.subscriptions[0], date(2026, 3, 1)).near) == shown


def test_a_subscription_that_wants_files_gets_no_mail(day, clock):
    with open_sink() as sink:
        desk = wishing(with_mail(day, sink, "one@desk.example"), channel="file")
        clock.forward(hours=6)
        open_due(desk)
        assert send_all(desk) == ["sent"]
    assert sink.mails == []
    assert list(desk.settings.digest.folder.iterdir())


FORUM_SEED = "2025 Shanghai-Taipei City Forum Highlights"
DAEGU_SEED = "Mayors of Taipei and South Korea’s Daegu"
BUSAN = ("b1", "Busan and Fukuoka mark twenty years as sister cities")
VISIT = ("v1", "The mayor of Busan visits the mayor of Fukuoka")
AGAIN = ("b2", "Busan and Fukuoka renew sister city agreement")


def shown(desk):
    """The HTML of what would be told now."""
    return preview(desk, desk.settings.subscriptions[0])[0].html


def words_of(html):
    return " ".join(document_fromstring(html).text_content().split())


def bring(desk, site, judge, *entries, at=None):
    """Let the feed bring entries an hour before now."""
    site.pages["/a"] = rss(*entries, published=at or desk.clock() - timedelta(hours=1))
    look_again(desk, judge)


def end_day(desk, clock):
    """Tell what there is, and go on to the next day."""
    open_digest(desk, desk.settings.subscriptions[0], clock().date())
    clock.forward(days=1)


def test_the_ties_of_its_pairs_stand_beside_a_story(day):
    tie = Tie(city_a="shanghai", city_b="taipei", relation="city forum", since="2010-04-06", source="a page")
    assert "Known: city forum since 6 Apr 2010 (a page)" in words_of(shown(replace(day, ties={tie.pair: tie})))
    assert "Known:" not in words_of(shown(day))


def test_a_story_points_to_the_latest_earlier_item_of_its_pair_and_that_may_be_a_seed(day, site, judge, clock):
    assert [title[:42] for title in earlier_of(shown(day))] == [FORUM_SEED]
    assert "· 28 December 2025 · City News Service" in words_of(shown(day))
    bring(day, site, judge, BUSAN)
    end_day(day, clock)
    clock.forward(days=8)
    bring(day, site, judge, AGAIN)
    html = shown(day)
    assert (titles_of(html), earlier_of(html)) == ([AGAIN[1]], [BUSAN[1]])
    assert f"See also: {BUSAN[1]} · 1 March 2026 · A" in words_of(html)
    assert 'href="https://news.example/b1"' in html


def test_without_one_of_its_pair_a_story_points_to_the_latest_of_its_city_and_kind(day, site, judge, clock):
    busan = ("b3", "Busan and Osaka renew sister city agreement")
    visit = ("b4", "The mayor of Busan visits the mayor of Nagoya")
    bring(day, site, judge, busan, visit)
    end_day(day, clock)
    bring(day, site, judge, AGAIN)
    kinds = {full.item.title: full.item.kind for full in day.store.items.recent(limit=10)}
    assert kinds[busan[1]] == "reaffirmation" == kinds[AGAIN[1]] != kinds[visit[1]], kinds
    assert earlier_of(shown(day)) == [busan[1]]


def test_two_items_that_only_are_of_no_known_kind_have_none_in_common(day, site, judge, clock):
    tied = ("b5", "Busan and Osaka are sister cities"), ("b6", "Busan and Nagoya are partner cities and sister cities")
    bring(day, site, judge, tied[0])
    end_day(day, clock)
    bring(day, site, judge, tied[1])
    assert {full.item.kind for full in day.store.items.recent(limit=2)} == {"other"}
    assert (len(titles_of(shown(day))), earlier_of(shown(day))) == (1, [])


def test_a_story_points_neither_to_itself_nor_to_what_the_digest_tells_nor_to_the_irrelevant(day, site, judge, clock):
    end_day(day, clock)
    bring(day, site, judge, BUSAN, at=clock() - timedelta(days=40))
    bring(day, site, judge, AGAIN)
    bring(day, site, judge, VISIT, at=clock() - timedelta(hours=60))
    [busan] = [full.item.id for full in day.store.items.recent(limit=10) if full.item.title == BUSAN[1]]
    assert (len(titles_of(shown(day))), earlier_of(shown(day))) == (2, [BUSAN[1]] * 2)
    day.store.labels.mark([busan], "irrelevant", clock())
    assert earlier_of(shown(day)) == []


def test_a_later_report_of_a_story_does_not_point_to_that_story(day, site, judge, clock):
    bring(day, site, judge, DAEGU)
    end_day(day, clock)
    bring(day, site, judge, ("d2", DAEGU[1]))
    html = shown(day)
    assert titles_of(html) == [DAEGU[1]]
    assert [title.split(" Sign ")[0] for title in earlier_of(html)] == [DAEGU_SEED]


def test_an_earlier_title_of_a_feed_is_as_hostile_as_any(day, site, judge, clock):
    bring(day, site, judge, ("b1", "Busan and Fukuoka &lt;b&gt;mark&lt;/b&gt; \u202e twenty years as sister cities"))
    end_day(day, clock)
    clock.forward(days=8)
    bring(day, site, judge, AGAIN)
    html = shown(day)
    assert "\u202e" not in html
    assert "<b>mark" not in html
    assert 'lang="en"' in html.partition("See also: ")[2].partition("</p>")[0]


FIRST_NEWS = "First news of this pair"


@pytest.mark.parametrize(
    ("days", "said"),
    [(20, ""), (31, "since watching began on 1 March 2026"), (364, "since"), (366, "in 12 months")],
)
def test_the_first_news_of_a_pair_in_months_says_so_once_we_have_watched_for_some_time(
    day, site, judge, clock, days, said
):
    assert FIRST_NEWS not in shown(day)
    end_day(day, clock)
    clock.forward(days=days - 1)
    bring(day, site, judge, BUSAN)
    assert (f"{FIRST_NEWS} {said}" in words_of(shown(day))) is bool(said)
    never = day.settings.digest.model_copy(update={"first_mention_months": 0})
    assert FIRST_NEWS not in shown(replace(day, settings=day.settings.model_copy(update={"digest": never})))
    end_day(day, clock)
    clock.forward(days=8)
    bring(day, site, judge, AGAIN)
    assert titles_of(shown(day)) == [AGAIN[1]]
    assert FIRST_NEWS not in shown(day)


def test_of_two_stories_of_a_pair_the_one_that_was_captured_first_is_its_first_news(day, site, judge, clock):
    clock.forward(days=40)
    end_day(day, clock)
    bring(day, site, judge, VISIT, at=clock() - timedelta(hours=60))
    clock.forward(hours=1)
    bring(day, site, judge, AGAIN)
    assert set(titles_of(shown(day))) == {VISIT[1], AGAIN[1]}
    assert FIRST_NEWS in shown(day).partition(VISIT[1])[2].partition("</div>")[0]
    assert shown(day).count(FIRST_NEWS) == 1


def test_old_news_that_no_digest_tells_and_a_seed_of_this_year_mention_a_pair(day, site, judge, clock):
    clock.forward(days=40)
    bring(day, site, judge, ("f2", "Shanghai and Taipei mayors renew their city forum"))
    bring(day, site, judge, BUSAN, at=clock() - timedelta(days=90))
    bring(day, site, judge, AGAIN)
    assert {AGAIN[1]} < set(titles_of(shown(day)))
    assert FIRST_NEWS not in shown(day)


@pytest.mark.parametrize(
    ("last", "since", "months", "span"),
    [
        (None, None, 12, ""),
        (None, 29.9, 12, ""),
        (None, 30, 12, "since watching began on 3 February 2027"),
        (900, 200, 12, "since watching began on 17 August 2026"),
        (900, 365, 12, "in 12 months"),
        (364, 800, 12, ""),
        (366, 800, 12, "in 12 months"),
        (40, 800, 1, "in 1 month"),
        (None, 800, 0, ""),
    ],
)
def test_a_first_mention_is_known_only_of_the_time_in_which_we_watched(last, since, months, span):
    now = datetime(2027, 3, 4, 20, tzinfo=UTC)
    at = {days: now - timedelta(days=days) for days in (last, since) if days is not None}
    assert say_span(at.get(last), at.get(since), now, months=months, zone="Asia/Taipei") == span
