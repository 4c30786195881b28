"""Digests and deliveries: told once, first come first, one attempt at a time; and the facts."""

from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import pytest
from sqlalchemy import text
from storing import (
    HOUR,
    LEASE,
    NOW,
    delivery_row,
    digest_row,
    id_of,
    keep,
    new_item,
    seed_item,
)

from storage.records import Scope
from storage.store import Store


@pytest.fixture
def other(store):
    """Another process on the same database."""
    return Store(store.database, "other")


def untold(store, subscription="daily", since=NOW):
    return [full.item.key for full in store.digests.untold(subscription, since)]


def opened(store, *recipients):
    digest_id = store.digests.open(digest_row(), [], [delivery_row(one) for one in recipients or ("lin@desk.example",)])
    assert digest_id is not None
    return digest_id


def test_news_is_what_was_captured_in_time_and_is_no_seed_no_backfill_and_not_irrelevant(store):
    store.items.plant([seed_item()])
    keep(
        store,
        new_item("cna:now"),
        new_item("cna:first", at=NOW - HOUR),
        new_item("cna:before", at=NOW - 2 * HOUR),
        new_item("cna:after", at=NOW + HOUR),
        new_item("cna:old", backfill=True),
        new_item("cna:no", label="irrelevant"),
        new_item("cna:yes", label="relevant"),
        new_item("cna:near", "near"),
        new_item("seed:looks-like-one"),
        new_item("hand:1", feed_id=None),
    )
    found = untold(store, since=NOW - HOUR)
    assert found[0] == "cna:first"
    assert set(found) == {"cna:first", "cna:now", "cna:after", "cna:yes", "seed:looks-like-one", "hand:1"}


def test_an_item_is_told_once_to_each_subscription(store):
    keep(store, new_item("cna:1"), new_item("cna:2"))
    assert store.digests.open(digest_row(), [id_of(store, "cna:1")], []) is not None
    assert untold(store) == ["cna:2"]
    assert untold(store, "weekly") == ["cna:1", "cna:2"]
    assert store.digests.open(digest_row(subscription="weekly"), [id_of(store, "cna:1")], []) is not None


def test_the_first_untold_is_what_would_be_told_first(store):
    keep(store, new_item("cna:1", at=NOW), new_item("cna:2", at=NOW + HOUR), new_item("cna:3", at=NOW + 2 * HOUR))
    assert store.digests.first_untold("daily", NOW) == NOW
    store.digests.open(digest_row(), [id_of(store, "cna:1"), id_of(store, "cna:3")], [])
    assert (store.digests.first_untold("daily", NOW), store.digests.first_untold("weekly", NOW)) == (NOW + HOUR, NOW)
    assert store.digests.first_untold("daily", NOW + 2 * HOUR) is None


def test_what_is_left_out_is_never_told_and_not_counted(store):
    keep(store, new_item("cna:1"), new_item("cna:2"))
    store.digests.open(digest_row(), [id_of(store, "cna:1")], [], [id_of(store, "cna:2")])
    assert untold(store) == []
    assert untold(store, "weekly") == ["cna:1", "cna:2"]
    assert [one.items for one in store.digests.list_all(9)] == [1]


def test_of_two_digests_that_leave_an_item_out_the_first_stands(store):
    keep(store, new_item("cna:1"))
    store.digests.open(digest_row(), [], [], [id_of(store, "cna:1")])
    assert store.digests.open(digest_row("2026-03-02"), [id_of(store, "cna:1")], []) is None


def test_a_story_is_told_when_one_of_its_items_was_told_and_not_left_out(store):
    keep(store, *(new_item(f"cna:{number}") for number in range(4)))
    first, second, third, fourth = (id_of(store, f"cna:{number}") for number in range(4))
    with store.database.writing() as connection:
        connection.execute(text(f"UPDATE items SET story_id = {first} WHERE id IN ({first}, {second})"))
        connection.execute(text(f"UPDATE items SET story_id = NULL WHERE id IN ({third}, {fourth})"))
    store.digests.open(digest_row(), [second, third], [], [fourth])
    assert store.digests.told_stories("daily", [first, third, fourth]) == {first, third}
    assert store.digests.told_stories("weekly", [first, third, fourth]) == set()


