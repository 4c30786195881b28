"""The eight tables. Times are aware UTC; the lease of a feed or a delivery is its `due_at`.

A default [] or {} is each row's own: it is copied. A factory `list` would cost 0.4 ms a row (pydantic 2.14).
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect, Index, Text, UniqueConstraint, text, true
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

UNTOLD = text("coalesce(story_id, 0) = 0 AND captured_at IS NOT NULL")
"""What was captured and has no story yet: nothing, but for the moment after a capture. Were it `story_id IS NULL`,
SQLite would take the index on story_id, and look through all that is set aside (measured)."""


class Instant(TypeDecorator[datetime]):
    """Keep an aware datetime as UTC; refuse a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time into UTC on its way into the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; times are stored as aware UTC")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say UTC on the way out; SQLite keeps no zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def instant(*, index: bool = False, nullable: bool = True) -> Any:
    """Declare a column that holds an instant."""
    return Field(default=None, sa_column=Column(Instant(), index=index, nullable=nullable))


class FeedRow(SQLModel, table=True):
    """What we remember of a feed. `due_at` NULL: the feed is not in the configuration (any more)."""

    __tablename__ = "feeds"

    id: str = Field(primary_key=True)
    url: str = Field(sa_type=Text)
    host: str = Field(index=True)
    etag: str = Field(default="", sa_type=Text)
    last_modified: str = ""
    body_hash: str = ""
    known: bytes = b""
    due_at: datetime | None = instant(index=True)
    claimed_by: str | None = None
    visited_at: datetime | None = instant()
    read_at: datetime | None = instant()
    news_at: datetime | None = instant()
    rhythm_seconds: int | None = None
    failures: int = 0
    problem: str = Field(default="", sa_type=Text)
    moved_to: str = Field(default="", sa_type=Text)
    moved_times: int = 0
    moved_since_at: datetime | None = instant()
    configured_url: str = Field(default="", sa_type=Text)
    trouble: str = Field(default="", sa_type=Text)
    due_why: str = Field(default="", sa_type=Text)
    stay_seconds: int | None = None
    full_at: datetime | None = instant()
    pace: dict[str, Any] = Field(default={}, sa_type=JSON)
    identity: str = Field(default="", sa_type=Text)
    condition: str = Field(default="", sa_type=Text)
    condition_at: datetime | None = instant()
    rests_until: datetime | None = instant()
    read_as: str = Field(default="", sa_type=Text)


class VisitRow(SQLModel, table=True):
    """One look at one feed. `outcome` is unchanged, read or failed."""

    __tablename__ = "visits"
    __table_args__ = (Index("visits_feed_visited", "feed_id", "visited_at"),)

    id: int | None = Field(default=None, primary_key=True)
    feed_id: str
    visited_at: datetime = instant(nullable=False)
    outcome: str
    problem: str = Field(default="", sa_type=Text)
    status: int | None = None
    bytes: int = 0
    entries: int = 0
    new_entries: int = 0
    captured: int = 0
    notes: list[str] = Field(default=[], sa_type=JSON)


class ItemRow(SQLModel, table=True):
    """An entry that we remember. `captured_at` NULL: set aside. `feed_id` NULL: a seed or by hand."""

    __tablename__ = "items"
    __table_args__ = (Index("items_untold", "captured_at", "id", sqlite_where=UNTOLD, postgresql_where=UNTOLD),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    feed_id: str | None = Field(default=None, index=True)
    url: str = Field(default="", sa_type=Text)
    canonical_url: str = Field(default="", sa_type=Text, index=True)
    title: str = Field(sa_type=Text)
    first_title: str = Field(sa_type=Text)
    summary: str = Field(default="", sa_type=Text)
    text: str = Field(default="", sa_type=Text)
    language: str = ""
    published_at: datetime | None = instant()
    published_raw: str = ""
    published_how: str = ""
    first_seen_at: datetime = instant(nullable=False)
    captured_at: datetime | None = instant(index=True)
    backfill: bool = False
    verdict: str
    score: float = 0.0
    kind: str = "other"
    why: str = Field(default="", sa_type=Text)
    reasons: list[dict[str, Any]] = Field(default=[], sa_type=JSON)
    rules: str = ""
    story_id: int | None = Field(default=None, foreign_key="items.id", index=True)
    story_why: str = ""
    label: str = ""
    folded: str = Field(default="", sa_type=Text)


class FacetRow(SQLModel, table=True):
    """One thing an item is about. `name` is topic, pair, city or field."""

    __tablename__ = "facets"
    __table_args__ = (Index("facets_item_name_value", "item_id", "name", "value"),)

    name: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    item_id: int = Field(primary_key=True, foreign_key="items.id", ondelete="CASCADE")


class DigestRow(SQLModel, table=True):
    """One subscription's frozen news of one local day; the unique pair decides who was first."""

    __tablename__ = "digests"
    __table_args__ = (UniqueConstraint("subscription", "day", name="digests_subscription_day"),)

    id: int | None = Field(default=None, primary_key=True)
    subscription: str
    day: str
    covers_from_at: datetime = instant(nullable=False)
    opened_at: datetime = instant(nullable=False)
    subject: str = Field(default="", sa_type=Text)
    text: str = Field(default="", sa_type=Text)
    html: str = Field(default="", sa_type=Text)


class DigestItemRow(SQLModel, table=True):
    """An item told to a subscription, or left out for it: the key says that this is decided once."""

    __tablename__ = "digest_items"

    subscription: str = Field(primary_key=True)
    item_id: int = Field(primary_key=True, foreign_key="items.id", index=True)
    digest_id: int = Field(foreign_key="digests.id", index=True)
    told: bool = Field(default=True, sa_column_kwargs={"server_default": true()})


class DeliveryRow(SQLModel, table=True):
    """A digest on its way to one recipient. `state` is pending, sent, failed or uncertain."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("digest_id", "channel", "recipient", name="deliveries_digest_channel_recipient"),
    )

    id: int | None = Field(default=None, primary_key=True)
    digest_id: int = Field(foreign_key="digests.id")
    channel: str
    recipient: str
    message_id: str = Field(unique=True)
    state: str = "pending"
    due_at: datetime | None = instant(index=True)
    claimed_by: str | None = None
    attempts: int = 0
    problem: str = Field(default="", sa_type=Text)
    sent_at: datetime | None = instant()


class FactRow(SQLModel, table=True):
    """A single remembered value: heartbeat, rules fingerprint, last maintenance, a subscription's first day."""

    __tablename__ = "facts"

    name: str = Field(primary_key=True)
    value: str = Field(default="", sa_type=Text)
    noted_at: datetime = instant(nullable=False)
