"""The lease of a feed or a delivery: `due_at` lies ahead, and `claimed_by` says whose it is.

A killed worker's row is simply due again when its lease has passed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, Table, bindparam, select, update
from sqlalchemy.sql.dml import ReturningUpdate


def longest_due(table: Table, wanted: ColumnElement[bool]) -> Select[Any]:
    """Choose the ids of at most `limit` wanted rows, longest due first.

    PostgreSQL passes over rows that another claimant is just taking; SQLite has one writer at a time.
    """
    chosen = select(table.c.id).where(wanted).order_by(table.c.due_at, table.c.id)
    return chosen.limit(bindparam("limit")).with_for_update(skip_locked=True)


def claim_rows(
    connection: Connection,
    table: Table,
    due: Select[Any],
    asked: Mapping[str, Any],
    *,
    owner: str,
    until: datetime,
    limit: int,
) -> Sequence[RowMapping]:
    """Lease what `longest_due` chooses, asked with these values, until an instant; return it as it stands then."""
    ids = connection.scalars(due, {**asked, "limit": limit}).all()
    if not ids:
        return ()
    claimed = connection.execute(_lease(table), {"ids": ids, "until": until, "owner": owner}).mappings().all()
    rank = {one: place for place, one in enumerate(ids)}
    return sorted(claimed, key=lambda row: rank[row["id"]])


@cache
def _lease(table: Table) -> ReturningUpdate[Any]:
    mine = update(table).where(table.c.id.in_(bindparam("ids", expanding=True)))
    return mine.values(due_at=bindparam("until"), claimed_by=bindparam("owner")).returning(*table.c)


def release_rows(connection: Connection, table: Table, owner: str, now: datetime, **more: str) -> None:
    """Give back what the owner holds: due now, unclaimed; `more` are other columns to set."""
    mine = table.c.claimed_by == owner
    connection.execute(update(table).where(mine).values(due_at=now, claimed_by=None, **more))