def test_of_two_digests_of_one_day_the_first_stands(store):
    keep(store, new_item("cna:1"), new_item("cna:2"))
    assert store.digests.open(digest_row(), [id_of(store, "cna:1")], [delivery_row()]) is not None
    assert store.digests.open(digest_row(), [id_of(store, "cna:2")], [delivery_row("wu@desk.example")]) is None
    assert untold(store) == ["cna:2"]
    assert store.deliveries.counts() == {"pending": 1}


def test_a_digest_with_an_item_that_was_told_meanwhile_leaves_no_trace(store):
    keep(store, new_item("cna:1"), new_item("cna:2"))
    store.digests.open(digest_row(), [id_of(store, "cna:1")], [])
    both = [id_of(store, "cna:1"), id_of(store, "cna:2")]
    assert store.digests.open(digest_row("2026-03-02"), both, [delivery_row(day="2026-03-02")]) is None
    assert store.digests.find("daily", "2026-03-02") is None
    assert (untold(store), store.deliveries.counts()) == (["cna:2"], {})


def test_of_many_that_open_one_day_at_once_one_is_first(store):
    keep(store, new_item())
    told = [id_of(store, "cna:1")]
    with ThreadPoolExecutor(4) as threads:
        ids = list(threads.map(lambda _: store.digests.open(digest_row(), told, [delivery_row()]), range(8)))
    assert sum(one is not None for one in ids) == 1
    assert store.deliveries.counts() == {"pending": 1}


def test_of_many_that_tell_one_item_on_different_days_one_does(store):
    keep(store, new_item())
    told = [id_of(store, "cna:1")]
    with ThreadPoolExecutor(4) as threads:
        ids = list(threads.map(lambda day: store.digests.open(digest_row(f"2026-03-0{day}"), told, []), range(1, 9)))
    assert sum(one is not None for one in ids) == 1
    assert len(store.digests.list_all(9)) == 1


def test_a_digest_is_found_by_its_day_and_the_last_by_its_subscription(store):
    for day in ("2026-02-28", "2026-03-01"):
        store.digests.open(digest_row(day), [], [])
    store.digests.open(digest_row("2026-03-09", "weekly"), [], [])
    last, found = store.digests.last("daily"), store.digests.find("daily", "2026-02-28")
    assert last is not None
    assert found is not None
    assert (last.day, last.opened_at, last.html, found.day) == ("2026-03-01", NOW, "h", "2026-02-28")
    assert store.digests.last("nobody") is None
    assert store.digests.find("daily", "2026-02-27") is None


def test_backfill_is_counted_apart(store):
    store.items.plant([seed_item("old", backfill=True)])
    items = (new_item("cna:1", backfill=True), new_item("cna:2"), new_item("cna:3", "near", backfill=True))
    keep(store, *items, new_item("cna:4", backfill=True, at=NOW + HOUR))
    assert len(store.digests.backfill(NOW, NOW)) == 1
    assert len(store.digests.backfill(NOW, NOW + HOUR)) == 2


def test_near_misses_come_nearest_first(store):
    keep(
        store,
        new_item("cna:1", "near", score=1.0),
        new_item("cna:2", "near", score=2.5),
        new_item("cna:3"),
        new_item("cna:4", "near", at=NOW + HOUR),
        new_item("cna:5", "near", backfill=True),
        new_item("cna:6", "near", label="irrelevant"),
    )
    assert [full.item.key for full in store.digests.near(NOW, NOW, 9)] == ["cna:2", "cna:1"]
    assert [full.item.key for full in store.digests.near(NOW, NOW, 1)] == ["cna:2"]


