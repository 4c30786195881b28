"""The values in flight: what moves from fetch over read and judge to the store.

All are frozen, slotted and keyword-only. Times are aware UTC; durations are timedelta.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Verdict(StrEnum):
    """Say what the judge decided of an entry."""

    MATCHED = "matched"
    NEAR = "near"
    REJECTED = "rejected"


class Kind(StrEnum):
    """Name the sort of event that an item tells of."""

    FORUM = "forum"
    AGREEMENT = "agreement"
    MOU = "mou"
    VISIT = "visit"
    ANNIVERSARY = "anniversary"
    REAFFIRMATION = "reaffirmation"
    TERMINATION = "termination"
    PROGRAMME = "programme"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Hold what a feed says of one article, as plain text.

    `id` is the feed's own identifier; `key` tells the entry from all others of its feed.
    `published_how` names the rule that read `published_raw`; both are empty when there was no date.
    """

    key: str = ""
    id: str = ""
    url: str = ""
    title: str = ""
    summary: str = ""
    text: str = ""
    language: str = ""
    published_at: datetime | None = None
    published_raw: str = ""
    published_how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Hold one phrase that counted. `start` and `end` are offsets in the original text of `field`."""

    topic: str
    phrase: str
    field: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Hold what the judge decided of one entry, and why.

    `score` is the sum of the weights of `reasons`. `cities` are ids of cities.csv, or names kept as
    written; `pairs` hold two of them, sorted, joined by `~`. `why` is one plain sentence.
    """

    verdict: Verdict
    score: float
    kind: Kind = Kind.OTHER
    topics: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Hold how often a feed wants to be asked for: not within `ttl`, nor in these hours (UTC), nor on these days.

    Days count from Monday, 0. Source: RSS 2.0 `ttl`, `skipHours`, `skipDays`; RSS 1.0 syndication module. `fresh_for`
    is the server's own word (max-age, Expires), which holds on after a 304 that says nothing.
    """

    fresh_for: timedelta = timedelta()
    ttl: timedelta = timedelta()
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """Hold the CSS selectors of a list page: what one headline stands in, and inside it link, title and date.

    An empty one stands for what is usual: the first link, its words, no date.
    """

    item: str
    link: str = ""
    title: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Hold what a visit needs of one feed: the settings of feeds.toml and what the store remembers.

    `known` is 8 bytes for each entry of the last document that was read.

    `configured_url` is the address of feeds.toml, `url` the one that is asked.
    `every` is the shortest time between two visits, `longest` the longest. `rhythm` is the usual time between two
    visits that bring news, `stay` the shortest time, of late, in which an entry left the document.
    """

    id: str
    url: str
    configured_url: str = ""
    format: str = "auto"
    select: Selectors | None = None
    language: str = ""
    region: str = ""
    zone: str = "UTC"
    encoding: str = ""
    identity: str = ""
    every: timedelta = timedelta(hours=1)
    longest: timedelta = timedelta(days=1)
    timeout: timedelta = timedelta(seconds=30)
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    known: bytes = b""
    failures: int = 0
    visited_at: datetime | None = None
    read_at: datetime | None = None
    news_at: datetime | None = None
    rhythm: timedelta | None = None
    stay: timedelta | None = None
    moved_to: str = ""
    moved_times: int = 0
    moved_since_at: datetime | None = None
    full_at: datetime | None = None
    pace: Pace = Pace()
    condition: str = ""
    condition_at: datetime | None = None


class Trouble(StrEnum):
    """Say what kind of trouble ended a visit: the next one depends on it."""

    BROKEN = "broken"  # what is none of the others
    DOWN = "down"  # passes by itself: no answer, one that was cut off, trouble of the server's own
    BLOCKED = "blocked"  # the server keeps us out
    GONE = "gone"  # nothing is at the address
    ENDED = "ended"  # the feed was closed for good
    BUSY = "busy"  # the server says when to come back
    REFUSED = "refused"  # the address guard kept us from asking


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """Say that the feed has nothing new: 304, or the same bytes as last time; the fields are those of `Fetched`."""

    status: int = 304
    bytes: int = 0
    moved_to: str = ""
    etag: str = ""
    last_modified: str = ""
    fresh_for: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """Hold a document that differs from the last one.

    `url` is where it was found in the end; `moved_to` is where redirects for good lead, empty without one;
    `fresh_for` is how long the server says that its answer holds, `sent_at` what time it was there.
    """

    body: bytes = field(repr=False)
    body_hash: str
    url: str
    moved_to: str = ""
    status: int = 200
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    fresh_for: timedelta = timedelta()
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Say in one sentence why a visit brought nothing. `retry_after` is the server's own wish."""

    problem: str
    status: int | None = None
    retry_after: timedelta | None = None
    trouble: Trouble = Trouble.BROKEN


Outcome = Unchanged | Fetched | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Hold what a document says: its entries in document order, and notes on how it was read.

    `more` are the addresses that an index of sitemaps leads to: their entries are its own.
    """

    entries: tuple[Entry, ...] = ()
    format: str = ""
    title: str = ""
    language: str = ""
    encoding: str = ""
    identity: str = ""
    pace: Pace = Pace()
    notes: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Hold one look at one feed: what came of it, what was read, and the judgement of every entry not yet known."""

    feed: Feed
    outcome: Outcome
    reading: Reading = Reading()
    judged: tuple[tuple[Entry, Judgement], ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return the entries of the document, in its order."""
        return self.reading.entries
