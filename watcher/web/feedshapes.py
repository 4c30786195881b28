"""The shapes of feeds and digests in the answers of the API, without passwords of addresses and without recipients."""

from collections.abc import Mapping
from datetime import datetime

from watcher.web.shapes import Page, Shape


class Feed(Shape):
    """An address that is polled. It is shown without user and password."""

    id: str
    name: str
    url: str
    language: str
    """What feeds.toml says of its language; empty: each entry says so."""
    state: str
    """How it is, in a word: new, well, failing, blocked, gone, ended, empty, stale and so on."""
    problem: str
    """Why it is not well, in a sentence; empty: it is."""
    entries: int
    """How many entries its last document had."""
    failures: int
    """How many visits failed in a row."""
    due_at: datetime | None
    """When it is visited next; null: it never was seen by a poll."""
    due_why: str
    """Why then, as it goes on after "because"."""
    visited_at: datetime | None
    """The last visit, whatever came of it."""
    read_at: datetime | None
    """The last visit that reached the feed."""
    news_at: datetime | None
    """The last visit that brought an entry not known before."""
    rhythm_seconds: int | None
    """The usual time between two visits that bring news, in seconds."""


class Feeds(Page):
    """A page of feeds, by id."""

    feeds: list[Feed]


class Visit(Shape):
    """One look at a feed."""

    visited_at: datetime
    outcome: str
    """unchanged, read or failed."""
    problem: str
    """Why it failed, in a sentence."""
    status: int | None
    """The HTTP status; null when there was no answer."""
    bytes: int
    """The size of the document, unpacked."""
    entries: int
    """How many entries the document had."""
    new_entries: int
    """How many of them were never seen before."""
    captured: int
    """How many items were captured then."""
    notes: list[str]
    """How the document was read where it was not well made."""


class FeedWhole(Feed):
    """A feed with what is known of it and its last visits."""

    sentences: list[str]
    """What is known of it, in words: its next visit and why, its habit, its limits, its address."""
    visits: list[Visit]
    """The last first."""


class Digest(Shape):
    """One subscription's frozen news of one local day; who gets it is not told."""

    id: int
    subscription: str
    """The id of watcher.toml."""
    day: str
    """The local day: 2026-03-01."""
    opened_at: datetime
    """When it was composed."""
    subject: str
    items: int
    """How many items it tells."""
    deliveries: Mapping[str, int]
    """How many deliveries are pending, sent, failed or uncertain."""


class Digests(Page):
    """A page of digests, opened last first."""

    digests: list[Digest]


class DigestWhole(Digest):
    """A digest as it was frozen."""

    covers_from_at: datetime
    """From when on it tells."""
    text: str
    """Its text part."""
    html: str
    """Its HTML part."""
