"""The labels: what a person says of an item, and what follows from it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, not_, null, select, update

from storage.changes import mark_changed
from storage.database import Database
from storage.gather import IRRELEVANT, SEED
from storage.judgements import TEXTS
from storage.rows import DIGEST_ITEMS, ITEMS, batches, is_id, model_of
from storage.stats import count_where
from storage.tables import ItemRow
from storage.upsert import MATCHED

RELEVANT = "relevant"
NO_LABEL = ""

TOLD: ColumnElement[bool] = exists().where(DIGEST_ITEMS.c.item_id == ITEMS.c.id)
SHOWN = ("id", "title", "verdict", "captured_at", "label")


class Labels:
    """Keep what people say of items."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mark(self, ids: Sequence[int], label: str, now: datetime) -> dict[int, ItemRow]:
        """Label items as relevant, irrelevant or (empty) not at all; return them by id as they stand then.

        What is relevant is captured, now if it was not before. Without that label an item is captured as its verdict
        says, save one that is irrelevant and was set aside, and one that a digest has told. Ids that are not there and
        seeds are passed over.
        """
        chosen, change = select(*(ITEMS.c[name] for name in SHOWN)), update(ITEMS)
        values = {"label": label, "captured_at": _captured(label, now)}
        rows: list[ItemRow] = []
        with self._database.writing() as connection:
            for batch in batches(filter(is_id, ids)):
                ours = and_(ITEMS.c.id.in_(batch), not_(SEED))
                connection.execute(change.where(ours).values(values))
                _leave_story(connection, batch)
                rows += [model_of(ItemRow, row) for row in connection.execute(chosen.where(ours)).mappings()]
            mark_changed(connection)
        return {row.id or 0: row for row in rows}

    def labelled(self, characters: int) -> list[ItemRow]:
        """Return the labelled items, with what judging needs of them; their texts are cut to so many characters."""
        texts = (func.substr(ITEMS.c[name], 1, characters).label(name) for name in TEXTS)
        chosen = select(ITEMS.c.id, ITEMS.c.language, ITEMS.c.label, *texts).where(
            ITEMS.c.label != NO_LABEL, not_(SEED)
        )
        with self._database.reading() as connection:
            return [model_of(ItemRow, row) for row in connection.execute(chosen.order_by(ITEMS.c.id)).mappings()]

    def count_entries(self) -> int:
        """Count the entries that are stored, whatever became of them; seeds are none."""
        with self._database.reading() as connection:
            return count_where(connection, ITEMS, not_(SEED))


def _captured(label: str, now: datetime) -> ColumnElement[datetime | None]:
    """Return since when an item with this label is captured."""
    captured = func.coalesce(ITEMS.c.captured_at, now)
    if label == RELEVANT:
        return captured
    matched = ITEMS.c.captured_at if label == IRRELEVANT else captured
    return case((ITEMS.c.verdict == MATCHED, matched), (TOLD, ITEMS.c.captured_at), else_=null())


def _leave_story(connection: Connection, ids: Sequence[int]) -> None:
    """Let what is set aside again leave its story, unless others have joined it there."""
    other = ITEMS.alias("other")
    joined = exists().where(other.c.story_id == ITEMS.c.id, other.c.id != ITEMS.c.id)
    left = and_(ITEMS.c.id.in_(ids), ITEMS.c.captured_at.is_(None), not_(joined))
    connection.execute(update(ITEMS).where(left).values(story_id=None, story_why=""))
