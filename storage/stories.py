"""The stories: which captured items tell of the same event. `story_id` names a story by its first item."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from storage.database import Database
from storage.gather import CAPTURED, SEED, STORY
from storage.records import Compared
from storage.rows import ITEMS

LOCK = 0x73746F7279
"""The advisory lock of PostgreSQL that telling apart holds: the letters `story`."""

Joining = tuple[int, int, str]
"""Item, story, and why: first, url, title, text or pair."""

Rule = Callable[[Sequence[Compared], Sequence[Compared]], Iterable[Joining]]
"""Join fresh items to stories, given those that earlier items have."""


class Stories:
    """Keep the stories."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tell_apart(self, since: datetime, rule: Rule) -> int:
        """Give every captured item that has no story yet its story; return how many there were.

        The rule sees what was captured from `since` on and all seeds. One caller at a time looks and joins, so that
        two items captured at the same moment find each other.
        """
        with self._database.writing() as connection:
            _lock(connection)
            fresh = _oldest_first(connection, ITEMS.c.story_id.is_(None))
            if not fresh:
                return 0
            recent = or_(ITEMS.c.captured_at >= since, SEED)
            earlier = _oldest_first(connection, and_(recent, ITEMS.c.story_id.is_not(None)))
            for item_id, story_id, why in rule(fresh, earlier):
                _join(connection, item_id, story_id, why)
        return len(fresh)

    def join(self, item_id: int, story_id: int, why: str) -> None:
        """Put an item into the story of another, with those that had joined it.

        Joining an item to itself undoes it: a story of its own again.
        """
        with self._database.writing() as connection:
            _join(connection, item_id, story_id, why)


def _lock(connection: Connection) -> None:
    """Wait for others that tell stories apart; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))


def _oldest_first(connection: Connection, wanted: ColumnElement[bool]) -> list[Compared]:
    columns = (ITEMS.c[one.name] for one in fields(Compared))
    chosen = select(*columns).where(CAPTURED, wanted).order_by(ITEMS.c.captured_at, ITEMS.c.id)
    return [Compared(**row) for row in connection.execute(chosen).mappings()]


def _join(connection: Connection, item_id: int, story_id: int, why: str) -> None:
    first = item_id if item_id == story_id else _first_of(connection, story_id)
    if first is None:
        return
    if first != item_id:
        _point_to(connection, ITEMS.c.story_id == item_id, first)
    _point_to(connection, and_(ITEMS.c.id == first, ITEMS.c.story_id.is_(None)), first)
    change = update(ITEMS).where(ITEMS.c.id == item_id)
    connection.execute(change.values(story_id=first, story_why=why))


def _first_of(connection: Connection, item_id: int) -> int | None:
    first: int | None = connection.scalar(select(STORY).where(ITEMS.c.id == item_id))
    return first


def _point_to(connection: Connection, moved: ColumnElement[bool], story_id: int) -> None:
    connection.execute(update(ITEMS).where(moved).values(story_id=story_id))
