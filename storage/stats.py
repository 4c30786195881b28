"""Numbers about a database: how large it is, what it holds, how it grew."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, func, not_, select
from sqlmodel import SQLModel

from storage.database import Database
from storage.gather import CAPTURED, NEWS, SEED
from storage.rows import ITEMS, VISITS

MONTHS = 12
DAY = timedelta(days=1)


def gather_stats(database: Database, now: datetime) -> dict[str, Any]:
    """Return bytes, rows by table, seeds, items by verdict (seeds have none), news captured by month, and the last
    day's visits by outcome.

    `oldest_at` and `newest_at` are the captures of the first and of the last news; months are those of UTC.
    """
    moments = select(func.min(ITEMS.c.captured_at).label("oldest_at"), func.max(ITEMS.c.captured_at).label("newest_at"))
    with database.reading() as connection:
        return {
            "database": database.label,
            "bytes": _size(connection),
            "rows": _rows(connection),
            "seeds": count_where(connection, ITEMS, SEED),
            "verdicts": _tally(connection, ITEMS.c.verdict, not_(SEED)),
            **connection.execute(moments.where(NEWS)).mappings().one(),
            "captured": {f"{begin:%Y-%m}": _captured(connection, begin, end) for begin, end in _months(now)},
            "visits": _tally(connection, VISITS.c.outcome, VISITS.c.visited_at > now - DAY),
        }


def count_rows(database: Database) -> dict[str, int]:
    """Count the rows of every table, and apart from them the captured items and seeds."""
    with database.reading() as connection:
        return _rows(connection) | {"captured": count_where(connection, ITEMS, CAPTURED)}


def count_where(connection: Connection, table: FromClause, *conditions: ColumnElement[bool]) -> int:
    """Count the rows of a table for which all conditions hold."""
    return connection.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


def _size(connection: Connection) -> int:
    sqlite = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    postgres = "SELECT pg_database_size(current_database())"
    sizes = connection.exec_driver_sql(sqlite if connection.dialect.name == "sqlite" else postgres)
    return int(sizes.scalar_one())


def _rows(connection: Connection) -> dict[str, int]:
    return {table.name: count_where(connection, table) for table in SQLModel.metadata.sorted_tables}


def _tally(connection: Connection, column: ColumnElement[str], *conditions: ColumnElement[bool]) -> dict[str, int]:
    counted = select(column, func.count()).where(*conditions).group_by(column).order_by(column)
    return dict(connection.execute(counted).all())


def _captured(connection: Connection, begin: datetime, end: datetime) -> int:
    return count_where(connection, ITEMS, NEWS, ITEMS.c.captured_at >= begin, ITEMS.c.captured_at < end)


def _months(now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the first instants of the last months and of those after them, oldest first."""
    this = now.astimezone(UTC)
    starts = [_first_instant(this.year * 12 + this.month + back) for back in range(-MONTHS, 1)]
    yield from pairwise(starts)


def _first_instant(months: int) -> datetime:
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)
