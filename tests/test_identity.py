"""Identity: an entry is new once, whatever its feed, the store or the rules do afterwards."""

from datetime import timedelta
from email.utils import format_datetime

import pytest
from conftest import NOON, rss
from reading import quick_poll
from sqlalchemy import delete

from storage.rows import ITEMS
from watcher.cli.items import say_published
from watcher.digest import note_subscriptions, open_due
from watcher.judge import Judge
from watcher.judge.compile import compile_book
from watcher.replay import replay
from watcher.settings.topics import Topics

FORUM = ("f1", "Shanghai-Taipei City Forum opens", "The mayors of Shanghai and Taipei signed two MOUs.")
DAEGU = ("d1", "Taipei and Daegu renew sister city agreement")
SHARES = ("s1", "Shanghai Stock Exchange ends higher", "Shares rose by one percent.")
KITES = ("k1", "Kite makers of Weifang teach in Dieppe", "A week of kites on the beach.")


def rules(*phrases):
    phrases = [{"text": text, "weight": 3} for text in phrases]
    return Judge(compile_book(Topics.model_validate({"topic": [{"id": "trial", "phrase": phrases}]}), ()))


@pytest.fixture
def desk(site, make_desk, clock):
    desk = make_desk({"subscriptions": ({"id": "daily", "at": "18:00"},)}, a=site.url("/a"))
    note_subscriptions(desk, clock())
    return desk


def look(desk, judge):
    desk.store.feeds.hasten(desk.clock())
    return quick_poll(desk, judge)


def captured(desk):
    return sorted(full.item.title for full in desk.store.items.recent(limit=100))


def tell(desk, clock):
    """Open the next digest, six o'clock by six o'clock; return how many items it tells."""
    clock.now = (clock() + timedelta(hours=24)).replace(hour=18)
    assert open_due(desk) == 1
    return desk.store.digests.list_all(1)[0].items


def churned(number, title=FORUM[1], address="https://news.example/forum", summary=FORUM[2]):
    """A feed that gives its one entry a new id at every visit."""
    return (
        f"<rss version='2.0'><channel><title>Bay</title><item><guid isPermaLink='false'>{number}</guid>"
        f"<title>{title}</title><link>{address}</link><description>{summary}</description>"
        f"<pubDate>{format_datetime(NOON)}</pubDate></item></channel></rss>"
    ).encode()


def test_twenty_two_entries_under_one_id_are_twenty_two_items_and_no_visit_brings_more(desk, site, judge):
    same = [("same", f"Taipei and Daegu sister city news, part {number}") for number in range(22)]
    site.pages["/a"] = rss(*same)
    first = look(desk, judge)
    assert (first.entries, first.new_entries, first.captured) == (22, 22, 22)
    assert len(set(captured(desk))) == 22
    site.pages["/a"] = rss(*reversed(same), SHARES)
    again = look(desk, judge)
    assert (again.read, again.entries, again.new_entries, again.captured) == (1, 23, 1, 0)
    assert captured(desk) == sorted(title for _, title in same)


def test_two_entries_that_share_an_id_for_a_while_stay_two_items(desk, site, judge):
    first, second = ("same", DAEGU[1]), ("same", FORUM[1], FORUM[2])
    for shown in ((first,), (second, first), (second,), (SHARES, second)):
        site.pages["/a"] = rss(*shown)
        assert look(desk, judge).read == 1
    assert captured(desk) == sorted([DAEGU[1], FORUM[1]])


def test_an_id_that_was_shared_and_stands_alone_keeps_its_item(desk, site, judge):
    site.pages["/a"] = rss(("same", DAEGU[1]), ("same", FORUM[1], FORUM[2]))
    assert look(desk, judge).new_entries == 2
    site.pages["/a"] = rss(("same", FORUM[1], "The mayors of Shanghai and Taipei signed three MOUs."))
    again = look(desk, judge)
    assert (again.read, again.new_entries) == (1, 0)
    assert captured(desk) == sorted([DAEGU[1], FORUM[1]])


def test_an_edited_headline_is_judged_again_and_keeps_its_first_one(desk, site, judge, clock):
    site.pages["/a"] = rss(("x", "Mayors meet"))
    assert look(desk, judge).captured == 0
    site.pages["/a"] = rss(("x", DAEGU[1]))
    clock.forward(hours=1)
    edited = look(desk, judge)
    assert (edited.new_entries, edited.captured) == (0, 1)
    [full] = desk.store.items.recent(limit=10)
    assert (full.item.title, full.item.first_title) == (DAEGU[1], "Mayors meet")
    assert (full.item.first_seen_at, full.item.captured_at) == (NOON, NOON + timedelta(hours=1))
    site.pages["/a"] = rss(("x", "Mayors met"))
    assert look(desk, judge).captured == 0
    [full] = desk.store.items.recent(limit=10)
    assert (full.item.title, full.item.first_title, full.item.verdict) == ("Mayors met", "Mayors meet", "matched")


