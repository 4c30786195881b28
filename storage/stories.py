"""The stories: which captured items tell of the same event. `story_id` names a story by its first item."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, TextClause, and_, func, not_, select, update

from storage.changes import mark_changed
from storage.database import Database
from storage.gather import CAPTURED, PUBLISHED, SEED, STORY
from storage.records import Compared
from storage.rows import FACETS, ITEMS, batches
from storage.tables import UNTOLD

LOCK = 0x73746F7279
"""The advisory lock of PostgreSQL that telling apart holds: the letters `story`."""

Joining = tuple[int, int, str]
"""Item, story, and why: first, url, title, text or pair."""

TOLD: ColumnElement[bool] = ITEMS.c.story_id.is_not(None)
COLUMNS = ("id", "key", "story_id", "canonical_url", "first_title", "language", "kind")
CHARACTERS = 1500
"""Characters of the folded text that are compared: some 250 words, or 500 characters of Han."""
FACETS_COMPARED = ("pair", "field")
SPLIT = "split"
"""Why an item that somebody took out of a story is a story of its own: it is never compared again."""

Rule = Callable[[Sequence[Compared], Sequence[Compared]], Iterable[Joining]]
"""Join fresh items to stories, given those that earlier items have."""


class Stories:
    """Keep the stories."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tell_apart(self, since: datetime, rule: Rule) -> int:
        """Give every captured item that has no story yet its story; return how many there were.

        The rule sees all seeds, and what was captured from `since` on. One caller at a time looks and joins, so that
        two items captured at the same moment find each other.
        """
        with self._database.writing() as connection:
            _lock(connection)
            fresh = _oldest_first(connection, UNTOLD)
            if not fresh:
                return 0
            recent = and_(ITEMS.c.captured_at >= since, not_(SEED))
            earlier = [one for wanted in (SEED, recent) for one in _oldest_first(connection, and_(wanted, TOLD))]
            for item_id, story_id, why in rule(fresh, earlier):
                _join(connection, item_id, story_id, why)
            mark_changed(connection)
        return len(fresh)

    def join(self, item_id: int, story_id: int, why: str) -> None:
        """Put an item into the story of another, with those that had joined it."""
        with self._database.writing() as connection:
            _join(connection, item_id, story_id, why)
            mark_changed(connection)

    def split(self, item_ids: Sequence[int]) -> None:
        """Make each of these captured items a story of its own, for good.

        What had joined an item stays together, named by its oldest member.
        """
        with self._database.writing() as connection:
            _lock(connection)
            for item_id in item_ids:
                _leave(connection, item_id)
            mark_changed(connection)


def _lock(connection: Connection) -> None:
    """Wait for others that tell stories apart; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))


def _oldest_first(connection: Connection, wanted: ColumnElement[bool] | TextClause) -> list[Compared]:
    columns = (ITEMS.c[name] for name in COLUMNS)
    published = PUBLISHED.label("published_at")
    folded = func.substr(ITEMS.c.folded, 1, CHARACTERS).label("folded")
    chosen = select(*columns, published, folded).where(wanted).order_by(ITEMS.c.captured_at, ITEMS.c.id)
    rows = connection.execute(chosen).mappings().all()
    facets = _facets_of(connection, [row["id"] for row in rows])
    return [Compared(**row, facets=tuple(facets[row["id"]])) for row in rows]


def _facets_of(connection: Connection, ids: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for batch in batches(ids):
        chosen = select(FACETS).where(FACETS.c.item_id.in_(batch), FACETS.c.name.in_(FACETS_COMPARED))
        for row in connection.execute(chosen):
            found[row.item_id].append((row.name, row.value))
    return found


def _join(connection: Connection, item_id: int, story_id: int, why: str) -> None:
    first = item_id if item_id == story_id else _first_of(connection, story_id)
    if first is None:
        return
    if first != item_id:
        _point_to(connection, ITEMS.c.story_id == item_id, first)
    _point_to(connection, and_(ITEMS.c.id == first, ITEMS.c.story_id.is_(None)), first)
    change = update(ITEMS).where(ITEMS.c.id == item_id)
    connection.execute(change.values(story_id=first, story_why=why))


def _leave(connection: Connection, item_id: int) -> None:
    others = select(ITEMS.c.id).where(ITEMS.c.story_id == item_id, ITEMS.c.id != item_id, CAPTURED)
    heir = connection.scalar(others.order_by(ITEMS.c.captured_at, ITEMS.c.id).limit(1))
    if heir is not None:
        _point_to(connection, and_(ITEMS.c.story_id == item_id, ITEMS.c.id != item_id), heir)
        connection.execute(update(ITEMS).where(ITEMS.c.id == heir).values(story_why="first"))
    change = update(ITEMS).where(ITEMS.c.id == item_id, CAPTURED)
    connection.execute(change.values(story_id=item_id, story_why=SPLIT))


def _first_of(connection: Connection, item_id: int) -> int | None:
    first: int | None = connection.scalar(select(STORY).where(ITEMS.c.id == item_id))
    return first


def _point_to(connection: Connection, moved: ColumnElement[bool], story_id: int) -> None:
    connection.execute(update(ITEMS).where(moved).values(story_id=story_id))
