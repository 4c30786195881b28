"""What the Store takes and returns besides plain rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from storage.tables import ItemRow, VisitRow


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """Hold an item to remember. `facets` are pairs of name (topic, pair, city, field) and value."""

    item: ItemRow
    facets: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRecord:
    """Hold all that one visit leaves behind, to be kept together.

    `memory` maps columns of the feed to their new values, `due_at` among them. `visit.entries` counts the
    entries of the document; the other counts of `visit` are filled in by the Store. No feed of the same host is due
    before `host_rests_until`. `renamed` maps canonical addresses of items to the keys that they have from now on.
    """

    feed_id: str
    memory: Mapping[str, object]
    visit: VisitRow
    items: Sequence[NewItem] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    host_rests_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Say what came of a record. `kept` is False when the feed's lease was no longer ours: nothing was written.

    `new` counts keys never seen before, `captured` the items captured just now, `near` those that became near.
    """

    kept: bool
    new: int = 0
    captured: int = 0
    near: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudged:
    """Hold a new judgement of a stored item. `item` is the row as it was read; `columns` are those that change.

    `facets` replace those that stand; None leaves them.
    """

    item: ItemRow
    columns: Mapping[str, object]
    facets: Sequence[tuple[str, str]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Hold what stories are told apart by; whole items of a busy week took 280 ms at every capture, these take 30.

    `folded` is the beginning of what the search looks in; `facets` are the pairs and the fields.
    """

    id: int
    key: str
    story_id: int | None
    canonical_url: str
    first_title: str
    folded: str
    language: str
    published_at: datetime | None
    kind: str
    facets: tuple[tuple[str, str], ...] = ()

    def values(self, name: str) -> frozenset[str]:
        """Return the values of one facet (pair or field)."""
        return frozenset(value for one, value in self.facets if one == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Say that an item names a pair or a city: `value`. `at` is when it was published."""

    value: str
    id: int
    story_id: int
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMember:
    """Hold another captured item of the same story; `why` says how it joined."""

    id: int
    title: str
    language: str
    url: str
    feed_id: str | None
    captured_at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FullItem:
    """Hold an item with its facets and the other captured items of its story, oldest first."""

    item: ItemRow
    facets: tuple[tuple[str, str], ...] = ()
    members: tuple[StoryMember, ...] = ()

    def values(self, name: str) -> tuple[str, ...]:
        """Return the values of one facet (topic, pair, city, field), sorted."""
        return tuple(value for one, value in self.facets if one == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSummary:
    """Hold what a list tells of a digest: how many items it holds, and its deliveries counted by state."""

    id: int
    subscription: str
    day: str
    opened_at: datetime
    subject: str
    items: int = 0
    deliveries: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Choose deliveries: those of one subscription, of one digest, or all."""

    subscription: str | None = None
    digest_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """Hold a delivery that did not arrive, with its digest's day. `claimed_by` names who has it in hand."""

    digest_id: int
    subscription: str
    day: str
    recipient: str
    state: str
    problem: str
    due_at: datetime | None
    claimed_by: str | None
