"""The book of rules: what the judge needs of topics.toml and cities.csv, folded and numbered, in plain values only.

So it can be kept as JSON and read again in a tenth of the time that making it takes.
"""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any, NamedTuple

TITLE_NEEDS = ("two_in_title", "abroad_in_title")
"""A phrase with one of these needs is looked for in titles only."""

Row = Sequence[Any]
"""The values of a tuple, which JSON does not tell from a list."""


class Topic(NamedTuple):
    """Hold a topic: from `match` points on an entry is captured, from `near` on it is a near miss.

    `phrases` says how many it has.
    """

    id: str
    name: str
    match: float
    near: float
    all: bool
    phrases: int


@dataclass(slots=True, eq=False)
class Sought:
    """Hold a phrase of the topic with this id, as `settings.topics.Phrase` tells it.

    `rank` is its place in its topic, `heft` what it weighs against a find inside its own: a veto more than all.
    `helps`: it has points to give; `strong`: enough of them to match alone, or almost.
    """

    label: str
    topic: str
    rank: int
    weight: float
    heft: float
    needs: str
    kind: str
    veto: bool
    helps: bool
    strong: bool


class Cue(NamedTuple):
    """Hold a cue, as `settings.topics.Cue` tells it."""

    label: str
    lang: str
    city: str
    names: bool
    acts: bool
    own: bool


class Country(NamedTuple):
    """Hold a country under the code that it counts as."""

    id: str
    label: str


class Area(NamedTuple):
    """Hold a field of cooperation."""

    id: str


class City(NamedTuple):
    """Hold a city; `small` are its forms that begin with a small letter (lyonnaise)."""

    id: str
    name: str
    country: str
    small: tuple[str, ...]


class Claim(NamedTuple):
    """Hold whose a text is, by number, and where it is not: what must not stand beside it, folded.

    `ambiguous`: the name of a city that counts in company only.
    """

    owner: int
    not_after: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    ambiguous: bool = False


class Names(NamedTuple):
    """Hold `[names]` of topics.toml, folded; to `never` belong the countries, `never_ends` are those in Han."""

    never: tuple[str, ...]
    never_ends: tuple[str, ...]
    endings: tuple[str, ...]
    ends: str
    before: tuple[str, ...]
    towns: str
    no_town_after: str
    no_town_before: str
    provinces: str
    titles: str
    datelines: tuple[str, ...]
    capitals: tuple[str, ...]


class Book(NamedTuple):
    """Hold all rules. Owners are numbered in this order: phrases, cues, countries, areas, cities.

    A plain claim has the number of its owner; `claims` are the others, whose numbers follow. `latin` and `others` are
    the texts of topics.toml, those in ASCII and the others, each with the numbers of its claims, blanks between;
    `latin_titles` and `other_titles` those that mean something in titles only.
    `words` and `heads` are what names of cities begin with, words that are looked up and what an automaton finds: each
    with its names, the longest first, a line for each: the name, a tab, the numbers. `homes` leads a country's code to
    that of the country it counts as. Cities and claims are made of their rows when one is met.
    """

    topics: list[Topic]
    phrases: list[Sought]
    cues: list[Cue]
    countries: list[Country]
    areas: list[Area]
    cities: Sequence[Row]
    claims: Sequence[Row]
    names: Names
    homes: dict[str, str]
    latin: dict[str, str]
    others: dict[str, str]
    latin_titles: dict[str, str]
    other_titles: dict[str, str]
    words: dict[str, str]
    heads: dict[str, str]


def write_book(book: Book) -> str:
    """Write a book as JSON."""
    return json.dumps(book, ensure_ascii=False, separators=(",", ":"), default=astuple)


def read_book(text: str) -> Book:
    """Read what `write_book` wrote; other text raises ValueError or TypeError."""
    topics, phrases, cues, countries, areas, cities, claims, names, *texts = json.loads(text)
    return Book(
        [Topic(*row) for row in topics],
        [Sought(*row) for row in phrases],
        [Cue(*row) for row in cues],
        [Country(*row) for row in countries],
        [Area(*row) for row in areas],
        cities,
        claims,
        Names(*names),
        *texts,
    )
