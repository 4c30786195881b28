"""Migrations: all or nothing, a copy before, the derived anew after; and the views people read."""

import shutil
import sqlite3
import stat
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from itertools import chain
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from crashing import FORK
from sqlalchemy import MetaData, Table, insert, inspect, text
from sqlmodel import SQLModel
from storing import NOW, id_of, keep, new_item, open_store, search, seed_item, start_at_once, wait_at

from storage.database import HEAD, Database
from storage.derived import is_planned
from storage.errors import StorageError
from storage.rows import values_of
from storage.store import Store
from storage.upgrade import MIGRATIONS, upgrade


@pytest.fixture
def store(empty_url):
    """A store of its own: these tests change the tables."""
    with open_store(empty_url) as store:
        yield store


@pytest.fixture
def later(tmp_path):
    """Make the folder of a later version: our migrations and one more, with the given body."""

    def write(body: str):
        folder = tmp_path / "later"
        shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        lines = [
            "from alembic import op",
            'revision = "later"',
            f'down_revision = "{HEAD}"',
            "",
            "",
            "def upgrade():",
            body,
        ]
        (folder / "versions" / "later.py").write_text("\n".join(lines))
        return folder

    return write


REVISIONS = [one.revision for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]

ADD_COLUMN = "    op.execute(\"ALTER TABLE items ADD COLUMN note TEXT NOT NULL DEFAULT ''\")"


def test_the_head_that_is_compared_without_alembic_is_the_newest_revision():
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD


def test_the_migrations_make_the_tables_that_the_code_expects_and_nothing_derived_is_compared(store):
    with store.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_planned})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_of_several_that_upgrade_at_once_one_does_it(empty_url):
    def open_and_upgrade(_: int) -> bool:
        with closing(Database.open(empty_url)) as database:
            return upgrade(database)

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(open_and_upgrade, range(4))) == [False, False, False, True]


@pytest.mark.xdist_group("forks")
def test_of_several_processes_that_start_at_once_on_an_empty_database_one_upgrades_and_all_work(empty_url):
    with ProcessPoolExecutor(3, FORK, wait_at, (FORK.Barrier(3),)) as processes:
        changed, claimed = zip(*processes.map(start_at_once, [empty_url] * 3, "abc"), strict=True)
    assert sorted(changed) == [False, False, True]
    assert sorted(chain.from_iterable(claimed)) == sorted(f"feed-{number}" for number in range(12))
    with open_store(empty_url) as store:
        assert store.items.counts()["seeds"] == 2


def test_a_first_migration_that_fails_leaves_an_empty_database(empty_url):
    with closing(Database.open(empty_url)) as database:
        with database.writing() as connection:
            connection.execute(text("CREATE VIEW items AS SELECT 1 AS id"))  # in the way of the third table
        with pytest.raises(StorageError, match=r"cannot be upgraded \(.*items.*\), and nothing was changed"):
            upgrade(database)
        with database.reading() as connection:
            assert inspect(connection).get_table_names() == []


def test_a_later_migration_that_fails_leaves_everything_as_it_was(store, later):
    keep(store, new_item(folded="姊妹 妹市"))
    with pytest.raises(StorageError, match="nothing was changed"):
        upgrade(store.database, later(ADD_COLUMN + '\n    op.execute("SELECT * FROM nowhere")'))
    with store.database.reading() as connection:
        assert "note" not in {column["name"] for column in inspect(connection).get_columns("items")}
        assert connection.scalar(text("SELECT count(*) FROM captured_items")) == 1
    assert store.database.revision() == HEAD
    assert search(store, "姊妹") == ["cna:1"]


@pytest.mark.parametrize("revision", REVISIONS)
def test_after_every_migration_an_item_is_found_by_a_word_of_two_han_characters(empty_url, tmp_path, revision):
    with closing(Database.open(empty_url)) as database:
        upgrade(database, history_until(revision, tmp_path))
        assert database.revision() == revision
        plant_item(database, folded="台北 大邱 姊妹 妹市")
        assert upgrade(database) is (revision != HEAD)
        store = Store(database)
        assert [len(search(store, word)) for word in ("姊妹", "大邱", "妹台")] == [1, 1, 0]


def history_until(revision: str, tmp_path: Path) -> Path:
    """Make the folder of an earlier version: our migrations up to a revision."""
    folder = tmp_path / "earlier"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for late in REVISIONS[REVISIONS.index(revision) + 1 :]:
        [file] = (folder / "versions").glob(f"{late}_*.py")
        file.unlink()
    return folder


def plant_item(database: Database, **columns: str) -> None:
    """Put an item into the table as it stands, whatever columns it has."""
    values = values_of(new_item(**columns).item)
    with database.writing() as connection:
        items = Table("items", MetaData(), autoload_with=connection)
        connection.execute(insert(items).values({name: values[name] for name in values if name in items.c}))


