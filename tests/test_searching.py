"""Searching: what a query finds, on both databases the same, in which order, and page by page."""

from datetime import timedelta

import pytest
from finding import QUERIES, fill, interpreter, name_all_cities
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from storing import NOW, id_of, keep, new_item

from watcher.errors import QueryError, WatcherError
from watcher.searching import RANKED, export_items, search_items
from watcher.text.tokens import index_text

ALIKE = {"suppress_health_check": [HealthCheck.function_scoped_fixture], "max_examples": 60}
SNIPPETS = ("taipei", "台", "市", "論壇", "자매", "서울", "a", "19", "OR", "NOT", "-", "(", ")", '"', "*", " ", "kind:", "is:",
    "near", "visit", "pair:", "~", "on:", "2026-02", "lang:zh", "'", "\\", "\x00", "\ud800", "²", "ⓐ", "%", "_", ":*", "&", "|", "一")  # fmt: skip


@pytest.fixture(scope="module")
def names():
    return name_all_cities()


@pytest.fixture
def reader(store, names):
    fill(store)
    return interpreter(store, names)


def keys(found):
    return [full.item.key for full in found.items]


def test_every_query_of_the_file_finds_what_stands_beside_it(reader):
    assert len(QUERIES) >= 60
    assert [(query, keys(search_items(reader, query, 50))) for query, _ in QUERIES] == [tuple(row) for row in QUERIES]


@pytest.mark.parametrize(
    ("query", "said", "marked"),
    [
        ("x pair:taipei", "a pair is two cities with ~ between them, such as daegu~taipei; for one ", "taipei"),
        ("pair:taipei~台北", "both names mean the same city; name two, such as daegu~taipei.", "taipei~台北"),
        ("city:taipeh-city", "no city is called 'taipeh-city'; ", "taipeh-city"),
        ("kind:forums", "'forums' cannot stand behind kind:; did you mean forum?", "forums"),
        ("is:neer", "'neer' cannot stand behind is:; did you mean near?", "neer"),
        ("lang:english!", "'english!' is no language; write a tag such as en, ko or zh-Hant.", "english!"),
        ("on:2026-02-30", "'2026-02-30' is no day; write 2026, 2026-03 or 2026-03-01.", "2026-02-30"),
        ("before:9999", "'9999' is no day; write 2026, 2026-03 or 2026-03-01.", "9999"),
        ("feed:couriers", "nothing is stored of feed 'couriers'; did you mean courier?", "couriers"),
        ("topic:city-exchanges", "nothing is stored of topic 'city-exchanges'; did you mean city-exchange?", "city-exchanges"),
        ('field:"x y"', "nothing is stored of field 'x y'; write one such as culture.", '"x y"'),
    ],
)  # fmt: skip
@pytest.mark.parametrize("fresh_url", ["sqlite"], indirect=True)
def test_a_value_that_cannot_be_is_told_with_its_place_and_its_cure(reader, query, said, marked):
    with pytest.raises(QueryError) as caught:
        search_items(reader, query, 9)
    assert caught.value.sentence.startswith(said)
    assert query[caught.value.start : caught.value.end] == marked


def test_pages_follow_each_other_without_a_gap_and_without_a_double(reader):
    for query in ("", "taipei OR 台北", "is:near OR is:captured"):
        whole = keys(search_items(reader, query, 50))
        seen, more = [], ""
        while True:
            page = search_items(reader, query, 3, more)
            seen += keys(page)
            more = page.more
            if not more:
                break
        assert seen == whole


@pytest.mark.parametrize("fresh_url", ["sqlite"], indirect=True)
def test_titles_with_the_whole_phrase_come_first_of_the_newest_and_counts_end_at_a_thousand(store):
    told = [(f"cna:{number}", "Notes" if number else "Lantern walk") for number in range(1_010)]
    keep(store, *(
        new_item(key, title=title, published_at=NOW - timedelta(minutes=1_100 - int(key[4:])), folded="lantern walk")
        for key, title in told
    ))  # fmt: skip
    near_title = [
        new_item("new:1", title="A lantern walk", published_at=NOW - timedelta(minutes=300), folded="lantern walk")
    ]
    keep(store, *near_title, at=NOW + timedelta(hours=1))
    reader = interpreter(store, {})
    page = search_items(reader, "lantern walk", 2)
    assert keys(page) == ["new:1", "cna:1009"]
    assert (page.total, search_items(reader, "lantern -walk", 2).total) == ("1,000+", "0")
    seen, more = [], ""
    while more or not seen:
        page = search_items(reader, "lantern walk", 200, more)
        seen += keys(page)
        more = page.more
    assert seen == ["new:1", *(f"cna:{number}" for number in range(1_009, -1, -1))]
    assert seen.index("cna:0") > RANKED, "old ones stay where their day is"


