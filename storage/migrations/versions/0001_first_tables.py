"""The eight tables as they were at the beginning. Frozen: later changes are later revisions."""

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)

revision = "0001"
down_revision = None

INSTANT = DateTime(timezone=True)


def upgrade() -> None:
    """Make all tables."""
    _create_feeds()
    _create_visits()
    _create_items()
    _create_facets()
    _create_digests()
    _create_digest_items()
    _create_deliveries()
    _create_facts()


def _create_feeds() -> None:
    op.create_table(
        "feeds",
        Column("id", String, primary_key=True),
        Column("url", Text, nullable=False),
        Column("host", String, nullable=False, index=True),
        Column("etag", Text, nullable=False),
        Column("last_modified", String, nullable=False),
        Column("body_hash", String, nullable=False),
        Column("known", LargeBinary, nullable=False),
        Column("due_at", INSTANT, index=True),
        Column("claimed_by", String),
        Column("visited_at", INSTANT),
        Column("read_at", INSTANT),
        Column("news_at", INSTANT),
        Column("rhythm_seconds", Integer),
        Column("failures", Integer, nullable=False),
        Column("problem", Text, nullable=False),
        Column("moved_to", Text, nullable=False),
        Column("moved_times", Integer, nullable=False),
        Column("moved_since_at", INSTANT),
    )


def _create_visits() -> None:
    op.create_table(
        "visits",
        Column("id", Integer, primary_key=True),
        Column("feed_id", String, nullable=False),
        Column("visited_at", INSTANT, nullable=False),
        Column("outcome", String, nullable=False),
        Column("problem", Text, nullable=False),
        Column("status", Integer),
        Column("bytes", Integer, nullable=False),
        Column("entries", Integer, nullable=False),
        Column("new_entries", Integer, nullable=False),
        Column("captured", Integer, nullable=False),
        Column("notes", JSON, nullable=False),
    )
    op.create_index("visits_feed_visited", "visits", ["feed_id", "visited_at"])


def _create_items() -> None:
    op.create_table(
        "items",
        Column("id", Integer, primary_key=True),
        Column("key", String, nullable=False, unique=True),
        Column("feed_id", String, index=True),
        Column("url", Text, nullable=False),
        Column("canonical_url", Text, nullable=False, index=True),
        Column("title", Text, nullable=False),
        Column("first_title", Text, nullable=False),
        Column("summary", Text, nullable=False),
        Column("text", Text, nullable=False),
        Column("language", String, nullable=False),
        Column("published_at", INSTANT),
        Column("published_raw", String, nullable=False),
        Column("published_how", String, nullable=False),
        Column("first_seen_at", INSTANT, nullable=False),
        Column("captured_at", INSTANT, index=True),
        Column("backfill", Boolean, nullable=False),
        Column("verdict", String, nullable=False),
        Column("score", Float, nullable=False),
        Column("kind", String, nullable=False),
        Column("why", Text, nullable=False),
        Column("reasons", JSON, nullable=False),
        Column("rules", String, nullable=False),
        Column("story_id", Integer, ForeignKey("items.id"), index=True),
        Column("story_why", String, nullable=False),
        Column("label", String, nullable=False),
        Column("folded", Text, nullable=False),
    )


def _create_facets() -> None:
    op.create_table(
        "facets",
        Column("name", String, primary_key=True),
        Column("value", String, primary_key=True),
        Column("item_id", Integer, ForeignKey("items.id", ondelete="CASCADE"), primary_key=True),
    )
    op.create_index("facets_item_name_value", "facets", ["item_id", "name", "value"])


def _create_digests() -> None:
    op.create_table(
        "digests",
        Column("id", Integer, primary_key=True),
        Column("subscription", String, nullable=False),
        Column("day", String, nullable=False),
        Column("covers_from_at", INSTANT, nullable=False),
        Column("opened_at", INSTANT, nullable=False),
        Column("subject", Text, nullable=False),
        Column("text", Text, nullable=False),
        Column("html", Text, nullable=False),
        UniqueConstraint("subscription", "day", name="digests_subscription_day"),
    )


def _create_digest_items() -> None:
    op.create_table(
        "digest_items",
        Column("subscription", String, primary_key=True),
        Column("item_id", Integer, ForeignKey("items.id"), primary_key=True),
        Column("digest_id", Integer, ForeignKey("digests.id"), nullable=False, index=True),
    )


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        Column("id", Integer, primary_key=True),
        Column("digest_id", Integer, ForeignKey("digests.id"), nullable=False),
        Column("channel", String, nullable=False),
        Column("recipient", String, nullable=False),
        Column("message_id", String, nullable=False, unique=True),
        Column("state", String, nullable=False),
        Column("due_at", INSTANT, index=True),
        Column("claimed_by", String),
        Column("attempts", Integer, nullable=False),
        Column("problem", Text, nullable=False),
        Column("sent_at", INSTANT),
        UniqueConstraint("digest_id", "channel", "recipient", name="deliveries_digest_channel_recipient"),
    )


def _create_facts() -> None:
    op.create_table(
        "facts",
        Column("name", String, primary_key=True),
        Column("value", Text, nullable=False),
        Column("noted_at", INSTANT, nullable=False),
    )
