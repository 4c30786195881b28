"""The judgements: which stored items other rules judged, and what newer rules say of them."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, not_, select, update

from storage.changes import mark_changed
from storage.database import Database
from storage.gather import CAPTURED, SEED
from storage.records import Rejudged
from storage.rows import FACETS, ITEMS, clean_values, model_of
from storage.tables import ItemRow
from storage.upsert import JUDGEMENT, replace_facets

ROWS = 200
"""Items in one batch: judging and writing them lets a visit wait for some milliseconds."""

TEXTS = ("title", "summary", "text")
WRITTEN = (*JUDGEMENT, "captured_at", "backfill")
SEEN = ("id", "language", "published_at", "first_seen_at", "label", *WRITTEN)


class Judgements:
    """Keep the judgements of the items."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def outdated(self, rules: str, characters: int) -> Iterator[list[ItemRow]]:
        """Yield the items that other rules judged, a batch at a time: all that are set aside, then the captured.

        `rules` is the fingerprint that stands. The texts are cut to so many characters, and the rows hold only what
        judging needs. Seeds are no part of it: they are judged when they are planted.
        """
        for standing in (not_(CAPTURED), CAPTURED):
            last = 0
            while rows := self._find_batch(rules, characters, standing, last):
                yield rows
                last = rows[-1].id or 0

    def replace(self, judged: Sequence[Rejudged]) -> set[int]:
        """Write new judgements in one transaction; return the ids of the items that took them.

        An item that another process judged, captured, labelled or purged since it was read, or is writing now, is left
        as it is.
        """
        ids = [one.item.id for one in judged]
        chosen = select(ITEMS.c.id, ITEMS.c.rules, ITEMS.c.captured_at, ITEMS.c.label).where(ITEMS.c.id.in_(ids))
        change = update(ITEMS).where(ITEMS.c.id == bindparam("item_id"))
        with self._database.writing() as connection:
            rows = connection.execute(chosen.with_for_update(skip_locked=True))
            standing = {row.id: (row.rules, row.captured_at, row.label) for row in rows}
            taken = {one.item.id or 0: one for one in judged if standing.get(one.item.id) == _stood(one.item)}
            if taken:
                connection.execute(change, [_values(item_id, one) for item_id, one in taken.items()])
                replace_facets(connection, {one: new.facets for one, new in taken.items() if new.facets is not None})
                mark_changed(connection)
        return set(taken)

    def facets(self, ids: Sequence[int]) -> dict[int, set[tuple[str, str]]]:
        """Return what stands noted of items, by their ids: the names and values of their facets."""
        found: dict[int, set[tuple[str, str]]] = {item_id: set() for item_id in ids}
        with self._database.reading() as connection:
            for row in connection.execute(select(FACETS).where(FACETS.c.item_id.in_(ids))):
                found[row.item_id].add((row.name, row.value))
        return found

    def _find_batch(self, rules: str, characters: int, standing: ColumnElement[bool], last: int) -> list[ItemRow]:
        texts = (func.substr(ITEMS.c[name], 1, characters).label(name) for name in TEXTS)
        chosen = select(*(ITEMS.c[name] for name in SEEN), *texts).where(
            ITEMS.c.rules != rules, standing, not_(SEED), ITEMS.c.id > last
        )
        with self._database.reading() as connection:
            rows = connection.execute(chosen.order_by(ITEMS.c.id).limit(ROWS)).mappings().all()
        return [model_of(ItemRow, row) for row in rows]


def _stood(item: ItemRow) -> tuple[object, ...]:
    return item.rules, item.captured_at, item.label


def _values(item_id: int, new: Rejudged) -> dict[str, Any]:
    written = {name: new.columns.get(name, getattr(new.item, name)) for name in WRITTEN}
    return clean_values(written) | {"item_id": item_id}