def test_digests_are_listed_newest_first_with_their_items_and_deliveries_counted(store):
    keep(store, new_item("cna:1"), new_item("cna:2"))
    both = [id_of(store, "cna:1"), id_of(store, "cna:2")]
    store.digests.open(digest_row(), both, [delivery_row("lin@desk.example"), delivery_row("wu@desk.example")])
    claimed = store.deliveries.claim(NOW, LEASE)
    assert claimed is not None
    store.deliveries.record(claimed[0].id, state="sent", problem="", due_at=None, sent_at=NOW)
    store.digests.open(digest_row("2026-03-02", at=NOW + 24 * HOUR), [], [])
    newest, oldest = store.digests.list_all(9)
    assert (newest.day, newest.items, newest.deliveries) == ("2026-03-02", 0, {})
    assert (oldest.day, oldest.items, oldest.deliveries) == ("2026-03-01", 2, {"pending": 1, "sent": 1})
    assert [one.id for one in store.digests.list_all(1)] == [newest.id]


def test_a_delivery_is_claimed_with_its_digest_by_one_alone(store, other):
    digest_id = opened(store)
    claimed = store.deliveries.claim(NOW, LEASE)
    assert claimed is not None
    delivery, digest = claimed
    assert (delivery.recipient, delivery.claimed_by, delivery.due_at) == ("lin@desk.example", "me", NOW + LEASE)
    assert (digest.id, digest.subject, digest.covers_from_at) == (digest_id, "1 new", NOW - 24 * HOUR)
    assert other.deliveries.claim(NOW, LEASE) is None


def test_a_delivery_is_not_claimed_before_its_time(store):
    opened(store)
    assert store.deliveries.claim(NOW - HOUR, LEASE) is None


def test_many_threads_claim_no_delivery_twice(store):
    opened(store, *(f"reader{number}@desk.example" for number in range(24)))

    def claim_all(owner: str) -> list[str]:
        mine, deliveries = [], Store(store.database, owner).deliveries
        while claimed := deliveries.claim(NOW, LEASE):
            mine.append(claimed[0].recipient)
        return mine

    with ThreadPoolExecutor(4) as threads:
        claimed = list(chain.from_iterable(threads.map(claim_all, "abcd")))
    assert sorted(claimed) == sorted(f"reader{number}@desk.example" for number in range(24))


def test_an_attempt_is_recorded_by_whoever_holds_the_delivery(store, other):
    opened(store)
    (delivery, _) = store.deliveries.claim(NOW, LEASE) or pytest.fail("nothing to claim")
    outcome = {"state": "pending", "problem": "greylisted\x00", "due_at": NOW + HOUR, "sent_at": None}
    assert not other.deliveries.record(delivery.id, **outcome)
    assert store.deliveries.record(delivery.id, **outcome)
    assert not store.deliveries.record(delivery.id, **outcome)
    (row,) = store.deliveries.of_digest(delivery.digest_id)
    assert (row.state, row.problem, row.due_at, row.attempts, row.claimed_by) == (
        *("pending", "greylisted", NOW + HOUR, 1, None),
    )


@pytest.mark.parametrize("state", ["sent", "failed"])
def test_what_is_sent_or_failed_is_never_claimed_again(store, state):
    opened(store)
    (delivery, _) = store.deliveries.claim(NOW, LEASE) or pytest.fail("nothing to claim")
    store.deliveries.record(delivery.id, state=state, problem="", due_at=NOW, sent_at=NOW)
    assert store.deliveries.claim(NOW + 100 * HOUR, LEASE) is None
    assert store.deliveries.counts() == {state: 1}


def test_an_uncertain_delivery_is_claimed_again_when_it_is_due(store):
    opened(store)
    (delivery, _) = store.deliveries.claim(NOW, LEASE) or pytest.fail("nothing to claim")
    store.deliveries.record(delivery.id, state="uncertain", problem="hung up", due_at=NOW + HOUR, sent_at=None)
    assert store.deliveries.claim(NOW, LEASE) is None
    assert store.deliveries.claim(NOW + HOUR, LEASE) is not None


