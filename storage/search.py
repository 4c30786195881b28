"""The search: a tree of criteria becomes one SELECT that answers the same on both databases.

What was published last comes first. SQLite walks an index, which holds all columns that are asked for,
and looks ids up in sets that items_fts and facets give: so no search costs more than one walk and the making of its
sets, however rare or common its words are. PostgreSQL chooses by its statistics between the search index, for rare
words, and a walk in which texts are looked through.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    text,
    true,
    tuple_,
)

from storage.criteria import Column, Criterion, Every, Facet, Language, Period, Some, Sort, Text, Without, leaves
from storage.database import Database
from storage.derived import MOMENT
from storage.gather import CAPTURED, IRRELEVANT, SEED, WANTED, gather_items
from storage.records import FullItem
from storage.rows import FACETS, ITEMS
from storage.tables import Instant
from storage.texts import ID, NONE, holds, is_rare, is_text
from storage.upsert import NEAR

PUBLISHED: ColumnElement[datetime] = literal_column(f"({MOMENT})", Instant())
"""When an item was published, as far as that had come when it was seen first; its first sight where it has no date."""

SORTS: dict[str, ColumnElement[bool]] = {
    "captured": and_(CAPTURED, WANTED),
    "near": and_(not_(CAPTURED), WANTED, ITEMS.c.verdict == NEAR),
    "rejected": and_(not_(CAPTURED), WANTED, ITEMS.c.verdict != NEAR),
    "irrelevant": ITEMS.c.label == IRRELEVANT,
    "seed": SEED,
}
STANDARD = "captured"
"""What is searched where a query names no other sort; the sorts that it names are searched besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Hold what a search orders by: an item, and when it was published."""

    id: int
    at: datetime


class Search:
    """Find items."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, criterion: Criterion, limit: int, after: Hit | None = None) -> list[Hit]:
        """Return the items that a tree asks for, published last first, of one moment the highest id first.

        Those marked irrelevant, and those set aside, are found only where it names their sort. `after` goes on behind
        a hit.
        """
        with self._searching() as connection:
            chosen = _select(connection, criterion, after).limit(limit)
            return [Hit(id=row.id, at=row.at) for row in connection.execute(chosen)]

    def gather(self, ids: Sequence[int]) -> list[FullItem]:
        """Return these items whole, in this order; those that are gone are left out."""
        with self._database.reading() as connection:
            places = {item_id: place for place, item_id in enumerate(ids)}
            found = gather_items(connection, select(ITEMS).where(ITEMS.c.id.in_(ids)))
        return sorted(found, key=lambda full: places[full.item.id or 0])

    def titles(self, ids: Sequence[int]) -> dict[int, str]:
        """Return the headlines of items."""
        with self._database.reading() as connection:
            rows = connection.execute(select(ITEMS.c.id, ITEMS.c.title).where(ITEMS.c.id.in_(ids)))
            return {row.id: row.title for row in rows}

    def values(self, name: str) -> list[str]:
        """Return all values of a facet (topic, pair, city, field), or the feeds of which items are stored."""
        column = ITEMS.c.feed_id if name == "feed" else FACETS.c.value
        chosen = select(column).where(column.is_not(None)).distinct().order_by(column)
        with self._database.reading() as connection:
            return list(connection.scalars(chosen if name == "feed" else chosen.where(FACETS.c.name == name)))

    def is_known(self, name: str, value: str) -> bool:
        """Say whether any item has this value: of a facet (topic, pair, city, field), or its feed."""
        of_facet = select(FACETS.c.item_id).where(FACETS.c.name == name, FACETS.c.value == value)
        found = select(ITEMS.c.id).where(ITEMS.c.feed_id == value) if name == "feed" else of_facet
        with self._database.reading() as connection:
            return connection.execute(found.limit(1)).first() is not None

    @contextmanager
    def _searching(self) -> Iterator[Connection]:
        """Open a transaction in which PostgreSQL neither compiles a search nor shares it out: both cost more."""
        with self._database.reading() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL jit = off"))
                connection.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
            yield connection


