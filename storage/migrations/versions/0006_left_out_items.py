"""Remember of an item that a digest weighed whether it was told or left out."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column; what stands there was told."""
    op.add_column("digest_items", sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.true()))