def test_a_later_version_finds_it_too_and_its_search_follows_every_change(store, later):
    keep(store, new_item("cna:1", folded="台北 大邱 姊妹 妹市"))
    assert upgrade(store.database, later(ADD_COLUMN))
    assert search(store, "大邱") == ["cna:1"]
    with store.database.writing() as connection:
        connection.execute(text("UPDATE items SET folded = '上海 論壇'"))
    assert search(store, "大邱") == []
    assert search(store, "論壇") == ["cna:1"]


def test_a_file_with_a_schema_is_copied_before_it_is_upgraded(tmp_path, later):
    path = tmp_path / "watcher.db"
    with open_store(f"sqlite:///{path}") as store:
        keep(store, new_item())
        assert not list(tmp_path.glob("*.before-*"))
        upgrade(store.database, later(ADD_COLUMN))
    copy = tmp_path / "watcher.db.before-later"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert not list(tmp_path.glob("*.part"))
    with closing(sqlite3.connect(copy)) as before:
        assert before.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
        assert before.execute("SELECT count(*) FROM captured_items").fetchall() == [(1,)]


def test_a_copy_that_cannot_be_written_stops_the_upgrade(tmp_path, later):
    (tmp_path / "watcher.db.before-later.part").mkdir()
    with open_store(f"sqlite:///{tmp_path}/watcher.db") as store:
        with pytest.raises(StorageError, match="the copy before the upgrade cannot be written"):
            upgrade(store.database, later(ADD_COLUMN))
        assert store.database.revision() == HEAD


def test_a_schema_of_a_newer_version_is_refused_and_left_alone(store):
    with store.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    assert not store.database.is_current()
    with pytest.raises(StorageError, match=r"a newer version of the watcher wrote it \(schema 0999\); install"):
        upgrade(store.database)
    assert store.database.revision() == "0999"


def test_the_view_of_captured_items_reads_like_a_list_and_holds_nothing_private(store):
    store.items.plant([seed_item("b-2019"), seed_item("a-2021")])
    facets = (("pair", "taipei~ulsan"), ("pair", "daegu~taipei"), ("city", "ulsan"), ("city", "daegu"), ("topic", "x"))
    keep(store, new_item("cna:1", facets=facets, why="'sister city' in the title"), new_item("cna:2", "near"))
    with store.database.reading() as connection:
        rows = connection.execute(text("SELECT * FROM captured_items ORDER BY id")).mappings().all()
    assert [bool(row["is_seed"]) for row in rows] == [True, True, False]
    last = rows[-1]
    assert list(last) == [
        *("id", "feed_id", "kind", "title", "url", "pairs", "cities", "topics", "published_at", "captured_at"),
        *("language", "score", "why", "story_id", "backfill", "is_seed"),
    ]
    assert [last["pairs"], last["cities"], last["topics"]] == ["daegu~taipei, taipei~ulsan", "daegu, ulsan", "x"]
    assert [last["feed_id"], last["why"]] == ["cna", "'sister city' in the title"]


def test_the_view_of_stories_has_one_row_for_each_event(store):
    keep(
        store,
        new_item("cna:1", title="Daegu's mayor lands in Taipei", facets=(("pair", "daegu~taipei"),), kind="visit"),
        new_item("cna:2", title="Mayors meet", facets=(("pair", "busan~taipei"), ("pair", "daegu~taipei"))),
        new_item("cna:3", title="Another matter", facets=()),
    )
    first = id_of(store, "cna:1")
    store.stories.join(id_of(store, "cna:2"), first, "title")
    with store.database.reading() as connection:
        rows = connection.execute(text("SELECT * FROM stories ORDER BY story_id")).mappings().all()
    assert [(row["title"], row["kind"], row["items"], row["pairs"]) for row in rows] == [
        ("Daegu's mayor lands in Taipei", "visit", 2, "busan~taipei, daegu~taipei"),
        ("Another matter", "visit", 1, ""),
    ]
    assert str(rows[0]["first_captured_at"])[:19] == f"{NOW:%Y-%m-%d %H:%M:%S}"
    assert {"story_id", "first_captured_at", "last_captured_at"} < set(rows[0])


@pytest.mark.parametrize("view", ["captured_items", "stories"])
def test_the_views_look_facets_up_by_their_item_or_they_would_take_minutes(tmp_path, view):
    """Through the primary key, which begins with the name, 40,000 stories took 400 s; so they take half a second."""
    with open_store(f"sqlite:///{tmp_path}/watcher.db") as store, store.database.reading() as connection:
        plan = [row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN SELECT * FROM {view}"))]
    looked_up = [step for step in plan if "facets" in step or " f " in step]
    assert looked_up
    assert all("facets_item_name_value (item_id=? AND name=?)" in step for step in looked_up)
