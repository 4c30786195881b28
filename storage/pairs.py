"""The pairs: which there are, and when what was told of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from storage.database import Database
from storage.gather import CAPTURED, STORY, WANTED
from storage.rows import FACETS, ITEMS, clean_text
from storage.search import PUBLISHED

OF_PAIRS: ColumnElement[bool] = and_(FACETS.c.name == "pair", CAPTURED, WANTED)

FIRST, LAST = func.min(PUBLISHED, type_=PUBLISHED.type), func.max(PUBLISHED, type_=PUBLISHED.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCount:
    """Hold how many captured items a pair has, and when the first and the last of them were published."""

    pair: str
    items: int
    first_at: datetime
    last_at: datetime


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


class Pairs:
    """Look at pairs; what somebody marked irrelevant counts for none."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self, limit: int) -> list[PairCount]:
        """Return the pairs of which something was told last."""
        chosen = _counted().order_by(LAST.desc(), FACETS.c.value).limit(limit)
        with self._database.reading() as connection:
            return [PairCount(**row) for row in connection.execute(chosen).mappings()]

    def by_name(self, limit: int, after: str = "") -> list[PairCount]:
        """Return pairs in the order of their names, behind one of them; that order stays whatever is captured."""
        chosen = _counted().where(FACETS.c.value > clean_text(after)).order_by(FACETS.c.value).limit(limit)
        with self._database.reading() as connection:
            return [PairCount(**row) for row in connection.execute(chosen).mappings()]

    def items(self, pairs: Sequence[str]) -> list[PairItem]:
        """Return the items of these pairs, published last first."""
        columns = (ITEMS.c[name] for name in ("id", "kind", "title", "url", "feed_id"))
        ids = select(FACETS.c.item_id).where(FACETS.c.name == "pair", FACETS.c.value.in_(pairs))
        chosen = select(*columns, STORY.label("story_id"), PUBLISHED.label("at"))
        chosen = chosen.where(CAPTURED, WANTED, ITEMS.c.id.in_(ids)).order_by(PUBLISHED.desc(), ITEMS.c.id.desc())
        with self._database.reading() as connection:
            return [PairItem(**row) for row in connection.execute(chosen).mappings()]


def _counted() -> Select[Any]:
    """Count the items of each pair."""
    counted = FACETS.c.value.label("pair"), func.count().label("items")
    chosen = select(*counted, FIRST.label("first_at"), LAST.label("last_at"))
    return chosen.join(ITEMS, ITEMS.c.id == FACETS.c.item_id).where(OF_PAIRS).group_by(FACETS.c.value)
