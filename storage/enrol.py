"""Bring the feeds to what feeds.toml says: which are watched, where they are, how they are read."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from storage.hosts import RESTS, host_of, resting_hosts
from storage.rows import FEEDS, insert_into, values_of
from storage.tables import FeedRow

UNREAD: dict[str, Any] = {"etag": "", "last_modified": "", "body_hash": "", "claimed_by": None}
"""What makes the next visit read the whole document, and one that is under way leave nothing."""

FORGOTTEN: dict[str, Any] = UNREAD | {
    "known": b"",
    "failures": 0,
    "problem": "",
    "trouble": "",
    "full_at": None,
    "rhythm_seconds": None,
    "stay_seconds": None,
    "pace": {},
    "moved_to": "",
    "moved_times": 0,
    "moved_since_at": None,
    "condition": "",
    "condition_at": None,
    "rests_until": None,
}
"""What was true of a feed's old address only."""

NEW, MOVED, BACK = "it is new", "its address in feeds.toml is another one", "it came back"
MENDED = "feeds.toml says that it is read in another way"
"""Why a feed is due that feeds.toml says something new of."""

Due = dict[str, Any]
_SEEN = ("id", "url", "configured_url", "host", "due_at", "rests_until", "read_as")


def enrol_feeds(connection: Connection, wanted: Mapping[str, str], ways: Mapping[str, str], now: datetime) -> None:
    """Do what `Feeds.enrol` says, in the connection's transaction; `wanted` are addresses by id."""
    standing = {row.id: row for row in connection.execute(select(*(FEEDS.c[name] for name in _SEEN)))}
    rests = resting_hosts(((row.host, row.rests_until) for row in standing.values()), now)

    def due(host: str, why: str) -> Due:
        return {"due_at": rests.get(host, now), "due_why": RESTS if host in rests else why}

    known = {one: standing[one] for one in wanted if one in standing}
    other = {one: row for one, row in known.items() if row.configured_url != wanted[one]}
    mended = {one: row for one, row in known.items() if row.read_as and row.read_as != ways.get(one, row.read_as)}
    moved = {one: host_of(wanted[one]) for one, row in other.items() if row.url != wanted[one]}
    back = {one: row for one, row in known.items() if row.due_at is None}
    _add(connection, [_new_feed(one, wanted[one], due) for one in wanted if one not in known])
    _change(connection, {one: {"configured_url": wanted[one]} for one in other})
    _change(connection, {one: UNREAD | due(row.host, MENDED) for one, row in mended.items()})
    _change(connection, {one: due(row.host, BACK) for one, row in back.items()})
    _change(
        connection,
        {one: {"url": wanted[one], "host": host} | FORGOTTEN | due(host, MOVED) for one, host in moved.items()},
    )
    _change(connection, {one: {"due_at": None, "claimed_by": None} for one in standing if one not in wanted})
    _change(connection, {one: {"read_as": way} for one, way in ways.items() if _is_other_way(standing.get(one), way)})


def _new_feed(feed_id: str, url: str, due: Callable[[str, str], Due]) -> dict[str, Any]:
    host = host_of(url)
    row = FeedRow(id=feed_id, url=url, configured_url=url, host=host, **due(host, NEW))
    return values_of(row) | {"id": feed_id}


def _is_other_way(row: Row[Any] | None, way: str) -> bool:
    return row is None or row.read_as != way


def _add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(insert_into(FEEDS, connection.dialect.name).on_conflict_do_nothing(), rows)


def _change(connection: Connection, changes: Mapping[str, Mapping[str, Any]]) -> None:
    """Write columns of feeds by their ids; all have the same columns."""
    if changes:
        rows = [{"one": one, **columns} for one, columns in changes.items()]
        connection.execute(update(FEEDS).where(FEEDS.c.id == bindparam("one")), rows)