def test_a_delivery_of_a_killed_process_is_due_again_when_its_lease_ends(store, other):
    opened(store)
    store.deliveries.claim(NOW, LEASE)
    claimed = other.deliveries.claim(NOW + LEASE, LEASE)
    assert claimed is not None
    late = {"state": "sent", "problem": "", "due_at": None, "sent_at": NOW}
    assert not store.deliveries.record(claimed[0].id, **late)


def end_all(store, states):
    """Let the deliveries end in these states, in the order of their claims; return them by recipient."""
    for state in states:
        (delivery, _) = store.deliveries.claim(NOW, LEASE) or pytest.fail("nothing to claim")
        due_at = NOW + HOUR if state == "pending" else None
        store.deliveries.record(delivery.id, state=state, problem=f"was {state}", due_at=due_at, sent_at=None)
    return {row.recipient: row for row in store.deliveries.of_digest(delivery.digest_id)}


def test_a_digest_is_renewed_where_it_did_not_arrive_and_at_new_addresses_alone(store):
    names = ("failed", "uncertain", "pending", "sent", "failed", "held")
    readers = [f"{number}-{name}@desk.example" for number, name in enumerate(names)]
    digest_id = opened(store, *readers)
    before = end_all(store, names[:-1])
    (held, _) = store.deliveries.claim(NOW, LEASE) or pytest.fail("nothing to claim")
    addressed = [delivery_row(one) for one in (*readers[:4], held.recipient, "new@desk.example")]
    for one in addressed:
        one.message_id += "-later"
    assert store.deliveries.renew(digest_id, addressed, NOW + HOUR) == 4
    after = {row.recipient: row for row in store.deliveries.of_digest(digest_id)}
    due = {name for name, row in after.items() if row.due_at == NOW + HOUR and row.state == "pending"}
    assert due == {*readers[:3], "new@desk.example"}
    assert [after[one] for one in readers[3:5]] == [before[one] for one in readers[3:5]]
    assert after[held.recipient] == held
    assert all(after[one].message_id == before[one].message_id for one in readers)


def test_a_scope_keeps_claim_haste_and_delay_to_one_subscription_or_one_digest(store):
    opened(store)
    weekly = digest_row(subscription="weekly")
    second = store.digests.open(weekly, [], [delivery_row("wu@desk.example", "2026-03-02")])
    for scope in (Scope(subscription="weekly"), Scope(digest_id=second)):
        store.deliveries.postpone("smtp", NOW + HOUR, "away", scope)
        assert store.deliveries.claim(NOW, LEASE, scope) is None
        assert [one.problem for one in store.deliveries.unsent()] == ["away", ""]
        store.deliveries.hasten(NOW, scope)
        (delivery, digest) = store.deliveries.claim(NOW, LEASE, scope) or pytest.fail("nothing to claim")
        assert (digest.id, store.deliveries.claim(NOW, LEASE, scope)) == (second, None)
        store.deliveries.record(delivery.id, state="pending", problem="", due_at=NOW, sent_at=None)
        [one] = store.deliveries.unsent(scope)
        assert (one.subscription, one.day, one.recipient, one.claimed_by) == (
            *("weekly", "2026-03-01", "wu@desk.example", None),
        )


def wait_in_line(store):
    """Two days' digests for two readers, of which the first reader's first is put off for an hour."""
    for day in ("2026-03-01", "2026-03-02"):
        rows = [delivery_row(one, day) for one in ("lin@desk.example", "wu@desk.example")]
        store.digests.open(digest_row(day), [], rows)
    (delivery, digest) = store.deliveries.claim(NOW, LEASE) or pytest.fail("nothing to claim")
    assert (delivery.recipient, digest.day) == ("lin@desk.example", "2026-03-01")
    store.deliveries.record(delivery.id, state="pending", problem="", due_at=NOW + HOUR, sent_at=None)


