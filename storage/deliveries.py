"""The deliveries: a digest's way to one recipient, one attempt at a time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, not_, or_, select, true, tuple_, update

from storage.database import Database
from storage.leases import claim_rows, longest_due
from storage.records import Scope, Unsent
from storage.rows import DELIVERIES, DIGESTS, clean_text, insert_into, model_of, values_of
from storage.tables import DeliveryRow, DigestRow

UNFINISHED = ("pending", "uncertain")
LONGEST_WAIT = timedelta(days=1)
"""No delivery is put off for longer."""
HOLD = timedelta(days=7)
"""So long an unsent digest holds back the later ones of its reader; then they pass it."""
FREE = DELIVERIES.c.claimed_by.is_(None)
ALL = Scope()
OWN, EARLIER, BEFORE = DIGESTS.alias("own"), DIGESTS.alias("earlier"), DELIVERIES.alias("before")
AHEAD = and_(
    OWN.c.id == DELIVERIES.c.digest_id,
    EARLIER.c.subscription == OWN.c.subscription,
    EARLIER.c.day < OWN.c.day,
    BEFORE.c.digest_id == EARLIER.c.id,
    BEFORE.c.due_at.is_not(None),
    *(BEFORE.c[name] == DELIVERIES.c[name] for name in ("channel", "recipient")),
)
"""An earlier digest of the subscription is still on its way to the same reader."""


class Deliveries:
    """Keep the deliveries; `owner` names this process in its leases."""

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner

    def claim(self, now: datetime, lease: timedelta, scope: Scope = ALL) -> tuple[DeliveryRow, DigestRow] | None:
        """Lease the delivery of the scope that is longest due, with its digest; None when none is due.

        One that is due further ahead than any wait was put off before the clock was set back. A reader gets the
        digests of a subscription in the order of their days; only one that is asked for by name does not wait.
        """
        come = or_(DELIVERIES.c.due_at <= now, DELIVERIES.c.due_at > now + LONGEST_WAIT)
        turn = true() if scope.digest_id is not None else not_(exists().where(AHEAD, EARLIER.c.opened_at > now - HOLD))
        due = longest_due(DELIVERIES, and_(come, DELIVERIES.c.state.in_(UNFINISHED), _within(scope), turn))
        with self._database.writing() as connection:
            rows = claim_rows(connection, DELIVERIES, due, {}, owner=self._owner, until=now + lease, limit=1)
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

    def postpone(self, channel: str, until: datetime, problem: str, scope: Scope = ALL) -> None:
        """Make what waits for a channel due at `until` at the earliest, for this problem.

        What somebody holds is left alone, and what may have arrived keeps saying so.
        """
        waiting = and_(DELIVERIES.c.channel == channel, DELIVERIES.c.due_at < until, FREE, _within(scope))
        why = case((DELIVERIES.c.state == "pending", clean_text(problem)), else_=DELIVERIES.c.problem)
        with self._database.writing() as connection:
            connection.execute(update(DELIVERIES).where(waiting).values(due_at=until, problem=why))

    def hasten(self, now: datetime, scope: Scope = ALL) -> None:
        """Make every delivery of the scope that waits for another try due now."""
        waiting = and_(DELIVERIES.c.due_at > now, FREE, _within(scope))
        with self._database.writing() as connection:
            connection.execute(update(DELIVERIES).where(waiting).values(due_at=now))

    def renew(self, digest_id: int, addressed: Sequence[DeliveryRow], now: datetime) -> int:
        """Make a digest due now at each address that it did not reach, new ones among them; return at how many.

        `addressed` are all its deliveries as they would be made today. One that was made before keeps its
        Message-ID; one that was sent, or that somebody holds, is left alone.
        """
        places = [(one.channel, one.recipient) for one in addressed]
        ours = tuple_(DELIVERIES.c.channel, DELIVERIES.c.recipient).in_(places)
        again = update(DELIVERIES).where(DELIVERIES.c.digest_id == digest_id, ours, DELIVERIES.c.state != "sent", FREE)
        rows = [values_of(one) | {"digest_id": digest_id, "due_at": now} for one in addressed]
        with self._database.writing() as connection:
            renewed = connection.scalars(again.values(state="pending", due_at=now).returning(DELIVERIES.c.id)).all()
            new = insert_into(DELIVERIES, connection.dialect.name).on_conflict_do_nothing()
            added = connection.scalars(new.returning(DELIVERIES.c.id), rows).all()
        return len(renewed) + len(added)

    def unsent(self, scope: Scope = ALL) -> list[Unsent]:
        """Return the deliveries that did not arrive, newest first: those that wait, failed, or may have arrived."""
        names = ("digest_id", "recipient", "state", "problem", "due_at", "claimed_by")
        columns = (*(DELIVERIES.c[name] for name in names), DIGESTS.c.subscription, DIGESTS.c.day)
        both = DELIVERIES.join(DIGESTS, DELIVERIES.c.digest_id == DIGESTS.c.id)
        chosen = select(*columns).select_from(both).where(DELIVERIES.c.state != "sent", _within(scope))
        with self._database.reading() as connection:
            return [Unsent(**row) for row in connection.execute(chosen.order_by(DELIVERIES.c.id.desc())).mappings()]

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


def _within(scope: Scope) -> ColumnElement[bool]:
    """Return the condition that a delivery is one of the scope."""
    if scope == ALL:
        return true()
    digests = select(DIGESTS.c.id)
    if scope.subscription is not None:
        digests = digests.where(DIGESTS.c.subscription == scope.subscription)
    if scope.digest_id is not None:
        digests = digests.where(DIGESTS.c.id == scope.digest_id)
    return DELIVERIES.c.digest_id.in_(digests)
