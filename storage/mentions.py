"""The mentions: which captured items and seeds named a pair or a city, and when."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import case, func, select

from storage.database import Database
from storage.gather import CAPTURED, NEWS, STORY, WANTED
from storage.records import Mention
from storage.rows import FACETS, ITEMS, batches

PUBLISHED = case((ITEMS.c.published_at <= ITEMS.c.captured_at, ITEMS.c.published_at), else_=ITEMS.c.captured_at)
"""When an item was published; by its capture where it has no date, or one that had not come yet."""


class Mentions:
    """Look back over what was captured; what somebody marked irrelevant mentions nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_pairs(self, pairs: Iterable[str], until: datetime) -> list[Mention]:
        """Return who mentions each of the pairs, published at an instant or before, the latest first."""
        return self._find("pair", pairs, until)

    def of_cities(self, cities: Iterable[str], kinds: Collection[str], until: datetime) -> list[Mention]:
        """Return which items of these kinds mention each of the cities, the latest first."""
        return self._find("city", cities, until, kinds)

    def watched_since(self) -> datetime | None:
        """Return when the first item was captured that is no seed; None when there is none."""
        with self._database.reading() as connection:
            first: datetime | None = connection.scalar(select(func.min(ITEMS.c.captured_at)).where(NEWS))
        return first

    def _find(
        self, name: str, values: Iterable[str], until: datetime, kinds: Collection[str] | None = None
    ) -> list[Mention]:
        columns = FACETS.c.value, ITEMS.c.id, STORY.label("story_id"), ITEMS.c.kind, PUBLISHED.label("at")
        chosen = select(*columns).join(ITEMS, ITEMS.c.id == FACETS.c.item_id)
        chosen = chosen.where(FACETS.c.name == name, CAPTURED, WANTED, until >= PUBLISHED)
        if kinds is not None:
            chosen = chosen.where(ITEMS.c.kind.in_(kinds))
        found: list[Mention] = []
        with self._database.reading() as connection:
            for batch in batches(values):
                rows = connection.execute(chosen.where(FACETS.c.value.in_(batch))).mappings()
                found += [Mention(**row) for row in rows]
        return sorted(found, key=lambda mention: (mention.at, mention.id), reverse=True)