def test_a_new_phrase_finds_yesterdays_entry_while_the_feed_answers_304(desk, site, clock):
    site.pages["/a"] = rss(FORUM, KITES)
    assert look(desk, rules("city forum")).captured == 1
    assert tell(desk, clock) == 1
    look(desk, rules("city forum"))  # once a day the whole document comes
    clock.forward(minutes=10)
    judge = rules("city forum", "kite makers")
    unchanged = look(desk, judge)
    assert (unchanged.unchanged, unchanged.captured) == (1, 0)
    assert desk.store.feeds.last_visits("a", 1)[0].status == 304
    assert replay(desk, judge, apply=True).captured == 1
    assert captured(desk) == sorted([FORUM[1], KITES[1]])
    assert tell(desk, clock) == 1
    text = desk.store.digests.last("daily").text
    assert KITES[1] in text
    assert FORUM[1] not in text
    assert tell(desk, clock) == 0


def test_an_entry_that_was_purged_and_is_still_in_its_feed_is_not_new(desk, site, judge):
    site.pages["/a"] = rss(FORUM, SHARES)
    assert look(desk, judge).new_entries == 2
    with desk.store.database.writing() as connection:
        connection.execute(delete(ITEMS).where(ITEMS.c.title == SHARES[1]))
    site.pages["/a"] = rss(DAEGU, FORUM, SHARES)
    again = look(desk, judge)
    assert (again.entries, again.new_entries, again.captured) == (3, 1, 1)
    assert desk.store.items.counts()["rejected"] == 0


def test_an_entry_that_leaves_its_feed_and_comes_back_is_neither_new_nor_told_twice(desk, site, judge, clock):
    site.pages["/a"] = rss(FORUM, SHARES)
    look(desk, judge)
    assert tell(desk, clock) == 1
    site.pages["/a"] = rss(SHARES)
    look(desk, judge)
    site.pages["/a"] = rss(FORUM, SHARES)
    back = look(desk, judge)
    assert (back.read, back.new_entries, back.captured) == (1, 0, 0)
    assert captured(desk) == [FORUM[1]]
    assert tell(desk, clock) == 0


def test_ids_that_change_at_every_visit_tell_nothing_twice(desk, site, judge, clock):
    for number in range(3):
        site.pages["/a"] = churned(number)
        look(desk, judge)
    assert tell(desk, clock) == 1
    for number in range(3, 5):
        site.pages["/a"] = churned(number)
        look(desk, judge)
    assert tell(desk, clock) == 0
    assert {full.item.story_why for full in desk.store.items.recent(limit=10)} == {"first", "url"}
    assert len({full.item.story_id for full in desk.store.items.recent(limit=10)}) == 1


