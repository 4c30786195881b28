"""The digests: what a subscription has not been told yet, and the freezing of it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    exists,
    func,
    insert,
    not_,
    or_,
    select,
    tuple_,
)

from storage.database import Database
from storage.gather import NEWS, STORY, WANTED, gather_items
from storage.records import DigestSummary, FullItem
from storage.rows import DELIVERIES, DIGEST_ITEMS, DIGESTS, ITEMS, batches, insert_into, model_of, values_of
from storage.search import PUBLISHED as MOMENT
from storage.search import SORTS, hide
from storage.tables import DeliveryRow, DigestRow

LAST_DAY, LAST_INSTANT = "9999-12-31", datetime.max.replace(tzinfo=UTC)
SUMMED_UP = tuple(DIGESTS.c[name] for name in ("id", "subscription", "day", "opened_at", "subject"))
LONGEST_BACKFILL = timedelta(days=366)
"""The settings allow a year: what was older at its first sight is backfill."""
EARLIER = ITEMS.alias("earlier")
ECHO: ColumnElement[bool] = exists().where(
    EARLIER.c.canonical_url == ITEMS.c.canonical_url,
    EARLIER.c.canonical_url != "",
    *(func.coalesce(EARLIER.c[name], "") == ITEMS.c[name] for name in ("feed_id", "title", "summary")),
    tuple_(EARLIER.c.captured_at, EARLIER.c.id) < tuple_(ITEMS.c.captured_at, ITEMS.c.id),
)
"""The same feed said the same of the same address before: some feeds give their entries new ids at every visit.

Without `coalesce` SQLite looks through all that the feed ever brought, not through what has the address: 13 ms an item.
"""


class _AlreadyTold(Exception):
    """Undo a digest of which another one was quicker to tell an item."""


class Digests:
    """Keep the digests."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last(self, subscription: str, until: str = LAST_DAY) -> DigestRow | None:
        """Return the subscription's newest digest of the local day `until` or before."""
        digests = _of_subscription(subscription).where(DIGESTS.c.day <= until)
        return self._find(digests.order_by(DIGESTS.c.day.desc()).limit(1))

    def find(self, subscription: str, day: str) -> DigestRow | None:
        """Return the subscription's digest of one local day, such as 2026-03-01."""
        return self._find(_of_subscription(subscription).where(DIGESTS.c.day == day))

    def find_by_id(self, digest_id: int) -> DigestRow | None:
        """Return one digest."""
        return self._find(select(DIGESTS).where(DIGESTS.c.id == digest_id))

    def untold(
        self, subscription: str, since: datetime, until: datetime = LAST_INSTANT, before: str = LAST_DAY
    ) -> list[FullItem]:
        """Return the news captured between two instants that no digest of the subscription told or left out.

        Seeds, backfill, echoes and what somebody labelled irrelevant are no news. Oldest capture first. Only what
        digests of the days before `before` told counts as told.
        """
        chosen = select(ITEMS).where(_untold(subscription, since, until, before))
        return self._gather(chosen.order_by(ITEMS.c.captured_at, ITEMS.c.id))

    def first_untold(self, subscription: str, since: datetime) -> datetime | None:
        """Return when the first of the news was captured that `untold` would return; None when there is none."""
        chosen = select(func.min(ITEMS.c.captured_at)).where(_untold(subscription, since))
        with self._database.reading() as connection:
            found: datetime | None = connection.scalar(chosen)
        return found

    def backfill(self, since: datetime, until: datetime) -> list[FullItem]:
        """Return the items captured between two instants that were old at their first sight."""
        old = NEWS, WANTED, ITEMS.c.backfill.is_(True), ITEMS.c.captured_at.between(since, until)
        return self._gather(select(ITEMS).where(*old))

    def near(self, since: datetime, until: datetime, limit: int) -> list[FullItem]:
        """Return what was set aside as near between two instants, the nearest first.

        What is no backfill was published in the year before it was seen, so the index on that moment leads to it.
        """
        with self._database.reading() as connection:
            chosen = select(ITEMS).where(
                MOMENT.between(since - LONGEST_BACKFILL, until),
                hide(connection, SORTS["near"]),
                ITEMS.c.backfill.is_(False),
                ITEMS.c.first_seen_at.between(since, until),
            )
            nearest = chosen.order_by(ITEMS.c.score.desc(), ITEMS.c.first_seen_at.desc(), ITEMS.c.id.desc())
            return gather_items(connection, nearest.limit(limit))

    def told_stories(self, subscription: str, story_ids: Collection[int], before: str = LAST_DAY) -> set[int]:
        """Return those of the stories of which the subscription was told an item already, before a day.

        The items of a story are found by their indices, however many were told: after 100,000 in three
        years that takes 4 ms, by way of what was told 60.
        """
        told = exists().where(
            DIGEST_ITEMS.c.item_id == ITEMS.c.id, DIGEST_ITEMS.c.told.is_(True), _weighed(subscription, before)
        )
        found: set[int] = set()
        with self._database.reading() as connection:
            for batch in batches(story_ids):
                members = or_(ITEMS.c.story_id.in_(batch), and_(ITEMS.c.story_id.is_(None), ITEMS.c.id.in_(batch)))
                chosen = select(STORY).where(members, told)
                found.update(connection.scalars(chosen))
        return found

    def open(
        self,
        digest: DigestRow,
        item_ids: Sequence[int],
        deliveries: Sequence[DeliveryRow],
        left_out: Sequence[int] = (),
    ) -> int | None:
        """Freeze a digest with its items and deliveries in one transaction; return its id.

        `left_out` are items that the subscription does not get: they are noted, so that no later digest tells them.
        None when somebody else was first: the day's digest stands already, or an item was told meanwhile.
        """
        try:
            with self._database.writing() as connection:
                return _open_digest(connection, digest, item_ids, deliveries, left_out)
        except _AlreadyTold:
            return None

    def list_all(self, limit: int, after: int | None = None) -> list[DigestSummary]:
        """Return digests, newest first, with their deliveries counted by state; `after` goes on behind a digest."""
        newest = select(*SUMMED_UP).order_by(DIGESTS.c.opened_at.desc(), DIGESTS.c.id.desc()).limit(limit)
        if after is not None:
            last = select(DIGESTS.c.opened_at, DIGESTS.c.id).where(DIGESTS.c.id == after)
            newest = newest.where(tuple_(DIGESTS.c.opened_at, DIGESTS.c.id) < last.scalar_subquery())
        return self._summarize(newest)

    def summary(self, digest_id: int) -> DigestSummary | None:
        """Return what a list tells of one digest."""
        return next(iter(self._summarize(select(*SUMMED_UP).where(DIGESTS.c.id == digest_id))), None)

    def _summarize(self, chosen: Select[Any]) -> list[DigestSummary]:
        with self._database.reading() as connection:
            digests = connection.execute(chosen).mappings().all()
            items, deliveries = _count_items(connection, digests), _count_deliveries(connection, digests)
        return [
            DigestSummary(**digest, items=items[digest["id"]], deliveries=deliveries[digest["id"]])
            for digest in digests
        ]

    def _find(self, chosen: Select[Any]) -> DigestRow | None:
        with self._database.reading() as connection:
            row = connection.execute(chosen).mappings().first()
        return model_of(DigestRow, row) if row else None

    def _gather(self, chosen: Select[Any]) -> list[FullItem]:
        with self._database.reading() as connection:
            return gather_items(connection, chosen)


