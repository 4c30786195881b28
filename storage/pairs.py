"""The pairs: which there are, and when what was told of one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate, groupby

from sqlalchemy import ColumnElement, Connection, Select, Text, func, select

from storage.database import Database
from storage.gather import CAPTURED, STORY, WANTED
from storage.rows import FACETS, ITEMS, clean_text
from storage.search import PUBLISHED, hide

OF_PAIRS: ColumnElement[bool] = FACETS.c.name == "pair"
LOOKS = (500, 20_000)
"""So many of the newest items are looked at for pairs; more only where they name too few."""
EVERYTHING = 2**31
COUNTED = 20_000
"""So many items are counted for a page: 5 us each on SQLite (measured)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCount:
    """Hold how many captured items a pair has, and when the first and the last of them were published.

    `months` counts them by month of UTC (2026-02), the oldest first.
    """

    pair: str
    items: int
    first_at: datetime
    last_at: datetime
    months: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairItem:
    """Hold what a timeline tells of an item. `at` is when it was published, `story_id` names its story."""

    id: int
    story_id: int
    at: datetime
    kind: str
    title: str
    url: str
    feed_id: str | None
    language: str = ""


class Pairs:
    """Look at pairs; what somebody marked irrelevant counts for none."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self, limit: int) -> list[PairCount]:
        """Return the pairs of which something was told last."""
        with self._database.reading() as connection:
            pairs = _told_last(connection, limit, EVERYTHING)
            return sorted(_count(connection, pairs), key=lambda one: pairs.index(one.pair))

    def page(self, limit: int, skip: int = 0) -> list[PairCount]:
        """Return the pairs of which something was told last among the newest items, but for the first `skip` of them.

        They are fewer than `limit` where they have so many items that to count these would take long.
        """
        with self._database.reading() as connection:
            pairs = _few_enough(connection, _told_last(connection, skip + limit, LOOKS[-1])[skip:])
            return sorted(_count(connection, pairs), key=lambda one: pairs.index(one.pair))

    def by_name(self, limit: int, after: str = "") -> tuple[list[PairCount], bool]:
        """Return pairs in the order of their names, behind one of them, and whether more follow.

        That order stays whatever is captured. They are fewer than `limit` where they have very many items.
        """
        with self._database.reading() as connection:
            names: list[str] = list(connection.scalars(_names_behind(clean_text(after)).limit(limit + 1)))
            chosen = _few_enough(connection, names[:limit])
            return list(_count(connection, chosen)), len(names) > len(chosen)

    def items(self, pairs: Sequence[str]) -> list[PairItem]:
        """Return the items of these pairs, published last first."""
        columns = (ITEMS.c[name] for name in ("id", "kind", "title", "url", "feed_id", "language"))
        ids = select(FACETS.c.item_id).where(FACETS.c.name == "pair", FACETS.c.value.in_(pairs))
        chosen = select(*columns, STORY.label("story_id"), PUBLISHED.label("at"))
        chosen = chosen.where(CAPTURED, WANTED, ITEMS.c.id.in_(ids)).order_by(PUBLISHED.desc(), ITEMS.c.id.desc())
        with self._database.reading() as connection:
            return [PairItem(**row) for row in connection.execute(chosen).mappings()]


def _told_last(connection: Connection, limit: int, among: int) -> list[str]:
    """Return the pairs that were told of last, as the newest items name them."""
    found: list[str] = []
    for newest in (*(look for look in LOOKS if look < among), among):
        found = list(connection.scalars(_named_by(connection, newest).limit(limit)))
        if len(found) == limit:
            break
    return found


def _named_by(connection: Connection, newest: int) -> Select[tuple[str]]:
    """Choose the pairs that the newest items name; SQLite is kept from beginning with all pairs there are."""
    walk = select(ITEMS.c.id, PUBLISHED.label("at")).where(CAPTURED, WANTED)
    walked = walk.order_by(PUBLISHED.desc(), ITEMS.c.id.desc()).limit(newest).subquery("walk")
    last = func.max(walked.c.at)
    named = select(FACETS.c.value).join(walked, walked.c.id == FACETS.c.item_id).where(hide(connection, OF_PAIRS))
    return named.group_by(FACETS.c.value).order_by(last.desc(), FACETS.c.value)


def _names_behind(after: str) -> Select[tuple[str]]:
    """Choose the pairs with a captured item whose names are behind another one: each is looked at once."""
    named = select(FACETS.c.value).where(OF_PAIRS, FACETS.c.value > after).distinct().subquery("named")
    told = select(ITEMS.c.id).join(FACETS, FACETS.c.item_id == ITEMS.c.id)
    told = told.where(OF_PAIRS, FACETS.c.value == named.c.value, CAPTURED, WANTED).correlate(named)
    return select(named.c.value).where(told.exists()).order_by(named.c.value)


def _few_enough(connection: Connection, pairs: Sequence[str]) -> list[str]:
    """Return the first of these pairs, as many as have COUNTED items together; one at the least."""
    sized = select(FACETS.c.value, func.count()).where(OF_PAIRS, FACETS.c.value.in_(pairs)).group_by(FACETS.c.value)
    sizes: dict[str, int] = dict(connection.execute(sized).all())
    sums = accumulate(sizes[pair] for pair in pairs)
    return [pair for pair, total in zip(pairs, sums, strict=True) if total <= max(COUNTED, sizes[pairs[0]])]


def _count(connection: Connection, pairs: Sequence[str]) -> Iterator[PairCount]:
    """Yield the counts of pairs by month, all in one look at their items."""
    month = _month(connection)
    counted = FACETS.c.value.label("pair"), month.label("month"), func.count().label("items")
    span = func.min(PUBLISHED, type_=PUBLISHED.type), func.max(PUBLISHED, type_=PUBLISHED.type)
    chosen = select(*counted, span[0].label("first_at"), span[1].label("last_at"))
    chosen = chosen.join(ITEMS, ITEMS.c.id == FACETS.c.item_id).where(OF_PAIRS, CAPTURED, WANTED)
    chosen = chosen.where(FACETS.c.value.in_(pairs)).group_by(FACETS.c.value, month).order_by(FACETS.c.value, month)
    for pair, rows in groupby(connection.execute(chosen), key=lambda row: row.pair):
        months = list(rows)
        yield PairCount(
            pair=pair,
            items=sum(row.items for row in months),
            first_at=min(row.first_at for row in months),
            last_at=max(row.last_at for row in months),
            months={row.month: row.items for row in months},
        )


def _month(connection: Connection) -> ColumnElement[str]:
    """Return the month of UTC in which an item was published, such as 2026-02."""
    if connection.dialect.name == "sqlite":
        return func.substr(PUBLISHED, 1, 7, type_=Text())
    return func.to_char(func.timezone("UTC", PUBLISHED), "YYYY-MM", type_=Text())
