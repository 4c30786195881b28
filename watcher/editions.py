"""The values a digest is made of, from news to mail: frozen, slotted, by keyword only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from watcher.settings.ties import Tie
from watcher.values import Kind, Reason

BY_HAND = "Somebody marked it relevant."
"""Why an item is told that the rules alone would not have captured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Hold one item as a digest tells it. `source` is the name of the feed that brought it."""

    id: int
    story_id: int
    title: str
    url: str
    source: str
    language: str = ""
    summary: str = ""
    published_at: datetime | None = None
    captured_at: datetime
    kind: Kind = Kind.OTHER
    score: float = 0.0
    pairs: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """Hold what the digest's block on sources says of a feed that is not well: its state in a word, and why.

    `is_known` says that an earlier digest told it. The name is in the feed's own language.
    """

    name: str
    state: str
    problem: str = ""
    language: str = ""
    is_known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """Hold what is known beside stories, which are named by their story_id.

    `ties` says by pair how its cities are tied; `firsts` by story and pair in which time nobody
    mentioned the pair before; `earlier` is by story the latest earlier item that is like it.
    """

    ties: Mapping[str, Tie] = field(default_factory=dict)
    firsts: Mapping[tuple[int, str], str] = field(default_factory=dict)
    earlier: Mapping[int, News] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Hold everything that a digest is composed of: one subscription's news of one day.

    `left_out` are the ids of the news that it does not get, `known` those of the stories that it was told of before,
    `names` what cities are called, by their ids.
    """

    subscription: str
    title: str
    day: str
    covers_from_at: datetime
    opened_at: datetime
    zone: str
    news: tuple[News, ...] = ()
    left_out: tuple[int, ...] = ()
    known: frozenset[int] = frozenset()
    near: tuple[News, ...] = ()
    background: Background = Background()
    names: Mapping[str, str] = field(default_factory=dict)
    backfilled: int = 0
    feeds_read: int = 0
    feeds_total: int = 0
    unwell: tuple[FeedHealth, ...] = ()
    contact: str = ""
    is_mailed: bool = True
    heading_language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Hold a composed digest: what every recipient of the subscription reads."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Hold one digest for one recipient; the same values always give the same bytes.

    `day` is the digest's local day, which names its files; `date` is an instant.
    """

    digest: Digest
    sender: str
    recipient: str
    message_id: str
    date: datetime
    subscription: str
    day: str = ""
    contact: str = ""