def _untold(
    subscription: str, since: datetime, until: datetime = LAST_INSTANT, before: str = LAST_DAY
) -> ColumnElement[bool]:
    weighed = exists().where(DIGEST_ITEMS.c.item_id == ITEMS.c.id, _weighed(subscription, before))
    fresh = ITEMS.c.backfill.is_(False), ITEMS.c.captured_at.between(since, until)
    return and_(NEWS, WANTED, *fresh, not_(weighed), not_(ECHO))


def _weighed(subscription: str, before: str) -> ColumnElement[bool]:
    """Choose what digests of the days before `before` told or left out."""
    of_subscription = DIGEST_ITEMS.c.subscription == subscription
    if before == LAST_DAY:
        return of_subscription
    earlier = select(DIGESTS.c.id).where(DIGESTS.c.subscription == subscription, DIGESTS.c.day < before)
    return and_(of_subscription, DIGEST_ITEMS.c.digest_id.in_(earlier))


def _of_subscription(subscription: str) -> Select[Any]:
    return select(DIGESTS).where(DIGESTS.c.subscription == subscription)


def _open_digest(
    connection: Connection,
    digest: DigestRow,
    item_ids: Sequence[int],
    deliveries: Sequence[DeliveryRow],
    left_out: Sequence[int],
) -> int | None:
    first = insert_into(DIGESTS, connection.dialect.name).on_conflict_do_nothing().returning(DIGESTS.c.id)
    digest_id: int | None = connection.scalar(first, values_of(digest))
    if digest_id is None:
        return None
    weighed = dict.fromkeys(left_out, False) | dict.fromkeys(item_ids, True)
    _tell_items(connection, digest.subscription, digest_id, weighed)
    if deliveries:
        rows = [values_of(delivery) | {"digest_id": digest_id} for delivery in deliveries]
        connection.execute(insert(DELIVERIES), rows)
    return digest_id


def _tell_items(connection: Connection, subscription: str, digest_id: int, items: Mapping[int, bool]) -> None:
    """Note of items whether they are told; the key (subscription, item) decides; a rowcount would be -1 on psycopg."""
    if not items:
        return
    same = {"subscription": subscription, "digest_id": digest_id}
    rows = [same | {"item_id": one, "told": told} for one, told in sorted(items.items())]
    once = insert_into(DIGEST_ITEMS, connection.dialect.name).on_conflict_do_nothing()
    noted = connection.scalars(once.returning(DIGEST_ITEMS.c.item_id), rows).all()
    if len(noted) < len(items):
        raise _AlreadyTold


def _count_items(connection: Connection, digests: Sequence[RowMapping]) -> Counter[int]:
    told = select(DIGEST_ITEMS.c.digest_id, func.count()).where(DIGEST_ITEMS.c.told.is_(True))
    counted = told.group_by(DIGEST_ITEMS.c.digest_id)
    rows = connection.execute(counted.where(DIGEST_ITEMS.c.digest_id.in_(_ids(digests))))
    return Counter(dict(rows.all()))


def _count_deliveries(connection: Connection, digests: Sequence[RowMapping]) -> dict[int, dict[str, int]]:
    columns = DELIVERIES.c.digest_id, DELIVERIES.c.state
    counted = select(*columns, func.count()).where(DELIVERIES.c.digest_id.in_(_ids(digests))).group_by(*columns)
    states: dict[int, dict[str, int]] = defaultdict(dict)
    for digest_id, state, count in connection.execute(counted.order_by(DELIVERIES.c.state)):
        states[digest_id][state] = count
    return states


def _ids(digests: Sequence[RowMapping]) -> list[int]:
    return [digest["id"] for digest in digests]
