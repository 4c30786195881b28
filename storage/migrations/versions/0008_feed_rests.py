"""Remember of a feed how long its server wants rest, and how feeds.toml says that it is read."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the columns; how a feed was read before is not known, and that is no change."""
    op.add_column("feeds", sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("feeds", sa.Column("read_as", sa.Text(), nullable=False, server_default=""))