def _select(connection: Connection, criterion: Criterion, after: Hit | None = None) -> Select[tuple[int, datetime]]:
    cheap, dear = _part_by_cost(connection, criterion)
    chosen = select(ITEMS.c.id, PUBLISHED.label("at"))
    chosen = chosen.where(_sorts(connection, criterion), *(_condition(connection, part) for part in cheap))
    if after is not None:
        place = tuple_(PUBLISHED, ITEMS.c.id)
        chosen = chosen.where(place < tuple_(literal(after.at, Instant()), after.id))
    chosen = chosen.order_by(PUBLISHED.desc(), ITEMS.c.id.desc())
    return _look_through(connection, chosen, dear) if dear else chosen


def _part_by_cost(connection: Connection, criterion: Criterion) -> tuple[list[Criterion], list[Criterion]]:
    """Part what is asked for into what an index answers and, on PostgreSQL, the texts that are looked through."""
    parts = list(criterion.parts) if isinstance(criterion, Every) else [criterion]
    texts = [part for part in parts if any(isinstance(leaf, Text) for leaf in leaves(part))]
    others = [part for part in parts if part not in texts]
    plain = [part for part in texts if is_text(part)]
    if connection.dialect.name == "sqlite" or not others or (plain and is_rare(connection, Every(parts=tuple(plain)))):
        return [criterion], []
    return others, texts


def _look_through(
    connection: Connection, walked: Select[tuple[int, datetime]], texts: list[Criterion]
) -> Select[tuple[int, datetime]]:
    """Let PostgreSQL look at the row itself, in the order of the walk, only of what all other conditions left.

    OFFSET 0 keeps both steps apart.
    """
    walk = walked.offset(NONE).subquery("walk")
    row = select(ITEMS.c.id).where(ITEMS.c.id == walk.c.id, _condition(connection, Every(parts=tuple(texts))))
    return select(walk.c.id, walk.c.at).where(row.offset(NONE).exists())


def _sorts(connection: Connection, criterion: Criterion) -> ColumnElement[bool]:
    parts = criterion.parts if isinstance(criterion, Every) else (criterion,)
    if any(isinstance(part, Sort) and part.name != "seed" for part in parts):
        return true()  # nothing but that sort can be found
    named = {leaf.name for leaf in leaves(criterion) if isinstance(leaf, Sort)} - {"seed"}
    if not named - {STANDARD}:
        return SORTS[STANDARD]  # as the index items_captured_order says it
    return hide(connection, or_(*(SORTS[name] for name in sorted({STANDARD} | named))))


def hide(connection: Connection, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Hide a condition from SQLite, which would begin with the index that it names, and sort."""
    return case((condition, 1), else_=0) == 1 if connection.dialect.name == "sqlite" else condition


def _condition(connection: Connection, criterion: Criterion) -> ColumnElement[bool]:
    match criterion:
        case Text():
            return holds(connection, criterion)
        case Every(parts=parts):
            texts = tuple(filter(is_text, parts))
            others = [_condition(connection, part) for part in parts if not is_text(part)]
            return and_(true(), *others, *([holds(connection, Every(parts=texts))] if texts else []))
        case Some(parts=parts) if is_text(criterion):
            return holds(connection, criterion)
        case Some(parts=parts):
            return or_(false(), *(_condition(connection, part) for part in parts))
        case Without(part=part):
            return not_(_condition(connection, part))
        case Facet(name=name, values=values):
            return ID.in_(select(FACETS.c.item_id).where(FACETS.c.name == name, FACETS.c.value.in_(values)))
        case Column(name=name, value=value):
            return func.coalesce(ITEMS.c[name], "") == value
        case Language(tag=tag):
            return or_(func.lower(ITEMS.c.language) == tag, func.lower(ITEMS.c.language).startswith(f"{tag}-"))
        case Period(since=since, until=until):
            return and_(true(), *_within(since, until))
        case Sort(name=name):
            return hide(connection, SORTS[name])


def _within(since: datetime | None, until: datetime | None) -> Iterator[ColumnElement[bool]]:
    at = PUBLISHED
    if since is not None:
        yield at >= since
    if until is not None:
        yield at < until
