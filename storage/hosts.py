"""The hosts that serve feeds: of each, one feed at a time, with a rest in between."""

from collections.abc import Collection
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select, update

from storage.rows import FEEDS

RESTS = "its server asked to be left alone for a while, at another of its feeds"


def host_of(url: str) -> str:
    """Return the host that spacing and Retry-After count by; empty when the address has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def busy_hosts(now: datetime, lease: timedelta, spacing: timedelta) -> Select[tuple[str]]:
    """Choose the hosts that are being visited, or were a moment ago."""
    visited = and_(FEEDS.c.claimed_by.is_not(None), FEEDS.c.due_at > now, FEEDS.c.due_at <= now + 2 * lease)
    rests = and_(FEEDS.c.visited_at > now - spacing, FEEDS.c.visited_at <= now)
    return select(FEEDS.c.host).where(or_(visited, rests))


def first_of_hosts(due: ColumnElement[bool], busy: Select[tuple[str]], free: Collection[str]) -> Select[tuple[str]]:
    """Choose of each host that is not busy the feed that is longest due; of free hosts all."""
    is_free = FEEDS.c.host.in_(free)
    place = case((is_free, FEEDS.c.id), else_=FEEDS.c.host)
    turn = func.row_number().over(partition_by=place, order_by=(FEEDS.c.due_at, FEEDS.c.id)).label("turn")
    ranked = select(FEEDS.c.id, turn).where(due, or_(is_free, FEEDS.c.host.not_in(busy))).subquery()
    return select(ranked.c.id).where(ranked.c.turn == 1)


def rest_host(connection: Connection, feed_id: str, until: datetime) -> None:
    """Let no feed of this feed's host be due before `until`; one that is being visited keeps its lease."""
    host = select(FEEDS.c.host).where(FEEDS.c.id == feed_id).scalar_subquery()
    others = and_(FEEDS.c.host == host, FEEDS.c.id != feed_id, FEEDS.c.claimed_by.is_(None), FEEDS.c.due_at < until)
    connection.execute(update(FEEDS).where(others).values(due_at=until, due_why=RESTS))
