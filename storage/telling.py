"""Telling of stories: which there are, and what each holds. What somebody marked irrelevant is no part of one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select

from storage.database import Database
from storage.gather import CAPTURED, WANTED, gather_items
from storage.records import FullItem
from storage.rows import FACETS, ITEMS


@dataclass(frozen=True, slots=True, kw_only=True)
class StorySummary:
    """Hold what the view `stories` says of a story: its first item, its pairs, how many items tell of it, and when."""

    id: int
    title: str
    kind: str
    pairs: tuple[str, ...]
    items: int
    first_captured_at: datetime
    last_captured_at: datetime


class Telling:
    """Look at stories."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, limit: int, before: int | None = None) -> list[StorySummary]:
        """Return stories by their ids, the highest first, below one of them."""
        chosen = _counted().order_by(ITEMS.c.story_id.desc()).limit(limit)
        if before is not None:
            chosen = chosen.where(ITEMS.c.story_id < before)
        with self._database.reading() as connection:
            return _summed_up(connection, connection.execute(chosen).mappings().all())

    def find(self, story_id: int) -> tuple[StorySummary, list[FullItem]] | None:
        """Return a story with its items, captured first first; None when no item tells of it."""
        of_story = ITEMS.c.story_id == story_id
        items = select(ITEMS).where(of_story, CAPTURED, WANTED).order_by(ITEMS.c.captured_at, ITEMS.c.id)
        with self._database.reading() as connection:
            found = _summed_up(connection, connection.execute(_counted().where(of_story)).mappings().all())
            return (found[0], gather_items(connection, items)) if found else None


def _counted() -> Select[Any]:
    """Count the items of each story, by the index on story_id."""
    captured_at = ITEMS.c.captured_at
    first, last = func.min(captured_at).label("first_captured_at"), func.max(captured_at).label("last_captured_at")
    counted = select(ITEMS.c.story_id, func.count().label("items"), first, last)
    return counted.where(CAPTURED, WANTED, ITEMS.c.story_id.is_not(None)).group_by(ITEMS.c.story_id)


def _summed_up(connection: Connection, counted: Sequence[RowMapping]) -> list[StorySummary]:
    ids = [row["story_id"] for row in counted]
    columns = (ITEMS.c[name] for name in ("id", "title", "kind"))
    firsts = {row["id"]: row for row in connection.execute(select(*columns).where(ITEMS.c.id.in_(ids))).mappings()}
    pairs = _pairs_of(connection, ids)
    return [
        StorySummary(
            **firsts[row["story_id"]],
            pairs=tuple(pairs[row["story_id"]]),
            **{name: row[name] for name in ("items", "first_captured_at", "last_captured_at")},
        )
        for row in counted
    ]


def _pairs_of(connection: Connection, stories: Sequence[int]) -> dict[int, list[str]]:
    chosen = select(ITEMS.c.story_id, FACETS.c.value).distinct()
    chosen = chosen.join(FACETS, FACETS.c.item_id == ITEMS.c.id)
    chosen = chosen.where(ITEMS.c.story_id.in_(stories), CAPTURED, WANTED, FACETS.c.name == "pair")
    found: dict[int, list[str]] = defaultdict(list)
    for story_id, pair in connection.execute(chosen):
        found[story_id].append(pair)
    return {story_id: sorted(found[story_id]) for story_id in stories}
