"""The way into the database: private files, whole transactions, and complaints a person can act on."""

import os
import re
import sqlite3
import stat
import subprocess
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import event, make_url, text
from sqlalchemy.exc import IntegrityError, StatementError
from storing import NOW, keep, new_item, open_store

from storage.database import Database
from storage.errors import StorageError
from storage.sqlite import find_obstacle, open_sqlite
from storage.store import Store
from storage.upgrade import upgrade


@pytest.fixture
def file(tmp_path):
    """A SQLite database of ours, closed."""
    path = tmp_path / "watcher.db"
    with open_store(f"sqlite:///{path}") as store:
        keep(store, new_item())
    return path


def complaint(url: str) -> str:
    with pytest.raises(StorageError) as caught:
        Database.open(url).close()
    return str(caught.value)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_database_gets_its_folder_and_is_private(tmp_path):
    path = tmp_path / "far" / "away" / "watcher.db"
    before = os.umask(0)
    try:
        with open_store(f"sqlite:///{path}") as store:
            keep(store, new_item())
            modes = {one.name: mode(one) for one in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert modes == {"watcher.db": 0o600, "watcher.db-wal": 0o600, "watcher.db-shm": 0o600}


def test_a_database_that_others_could_read_becomes_private(file):
    file.chmod(0o644)
    with open_store(f"sqlite:///{file}"):
        assert mode(file) == 0o600


def test_a_sqlite_database_is_opened_with_its_four_settings(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/watcher.db") as store, store.database.reading() as connection:
        pragmas = ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        found = [connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() for pragma in pragmas]
    assert found == ["wal", 1, 10_000, 1]


def test_a_relative_path_stays_where_it_was_though_the_folder_changes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open_store("sqlite:///watcher.db") as store:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        monkeypatch.chdir(elsewhere)
        keep(store, new_item())
        assert store.database.label == f"{tmp_path}/watcher.db"
    assert not (elsewhere / "watcher.db").exists()


def test_a_folder_is_refused_in_one_sentence(tmp_path):
    assert (
        complaint(f"sqlite:///{tmp_path}")
        == f"{tmp_path}: is a folder; name a file in it, such as {tmp_path}/watcher.db."
    )


def test_a_place_that_cannot_be_made_or_looked_at_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "note").write_text("a file, not a folder")
    sentence = complaint(f"sqlite:///{tmp_path}/note/deep/watcher.db")
    assert "cannot be opened (Not a directory); check the permissions" in sentence
    assert "cannot be opened (File name too long)" in complaint(f"sqlite:///{tmp_path}/{'w' * 300}.db")


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear mayor, thank you for the lanterns.")
    path.chmod(0o644)
    assert "is not a database; name another file" in complaint(f"sqlite:///{path}")
    assert path.read_text() == "Dear mayor, thank you for the lanterns."
    assert mode(path) == 0o644


@pytest.mark.parametrize("tables", [("recipes",), ("recipes", "alembic_version"), ("items", "feeds")])
def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path, tables):
    path = tmp_path / "kitchen.db"
    with closing(sqlite3.connect(path)) as other:
        for table in tables:
            other.execute(f"CREATE TABLE {table} (version_num TEXT)")
    path.chmod(0o644)
    before = path.read_bytes()
    assert "holds the tables of another program; give the watcher a database of its own" in complaint(
        f"sqlite:///{path}"
    )
    assert path.read_bytes() == before
    assert mode(path) == 0o644
    assert [one.name for one in tmp_path.iterdir()] == ["kitchen.db"]


def test_a_damaged_database_says_to_put_a_backup_in_its_place(file):
    damaged = bytearray(file.read_bytes())
    damaged[4096:] = b"\xff" * (len(damaged) - 4096)
    file.write_bytes(damaged)
    with (
        pytest.raises(StorageError, match="is damaged; put your last backup in its place"),
        open_store(f"sqlite:///{file}") as store,
    ):
        store.items.recent(10)


def test_a_database_that_may_only_be_read_is_read_and_says_why_it_is_not_written(file):
    address = make_url(f"sqlite:///file:{file}?mode=ro&uri=true")
    with closing(Database(open_sqlite(address), str(file), None)) as database:
        store = Store(database)
        assert len(store.items.recent(10)) == 1
        with pytest.raises(StorageError, match="cannot be written; check the permissions"):
            store.facts.note("heartbeat", "", NOW)


def test_a_full_disk_is_told_and_nothing_is_half_written(file):
    engine = open_sqlite(make_url(f"sqlite:///{file}"))
    event.listen(engine, "connect", lambda connection, record: connection.execute("PRAGMA max_page_count = 1"))
    items = [new_item(f"cna:{number}", text="long " * 2000) for number in range(20)]
    with (
        closing(Database(engine, str(file), file)) as ours,
        pytest.raises(StorageError, match="the disk is full; free"),
    ):
        keep(Store(ours), *items)
    with open_store(f"sqlite:///{file}") as store:
        assert len(store.items.recent(100)) == 1


def test_a_disk_that_is_nearly_full_is_told_to_who_only_looks(file):
    assert find_obstacle(file) == ""
    assert re.fullmatch(
        r"the disk has \d+\.\d MB left, and soon nothing more can be stored; free some space.",
        find_obstacle(file, room=1 << 60),
    )


