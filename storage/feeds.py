"""The feeds: which are watched, which are due, whose they are, and what their visits brought."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, select, update

from storage.changes import mark_changed
from storage.database import Database
from storage.enrol import enrol_feeds
from storage.hosts import RESTS, host_of, rest_host, resting_hosts
from storage.leases import claim_rows, release_rows
from storage.records import Recorded, VisitRecord
from storage.rows import FEEDS, VISITS, clean_values, model_of, values_of
from storage.tables import FeedRow, VisitRow
from storage.turns import CLAIMABLE, WAITING, asked_with
from storage.upsert import rename_items, upsert_items

ASKED, BROKEN_OFF = "somebody asked for it", "its visit was broken off"
"""Why a feed is due that was visited before, where no visit of its own said so."""

OURS = update(FEEDS).where(FEEDS.c.id == bindparam("feed"), FEEDS.c.claimed_by == bindparam("owner"))
VISIT = insert(VISITS).inline()
"""Built once: they are most of what is asked when a visit brings nothing new."""


class Feeds:
    """Keep the feeds and their visits; `owner` names this process in its leases."""

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner

    def enrol(self, feeds: Sequence[tuple[str, str]], now: datetime, read_as: Mapping[str, str] | None = None) -> None:
        """Make the enrolled feeds exactly these (id, url); `read_as` says by the id how each is read.

        New feeds, those that are configured with a new address, those that come back and those that are read in
        another way than before are due now, or when their host has had the rest that it asked for. Feeds not named
        are never due, and a visit to them that is under way leaves nothing. An adopted address stands until
        another one is configured; when that is the adopted one, nothing but the configured address changes.
        """
        with self._database.writing() as connection:
            enrol_feeds(connection, dict(feeds), read_as or {}, now)

    def claim(
        self,
        now: datetime,
        lease: timedelta,
        limit: int,
        *,
        besides: Collection[str] = frozenset(),
        spacing: timedelta = timedelta(),
        free_hosts: Collection[str] = frozenset(),
    ) -> list[FeedRow]:
        """Lease at most `limit` feeds that are due, longest due first, and none of those `besides`.

        Of each host one at a time, and none until `spacing` after its last visit; `free_hosts` know no such limits.
        """
        asked = asked_with(now, lease, besides=besides, spacing=spacing, free_hosts=free_hosts)
        with self._database.writing() as connection:
            rows = claim_rows(connection, FEEDS, CLAIMABLE, asked, owner=self._owner, until=now + lease, limit=limit)
        return [model_of(FeedRow, row) for row in rows]

    def is_any_due(self, now: datetime, lease: timedelta, *, besides: Collection[str] = frozenset()) -> bool:
        """Say whether a feed is due whose host nobody visits just now; it may still have to wait for its rest."""
        with self._database.reading() as connection:
            return connection.scalar(WAITING, asked_with(now, lease, besides=besides)) is not None

    def hasten(self, now: datetime) -> None:
        """Make every enrolled feed that nobody holds due now."""
        idle = FEEDS.c.due_at.is_not(None) & FEEDS.c.claimed_by.is_(None)
        with self._database.writing() as connection:
            connection.execute(update(FEEDS).where(idle, FEEDS.c.due_at > now).values(due_at=now, due_why=ASKED))

    def call(self, feed_id: str, now: datetime) -> None:
        """Make one feed due now, or when its host has had the rest that it asked for.

        One that is held, that is due before, or that is not enrolled stays as it is.
        """
        idle = and_(FEEDS.c.id == feed_id, FEEDS.c.due_at.is_not(None), FEEDS.c.claimed_by.is_(None))
        served = select(FEEDS.c.host).where(FEEDS.c.id == feed_id).scalar_subquery()
        with self._database.writing() as connection:
            resting = select(FEEDS.c.host, FEEDS.c.rests_until).where(FEEDS.c.host == served)
            rests = resting_hosts(((row.host, row.rests_until) for row in connection.execute(resting)), now)
            at, why = (max(rests.values()), RESTS) if rests else (now, ASKED)
            connection.execute(update(FEEDS).where(idle, FEEDS.c.due_at > at).values(due_at=at, due_why=why))

    def release(self, now: datetime) -> None:
        """Give back what this owner holds: due now, unclaimed."""
        with self._database.writing() as connection:
            release_rows(connection, FEEDS, self._owner, now, due_why=BROKEN_OFF)

    def give_back(self, ids: Collection[str], now: datetime) -> None:
        """Give back these feeds of those that this owner holds: due now, unclaimed."""
        mine = update(FEEDS).where(FEEDS.c.id.in_(ids), FEEDS.c.claimed_by == self._owner)
        with self._database.writing() as connection:
            connection.execute(mine.values(due_at=now, claimed_by=None, due_why=BROKEN_OFF))

    def record(self, record: VisitRecord) -> Recorded:
        """Keep a visit in one transaction: items, the feed's memory, the visit, and the end of the lease.

        When the lease is no longer ours, nothing is written and `kept` is False.
        """
        with self._database.writing() as connection:
            if not self._settle_feed(connection, record):
                return Recorded(kept=False)
            if record.host_rests_until:
                rest_host(connection, record.feed_id, record.host_rests_until)
            rename_items(connection, record.feed_id, record.renamed)
            recorded = upsert_items(connection, record.items)
            connection.execute(VISIT, _visit_values(record, recorded))
            if record.items or record.renamed:
                mark_changed(connection)
        return recorded

    def _settle_feed(self, connection: Connection, record: VisitRecord) -> bool:
        memory = clean_values(record.memory) | {"claimed_by": None}
        if "url" in memory:
            memory["host"] = host_of(str(memory["url"]))
        return connection.execute(OURS, memory | {"feed": record.feed_id, "owner": self._owner}).rowcount == 1

    def list_all(self) -> list[FeedRow]:
        """Return all feeds by id, those not enrolled any more included (`due_at` None)."""
        with self._database.reading() as connection:
            return [model_of(FeedRow, row) for row in connection.execute(select(FEEDS).order_by(FEEDS.c.id)).mappings()]

    def find(self, feed_id: str) -> FeedRow | None:
        """Return one feed."""
        with self._database.reading() as connection:
            row = connection.execute(select(FEEDS).where(FEEDS.c.id == feed_id)).mappings().first()
        return model_of(FeedRow, row) if row else None

    def last_visits(self, feed_id: str, limit: int) -> list[VisitRow]:
        """Return a feed's visits, newest first."""
        chosen = select(VISITS).where(VISITS.c.feed_id == feed_id)
        newest = chosen.order_by(VISITS.c.visited_at.desc(), VISITS.c.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return [model_of(VisitRow, row) for row in connection.execute(newest).mappings()]


def _visit_values(record: VisitRecord, recorded: Recorded) -> dict[str, Any]:
    return values_of(record.visit) | {
        "feed_id": record.feed_id,
        "entries": record.visit.entries or len(record.items),
        "new_entries": recorded.new,
        "captured": recorded.captured,
    }
