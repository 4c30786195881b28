"""docs/database.md names every table, view and column, and its ten questions are answered by both databases."""

import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from documents import ROOT, TEXTS, blocks_of, tables_of
from sqlalchemy import inspect, text
from sqlmodel import SQLModel
from storing import NOW, delivery_row, digest_row, id_of, keep, new_item, seed_item

PAGE = TEXTS["docs/database.md"]
TABLES = tables_of(PAGE)
YESTERDAY = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
LONG_AGO = YESTERDAY - timedelta(days=60)
PAIR = ("pair", "daegu~taipei")
ZONE = "SET TIME ZONE 'UTC'"
SECRET, RECIPIENT = "hunter2", "lin@city-desk.example"

ANSWERS = {
    "Items of a pair by month": [("2021-10", 1), ("2026-02", 1), ("2026-03", 2)],
    "The newest agreements, and why they were captured": [
        (f"{YESTERDAY:%F}", "daegu~taipei", "Daegu signs", "it was matched"),
        (f"{YESTERDAY:%F}", "ostrava~taipei", "Ostrava plans", "'agreement' in the title"),
    ],
    "Feeds that have fallen silent": [("quiet", None, None, ""), ("cna", f"{LONG_AGO:%F}", f"{YESTERDAY:%F}", "")],
    "Near misses of the last week": [(2.5, "A zoo", "it was near"), (2.0, "A bridge", "it was near")],
    "Stories that more than one feed tells": [("Mayors meet", "daegu~taipei", 2)],
    "The first mention of each pair": [
        ("daegu~taipei", "2021-10-07", 4),
        ("ostrava~taipei", "2026-02-20", 1),
    ],
    "Deliveries that wait": [("daily", "2026-03-01", "smtp", "pending", 1, 0, f"{NOW:%F}")],
    "Fields of cooperation of each pair": [
        ("daegu~taipei", "tourism", 2),
        ("daegu~taipei", "education", 1),
        ("ostrava~taipei", "tourism", 1),
    ],
    "Items by language": [("en", 3, 2), ("ko", 1, 1)],
    "What a digest told": [("Mayors meet", "daegu~taipei", "https://news.example/cna:1")],
}


def fill(store):
    """Keep items of three feeds, one seed, near misses new and old, one digest; and a feed that never spoke."""
    tourism, education = ("field", "tourism"), ("field", "education")
    store.items.plant([seed_item(facets=(PAIR,), published_at=datetime(2021, 10, 7, tzinfo=UTC))])
    keep(
        store,
        new_item("cna:1", title="Mayors meet", at=YESTERDAY, published_at=NOW, facets=(PAIR, tourism, education)),
        new_item("kbs:1", title="시장 회담", feed_id="kbs", language="ko", at=YESTERDAY, published_at=NOW, facets=(PAIR, tourism)),
        new_item("cna:2", title="Ostrava plans", kind="agreement", at=YESTERDAY, why="'agreement' in the title",
                 published_at=datetime(2026, 2, 20, 12, tzinfo=UTC), facets=(("pair", "ostrava~taipei"), tourism)),
        new_item("cna:3", title="Daegu signs", kind="mou", at=YESTERDAY, published_at=datetime(2026, 2, 21, 12, tzinfo=UTC), facets=(PAIR,)),
        new_item("cna:4", "near", title="A bridge", at=YESTERDAY),
        new_item("cna:5", "near", title="A zoo", at=YESTERDAY, score=2.5),
        new_item("cna:6", "near", title="An old one", at=LONG_AGO),
        at=YESTERDAY,
    )  # fmt: skip
    store.stories.tell_apart(LONG_AGO, lambda fresh, earlier: [(one.id, one.id, "first") for one in fresh])
    store.stories.join(id_of(store, "kbs:1"), id_of(store, "cna:1"), "title")
    store.stories.join(id_of(store, "cna:3"), id_of(store, "cna:1"), "title")
    store.digests.open(digest_row(), [id_of(store, "cna:1")], [delivery_row(RECIPIENT)])
    store.feeds.enrol(
        [("cna", f"https://desk:{SECRET}@cna.example/rss"), ("quiet", "https://quiet.example/")], YESTERDAY
    )
    memory = {"read_at": YESTERDAY, "news_at": LONG_AGO}
    with store.database.writing() as connection:
        connection.execute(text("UPDATE feeds SET read_at = :read_at, news_at = :news_at WHERE id = 'cna'"), memory)


