"""Remember of a feed what its next visit depends on: its trouble, its own words on pace, its habits."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

COLUMNS: list[tuple[str, sa.types.TypeEngine[Any], str | None]] = [
    ("configured_url", sa.Text(), ""),
    ("trouble", sa.Text(), ""),
    ("due_why", sa.Text(), ""),
    ("stay_seconds", sa.Integer(), None),
    ("full_at", sa.DateTime(timezone=True), None),
    ("pace", sa.JSON(), "{}"),
    ("identity", sa.Text(), ""),
    ("condition", sa.Text(), ""),
    ("condition_at", sa.DateTime(timezone=True), None),
]


def upgrade() -> None:
    """Add the columns; of feeds that stand there already, the address is the one that was configured."""
    for name, kind, default in COLUMNS:
        op.add_column("feeds", sa.Column(name, kind, nullable=default is None, server_default=default))
    op.execute("UPDATE feeds SET configured_url = url")
