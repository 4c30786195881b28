"""The hosts that serve feeds, and their wish to be left alone."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection, and_, select, update

from storage.rows import FEEDS

RESTS = "its server asked to be left alone for a while, at another of its feeds"


def host_of(url: str) -> str:
    """Return the host that spacing and Retry-After count by; empty when the address has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def rest_host(connection: Connection, feed_id: str, until: datetime) -> None:
    """Let no feed of this feed's host be due before `until`; one that is being visited keeps its lease."""
    host = FEEDS.c.host == select(FEEDS.c.host).where(FEEDS.c.id == feed_id).scalar_subquery()
    others = and_(host, FEEDS.c.id != feed_id, FEEDS.c.claimed_by.is_(None), FEEDS.c.due_at < until)
    connection.execute(update(FEEDS).where(host).values(rests_until=until))
    connection.execute(update(FEEDS).where(others).values(due_at=until, due_why=RESTS))


def resting_hosts(hosts: Iterable[tuple[str, datetime | None]], now: datetime) -> dict[str, datetime]:
    """Return until when those hosts rest that want it; of each its feeds tell, and the latest word of them counts."""
    rests: dict[str, datetime] = {}
    for host, until in hosts:
        if until and until > now:
            rests[host] = max(until, rests.get(host, until))
    return rests
