"""Keeping: what is not for good leaves after its time, and nothing else does."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import inspect, text
from storing import HOUR, NOW, id_of, keep, new_item, open_store, search, seed_item

from storage.keeping import Purged

OLD = NOW - 400 * HOUR
BEFORE = NOW - 336 * HOUR


def keys(store):
    with store.database.reading() as connection:
        return set(connection.scalars(text("SELECT key FROM items")))


def count(store, table):
    with store.database.reading() as connection:
        return connection.scalar(text(f"SELECT count(*) FROM {table}"))


def test_what_was_set_aside_leaves_after_its_time_with_its_facets(store):
    old = (new_item("cna:1", "near", at=OLD), new_item("cna:2", "rejected", at=OLD), new_item("cna:3", at=OLD))
    keep(store, *old, at=OLD)
    keep(store, new_item("cna:4", "near", at=BEFORE), new_item("cna:5", "rejected"), at=BEFORE)
    assert store.keeping.purge(BEFORE, OLD) == Purged(items=2, visits=0)
    assert keys(store) == {"cna:3", "cna:4", "cna:5"}
    assert count(store, "facets") == 9
    assert store.keeping.purge(BEFORE, OLD) == Purged(items=0, visits=0)


def test_what_is_captured_or_a_seed_or_labelled_or_of_a_story_stays_however_old(store):
    store.items.plant([seed_item(at=OLD)])
    keep(
        store,
        new_item("cna:1", at=OLD),
        new_item("cna:2", "near", at=OLD, label="irrelevant"),
        new_item("cna:3", "rejected", at=OLD, label="relevant"),
        new_item("seed:unlike", "rejected", at=OLD, feed_id=None),
        new_item("cna:5", "near", at=OLD),
        at=OLD,
    )
    store.stories.join(id_of(store, "cna:1"), id_of(store, "cna:5"), "by hand")
    before = keys(store)
    assert store.keeping.purge(NOW, OLD) == Purged(items=0, visits=0)
    assert keys(store) == before
    assert len(before) == 6


def test_visits_leave_after_their_time(store):
    for hours in (3, 2, 1):
        keep(store, at=NOW - hours * HOUR)
    assert store.keeping.purge(OLD, NOW - 2 * HOUR) == Purged(items=0, visits=1)
    assert [visit.visited_at for visit in store.feeds.last_visits("cna", 9)] == [NOW - HOUR, NOW - 2 * HOUR]


def test_a_purged_item_is_not_searched_any_more(store):
    keep(store, new_item("cna:1", "near", at=OLD, folded="燈會 會師"), new_item("cna:2", folded="燈會"), at=OLD)
    store.keeping.purge(NOW, OLD)
    with store.database.writing() as connection:
        connection.execute(text("UPDATE items SET captured_at = first_seen_at"))
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("INSERT INTO items_fts (items_fts, rank) VALUES ('integrity-check', 1)")
    assert search(store, "燈會") == ["cna:2"]


@pytest.mark.parametrize("fresh_url", ["postgres"], indirect=True)
def test_a_purge_waits_for_nobody_that_writes(store):
    keep(store, new_item("cna:1", "near", at=OLD), new_item("cna:2", "near", at=OLD), at=OLD)
    with ThreadPoolExecutor(1) as threads, store.database.writing() as connection:
        connection.execute(text("UPDATE items SET title = 'Lanterns float again' WHERE key = 'cna:1'"))
        assert threads.submit(store.keeping.purge, NOW, OLD).result(20).items == 1
    assert keys(store) == {"cna:1"}
    assert store.keeping.purge(NOW, OLD).items == 1


@pytest.mark.parametrize("fresh_url", ["sqlite"], indirect=True)
def test_a_purge_goes_on_though_another_process_changed_the_schema(store, fresh_url):
    """SQLite says `no such table: items` once, to a DELETE that is the first to notice."""
    keep(store, new_item("cna:1", "near", at=OLD), at=OLD)
    with open_store(fresh_url) as other:
        with store.database.writing() as connection:
            connection.execute(text("ANALYZE"))
        assert other.keeping.purge(NOW, OLD).items == 1


def test_every_foreign_key_has_an_index_or_a_purge_would_look_through_all_tables_for_every_item(store):
    """Each deleted item is looked for in every column that may point to it: 1 ms among 30,000 rows without an index."""
    with store.database.reading() as connection:
        places = inspect(connection)
        for table in places.get_table_names():
            led = {tuple(places.get_pk_constraint(table)["constrained_columns"])[:1]}
            led |= {tuple(index["column_names"])[:1] for index in places.get_indexes(table)}
            led |= {tuple(unique["column_names"])[:1] for unique in places.get_unique_constraints(table)}
            for key in places.get_foreign_keys(table):
                assert tuple(key["constrained_columns"]) in led, (table, key["constrained_columns"])
