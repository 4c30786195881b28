"""Leave out of the views what somebody marked irrelevant: every upgrade makes them anew."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Change no table."""
