"""The deliveries: a digest's way to one recipient, one attempt at a time."""

from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select, update

from storage.database import Database
from storage.leases import claim_rows
from storage.rows import DELIVERIES, DIGESTS, clean_text, model_of
from storage.tables import DeliveryRow, DigestRow

UNFINISHED = ("pending", "uncertain")
LONGEST_WAIT = timedelta(days=1)
"""No delivery is put off for longer."""


class Deliveries:
    """Keep the deliveries; `owner` names this process in its leases."""

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner

    def claim(self, now: datetime, lease: timedelta) -> tuple[DeliveryRow, DigestRow] | None:
        """Lease the delivery that is longest due, with its digest; None when none is due.

        One that is due further ahead than any wait was put off before the clock was set back.
        """
        come = or_(DELIVERIES.c.due_at <= now, DELIVERIES.c.due_at > now + LONGEST_WAIT)
        due = and_(come, DELIVERIES.c.state.in_(UNFINISHED))
        with self._database.writing() as connection:
            rows = claim_rows(connection, DELIVERIES, due, owner=self._owner, until=now + lease, limit=1)
            if not rows:
                return None
            digest = connection.execute(select(DIGESTS).where(DIGESTS.c.id == rows[0]["digest_id"])).mappings().one()
        return model_of(DeliveryRow, rows[0]), model_of(DigestRow, digest)

    def record(
        self,
        delivery_id: int,
        *,
        state: str,
        problem: str,
        due_at: datetime | None,
        sent_at: datetime | None,
    ) -> bool:
        """Keep the outcome of an attempt and end the lease; False, and nothing written, when it is not ours.

        `due_at` says when to try again; None: never.
        """
        mine = and_(DELIVERIES.c.id == delivery_id, DELIVERIES.c.claimed_by == self._owner)
        change = update(DELIVERIES).values(
            state=state,
            problem=clean_text(problem),
            due_at=due_at,
            sent_at=sent_at,
            attempts=DELIVERIES.c.attempts + 1,
            claimed_by=None,
        )
        with self._database.writing() as connection:
            return connection.scalar(change.where(mine).returning(DELIVERIES.c.id)) is not None

    def postpone(self, channel: str, until: datetime) -> None:
        """Make what waits for a channel due at `until` at the earliest; what somebody holds is left alone."""
        waiting = and_(DELIVERIES.c.channel == channel, DELIVERIES.c.due_at < until, DELIVERIES.c.claimed_by.is_(None))
        with self._database.writing() as connection:
            connection.execute(update(DELIVERIES).where(waiting).values(due_at=until))

    def hasten(self, now: datetime) -> None:
        """Make every delivery that waits for another try due now."""
        waiting = and_(DELIVERIES.c.due_at > now, DELIVERIES.c.claimed_by.is_(None))
        with self._database.writing() as connection:
            connection.execute(update(DELIVERIES).where(waiting).values(due_at=now))

    def unsent(self, limit: int = 100) -> list[DeliveryRow]:
        """Return the newest deliveries that did not arrive: those that wait, failed, or may have arrived."""
        chosen = select(DELIVERIES).where(DELIVERIES.c.state != "sent").order_by(DELIVERIES.c.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return [model_of(DeliveryRow, row) for row in connection.execute(chosen).mappings()]

    def of_digest(self, digest_id: int) -> list[DeliveryRow]:
        """Return a digest's deliveries in the order of their recipients."""
        chosen = select(DELIVERIES).where(DELIVERIES.c.digest_id == digest_id)
        ordered = chosen.order_by(DELIVERIES.c.recipient, DELIVERIES.c.id)
        with self._database.reading() as connection:
            return [model_of(DeliveryRow, row) for row in connection.execute(ordered).mappings()]

    def counts(self) -> dict[str, int]:
        """Count all deliveries by state."""
        chosen = select(DELIVERIES.c.state, func.count()).group_by(DELIVERIES.c.state)
        with self._database.reading() as connection:
            return dict(connection.execute(chosen).all())
