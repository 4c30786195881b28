"""The items: listed, found, searched, planted, counted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    column,
    distinct,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    table,
)

from storage.database import Database
from storage.derived import SEARCHED
from storage.gather import CAPTURED, NEWS, SEED, STORY, gather_items
from storage.records import FullItem, NewItem
from storage.rows import ITEMS, clean_text, fit_key
from storage.upsert import NEAR, plant_items

NEAR_BY: ColumnElement[bool] = and_(ITEMS.c.captured_at.is_(None), ITEMS.c.verdict == NEAR)


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
        seeds: bool | None = None,
        before_id: int | None = None,
    ) -> list[FullItem]:
        """Return items, newest first: the captured ones, the near ones, or both; all of them where `limit` is None.

        `seeds` True: only seeds, False: none of them. `before_id` goes on where an earlier list ended.
        """
        choices = [choice for choice, chosen in ((CAPTURED, captured), (NEAR_BY, near)) if chosen]
        if seeds is not None:
            seeded = SEED if seeds else not_(SEED)
            choices = [and_(choice, seeded) for choice in choices]
        newest = _moment(ITEMS, near)
        listed = select(ITEMS).where(or_(false(), *choices)).order_by(newest.desc(), ITEMS.c.id.desc())
        if before_id is not None:
            listed = listed.where(_is_older(before_id, near))
        return self._gather(listed.limit(limit))

    def find(self, item_id: int) -> FullItem | None:
        """Return one item with its facets and the others of its story."""
        return next(iter(self._gather(select(ITEMS).where(ITEMS.c.id == item_id))), None)

    def find_by_key(self, key: str) -> FullItem | None:
        """Return the item that is remembered by this key."""
        return next(iter(self._gather(select(ITEMS).where(ITEMS.c.key == fit_key(key)))), None)

    def plant(self, items: Sequence[NewItem]) -> int:
        """Insert or refresh seeds by their key; return how many are new. An imported text stays."""
        with self._database.writing() as connection:
            return plant_items(connection, items)

    def search(self, terms: Sequence[str], limit: int) -> list[FullItem]:
        """Return the captured items whose folded text holds all terms, newest first.

        `terms` are folded like the texts: lower-case words and two-character pieces of CJK.
        """
        words = [word for term in terms if (word := clean_text(term).strip())]
        if not words:
            return []
        newest = select(ITEMS).order_by(ITEMS.c.captured_at.desc(), ITEMS.c.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return gather_items(connection, newest.where(CAPTURED, _holds_all(connection, words)))

    def newest_by_feed(self) -> dict[str, datetime]:
        """Return when each feed's newest entry was published, or first seen where it has no date."""
        newest = func.max(func.coalesce(ITEMS.c.published_at, ITEMS.c.first_seen_at))
        chosen = select(ITEMS.c.feed_id, newest).where(ITEMS.c.feed_id.is_not(None)).group_by(ITEMS.c.feed_id)
        with self._database.reading() as connection:
            return dict(connection.execute(chosen).all())

    def counts(self) -> dict[str, int]:
        """Count items: captured, near, rejected, the seeds apart from them, and the stories of the captured ones."""
        rejected = and_(ITEMS.c.captured_at.is_(None), ITEMS.c.verdict != NEAR)
        chosen = select(
            _count(NEWS).label("captured"),
            _count(NEAR_BY).label("near"),
            _count(rejected).label("rejected"),
            _count(SEED).label("seeds"),
            func.count(distinct(case((NEWS, STORY)))).label("stories"),
        )
        with self._database.reading() as connection:
            return dict(connection.execute(chosen).mappings().one())

    def _gather(self, chosen: Select[Any]) -> list[FullItem]:
        with self._database.reading() as connection:
            return gather_items(connection, chosen)


def _moment(items: FromClause, near: bool) -> ColumnElement[datetime]:
    """Return what a list of items is ordered by; the index on captured_at serves where it can."""
    return func.coalesce(items.c.captured_at, items.c.first_seen_at) if near else items.c.captured_at


def _is_older(item_id: int, near: bool) -> ColumnElement[bool]:
    last = ITEMS.alias("last")
    moment = select(_moment(last, near)).where(last.c.id == item_id).scalar_subquery()
    newest = _moment(ITEMS, near)
    return or_(newest < moment, and_(newest == moment, ITEMS.c.id < item_id))


def _holds_all(connection: Connection, words: Sequence[str]) -> ColumnElement[bool]:
    """Say the same to both searches: every word must occur."""
    if connection.dialect.name == "sqlite":
        phrases = " ".join('"' + word.replace('"', '""') + '"' for word in words)
        index = table("items_fts", column("rowid", Integer))
        matching = literal_column("items_fts").op("MATCH")(bindparam("phrases", phrases))
        return ITEMS.c.id.in_(select(index.c.rowid).where(matching))
    query = func.plainto_tsquery("simple", " ".join(words))
    return literal_column(SEARCHED).op("@@")(query)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))
