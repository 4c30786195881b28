"""What a search asks for: a tree of plain values, already folded and resolved; it knows no query language."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Ask for tokens that stand one behind the other in what the search looks in.

    `open_start`: the first may be the end of a token there; `open_end`: the last may be the beginning of one.
    """

    tokens: tuple[str, ...]
    open_start: bool = False
    open_end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """Ask for an item that is about one of these values; `name` is topic, pair, city or field."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Ask for one value of a column: kind, feed_id or label."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """Ask for a language in any script or country: `zh` is zh-Hant too. `tag` is in lower case."""

    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """Ask for captured, near, rejected or irrelevant items (each is of one sort), or for seeds, which are captured."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Ask for items published from an instant on, and before another."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """Ask for all of it; of nothing, for everything."""

    parts: tuple["Criterion", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Some:
    """Ask for any of it."""

    parts: tuple["Criterion", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """Ask for what is not so."""

    part: "Criterion"


Criterion = Text | Facet | Column | Language | Sort | Period | Every | Some | Without


def leaves(criterion: Criterion) -> Iterator[Criterion]:
    """Yield what a tree asks for, one by one, also what it asks not to be."""
    match criterion:
        case Every(parts=parts) | Some(parts=parts):
            for part in parts:
                yield from leaves(part)
        case Without(part=part):
            yield from leaves(part)
        case leaf:
            yield leaf
