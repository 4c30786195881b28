"""Feeds: who is watched, who is due, and a visit that is kept whole or not at all."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain

import pytest
from crashing import FORK
from sqlalchemy import text
from sqlalchemy.exc import StatementError
from storing import HOUR, LEASE, NOW, claim_all_due, id_of, keep, new_item, visit_record

from storage.enrol import BACK, MENDED, MOVED, NEW
from storage.feeds import ASKED, BROKEN_OFF
from storage.hosts import RESTS
from storage.store import Store

CNA, SHINE, YONHAP = (
    ("cna", "https://cna.example/rss"),
    ("shine", "https://shine.example/rss"),
    ("yonhap", "https://yonhap.example/rss"),
)


@pytest.fixture
def other(store):
    """Another process on the same database."""
    return Store(store.database, "other")


def row_of(store, feed_id):
    row = store.feeds.find(feed_id)
    assert row is not None
    return row


def ids(rows):
    return [row.id for row in rows]


def test_new_feeds_are_due_now(store):
    store.feeds.enrol([SHINE, CNA], NOW)
    assert ids(store.feeds.list_all()) == ["cna", "shine"]
    row = row_of(store, "cna")
    assert (row.url, row.host, row.due_at, row.known) == ("https://cna.example/rss", "cna.example", NOW, b"")


def test_a_feed_that_stays_keeps_its_memory_and_its_place_in_the_queue(store):
    keep(store)
    store.feeds.enrol([CNA], NOW + HOUR / 2)
    row = row_of(store, "cna")
    assert (row.body_hash, row.due_at) == ("b1", NOW + HOUR)


def test_a_feed_that_moved_forgets_its_validators_and_is_due_now(store):
    store.feeds.enrol([CNA], NOW)
    store.feeds.claim(NOW, LEASE, 1)
    memory = {"etag": "e", "last_modified": "l", "known": b"12345678", "failures": 3, "problem": "404", "moved_to": "m"}
    store.feeds.record(visit_record(**memory))
    store.feeds.enrol([("cna", "http://News.CNA.example:8080/feed")], NOW + HOUR / 2)
    row = row_of(store, "cna")
    assert (row.url, row.host, row.due_at) == ("http://News.CNA.example:8080/feed", "news.cna.example", NOW + HOUR / 2)
    assert (row.etag, row.last_modified, row.body_hash, row.known) == ("", "", "", b"")
    assert (row.failures, row.problem, row.moved_to) == (0, "", "")


def test_a_visit_to_the_old_address_leaves_nothing_in_a_feed_that_moved(store):
    store.feeds.enrol([CNA], NOW)
    store.feeds.claim(NOW, LEASE, 1)
    store.feeds.enrol([("cna", "https://new.example/rss")], NOW)
    assert not store.feeds.record(visit_record(new_item(), etag="old")).kept
    assert row_of(store, "cna").etag == ""


def test_a_feed_that_is_not_named_any_more_is_never_due_and_its_visit_leaves_nothing(store):
    store.feeds.enrol([CNA, SHINE], NOW)
    store.feeds.claim(NOW, LEASE, 2)
    store.feeds.enrol([SHINE], NOW)
    row = row_of(store, "cna")
    assert (row.due_at, row.claimed_by) == (None, None)
    assert not store.feeds.record(visit_record(new_item())).kept
    assert ids(store.feeds.claim(NOW + 100 * HOUR, LEASE, 9)) == ["shine"]


def test_a_feed_that_comes_back_is_due_now_and_remembers(store):
    keep(store)
    store.feeds.enrol([], NOW)
    store.feeds.enrol([CNA], NOW + HOUR / 4)
    row = row_of(store, "cna")
    assert (row.due_at, row.body_hash) == (NOW + HOUR / 4, "b1")


def test_an_address_without_a_host_enrols_all_the_same(store):
    store.feeds.enrol([("odd", "http://[odd/rss")], NOW)
    assert row_of(store, "odd").host == ""


def test_the_feed_that_is_longest_due_comes_first(store):
    store.feeds.enrol([YONHAP], NOW - HOUR)
    store.feeds.enrol([YONHAP, SHINE], NOW - 2 * HOUR)
    store.feeds.enrol([YONHAP, SHINE, CNA], NOW)
    assert ids(store.feeds.claim(NOW, LEASE, 2)) == ["shine", "yonhap"]
    assert ids(store.feeds.claim(NOW, LEASE, 9)) == ["cna"]


def test_a_claimed_feed_is_ours_until_its_lease_ends(store, other):
    store.feeds.enrol([CNA], NOW)
    (row,) = store.feeds.claim(NOW, LEASE, 1)
    assert (row.claimed_by, row.due_at) == ("me", NOW + LEASE)
    assert other.feeds.claim(NOW + LEASE / 2, LEASE, 9) == []
    assert ids(other.feeds.claim(NOW + LEASE, LEASE, 9)) == ["cna"]
    assert row_of(store, "cna").claimed_by == "other"


def test_nothing_is_claimed_when_no_slot_is_free(store):
    store.feeds.enrol([CNA], NOW)
    assert store.feeds.claim(NOW, LEASE, 0) == []


HARBOUR = [(f"harbour-{number}", f"https://harbour.example/{number}") for number in range(3)]
SPACING = timedelta(seconds=30)


def visit_one(store, now, **memory):
    """Claim what is due as a poller does, and record a visit to each; return the ids."""
    rows = store.feeds.claim(now, LEASE, 9, spacing=SPACING)
    for row in rows:
        store.feeds.record(visit_record(feed_id=row.id, at=now, **memory))
    return ids(rows)


def test_of_one_host_one_feed_at_a_time_is_claimed_the_longest_due_first(store, other):
    store.feeds.enrol([HARBOUR[2]], NOW - HOUR)
    store.feeds.enrol([*HARBOUR, CNA], NOW)
    assert ids(store.feeds.claim(NOW, LEASE, 9)) == ["harbour-2", "cna"]
    assert other.feeds.claim(NOW, LEASE, 9) == []
    store.feeds.record(visit_record(feed_id="harbour-2"))
    assert ids(other.feeds.claim(NOW, LEASE, 9)) == ["harbour-0"]


def test_a_host_has_its_rest_after_each_visit(store):
    store.feeds.enrol([*HARBOUR, CNA], NOW)
    assert visit_one(store, NOW) == ["cna", "harbour-0"]
    assert visit_one(store, NOW + SPACING / 2) == []
    assert visit_one(store, NOW + SPACING) == ["harbour-1"]
    assert visit_one(store, NOW + 2 * SPACING) == ["harbour-2"]


def test_a_host_that_is_known_to_be_ours_has_no_rest_and_is_visited_many_times_at_once(store):
    store.feeds.enrol(HARBOUR, NOW)
    mine = {"spacing": SPACING, "free_hosts": {"harbour.example"}}
    assert len(store.feeds.claim(NOW, LEASE, 2, **mine)) == 2
    store.feeds.record(visit_record(feed_id="harbour-0"))
    assert ids(store.feeds.claim(NOW, LEASE, 9, **mine)) == ["harbour-2"]


def test_a_lease_that_has_passed_and_a_visit_in_the_future_keep_no_host_from_being_visited(store, other):
    store.feeds.enrol(HARBOUR[:2], NOW)
    store.feeds.claim(NOW, LEASE, 1)
    assert ids(other.feeds.claim(NOW + LEASE, LEASE, 1)) == ["harbour-1"]
    other.feeds.record(visit_record(feed_id="harbour-1", at=NOW + 100 * HOUR))
    assert ids(store.feeds.claim(NOW + LEASE, LEASE, 1, spacing=SPACING)) == ["harbour-0"]


def test_a_feed_that_waits_for_its_hosts_rest_is_due_all_the_same_but_not_while_the_host_is_visited(store):
    store.feeds.enrol(HARBOUR[:2], NOW)
    assert visit_one(store, NOW) == ["harbour-0"]
    assert store.feeds.is_any_due(NOW, LEASE)
    assert not store.feeds.is_any_due(NOW, LEASE, besides={"harbour-1"})
    store.feeds.claim(NOW, LEASE, 9)
    store.feeds.hasten(NOW + HOUR)
    assert not store.feeds.is_any_due(NOW, LEASE)


def test_a_host_that_wants_to_be_left_alone_is_for_all_its_feeds_but_one_that_is_being_visited(store, other):
    store.feeds.enrol([*HARBOUR, CNA], NOW)
    (mine, _) = store.feeds.claim(NOW, LEASE, 9)
    store.feeds.release(NOW)
    (mine,) = store.feeds.claim(NOW, LEASE, 1, besides={"cna"})
    other.feeds.claim(NOW, LEASE, 1, besides={"cna"}, free_hosts={"harbour.example"})
    busy = replace(visit_record(feed_id=mine.id, due_at=NOW + 3 * HOUR), host_rests_until=NOW + 3 * HOUR)
    store.feeds.record(busy)
    rows = {row.id: row for row in store.feeds.list_all()}
    assert [rows[one].due_at - NOW for one, _ in HARBOUR] == [3 * HOUR, LEASE, 3 * HOUR]
    assert rows["harbour-2"].due_why.startswith("its server asked")
    assert rows["cna"].due_at == NOW


def test_a_feed_that_was_never_visited_waits_with_its_host(store):
    store.feeds.enrol(HARBOUR[:2], NOW)
    store.feeds.claim(NOW, LEASE, 1)
    store.feeds.record(
        replace(visit_record(feed_id="harbour-0", due_at=NOW + 3 * HOUR), host_rests_until=NOW + 3 * HOUR)
    )
    assert store.feeds.claim(NOW + HOUR, LEASE, 9) == []
    assert len(store.feeds.claim(NOW + 3 * HOUR, LEASE, 9)) == 1


def test_a_host_that_wants_to_be_left_alone_hastens_nobody(store):
    store.feeds.enrol(HARBOUR[:2], NOW)
    visit_one(store, NOW)
    store.feeds.claim(NOW, LEASE, 1)
    store.feeds.record(replace(visit_record(feed_id="harbour-1"), host_rests_until=NOW + HOUR / 2))
    assert row_of(store, "harbour-0").due_at == NOW + HOUR


def test_a_feed_that_somebody_calls_is_due_now_and_no_other(store, other):
    store.feeds.enrol([CNA, *HARBOUR[:2]], NOW)
    for row in (*store.feeds.claim(NOW, LEASE, 9), *store.feeds.claim(NOW, LEASE, 9, free_hosts={"harbour.example"})):
        store.feeds.record(visit_record(feed_id=row.id, due_at=NOW + 9 * HOUR))
    store.feeds.call("cna", NOW + HOUR)
    store.feeds.call("nowhere", NOW + HOUR)
    rows = {row.id: row for row in store.feeds.list_all()}
    assert (rows["cna"].due_at, rows["cna"].due_why) == (NOW + HOUR, ASKED)
    assert rows["harbour-0"].due_at == rows["harbour-1"].due_at == NOW + 9 * HOUR
    store.feeds.call("cna", NOW + 2 * HOUR)
    assert row_of(store, "cna").due_at == NOW + HOUR
    [held] = other.feeds.claim(NOW + HOUR, LEASE, 9)
    store.feeds.call("cna", NOW)
    assert (row_of(store, "cna").due_at, row_of(store, "cna").claimed_by) == (held.due_at, "other")
    store.feeds.enrol([], NOW)
    store.feeds.call("harbour-0", NOW)
    assert row_of(store, "harbour-0").due_at is None


def test_a_feed_that_somebody_calls_is_not_due_before_its_host_has_had_its_rest(store):
    store.feeds.enrol(HARBOUR[:2], NOW)
    until = NOW + 3 * HOUR
    for number in range(2):
        store.feeds.claim(NOW, LEASE, 1)
        rest = until if number else None
        record = visit_record(feed_id=f"harbour-{number}", due_at=NOW + 9 * HOUR)
        store.feeds.record(replace(record, host_rests_until=rest))
        store.feeds.release(NOW)
    store.feeds.call("harbour-0", NOW + HOUR)
    store.feeds.call("harbour-1", NOW + HOUR)
    assert [(row.due_at, row.due_why) for row in store.feeds.list_all()] == [(until, RESTS)] * 2
    store.feeds.call("harbour-0", until + HOUR)
    assert row_of(store, "harbour-0").due_at == until


def test_no_feed_that_comes_to_a_host_is_due_before_the_rest_that_it_asked_for_is_over(store):
    """One that is new, one that is read otherwise, one that moves there, one that comes back; later all is as ever."""
    until, port = NOW + 3 * HOUR, "https://harbour.example/port"
    store.feeds.enrol([HARBOUR[0], HARBOUR[1], CNA, SHINE], NOW, {"harbour-1": "as rss"})
    store.feeds.claim(NOW, LEASE, 1, besides={"cna", "shine"})
    store.feeds.record(replace(visit_record(feed_id="harbour-0", due_at=until), host_rests_until=until))
    store.feeds.enrol([HARBOUR[1], CNA, SHINE], NOW)
    store.feeds.enrol([*HARBOUR, ("cna", port), SHINE], NOW + HOUR, {"harbour-1": "as list"})
    came = [row_of(store, one) for one in ("harbour-0", "harbour-1", "harbour-2", "cna")]
    assert [(row.due_at, row.due_why) for row in came] == [(until, RESTS)] * 4
    assert row_of(store, "shine").due_at == NOW
    store.feeds.enrol([*HARBOUR, ("cna", port), SHINE, ("late", port)], until)
    assert (row_of(store, "late").due_at, row_of(store, "late").due_why) == (until, NEW)


def test_a_feed_that_is_read_in_another_way_is_due_now_and_read_whole(store):
    store.feeds.enrol([CNA, SHINE], NOW, {"cna": "as rss", "shine": "as rss"})
    store.feeds.claim(NOW, LEASE, 9)
    for one in ("cna", "shine"):
        store.feeds.record(visit_record(feed_id=one, etag="e", last_modified="l", known=b"12345678", failures=2))
    store.feeds.enrol([CNA, SHINE], NOW + HOUR / 2, {"cna": "as list", "shine": "as rss"})
    row = row_of(store, "cna")
    assert (row.due_at, row.due_why, row.etag, row.last_modified, row.body_hash) == (NOW + HOUR / 2, MENDED, "", "", "")
    assert (row.known, row.failures) == (b"12345678", 2)
    assert (row_of(store, "shine").due_at, row_of(store, "shine").etag) == (NOW + HOUR, "e")


def test_how_a_feed_is_read_is_no_change_when_it_was_not_known_before(store):
    keep(store)
    for way in ("as rss", "as rss"):
        store.feeds.enrol([CNA], NOW + HOUR / 2, {"cna": way})
        assert row_of(store, "cna").due_at == NOW + HOUR


def test_an_adopted_address_stands_until_another_one_is_configured(store):
    store.feeds.enrol([CNA], NOW)
    store.feeds.claim(NOW, LEASE, 1)
    store.feeds.record(visit_record(url="https://new.cna.example/rss", etag="e"))
    row = row_of(store, "cna")
    assert (row.url, row.host, row.configured_url) == ("https://new.cna.example/rss", "new.cna.example", CNA[1])
    store.feeds.enrol([CNA], NOW)
    assert (row_of(store, "cna").url, row_of(store, "cna").etag) == ("https://new.cna.example/rss", "e")
    store.feeds.enrol([("cna", "https://third.example/")], NOW + HOUR / 2)
    row = row_of(store, "cna")
    assert (row.url, row.configured_url, row.etag, row.due_at) == (*["https://third.example/"] * 2, "", NOW + HOUR / 2)


def test_an_adopted_address_that_is_configured_then_is_nothing_new(store):
    store.feeds.enrol([CNA], NOW)
    store.feeds.claim(NOW, LEASE, 1)
    store.feeds.record(visit_record(url="https://new.cna.example/rss", etag="e"))
    store.feeds.enrol([("cna", "https://new.cna.example/rss")], NOW)
    row = row_of(store, "cna")
    assert (row.configured_url, row.etag, row.due_at) == ("https://new.cna.example/rss", "e", NOW + HOUR)


def test_a_feed_says_why_it_is_due(store):
    store.feeds.enrol([CNA], NOW)
    said = [row_of(store, "cna").due_why]
    store.feeds.claim(NOW, LEASE, 1)
    store.feeds.release(NOW)
    said.append(row_of(store, "cna").due_why)
    keep(store)
    store.feeds.hasten(NOW)
    said.append(row_of(store, "cna").due_why)
    store.feeds.enrol([("cna", "https://new.example/")], NOW)
    said.append(row_of(store, "cna").due_why)
    store.feeds.enrol([], NOW)
    store.feeds.enrol([("cna", "https://new.example/")], NOW)
    said.append(row_of(store, "cna").due_why)
    assert said == [NEW, BROKEN_OFF, ASKED, MOVED, BACK]


@pytest.mark.xdist_group("forks")
def test_several_processes_never_visit_a_host_twice_at_once(store, fresh_url):
    feeds = [(f"feed-{number:03}", f"https://host-{number % 7}.example/{number}") for number in range(35)]
    store.feeds.enrol(feeds, NOW)
    with ProcessPoolExecutor(3, FORK) as processes:
        claimed = list(processes.map(claim_all_due, [fresh_url] * 3, "abc"))
    assert sorted(chain.from_iterable(claimed)) == [f"feed-{number:03}" for number in range(7)]


def test_several_threads_claim_no_feed_twice(store, fresh_url):
    names = [f"feed-{number:03}" for number in range(60)]
    store.feeds.enrol([(name, f"https://{name}.example/") for name in names], NOW)
    with ThreadPoolExecutor(4) as threads:
        claimed = list(threads.map(claim_all_due, [fresh_url] * 4, "abcd"))
    assert sorted(chain.from_iterable(claimed)) == names


@pytest.mark.xdist_group("forks")
def test_several_processes_claim_no_feed_twice(store, fresh_url):
    names = [f"feed-{number:03}" for number in range(90)]
    store.feeds.enrol([(name, f"https://{name}.example/") for name in names], NOW)
    with ProcessPoolExecutor(3, FORK) as processes:
        claimed = list(processes.map(claim_all_due, [fresh_url] * 3, "abc"))
    assert sorted(chain.from_iterable(claimed)) == names


def test_hastened_feeds_are_due_now_but_for_those_that_are_leased_or_not_enrolled(store, other):
    keep(store)
    store.feeds.enrol([CNA, SHINE, YONHAP], NOW)
    other.feeds.claim(NOW, LEASE, 1)
    store.feeds.enrol([CNA, SHINE], NOW)
    store.feeds.hasten(NOW)
    assert ids(store.feeds.claim(NOW, LEASE, 9)) == ["cna"]


def test_released_feeds_are_due_again_and_those_of_others_stay_theirs(store, other):
    store.feeds.enrol([CNA, SHINE], NOW)
    store.feeds.claim(NOW, LEASE, 1)
    other.feeds.claim(NOW, LEASE, 1)
    store.feeds.release(NOW)
    mine, theirs = row_of(store, "cna"), row_of(store, "shine")
    assert (mine.claimed_by, mine.due_at) == (None, NOW)
    assert (theirs.claimed_by, theirs.due_at) == ("other", NOW + LEASE)


def test_a_recorded_visit_leaves_memory_items_and_counts_and_ends_the_lease(store):
    recorded = keep(store, new_item("cna:1"), new_item("cna:2", "near"), new_item("cna:3", "rejected"))
    assert (recorded.kept, recorded.new, recorded.captured, recorded.near) == (True, 3, 1, 1)
    row = row_of(store, "cna")
    assert (row.claimed_by, row.due_at, row.visited_at, row.body_hash) == (None, NOW + HOUR, NOW, "b1")
    (visit,) = store.feeds.last_visits("cna", 5)
    assert (visit.outcome, visit.status, visit.bytes) == ("read", 200, 512)
    assert (visit.entries, visit.new_entries, visit.captured, visit.notes) == (7, 3, 1, [])


def test_the_same_visit_again_brings_nothing_new(store):
    keep(store, new_item("cna:1"), new_item("cna:2", "near"))
    recorded = keep(store, new_item("cna:1"), new_item("cna:2", "near"), at=NOW + HOUR)
    assert (recorded.kept, recorded.new, recorded.captured, recorded.near) == (True, 0, 0, 0)
    assert [visit.new_entries for visit in store.feeds.last_visits("cna", 5)] == [0, 2]


def test_a_visit_whose_lease_went_to_somebody_else_writes_nothing(store, other):
    store.feeds.enrol([CNA], NOW)
    store.feeds.claim(NOW, LEASE, 1)
    other.feeds.claim(NOW + LEASE, LEASE, 1)
    recorded = store.feeds.record(visit_record(new_item(), body_hash="late"))
    assert (recorded.kept, recorded.new, recorded.captured) == (False, 0, 0)
    assert row_of(store, "cna").body_hash == ""
    assert store.feeds.last_visits("cna", 5) == []
    assert store.items.counts()["captured"] == 0
    assert other.feeds.record(visit_record(new_item())).kept


def test_a_visit_that_cannot_be_written_to_its_end_leaves_no_trace(store):
    store.feeds.enrol([CNA], NOW)
    store.feeds.claim(NOW, LEASE, 1)
    record = visit_record(new_item(), new_item("cna:2"))
    record.visit.visited_at = datetime(2026, 3, 1)  # noqa: DTZ001 - the last of its statements must fail
    with pytest.raises(StatementError):
        store.feeds.record(record)
    assert store.items.counts()["captured"] == 0
    row = row_of(store, "cna")
    assert (row.claimed_by, row.body_hash) == ("me", "")


def test_a_long_document_is_recorded_whole(store):
    items = [new_item(f"cna:{number:04}", "rejected", facets=()) for number in range(1234)]
    recorded = keep(store, *items)
    assert (recorded.new, store.items.counts()["rejected"]) == (1234, 1234)


def test_of_two_entries_with_one_key_the_first_counts(store):
    recorded = keep(store, new_item("cna:1", title="Forum opens"), new_item("cna:1", title="Advertisement"))
    assert recorded.new == 1
    found = store.items.find_by_key("cna:1")
    assert found is not None
    assert found.item.title == "Forum opens"


def test_hostile_texts_stop_no_visit(store):
    hostile = "Tai\x00pei \ud83d 臺北"
    reason = {"topic": "t", "phrase": hostile, "field": "title", "start": 0, "end": 1, "weight": 1.0}
    item = new_item(
        "k\x00" + "é" * 5000, title=hostile, canonical_url="https://x.example/" + "a" * 9000, reasons=[reason]
    )
    huge = new_item("cna:2", folded=" ".join(f"w{number}" for number in range(400_000)), facets=(("city", "a\x00b"),))
    assert keep(store, item, huge).new == 2
    found = store.items.find_by_key("k\x00" + "é" * 5000)
    assert found is not None
    assert (found.item.title, found.item.canonical_url) == ("Taipei ? 臺北", "")
    assert len(found.item.key) < 100
    assert store.items.find(id_of(store, "cna:2")).values("city") == ("ab",)


def test_known_entries_come_back_byte_for_byte(store):
    store.feeds.enrol([CNA], NOW)
    store.feeds.claim(NOW, LEASE, 1)
    store.feeds.record(visit_record(known=bytes(range(256))))
    assert row_of(store, "cna").known == bytes(range(256))


def test_a_feed_nobody_knows_is_not_found(store):
    assert store.feeds.find("nobody") is None


def test_two_owners_made_up_for_two_stores_differ(store):
    first, second = Store(store.database), Store(store.database)
    store.feeds.enrol([CNA], NOW)
    first.feeds.claim(NOW, LEASE, 1)
    assert not second.feeds.record(visit_record()).kept
    with store.database.reading() as connection:
        assert connection.scalar(text("SELECT claimed_by FROM feeds"))
    assert first.feeds.record(visit_record()).kept
