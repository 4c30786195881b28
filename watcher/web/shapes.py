"""The shapes of the answers of the API, in the words of the project and without what is private. Times are UTC."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from watcher.values import Kind, Verdict


class Shape(BaseModel):
    """What all shapes share: the sentence under a field is its description in the OpenAPI document."""

    model_config = ConfigDict(use_attribute_docstrings=True, from_attributes=True, frozen=True)


class Page(Shape):
    """A page of a list."""

    more: str
    """What `more` has to be for the next page; empty: this is the last one."""
    next: str
    """The address of the next page; empty: this is the last one."""


class Item(Shape):
    """An entry that is remembered: captured, or set aside."""

    id: int
    """Its number."""
    title: str
    """The headline as it was last seen."""
    url: str
    """The address of the article; empty where the feed gives none."""
    feed: str | None
    """The feed that brought it; null for a seed or what was added by hand."""
    is_seed: bool
    """Whether it is one of the seed articles."""
    language: str
    """A language tag such as en or zh-Hant; empty where nobody says."""
    published_at: datetime | None
    """When the feed says it appeared."""
    first_seen_at: datetime
    """When it was seen first."""
    captured_at: datetime | None
    """When it was captured; null: it is set aside."""
    backfill: bool
    """Whether it was already old at first sight, so that no digest tells it."""
    verdict: Verdict
    """What the rules say of it."""
    label: str
    """What a person says of it: relevant, irrelevant, or empty."""
    score: float
    """The sum of the weights of its reasons."""
    kind: Kind
    """The sort of event."""
    pairs: list[str]
    """Pairs of cities, ids sorted: daegu~taipei."""
    cities: list[str]
    """Cities: ids of cities.csv, or names as they are written."""
    topics: list[str]
    """The topics that matched."""
    fields: list[str]
    """The fields of cooperation."""
    story: int
    """The story it belongs to: the id of its first item."""
    why: str
    """Its reasons as one sentence."""


class Items(Page):
    """A page of what a query finds, published last first; those whose title holds the whole phrase come before."""

    items: list[Item]
    count: int
    """How many items the query finds, up to 1,000."""
    is_counted: bool
    """Whether `count` is all; false: there are more than 1,000."""


class Reason(Shape):
    """One phrase that counted."""

    topic: str
    phrase: str
    """The wording as topics.toml has it."""
    field: str
    """Where it stands: title, summary or text."""
    start: int
    """Where it begins there, in characters from 0."""
    end: int
    """Where it ends there, in characters from 0."""
    weight: float


class Tie(Shape):
    """A known relation of two cities."""

    pair: str
    relation: str
    """Such as sister cities."""
    since: str
    """A year, month or day: 2010, 2010-11, 2010-11-04; empty where nobody says."""
    source: str
    """Who says so."""
    note: str
    sentence: str
    """All of it in a few words."""


class Mention(Shape):
    """The first news of a pair."""

    pair: str
    span: str
    """In which time it is the first, in words."""


class Earlier(Shape):
    """The latest earlier item of the same pair, or of the same city and kind."""

    id: int
    title: str
    url: str
    source: str
    """The name of the feed, or the publisher of a seed."""
    language: str
    published_at: datetime | None


class Member(Shape):
    """Another captured item of the same story."""

    id: int
    title: str
    url: str
    feed: str | None
    captured_at: datetime
    why: str
    """How it joined: first, url, title, text, pair, or split."""


class ItemWhole(Item):
    """An item with all that is known of it."""

    first_title: str
    """The headline at first sight."""
    summary: str
    """The feed's summary as plain text; of a seed our abstract."""
    text: str
    """The feed's full text as plain text, where it gives one."""
    published_raw: str
    """The date as the feed wrote it."""
    published_how: str
    """The rule that read it."""
    story_why: str
    """How it joined its story: first, url, title, text, pair, or split."""
    reasons: list[Reason]
    members: list[Member]
    """The others of its story, captured first first."""
    ties: list[Tie]
    """What is known of its pairs."""
    first_mentions: list[Mention]
    see_also: Earlier | None


class Story(Shape):
    """Items that tell of the same event."""

    id: int
    """The id of its first item."""
    title: str
    """The headline of its first item."""
    kind: Kind
    """The kind of its first item."""
    pairs: list[str]
    """The pairs of all its items."""
    items: int
    """How many captured items it has."""
    first_captured_at: datetime
    last_captured_at: datetime


class Stories(Page):
    """A page of stories, the highest id first."""

    stories: list[Story]


class StoryWhole(Shape):
    """A story with its items."""

    story: Story
    items: list[Item]
    """Captured first first."""


class Pair(Shape):
    """Two cities, and how much was told of them."""

    pair: str
    items: int
    """How many captured items name it."""
    first_at: datetime | None
    """When the first of them was published; null: there is none."""
    last_at: datetime | None
    """When the last of them was published; null: there is none."""
    tie: Tie | None
    """How the two are tied, where that is known."""


class Pairs(Page):
    """A page of pairs, by name."""

    pairs: list[Pair]


class Event(Shape):
    """One story of a pair."""

    at: datetime
    """When its first item was published."""
    group: str
    """What it counts as: agreements, forums, visits or others."""
    items: int
    """How many items tell of it."""
    id: int
    """Its first item."""
    story: int
    title: str
    url: str
    kind: Kind
    feed: str | None


class PairWhole(Pair, Page):
    """A pair with its timeline; the events come in pages, the newest first."""

    groups: dict[str, int]
    """How many events there are of each group."""
    months: dict[str, int]
    """How many items were published in each month (2026-02) that has some."""
    events: list[Event]


def columns(row: Any, shape: type[Shape]) -> dict[str, Any]:
    """Return what a row says under the names of a shape."""
    return {name: getattr(row, name) for name in shape.model_fields if hasattr(row, name)}
