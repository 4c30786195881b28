"""Changes: a mark for each part of the database, in `facts`, that is another one after every change of that part.

Who asks again need not be answered again while the marks stand. They are kept and not counted: ids of PostgreSQL are
committed out of order, counting reads everything, and what SQLite counts by itself changes with every heartbeat.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from secrets import token_hex

from sqlalchemy import Connection, select

from storage.database import Database
from storage.rows import FACTS, insert_into
from storage.upsert import Insert

PARTS = ("digests", "feeds", "items")
"""Digests with their deliveries, feeds with their visits, items with their facets, labels and stories."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Hold the marks of some parts, and when the last of them was set; None: nothing changed since the marks began."""

    values: Mapping[str, str]
    at: datetime | None


class Changes:
    """Look at the marks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def marks(self, parts: Sequence[str]) -> Marks:
        """Return the marks of some parts; one key of `facts` for each is looked up."""
        chosen = select(FACTS).where(FACTS.c.name.in_([_name(part) for part in parts]))
        with self._database.reading() as connection:
            rows = connection.execute(chosen.order_by(FACTS.c.name)).all()
        return Marks(values={row.name: row.value for row in rows}, at=max((row.noted_at for row in rows), default=None))


def mark_changed(connection: Connection, *parts: str) -> None:
    """Give parts another mark. The last thing in a transaction: on PostgreSQL others wait from here on."""
    now = datetime.now(UTC)
    rows = [{"name": _name(part), "value": token_hex(8), "noted_at": now} for part in sorted(parts)]
    connection.execute(_statement(connection.dialect.name), rows)


@cache
def _statement(dialect: str) -> Insert:
    new = insert_into(FACTS, dialect)
    changes = {"value": new.excluded.value, "noted_at": new.excluded.noted_at}
    return new.on_conflict_do_update(index_elements=[FACTS.c.name], set_=changes)


def _name(part: str) -> str:
    return f"changed {part}"
