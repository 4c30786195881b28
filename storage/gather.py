"""Gather items with all that belongs to them: facets, and the other items of their story that are wanted."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, not_, or_, select

from storage.records import FullItem, StoryMember
from storage.rows import FACETS, ITEMS, batches, model_of
from storage.tables import ItemRow

STORY = func.coalesce(ITEMS.c.story_id, ITEMS.c.id)
"""An item that has joined no story is a story of its own."""

CAPTURED: ColumnElement[bool] = ITEMS.c.captured_at.is_not(None)
SEED: ColumnElement[bool] = and_(ITEMS.c.feed_id.is_(None), ITEMS.c.key.like("seed:%"))
NEWS: ColumnElement[bool] = and_(CAPTURED, not_(SEED))
"""What feeds brought and the rules captured."""

PUBLISHED = case((ITEMS.c.published_at > ITEMS.c.first_seen_at, ITEMS.c.first_seen_at), else_=ITEMS.c.published_at)
"""When an item was published; its first sight where that had not come yet. NULL without a date."""

IRRELEVANT = "irrelevant"
WANTED: ColumnElement[bool] = ITEMS.c.label != IRRELEVANT
"""Nobody marked it irrelevant."""


def gather_items(connection: Connection, chosen: Select[Any]) -> list[FullItem]:
    """Run a SELECT of whole item rows; return them, in its order, with what belongs to them."""
    items = [model_of(ItemRow, row) for row in connection.execute(chosen).mappings()]
    facets = _gather_facets(connection, items)
    stories = _gather_stories(connection, items)
    return [
        FullItem(item=item, facets=tuple(facets[_id(item)]), members=_others(item, stories[_story(item)]))
        for item in items
    ]


def _gather_facets(connection: Connection, items: Sequence[ItemRow]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for batch in batches(_id(item) for item in items):
        for row in connection.execute(select(FACETS).where(FACETS.c.item_id.in_(batch))):
            found[row.item_id].append((row.name, row.value))
    for facets in found.values():
        facets.sort()
    return found


def _gather_stories(connection: Connection, items: Sequence[ItemRow]) -> dict[int, list[StoryMember]]:
    found: dict[int, list[StoryMember]] = defaultdict(list)
    for batch in batches(dict.fromkeys(_story(item) for item in items)):
        for row in connection.execute(_members_of(batch)):
            found[row.story].append(
                StoryMember(
                    id=row.id,
                    title=row.title,
                    language=row.language,
                    url=row.url,
                    feed_id=row.feed_id,
                    captured_at=row.captured_at,
                    why=row.story_why,
                )
            )
    return found


def _members_of(stories: Iterable[int]) -> Select[Any]:
    wanted = list(stories)
    columns = (ITEMS.c[name] for name in ("id", "title", "language", "url", "feed_id", "captured_at", "story_why"))
    return (
        select(STORY.label("story"), *columns)
        .where(CAPTURED, WANTED, or_(ITEMS.c.story_id.in_(wanted), ITEMS.c.id.in_(wanted)))
        .order_by(ITEMS.c.captured_at, ITEMS.c.id)
    )


def _others(item: ItemRow, members: Iterable[StoryMember]) -> tuple[StoryMember, ...]:
    return tuple(member for member in members if member.id != item.id)


def _story(item: ItemRow) -> int:
    return item.story_id or _id(item)


def _id(item: ItemRow) -> int:
    return item.id or 0
