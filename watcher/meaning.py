"""What a query means here: words folded and cut, names of cities led to ids, dates to instants, values checked."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from unicodedata import normalize

from storage.criteria import Column, Criterion, Every, Facet, Language, Period, Some, Sort, Text, Without
from storage.rows import clean_text
from storage.search import Search
from watcher.errors import QueryError
from watcher.query import And, Filter, Node, Not, Or, Words, parse_query, suggest
from watcher.settings.cities import CityNames
from watcher.text.fold import HANGUL, fold
from watcher.text.tokens import cut_text, is_piece
from watcher.values import Kind

SORTS = ("captured", "seed", "near", "rejected", "irrelevant")
MARKED = ("relevant",)
FIRST_YEAR, LAST_YEAR = 1900, 2100
_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*")
_WAVES = str.maketrans("～〜∼", "~~~")
_ANY_HANGUL = re.compile(f"[{HANGUL}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """Hold a query that was understood: what the store is asked for, and the text that is best found in a title."""

    query: str
    criterion: Criterion
    phrase: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """Turn queries into what the store is asked for. `city_names` is called when a query names a city."""

    search: Search
    city_names: Callable[[], CityNames]
    feeds: Collection[str] = ()

    def read(self, query: str) -> Meaning:
        """Understand a query; raise a `QueryError` that shows the place of a mistake."""
        query = _storable(query)
        node = parse_query(query)
        parts = node.parts if isinstance(node, And) else (node,)
        words = [part.text for part in parts if isinstance(part, Words)]
        phrase = _text_of(" ".join(words)) if words else None
        return Meaning(query=query, criterion=self._criterion(node, query), phrase=phrase)

    def _criterion(self, node: Node, query: str) -> Criterion:
        match node:
            case And(parts=parts):
                return Every(parts=tuple(self._criterion(part, query) for part in parts))
            case Or(parts=parts):
                return Some(parts=tuple(self._criterion(part, query) for part in parts))
            case Not(part=part):
                return Without(part=self._criterion(part, query))
            case Words():
                return _criterion_of(node, query)
            case Filter():
                return self._filter(node, query)

    def _filter(self, found: Filter, query: str) -> Criterion:
        try:
            return self._read_value(found.field, _plain(found.value))
        except ValueError as problem:
            raise QueryError(str(problem), query, found.start, found.end) from None

    def _read_value(self, field: str, value: str) -> Criterion:
        """Return what a field asks for; a ValueError says what is wrong with the value."""
        match field:
            case "pair":
                return Facet(name="pair", values=self._read_pair(value))
            case "city":
                return Facet(name="city", values=self._read_city(value))
            case "kind":
                return Column(name="kind", value=_choose("kind", value.lower(), tuple(Kind)))
            case "is":
                chosen = _choose("is", value.lower(), SORTS + MARKED)
                return Column(name="label", value=chosen) if chosen in MARKED else Sort(name=chosen)
            case "lang":
                return Language(tag=_read_tag(value.lower()))
            case "before" | "after" | "on":
                return _read_period(field, value)
            case "feed":
                return Column(name="feed_id", value=self._read_stored("feed", value.lower()))
            case _:
                return Facet(name=field, values=(self._read_stored(field, value.lower()),))

    def pairs_called(self, name: str) -> tuple[str, ...]:
        """Return the pairs that a name such as 大邱~Taipei may mean; a ValueError says what is wrong with it."""
        return self._read_pair(_plain(_storable(name)))

    def _read_pair(self, value: str) -> tuple[str, ...]:
        sides = [side.strip() for side in value.split("~")]
        if len(sides) != 2 or not all(sides):
            raise ValueError("a pair is two cities with ~ between them, such as daegu~taipei; for one city write city:")
        one, other = (self._read_city(side) for side in sides)
        pairs = tuple(dict.fromkeys("~".join(sorted(both)) for both in product(one, other) if both[0] != both[1]))
        if not pairs:
            raise ValueError("both names mean the same city; name two, such as daegu~taipei")
        return pairs

    def _read_city(self, value: str) -> tuple[str, ...]:
        """Return the ids of a city's name, or a name that cities.csv does not know, as it was written."""
        names = self.city_names()
        if ids := names.get(fold(value)):
            return ids
        if self.search.is_known("city", value):
            return (value,)
        near = suggest(fold(value), {name: "" for name in names if name[:1] == fold(value)[:1]})
        raise ValueError(f"no city is called '{value}'; {near or 'add it to cities.csv, or look for it as a word'}")

    def _read_stored(self, name: str, value: str) -> str:
        """Refuse a value that no item has, where there are some to be named instead."""
        if not self.search.is_known(name, value) and not (name == "feed" and value in self.feeds):
            stored = (*self.search.values(name), *(self.feeds if name == "feed" else ()))
            if stored:
                near = suggest(value, stored) or f"write one such as {stored[0]}"
                raise ValueError(f"nothing is stored of {name} '{value}'; {near}")
        return value


def _criterion_of(words: Words, query: str) -> Criterion:
    """Return what words ask for; outside quotes each pair of Korean is on its own, for blanks vary there."""
    text = _text_of(words.text, begins=words.begins)
    if not text.tokens:
        raise QueryError("there is nothing to look for here; write a word", query, words.start, words.end)
    if words.exact or len(text.tokens) < 2 or not _ANY_HANGUL.search(words.text):
        return text
    *others, last = text.tokens
    parts = (*(_text_of(token) for token in others), _text_of(last, begins=words.begins))
    return Every(parts=parts)


def _text_of(words: str, *, begins: bool = False) -> Text:
    tokens = tuple(cut_text(words))
    return Text(
        tokens=tokens,
        open_start=bool(tokens) and is_piece(tokens[0]),
        open_end=begins or (bool(tokens) and is_piece(tokens[-1])),
    )


def _storable(written: str) -> str:
    """Blank out, at its place, what no database takes."""
    return clean_text(written.replace("\x00", " "))


def _plain(value: str) -> str:
    return normalize("NFKC", value).translate(_WAVES).replace("\0", "").strip()  # PostgreSQL takes no NUL


def _choose(field: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        near = suggest(value, known) or f"write one of {', '.join(known)}"
        raise ValueError(f"'{value}' cannot stand behind {field}:; {near}")
    return value


def _read_tag(value: str) -> str:
    if not _TAG.fullmatch(value):
        raise ValueError(f"'{value}' is no language; write a tag such as en, ko or zh-Hant")
    return value


def _read_period(field: str, value: str) -> Period:
    """Return the time before a day, month or year, from its beginning on, or within it; in UTC."""
    found = _DATE.fullmatch(value)
    try:
        begin, end = _bounds(*(int(part) if part else 0 for part in found.groups())) if found else (None, None)
    except ValueError:
        begin = end = None
    if begin is None:
        raise ValueError(f"'{value}' is no day; write 2026, 2026-03 or 2026-03-01")
    if field == "before":
        return Period(until=begin)
    return Period(since=begin, until=end if field == "on" else None)


def _bounds(year: int, month: int, day: int) -> tuple[datetime, datetime]:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(year)
    begin = date(year, month or 1, day or 1)
    following = date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
    return _midnight(begin), _midnight(begin + timedelta(days=1) if day else following)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
