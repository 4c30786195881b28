"""Changes: a mark in `facts` that is another one after every change of items, their facets, labels and stories.

Who asks again need not be answered again while it stands. It is kept and not counted: ids of PostgreSQL are committed
out of order, counting reads everything, and what SQLite counts by itself changes with every heartbeat. A visit that
brings nothing sets none.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from secrets import token_hex

from sqlalchemy import Connection, select

from storage.database import Database
from storage.rows import FACTS, insert_into
from storage.upsert import Insert

NAME = "items changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Hold the mark and when it was set; empty and None: nothing changed since marks are set."""

    value: str = ""
    at: datetime | None = None


class Changes:
    """Look at the mark."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mark(self) -> Mark:
        """Return the mark of the last change."""
        with self._database.reading() as connection:
            row = connection.execute(select(FACTS).where(FACTS.c.name == NAME)).first()
        return Mark(value=row.value, at=row.noted_at) if row else Mark()


def mark_changed(connection: Connection) -> None:
    """Set another mark. The last thing in a transaction: on PostgreSQL others wait from here on."""
    row = {"name": NAME, "value": token_hex(8), "noted_at": datetime.now(UTC)}
    connection.execute(_statement(connection.dialect.name), row)


@cache
def _statement(dialect: str) -> Insert:
    new = insert_into(FACTS, dialect)
    changes = {"value": new.excluded.value, "noted_at": new.excluded.noted_at}
    return new.on_conflict_do_update(index_elements=[FACTS.c.name], set_=changes)