def queries(dialect: str) -> Iterator[tuple[str, str]]:
    """Yield question and query of a dialect; a query that names none is for all."""
    names = {"sqlite": "-- SQLite\n", "postgresql": "-- PostgreSQL\n"}
    for chapter, question, block in blocks_of(PAGE):
        if chapter == "Ten questions" and block.startswith(("SELECT", names[dialect])):
            yield question, block.removeprefix(names[dialect])


def plain(value: object) -> object:
    """Write a time as its day, whatever the driver makes of it."""
    day = re.match(r"\d{4}-\d\d-\d\d(?=$| )", str(value))
    return day[0] if day else value


def test_the_page_says_how_postgres_answers_in_utc():
    assert f"`{ZONE}`" in PAGE


def test_there_are_ten_questions_each_with_one_query_for_each_database():
    for dialect in ("sqlite", "postgresql"):
        assert [question for question, _ in queries(dialect)] == list(ANSWERS)
    assert len(ANSWERS) == 10


def test_every_question_is_answered(store):
    fill(store)
    with store.database.reading() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(ZONE)
        answers = {
            question: [tuple(map(plain, row)) for row in connection.exec_driver_sql(query)]
            for question, query in queries(connection.dialect.name)
        }
    for question, rows in ANSWERS.items():
        assert answers[question] == rows, question


def test_items_without_a_language_have_a_name_among_the_others(store):
    keep(store, new_item("cna:1", language=""), new_item("cna:2"))
    [query] = [query for question, query in queries("sqlite") if question == "Items by language"]
    with store.database.reading() as connection:
        assert [row[0] for row in connection.exec_driver_sql(query)] == ["en", "not told"]


def test_every_table_and_view_and_each_of_their_columns_has_a_line_in_its_order(store):
    with store.database.reading() as connection:
        look = inspect(connection)
        views = {("Views", name): look.get_columns(name) for name in look.get_view_names()}
        tables = {("Tables", name): look.get_columns(name) for name in SQLModel.metadata.tables}
    expected = {place: [column["name"] for column in columns] for place, columns in (views | tables).items()}
    assert {place: list(rows) for place, rows in TABLES.items()} == expected


def test_no_view_shows_a_recipient_or_a_password(store):
    fill(store)
    with store.database.reading() as connection:
        views = inspect(connection).get_view_names()
        shown = "".join(repr(row) for view in views for row in connection.execute(text(f"SELECT * FROM {view}")))
        kept = repr(
            connection.execute(text("SELECT recipient FROM deliveries")).all()
            + connection.execute(text("SELECT url FROM feeds")).all()
        )
    assert "Mayors meet" in shown
    for private in (RECIPIENT, SECRET):
        assert private in kept
        assert private not in shown


@pytest.mark.parametrize("fresh_url", ["sqlite"], indirect=True)
def test_a_reader_and_the_service_do_not_wait_for_each_other(store, tmp_path):
    fill(store)
    [address] = set(re.findall(r"file:var/watcher\.db\S*?(?=['\"])", PAGE))
    reader = sqlite3.connect(address.replace("var", str(tmp_path)), uri=True)
    reader.execute("BEGIN")
    before = reader.execute("SELECT count(*) FROM captured_items").fetchone()
    keep(store, new_item("cna:9", at=YESTERDAY), at=YESTERDAY)
    assert reader.execute("SELECT count(*) FROM captured_items").fetchone() == before
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM items")
    reader.close()


@pytest.mark.parametrize("fresh_url", ["sqlite"], indirect=True)
def test_the_file_for_datasette_shows_the_views_and_hides_every_table(store):
    [shown] = json.loads((ROOT / "docs" / "datasette.json").read_text("utf-8"))["databases"].values()
    hidden = {name for name, said in shown["tables"].items() if said.get("allow") is False}
    with store.database.reading() as connection:
        standing = dict(
            connection.execute(text("SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')")).all()
        )
    assert hidden == {name for name, sort in standing.items() if sort == "table"}
    assert shown["tables"].keys() - hidden == {name for name, sort in standing.items() if sort == "view"}
    assert shown["allow_sql"] is False
