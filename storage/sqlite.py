"""What only a SQLite file needs: its folder, its mode, its pragmas, and a BEGIN of our own."""

import os
import shutil
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError

from storage.errors import StorageError
from storage.faults import sqlite_sentence

PRIVATE = 0o600
BUSY_SECONDS = 10
BEGIN = "city_watcher_begin"
"""The execution option that says how a transaction begins; empty: not at all."""
WAIT_SECONDS = 0.05
ROOM = 10_000_000
"""Bytes; a first poll of 65 feeds writes about as much."""


def prepare_file(path: Path) -> None:
    """Make the folder and an empty private file where there is none; raise StorageError."""
    try:
        if path.is_dir():
            raise StorageError(f"{path}: is a folder; name a file in it, such as {path / 'watcher.db'}.")
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            make_private(path)
    except OSError as error:
        raise StorageError(
            f"{path}: cannot be opened ({error.strerror}); check the permissions of the file and of its folder."
        ) from error


def make_private(path: Path) -> None:
    """Make an empty file that only its owner reads; an older one there is emptied."""
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, PRIVATE))
    path.chmod(PRIVATE)


def is_frozen(path: Path) -> bool:
    """Say whether a file has no write-ahead log beside it, in a folder where none can be made."""
    return not _beside(path, "-wal").exists() and not os.access(path.parent, os.W_OK)


def frozen_address(path: Path) -> URL:
    """Return the address of a file that nobody changes: SQLite reads it without a log and without locks.

    It is the only way into a frozen file, https://sqlite.org/wal.html#read_only_databases.
    """
    return URL.create("sqlite", database=f"file:{quote(str(path))}", query={"immutable": "1", "uri": "true"})


def find_obstacle(path: Path, room: int = ROOM) -> str:
    """Say why not much can be written into a file just now; empty when it can, or when somebody writes."""
    free = shutil.disk_usage(path.parent).free
    if free < room:
        return f"the disk has {free / 1_000_000:.1f} MB left, and soon nothing more can be stored; free some space."
    try:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        busy = getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY")
        return "" if busy else sqlite_sentence(error) or f"cannot be written ({error}); please report this."
    return ""


def open_sqlite(address: URL) -> Engine:
    """Return the engine of one file. Foreign keys are on; we say BEGIN ourselves.

    sqlite3 opens no transaction before DDL, and BEGIN followed by a write fails at once when another
    writer came between, so `isolation_level` is None and writers say BEGIN IMMEDIATE.
    """
    engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS, "isolation_level": None})
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: sqlite3.Connection, record: Any) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin(connection: Connection) -> None:
    begin = connection.get_execution_options().get(BEGIN, "BEGIN")
    if begin:
        connection.exec_driver_sql(begin)


def claim_file(path: Path, engine: Engine) -> None:
    """Make a file that proved to be ours private, and turn its write-ahead log on (it stays on)."""
    with suppress(OSError):  # somebody else owns the file, or the disk only reads: SQLite will say so
        for whole in (path, _beside(path, "-wal"), _beside(path, "-shm")):
            if whole.exists():
                whole.chmod(whole.stat().st_mode & PRIVATE)  # who took their own right to write keeps it so
    with engine.execution_options(**{BEGIN: ""}).connect() as connection:
        _turn_log_on(connection, time.monotonic() + BUSY_SECONDS)


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _turn_log_on(connection: Connection, deadline: float) -> None:
    """Turn the log on; when others open the same new file, SQLite does not wait here by itself (measured)."""
    while True:
        try:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            return
        except OperationalError as error:
            busy = getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(WAIT_SECONDS)


def copy_file(path: Path, target: Path) -> None:
    """Copy a database as its last commit left it, log included; the target appears whole or not at all.

    Raises OSError, also for what SQLite complains of.
    """
    unfinished = target.with_name(target.name + ".part")
    make_private(unfinished)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as copy:
            source.backup(copy)
        unfinished.replace(target)
    except sqlite3.Error as error:
        raise OSError(str(error)) from error
    finally:
        unfinished.unlink(missing_ok=True)
