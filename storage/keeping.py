"""Keeping: what is not for good leaves after its time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, delete, not_, select

from storage.changes import mark_changed
from storage.database import Database
from storage.gather import CAPTURED, SEED
from storage.rows import ITEMS, VISITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """Say how many rows have left."""

    items: int
    visits: int


class Keeping:
    """Let go of what is not kept for good."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def purge(self, set_aside_before: datetime, visits_before: datetime) -> Purged:
        """Delete, with their facets, items first seen before an instant, and visits made before another.

        Whatever is captured, a seed, part of a story or labelled stays. No entry becomes new by it: the feed's row
        knows those that its document still holds.
        """
        aside = and_(not_(CAPTURED), not_(SEED), ITEMS.c.label == "", ITEMS.c.story_id.is_(None))
        purged = Purged(
            items=self._delete(ITEMS, and_(aside, ITEMS.c.first_seen_at < set_aside_before)),
            visits=self._delete(VISITS, VISITS.c.visited_at < visits_before),
        )
        self._optimize()
        return purged

    def _delete(self, table: Table, wanted: ColumnElement[bool]) -> int:
        """Delete rows; what somebody writes just now is left for the next time: nobody waits in a ring."""
        idle = select(table.c.id).where(wanted).with_for_update(skip_locked=True)
        with self._database.writing() as connection:
            # Were the DELETE the first to meet another connection's change of the schema, SQLite would know no items
            # (3.40 to 3.51: a foreign key's action, and a trigger that leads to FTS5). So a SELECT meets it.
            connection.scalar(select(table.c.id).limit(1))
            deleted = connection.execute(delete(table).where(table.c.id.in_(idle))).rowcount
            if deleted and table is ITEMS:
                mark_changed(connection)
        return deleted

    def _optimize(self) -> None:
        """Let SQLite learn how its tables have grown; PostgreSQL does by itself.

        The search index is left alone: to optimize it daily made a file of 119 MB 9 MB smaller, and no search
        quicker (measured).
        """
        with self._database.writing() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA optimize")