def written(*entries):
    """A feed whose entries are (id, address, title)."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{name}</guid><title>{title}</title><link>{link}</link></item>"
        for name, link, title in entries
    )
    return f"<rss version='2.0'><channel><title>Bay</title>{items}</channel></rss>".encode()


SISTERS = [f"Taipei and Daegu sister city news, part {number}" for number in range(4)]


def visits(desk, site, judge, *documents):
    """Visit one document after the other; return how many entries of each were new."""
    new = []
    for document in documents:
        site.pages["/a"] = written(*document)
        new.append(look(desk, judge).new_entries)
    return new


def policy(desk):
    return desk.store.feeds.find("a").identity


def test_ids_that_change_at_every_visit_are_found_out_and_no_entry_comes_twice_nor_is_lost(desk, site, judge):
    def at_visit(number, *parts, edited=""):
        return [
            (f"{number}-{part}", f"https://bay.example/{part}", f"{SISTERS[part]}{edited if part == 1 else ''}")
            for part in parts
        ]

    mended = at_visit(3, 2, 1, 0, edited=", mended")
    documents = at_visit(1, 1), at_visit(2, 2, 1), at_visit(2, 2, 1, 0), mended, at_visit(4, 3, 2, 1, edited=", mended")
    assert visits(desk, site, judge, *documents) == [1, 1, 1, 0, 1]
    assert policy(desk) == "link"
    assert captured(desk) == [SISTERS[0], f"{SISTERS[1]}, mended", *SISTERS[2:]]


def test_addresses_that_change_at_every_visit_make_nothing_new(desk, site, judge):
    def at_visit(number, *parts):
        return [(f"bay-{part}", f"https://bay.example/{part}?session={number}", SISTERS[part]) for part in parts]

    assert visits(desk, site, judge, at_visit(1, 1, 0), at_visit(2, 2, 1, 0), at_visit(3, 2, 1)) == [2, 1, 0]
    assert (policy(desk), captured(desk)) == ("id", SISTERS[:3])


def test_entries_that_all_lead_to_one_address_are_told_apart_by_their_ids(desk, site, judge):
    """The same headline again is another entry there."""
    home = "https://bay.example/"
    documents = [(1, home, SISTERS[0]), (2, home, SISTERS[1])], [(3, home, SISTERS[0]), (4, home, SISTERS[1])]
    assert visits(desk, site, judge, *documents) == [2, 2]
    assert policy(desk) == ""


def test_entries_without_ids_that_all_lead_to_one_address_are_told_apart_by_their_titles(desk, site, judge):
    home = "https://bay.example/"
    documents = [("", home, title) for title in SISTERS[:2]], [("", home, SISTERS[2])], [("", home, SISTERS[1])]
    assert visits(desk, site, judge, *documents) == [2, 1, 0]
    assert (policy(desk), captured(desk)) == ("title", SISTERS[:3])


def test_what_feeds_toml_says_of_identity_is_not_overruled(desk, site, judge):
    desk.feeds["a"] = desk.feeds["a"].model_copy(update={"identity": "id"})
    documents = [
        [(f"{visit}-{part}", f"https://bay.example/{part}", SISTERS[part]) for part in (0, 1)] for visit in (1, 2)
    ]
    assert visits(desk, site, judge, *documents) == [2, 2]
    assert policy(desk) == ""


def test_of_copies_the_one_that_was_captured_first_is_told(desk, site, clock):
    site.pages["/a"] = churned(1)
    look(desk, rules("kite makers"))
    assert tell(desk, clock) == 0
    judge = rules("city forum")
    site.pages["/a"] = churned(2)
    assert look(desk, judge).captured == 1
    assert tell(desk, clock) == 1
    assert replay(desk, judge, apply=True).captured == 1
    assert tell(desk, clock) == 0


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Shanghai-Taipei City Forum ends"},
        {"address": "https://news.example/forum/2"},
        {"summary": "The mayors of Shanghai and Taipei signed a third MOU."},
    ],
)
def test_what_differs_in_title_address_or_summary_is_news(desk, site, judge, clock, other):
    site.pages["/a"] = churned(1)
    look(desk, judge)
    assert tell(desk, clock) == 1
    site.pages["/a"] = churned(2, **other)
    look(desk, judge)
    assert tell(desk, clock) == 1


def test_entries_without_an_address_are_no_echo_of_one_another(desk, site, judge, clock):
    site.pages["/a"] = churned(1, address="")
    look(desk, judge)
    assert tell(desk, clock) == 1
    site.pages["/a"] = churned(2, address="")
    look(desk, judge)
    assert tell(desk, clock) == 1


def test_the_same_article_in_two_feeds_is_told_by_both(site, make_desk, judge, clock):
    site.pages |= {"/a": churned(1), "/b": churned(1)}
    desk = make_desk({"subscriptions": ({"id": "daily", "at": "18:00"},)}, a=site.url("/a"), b=site.url("/b"))
    note_subscriptions(desk, clock())
    look(desk, judge)
    assert tell(desk, clock) == 2


def test_a_date_that_has_not_come_is_marked_and_makes_no_feed_seem_newer(desk, site, judge, clock):
    site.pages["/a"] = rss(FORUM, published=NOON + timedelta(days=3))
    look(desk, judge)
    [full] = desk.store.items.recent(limit=10)
    assert full.item.published_at == NOON + timedelta(days=3)
    assert full.item.published_how == "rfc 822, in the future"
    assert desk.store.items.newest_by_feed() == {"a": NOON}
    assert say_published(full.item) == "dated in the future: 2026-03-04"
    assert tell(desk, clock) == 1
    digest = desk.store.digests.last("daily")
    assert "dated in the future: 2026-03-04" in " ".join(digest.text.split())
    assert "dated in the future: 2026-03-04" in digest.html