def test_a_look_whether_anything_can_be_written_waits_for_no_writer(file):
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert find_obstacle(file) == ""


def test_who_took_their_own_right_to_write_keeps_it_so(file):
    file.chmod(0o444)
    with open_store(f"sqlite:///{file}"):
        assert mode(file) == 0o400


def test_a_database_that_another_program_holds_is_told(file):
    engine = open_sqlite(make_url(f"sqlite:///{file}"))
    event.listen(engine, "connect", lambda connection, record: connection.execute("PRAGMA busy_timeout = 1"))
    with (
        closing(sqlite3.connect(file, isolation_level=None)) as other,
        closing(Database(engine, str(file), file)) as ours,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="another program holds the database too long"):
            Store(ours).facts.note("heartbeat", "", NOW)


def test_a_database_without_tables_says_how_to_make_them(empty_url):
    cure = "the tables are missing; run `city-watcher db upgrade`"
    with closing(Database.open(empty_url)) as database, pytest.raises(StorageError, match=cure):
        Store(database).facts.find("heartbeat")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("sqlite://", "the address names no file"),
        ("sqlite:///:memory:", "the address names no file"),
        ("mysql://root:s3cret@localhost/news", "mysql: is not a database we know"),
        ("s3cret", "the database address cannot be read"),
        ("postgresql://watcher:s3cret@host:port/news", "the database address cannot be read"),
        ("postgresql://watcher:p@s3cret@127.0.0.1:1/news", "write it as %40"),
        ("postgresql://watcher:s3cret@127.0.0.1:1/news", "postgresql://127.0.0.1:1/news: the server does not answer"),
        ("postgres://127.0.0.1:1/news?user=watcher&password=s3cret", "postgresql://127.0.0.1:1/news: the server"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_without_its_password(url, sentence):
    with pytest.raises(StorageError) as caught:
        Database.open(url)
    assert sentence in str(caught.value)
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


def test_a_complaint_keeps_its_cause(file):
    engine = open_sqlite(make_url(f"sqlite:///file:{file}?mode=ro&uri=true"))
    with closing(Database(engine, "it", None)) as ours, pytest.raises(StorageError) as caught:
        Store(ours).facts.note("heartbeat", "", NOW)
    assert isinstance(caught.value.__cause__.orig, sqlite3.OperationalError)


def test_a_defect_of_ours_is_not_dressed_up_as_a_fault_of_the_database(store):
    insert = text("INSERT INTO facts (name, value, noted_at) VALUES ('a', NULL, NULL)")
    with pytest.raises(IntegrityError), store.database.writing() as connection:
        connection.execute(insert)


def test_what_fails_half_way_is_undone_tables_included(store):
    def write_half() -> None:
        with store.database.writing() as connection:
            connection.execute(text("CREATE TABLE half (id INTEGER)"))
            connection.execute(text("INSERT INTO half VALUES (1)"))
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        write_half()
    with pytest.raises(StorageError, match="tables are missing"), store.database.reading() as connection:
        connection.execute(text("SELECT * FROM half"))


def test_a_reader_sees_one_moment_though_others_write(store):
    with store.database.reading() as connection:
        before = connection.scalar(text("SELECT count(*) FROM facts"))
        store.facts.note("heartbeat", "", NOW)
        assert connection.scalar(text("SELECT count(*) FROM facts")) == before


def test_writers_that_read_first_lose_no_update(store):
    """On SQLite BEGIN, read, write fails at once when another writer came between; BEGIN IMMEDIATE waits."""
    store.facts.note("count", "0", NOW)
    lock = "" if store.database.path else " FOR UPDATE"

    def add_one(_: int) -> None:
        with store.database.writing() as connection:
            count = int(connection.scalar(text(f"SELECT value FROM facts WHERE name = 'count'{lock}")) or 0)
            connection.execute(text("UPDATE facts SET value = :value WHERE name = 'count'"), {"value": str(count + 1)})

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add_one, range(40)))
    fact = store.facts.find("count")
    assert fact is not None
    assert fact.value == "40"


def test_a_naive_time_is_refused(store):
    with pytest.raises(StatementError, match="has no time zone"):
        store.facts.note("heartbeat", "", datetime(2026, 3, 1, 12))  # noqa: DTZ001 - that is what is refused


def test_a_time_of_any_zone_comes_back_as_the_same_instant_in_utc(store):
    store.facts.note("heartbeat", "", datetime(2026, 3, 1, 20, tzinfo=timezone(timedelta(hours=8))))
    fact = store.facts.find("heartbeat")
    assert fact is not None
    assert fact.noted_at == NOW
    assert fact.noted_at.tzinfo is UTC


def test_opening_a_current_database_needs_neither_alembic_nor_the_watcher(file):
    code = (
        "import sys; from storage.database import Database; from storage.store import Store\n"
        f"database = Database.open('sqlite:///{file}'); assert database.is_current(); Store(database).items.counts()\n"
        "database.close(); print(sorted({'alembic', 'watcher'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_upgraded_twice_is_upgraded_once(empty_url):
    with closing(Database.open(empty_url)) as database:
        assert not database.is_current()
        assert [upgrade(database), database.is_current(), upgrade(database)] == [True, True, False]
