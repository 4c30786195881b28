"""What should always be true of a database, and what to do where it is not."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, ForeignKey, Table, and_, exists, not_, or_
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from storage.database import HEAD, Database
from storage.errors import StorageError
from storage.gather import CAPTURED, WANTED
from storage.labels import RELEVANT, TOLD
from storage.rows import DIGEST_ITEMS, ITEMS
from storage.stats import count_where
from storage.upsert import MATCHED

SETTLED = timedelta(hours=1)
"""A younger item may still be on its way to a story."""
SHOWN = 5
"""Complaints of SQLite about one file; there may be thousands."""


def find_faults(database: Database, now: datetime) -> list[str]:
    """Look for damage, for rows that lead nowhere and for rows that contradict each other.

    Return a sentence with its cure for each kind.
    """
    revision = database.revision()
    if revision != HEAD:
        return [f"the schema is {revision or 'missing'}, and {HEAD} is needed; run `city-watcher db upgrade`."]
    looks = (
        _find_obstacle,
        find_damage,
        _find_misfits,
        _find_orphans,
        partial(_find_contradictions, settled=now - SETTLED),
    )
    return list(dict.fromkeys(fault for look in looks for fault in _told(look, database)))


def _told(look: Callable[[Database], list[str]], database: Database) -> list[str]:
    try:
        return look(database)
    except StorageError as error:  # a damaged file may say so at any look
        return [str(error)]


def _find_obstacle(database: Database) -> list[str]:
    found = database.obstacle()
    return [found] if found else []


def find_damage(database: Database) -> list[str]:
    """Let SQLite read its whole file; PostgreSQL tells of damage when it meets it."""
    with database.reading() as connection:
        if connection.dialect.name != "sqlite":
            return []
        found = connection.exec_driver_sql(f"PRAGMA integrity_check({SHOWN})").scalars().all()
    lines = [" ".join(str(line).split()) for line in found if line != "ok"]
    return [f"the file is damaged ({line}); put your last backup in its place." for line in lines]


def _find_misfits(database: Database) -> list[str]:
    """Compare the search index of SQLite with the items."""
    with database.writing() as connection:
        if connection.dialect.name != "sqlite":
            return []
        try:
            connection.exec_driver_sql("INSERT INTO items_fts (items_fts, rank) VALUES ('integrity-check', 1)")
        except DBAPIError as error:
            if getattr(error.orig, "sqlite_errorname", "") not in ("SQLITE_CORRUPT_VTAB", "SQLITE_ERROR"):
                raise
            return ["the search index does not fit the items; run `city-watcher db upgrade --rebuild`."]
    return []


def _find_orphans(database: Database) -> list[str]:
    keys = [key for table in SQLModel.metadata.sorted_tables for key in table.foreign_keys]
    with database.reading() as connection:
        lost = {key.parent: count_where(connection, key.parent.table, _leads_nowhere(key)) for key in keys}
    return [
        f"{column}: points to nothing (rows: {rows}); put your last backup in its place, or delete these rows."
        for column, rows in lost.items()
        if rows
    ]


def _leads_nowhere(key: ForeignKey) -> ColumnElement[bool]:
    target = key.column.table.alias("target")
    return and_(key.parent.is_not(None), not_(exists().where(target.c[key.column.name] == key.parent)))


def _find_contradictions(database: Database, settled: datetime) -> list[str]:
    matched, aside = ITEMS.c.verdict == MATCHED, ITEMS.c.captured_at.is_(None)
    by_hand = or_(ITEMS.c.label == RELEVANT, TOLD)
    alone = and_(ITEMS.c.story_id.is_(None), ITEMS.c.captured_at < settled)
    told = exists().where(ITEMS.c.id == DIGEST_ITEMS.c.item_id, aside)
    wrongs: tuple[tuple[Table, ColumnElement[bool], str], ...] = (
        (
            ITEMS,
            and_(CAPTURED, not_(matched), not_(by_hand)),
            "captured, though they did not match (rows: {}); please report this.",
        ),
        (ITEMS, and_(matched, aside, WANTED), "matched, and yet not captured (rows: {}); please report this."),
        (ITEMS, alone, "captured, and of no story (rows: {}); restart the service, which compares them."),
        (DIGEST_ITEMS, told, "told, and yet not captured (rows: {}); please report this."),
    )
    with database.reading() as connection:
        counted = [(table, sentence, count_where(connection, table, wrong)) for table, wrong, sentence in wrongs]
    return [f"{table}: {sentence.format(rows)}" for table, sentence, rows in counted if rows]
