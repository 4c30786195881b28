"""Which feeds may be visited just now: those that are due, of each host one at a time, with a rest in between.

The statements are built once: building one costs ten times as much as asking it. `asked_with` gives what they ask with.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, case, func, or_, select

from storage.hosts import RESTS
from storage.leases import longest_due
from storage.rows import FEEDS

_NOW: BindParameter[datetime] = bindparam("now")
_AHEAD: BindParameter[datetime] = bindparam("ahead")
_FAR: BindParameter[datetime] = bindparam("far")
_RESTED: BindParameter[datetime] = bindparam("rested")
_BESIDES: BindParameter[str] = bindparam("besides", expanding=True)
_FREE: BindParameter[str] = bindparam("free", expanding=True)
_HELD = FEEDS.c.claimed_by.is_not(None)


def asked_with(
    now: datetime,
    lease: timedelta,
    *,
    besides: Collection[str] = frozenset(),
    spacing: timedelta = timedelta(),
    free_hosts: Collection[str] = frozenset(),
) -> dict[str, Any]:
    """Return the values of CLAIMABLE and WAITING, but for the limit; those are explained at `Feeds.claim`."""
    moments = {"now": now, "ahead": now + lease, "far": now + 2 * lease, "rested": now - spacing}
    return moments | {"besides": list(besides), "free": list(free_hosts)}


def _is_ahead() -> ColumnElement[bool]:
    """Say which feeds were visited or claimed in what is now the future: the clock was set back, and they are due.

    The clocks of several machines may differ by less than a lease. A feed that was never visited may have to wait long
    because its host rests.
    """
    rests = and_(FEEDS.c.visited_at.is_(None), FEEDS.c.due_why == RESTS)
    visited = and_(func.coalesce(FEEDS.c.visited_at, FEEDS.c.due_at) > _AHEAD, ~rests)
    idle = and_(FEEDS.c.due_at.is_not(None), FEEDS.c.claimed_by.is_(None), visited)
    return or_(idle, and_(_HELD, FEEDS.c.due_at > _FAR))


def _busy_hosts() -> Select[tuple[str]]:
    """Choose the hosts that are being visited, or were a moment ago."""
    visited = and_(_HELD, FEEDS.c.due_at > _NOW, FEEDS.c.due_at <= _FAR)
    rests = and_(FEEDS.c.visited_at > _RESTED, FEEDS.c.visited_at <= _NOW)
    return select(FEEDS.c.host).where(or_(visited, rests))


def _first_of_hosts(due: ColumnElement[bool]) -> Select[tuple[str]]:
    """Choose of each host that is not busy the feed that is longest due; of free hosts all."""
    is_free = FEEDS.c.host.in_(_FREE)
    place = case((is_free, FEEDS.c.id), else_=FEEDS.c.host)
    turn = func.row_number().over(partition_by=place, order_by=(FEEDS.c.due_at, FEEDS.c.id)).label("turn")
    ranked = select(FEEDS.c.id, turn).where(due, or_(is_free, FEEDS.c.host.not_in(_busy_hosts()))).subquery()
    return select(ranked.c.id).where(ranked.c.turn == 1)


_DUE = and_(or_(FEEDS.c.due_at <= _NOW, _is_ahead()), FEEDS.c.id.not_in(_BESIDES))
CLAIMABLE = longest_due(FEEDS, and_(_DUE, FEEDS.c.id.in_(_first_of_hosts(_DUE))))
"""Choose the feeds that may be claimed now."""
WAITING = (
    select(FEEDS.c.id)
    .where(FEEDS.c.due_at <= _NOW, FEEDS.c.id.not_in(_BESIDES), FEEDS.c.host.not_in(_busy_hosts()))
    .limit(1)
)
"""Choose a feed that is due whose host nobody visits."""
