"""The items: listed, found, planted, counted."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    distinct,
    false,
    func,
    not_,
    or_,
    select,
)

from storage.changes import mark_changed
from storage.database import Database
from storage.gather import CAPTURED, IRRELEVANT, NEWS, PUBLISHED, SEED, STORY, WANTED, gather_items
from storage.records import FullItem, NewItem
from storage.rows import ITEMS, batches, fit_address, fit_key, is_id
from storage.upsert import NEAR, plant_items

ASIDE: ColumnElement[bool] = and_(ITEMS.c.captured_at.is_(None), WANTED)
NEAR_BY: ColumnElement[bool] = and_(ASIDE, ITEMS.c.verdict == NEAR)
REJECTED: ColumnElement[bool] = and_(ASIDE, ITEMS.c.verdict != NEAR)
REFUSED: ColumnElement[bool] = ITEMS.c.label == IRRELEVANT


class Items:
    """Keep the items."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def recent(
        self,
        limit: int | None,
        *,
        captured: bool = True,
        near: bool = False,
        rejected: bool = False,
        irrelevant: bool = False,
        seeds: bool | None = None,
        before_id: int | None = None,
    ) -> list[FullItem]:
        """Return items of the sorts that are chosen, newest first; all of them where `limit` is None.

        An item that somebody marked irrelevant is of that sort alone. `seeds` True: only seeds, False: none of them.
        `before_id` goes on where an earlier list ended.
        """
        sorts = (and_(CAPTURED, WANTED), captured), (NEAR_BY, near), (REJECTED, rejected), (REFUSED, irrelevant)
        choices = [choice for choice, chosen in sorts if chosen]
        if seeds is not None:
            seeded = SEED if seeds else not_(SEED)
            choices = [and_(choice, seeded) for choice in choices]
        aside = near or rejected or irrelevant
        newest = _moment(ITEMS, aside)
        listed = select(ITEMS).where(or_(false(), *choices)).order_by(newest.desc(), ITEMS.c.id.desc())
        if before_id is not None:
            listed = listed.where(_is_older(before_id, aside))
        return self._gather(listed.limit(limit))

    def find(self, item_id: int) -> FullItem | None:
        """Return one item with its facets and the others of its story."""
        if not is_id(item_id):
            return None
        return next(iter(self._gather(select(ITEMS).where(ITEMS.c.id == item_id))), None)

    def find_all(self, item_ids: Iterable[int]) -> list[FullItem]:
        """Return these items, in no order."""
        chosen = select(ITEMS)
        return [full for batch in batches(item_ids) for full in self._gather(chosen.where(ITEMS.c.id.in_(batch)))]

    def find_by_address(self, canonical_url: str) -> FullItem | None:
        """Return the newest item of an address, which is in its canonical form; captured ones come first."""
        chosen = select(ITEMS).where(ITEMS.c.canonical_url == fit_address(canonical_url), ITEMS.c.canonical_url != "")
        newest = chosen.order_by(ITEMS.c.captured_at.is_(None), ITEMS.c.id.desc()).limit(1)
        return next(iter(self._gather(newest)), None)

    def find_by_key(self, key: str) -> FullItem | None:
        """Return the item that is remembered by this key."""
        return next(iter(self._gather(select(ITEMS).where(ITEMS.c.key == fit_key(key)))), None)

    def plant(self, items: Sequence[NewItem]) -> int:
        """Insert or refresh seeds by their key; return how many are new. An imported text stays."""
        with self._database.writing() as connection:
            planted = plant_items(connection, items)
            if planted:
                mark_changed(connection)
        return planted

    def newest_by_feed(self) -> dict[str, datetime]:
        """Return when each feed's newest entry was published, or first seen where it has no date."""
        newest = func.max(func.coalesce(PUBLISHED, ITEMS.c.first_seen_at))
        chosen = select(ITEMS.c.feed_id, newest).where(ITEMS.c.feed_id.is_not(None)).group_by(ITEMS.c.feed_id)
        with self._database.reading() as connection:
            return dict(connection.execute(chosen).all())

    def counts(self) -> dict[str, int]:
        """Count items: captured, near, rejected, those marked irrelevant and the seeds apart from them.

        `stories` are those of the captured ones.
        """
        news = and_(NEWS, WANTED)
        chosen = select(
            _count(news).label("captured"),
            _count(NEAR_BY).label("near"),
            _count(REJECTED).label("rejected"),
            _count(REFUSED).label("irrelevant"),
            _count(SEED).label("seeds"),
            func.count(distinct(case((news, STORY)))).label("stories"),
        )
        with self._database.reading() as connection:
            return dict(connection.execute(chosen).mappings().one())

    def _gather(self, chosen: Select[Any]) -> list[FullItem]:
        with self._database.reading() as connection:
            return gather_items(connection, chosen)


def _moment(items: FromClause, aside: bool) -> ColumnElement[datetime]:
    """Return what a list of items is ordered by; the index on captured_at serves where it can."""
    return func.coalesce(items.c.captured_at, items.c.first_seen_at) if aside else items.c.captured_at


def _is_older(item_id: int, aside: bool) -> ColumnElement[bool]:
    last = ITEMS.alias("last")
    moment = select(_moment(last, aside)).where(last.c.id == item_id).scalar_subquery()
    newest = _moment(ITEMS, aside)
    return or_(newest < moment, and_(newest == moment, ITEMS.c.id < item_id))


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))