def test_of_one_moment_the_item_that_was_stored_last_comes_first(store):
    keep(store, *(new_item(f"cna:{number}", published_at=NOW - timedelta(days=1)) for number in range(5)))
    reader = interpreter(store, {})
    seen, more = [], ""
    while more or not seen:
        page = search_items(reader, "", 2, more)
        seen += page.items
        more = page.more
    ids = [full.item.id for full in seen]
    assert (len(ids), ids) == (5, sorted(ids, reverse=True))
    assert [full.item.id for full in export_items(reader, "")] == ids


@pytest.mark.parametrize("more", ["x", "1.2", "1.2.3.4", "1.1e9.2", "0.99999999999999999999.1", "１.２.x"])
@pytest.mark.parametrize("fresh_url", ["sqlite"], indirect=True)
def test_a_page_that_cannot_be_is_one_sentence(reader, more):
    with pytest.raises(WatcherError, match="leads to no page; begin again with the first one"):
        search_items(reader, "", 2, more)


def test_an_export_streams_everything_in_the_order_of_time(reader):
    streamed = [full.item.key for full in export_items(reader, "taipei")]
    assert sorted(streamed) == sorted(keys(search_items(reader, "taipei", 50)))
    assert streamed == ["notes", "parking", "hall", "relief", "seed:twenty"]


def answer(reader, query):
    """Return a page, or the sentence that says why there is none."""
    try:
        return search_items(reader, query, 5)
    except QueryError as problem:
        return problem.sentence


@settings(**ALIKE)
@given(query=st.lists(st.sampled_from(SNIPPETS), max_size=12).map("".join) | st.text(max_size=30))
def test_any_text_gives_results_or_one_sentence(reader, query):
    told = answer(reader, query)
    assert told[-1] in ".?" if isinstance(told, str) else len(told.items) == min(told.count, 5)


@pytest.mark.parametrize("fresh_url", ["sqlite"], indirect=True)
def test_a_search_walks_the_index_in_order_and_sorts_nothing(reader):
    asked = []
    with reader.search._database.reading() as connection:
        event.listen(connection.engine, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
    for query in (
        "",
        "taipei 論壇",
        "pair:daegu~taipei kind:mou",
        "is:near taipei",
        "is:near OR is:rejected",
        "lang:ko -is:seed",
    ):
        search_items(reader, query, 5)
    with reader.search._database.reading() as connection:
        plans = [
            [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            for statement, values in tuple(asked)
            if "ORDER BY" in statement and "CASE WHEN" in statement and "LIMIT" in statement
        ]
    assert len(plans) == 6
    for plan in plans:
        assert plan[0].startswith("SCAN items USING")
        assert plan[0].endswith(("INDEX items_order", "INDEX items_captured_order"))
        assert not any("TEMP B-TREE FOR ORDER" in step for step in plan)


def test_what_is_marked_later_is_left_out_and_found_when_asked_for(reader, store):
    store.labels.mark([id_of(store, "parking")], "irrelevant", NOW)
    assert "parking" not in keys(search_items(reader, "memorandum", 9))
    assert keys(search_items(reader, "memorandum is:irrelevant", 9)) == ["parking"]
    store.labels.mark([id_of(store, "film")], "relevant", NOW)
    assert keys(search_items(reader, "is:relevant", 9)) == ["film"]


def test_a_name_of_several_cities_asks_for_each(store):
    keep(store, new_item("cna:1", facets=(("city", "york"),)), new_item("cna:2", facets=(("city", "york-us"),)))
    reader = interpreter(store, {"york": ("york", "york-us")})
    assert sorted(keys(search_items(reader, "city:YORK", 9))) == ["cna:1", "cna:2"]


def test_a_city_that_no_file_knows_is_found_as_it_was_written(store):
    keep(store, new_item("cna:1", facets=(("city", "Springville"), ("pair", "Springville~daegu"))))
    reader = interpreter(store, {"大邱": ("daegu",)})
    assert keys(search_items(reader, "city:Springville pair:大邱~Springville", 9)) == ["cna:1"]


def test_a_character_in_front_of_a_word_may_be_the_end_of_a_longer_one(store):
    keep(store, new_item("cna:1", folded=index_text("在第3屆論壇")), new_item("cna:2", folded=index_text("在第 4 屆")))
    assert keys(search_items(interpreter(store, {}), "第3屆", 9)) == ["cna:1"]
