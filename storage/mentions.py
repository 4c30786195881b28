"""The mentions: which captured items and seeds named a pair or a city, and when."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, Select, case, func, select

from storage.database import Database
from storage.gather import CAPTURED, NEWS, STORY, WANTED
from storage.records import Mention
from storage.rows import FACETS, ITEMS, batches
from storage.search import PUBLISHED as MOMENT

PUBLISHED = case((ITEMS.c.published_at <= ITEMS.c.captured_at, ITEMS.c.published_at), else_=ITEMS.c.captured_at)
"""When an item was published; by its capture where it has no date, or one that had not come yet."""

NEWEST = 1_000
"""So many items are looked at before all that ever named a pair: those of today are often named, some 3,000 times."""


class Mentions:
    """Look back over what was captured; what somebody marked irrelevant mentions nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_pairs(
        self, pairs: Iterable[str], until: datetime, besides: Collection[int] = frozenset(), newest: int = NEWEST
    ) -> list[Mention]:
        """Return who mentions each of the pairs, published at an instant or before, the latest first.

        All of them, or of the `newest` items as many as lead back to one that is in none of the stories `besides`.
        """
        wanted = dict.fromkeys(pairs)
        lately = [one for one in self._look_back(until, newest) if one.value in wanted] if wanted else []
        enough = {one.value for one in lately if one.story_id not in besides}
        found = self._find("pair", (pair for pair in wanted if pair not in enough), until)
        return _latest_first([*(one for one in lately if one.value in enough), *found])

    def of_cities(self, cities: Iterable[str], kinds: Collection[str], until: datetime) -> list[Mention]:
        """Return which items of these kinds mention each of the cities, the latest first."""
        return self._find("city", cities, until, kinds)

    def watched_since(self) -> datetime | None:
        """Return when the first item was captured that is no seed; None when there is none."""
        with self._database.reading() as connection:
            first: datetime | None = connection.scalar(select(func.min(ITEMS.c.captured_at)).where(NEWS))
        return first

    def _look_back(self, until: datetime, newest: int) -> list[Mention]:
        """Return which pairs the newest items mention; an index leads to them."""
        walk = select(ITEMS.c.id).where(CAPTURED, WANTED, until >= MOMENT).order_by(MOMENT.desc(), ITEMS.c.id.desc())
        chosen = MENTIONS.where(FACETS.c.name == "pair", until >= PUBLISHED)
        found: list[Mention] = []
        with self._database.reading() as connection:
            for batch in batches(connection.scalars(walk.limit(newest)).all()):
                found += _read(connection, chosen.where(FACETS.c.item_id.in_(batch)))
        return found

    def _find(
        self, name: str, values: Iterable[str], until: datetime, kinds: Collection[str] | None = None
    ) -> list[Mention]:
        chosen = MENTIONS.where(FACETS.c.name == name, CAPTURED, WANTED, until >= PUBLISHED)
        if kinds is not None:
            chosen = chosen.where(ITEMS.c.kind.in_(kinds))
        found: list[Mention] = []
        with self._database.reading() as connection:
            for batch in batches(values):
                found += _read(connection, chosen.where(FACETS.c.value.in_(batch)))
        return _latest_first(found)


MENTIONS = select(FACETS.c.value, ITEMS.c.id, STORY.label("story_id"), ITEMS.c.kind, PUBLISHED.label("at")).join(
    ITEMS, ITEMS.c.id == FACETS.c.item_id
)


def _read(connection: Connection, chosen: Select[tuple[str, int, int, str, datetime]]) -> list[Mention]:
    return [Mention(**row) for row in connection.execute(chosen).mappings()]


def _latest_first(mentions: Iterable[Mention]) -> list[Mention]:
    return sorted(mentions, key=lambda mention: (mention.at, mention.id), reverse=True)
