"""The lease of a feed or a delivery: `due_at` lies ahead, and `claimed_by` says whose it is.

A killed worker's row is simply due again when its lease has passed.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, select, update

from storage.rows import batches


def claim_rows(
    connection: Connection,
    table: Table,
    wanted: ColumnElement[bool],
    *,
    owner: str,
    until: datetime,
    limit: int | None = None,
) -> Sequence[RowMapping]:
    """Lease the wanted rows until an instant, longest due first; return them as they stand then.

    PostgreSQL passes over rows that another claimant is just taking; SQLite has one writer at a time.
    """
    due = select(table.c.id).where(wanted).order_by(table.c.due_at, table.c.id).limit(limit)
    ids = connection.scalars(due.with_for_update(skip_locked=True)).all()
    lease = update(table).values(due_at=until, claimed_by=owner).returning(*table.c)
    claimed = [
        row for batch in batches(ids) for row in connection.execute(lease.where(table.c.id.in_(batch))).mappings()
    ]
    rank = {one: place for place, one in enumerate(ids)}
    return sorted(claimed, key=lambda row: rank[row["id"]])


def release_rows(connection: Connection, table: Table, owner: str, now: datetime, **more: str) -> None:
    """Give back what the owner holds: due now, unclaimed; `more` are other columns to set."""
    mine = table.c.claimed_by == owner
    connection.execute(update(table).where(mine).values(due_at=now, claimed_by=None, **more))