def claim_all(store, now, scope=Scope()):  # noqa: B008 # a frozen value
    claimed = []
    while one := store.deliveries.claim(now, LEASE, scope):
        claimed.append((one[0].recipient[:3], one[1].day[-2:]))
        store.deliveries.record(one[0].id, state="sent", problem="", due_at=None, sent_at=now)
    return claimed


def test_a_digest_waits_for_the_earlier_one_of_its_reader_and_holds_up_nobody_else(store):
    wait_in_line(store)
    weekly = digest_row("2026-03-02", "weekly")
    store.digests.open(weekly, [], [delivery_row("lin@desk.example", "weekly")])
    assert claim_all(store, NOW) == [("wu@", "01"), ("wu@", "02"), ("lin", "02")]
    assert [one.subscription for one in store.deliveries.unsent()] == ["daily", "daily"]
    assert claim_all(store, NOW + HOUR) == [("lin", "01"), ("lin", "02")]


def test_a_digest_waits_a_week_at_most_and_not_at_all_when_it_is_named(store):
    wait_in_line(store)
    assert claim_all(store, NOW, Scope(digest_id=2)) == [("lin", "02"), ("wu@", "02")]
    store.digests.open(digest_row("2026-03-03"), [], [delivery_row("lin@desk.example", "2026-03-03")])
    assert claim_all(store, NOW) == [("wu@", "01")]
    (first, _) = store.deliveries.claim(NOW + 167 * HOUR, LEASE) or pytest.fail("nothing to claim")
    store.deliveries.record(first.id, state="pending", problem="", due_at=NOW + 170 * HOUR, sent_at=None)
    assert claim_all(store, NOW + 167 * HOUR) == []
    assert claim_all(store, NOW + 168 * HOUR) == [("lin", "03")]


def test_the_views_hold_no_recipient(store):
    keep(store, new_item())
    store.digests.open(digest_row(), [id_of(store, "cna:1")], [delivery_row("secret-reader@desk.example")])
    with store.database.reading() as connection:
        rows = [
            row for view in ("captured_items", "stories") for row in connection.execute(text(f"SELECT * FROM {view}"))
        ]
    assert rows
    assert "secret-reader" not in repr(rows)


def test_a_fact_is_the_last_that_was_noted(store):
    assert store.facts.find("heartbeat") is None
    store.facts.note("heartbeat", "one", NOW)
    store.facts.note("heartbeat", "two", NOW + HOUR)
    fact = store.facts.find("heartbeat")
    assert fact is not None
    assert (fact.value, fact.noted_at) == ("two", NOW + HOUR)


def test_of_many_that_note_a_fact_once_the_first_wins_and_all_hear_it(store):
    with ThreadPoolExecutor(4) as threads:
        heard = list(threads.map(lambda value: store.facts.note_once("first day", value, NOW).value, "abcdefgh"))
    assert len(set(heard)) == 1
    assert store.facts.note_once("first day", "late", NOW + HOUR).noted_at == NOW


def test_what_mentions_a_pair_is_looked_for_among_the_newest_before_all_that_ever_was(store):
    often, seldom = (("pair", "daegu~taipei"),), (("pair", "busan~fukuoka"),)
    news = [new_item(f"cna:{hours}", published_at=NOW - hours * HOUR, facets=often) for hours in range(6)]
    keep(store, *news, new_item("cna:old", published_at=NOW - 90 * HOUR, facets=seldom))
    both = ["daegu~taipei", "busan~fukuoka"]
    everything = store.mentions.of_pairs(both, NOW, newest=0)
    assert [one.at for one in everything] == [NOW - hours * HOUR for hours in (*range(6), 90)]
    told = {everything[0].story_id}
    assert store.mentions.of_pairs(both, NOW, told, newest=3) == [*everything[:3], everything[-1]]
    assert store.mentions.of_pairs(both, NOW, told, newest=1) == everything
    assert store.mentions.of_pairs(both, NOW - HOUR, newest=2) == [*everything[1:3], everything[-1]]
    assert store.mentions.of_pairs([], NOW) == []
