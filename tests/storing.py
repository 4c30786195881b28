"""What the storage tests share: databases of both kinds, and invented rows."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url
from sqlmodel import SQLModel

from storage.criteria import Every, Text
from storage.database import Database
from storage.records import NewItem, VisitRecord
from storage.store import Store
from storage.tables import DeliveryRow, DigestRow, ItemRow, VisitRow
from storage.upgrade import upgrade

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=10)
SERVER = "CITY_WATCHER_TEST_POSTGRES"
"""Names a PostgreSQL server that stands already, such as postgresql://postgres@127.0.0.1:5432/postgres."""


class Postgres:
    """A running server that lends databases; one that we started can be stopped and started again."""

    def __init__(self, address: str, program: subprocess.Popen[str] | None = None) -> None:
        self.address = address
        self._program = program
        self._numbers = count()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        self._tell(how.name)

    def start(self) -> None:
        self._tell("start")

    def _tell(self, order: str) -> None:
        assert self._program, f"{SERVER} names a server that is not ours to stop"
        print(order, file=self._program.stdin, flush=True)
        assert (said := self._program.stdout.readline().strip()) == "done", said

    @contextmanager
    def lend(self) -> Iterator[str]:
        """Make a database; drop it afterwards, whoever is still connected."""
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} STRATEGY file_copy")  # 40 ms; wal_log takes 100
        try:
            yield make_url(self.address).set(database=name).render_as_string(hide_password=False)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def open_server() -> Iterator[Postgres]:
    """Start a server; fail in one sentence where none can be started."""
    if named := os.environ.get(SERVER):
        yield Postgres(named)
        return
    command = [sys.executable, str(Path(__file__).with_name("postgres.py"))]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, start_new_session=True, **pipes) as server:
        said = server.stdout.readline().strip()
        if not said.startswith("postgresql:"):
            pytest.fail(f"no PostgreSQL can be started here ({said}); name one in {SERVER}", pytrace=False)
        yield Postgres(said, server)


def make_tables(url: str) -> None:
    with closing(Database.open(url)) as database:
        upgrade(database)


def empty_tables(url: str) -> None:
    """Make a used PostgreSQL database like new in 10 ms; to make another one takes 40, and 600 on a busy machine."""
    tables = [table.name for table in reversed(SQLModel.metadata.sorted_tables)]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute("; ".join(f"DELETE FROM {table}" for table in tables))
        connection.execute("SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'")


@contextmanager
def open_store(url: str, owner: str = "me") -> Iterator[Store]:
    with closing(Database.open(url)) as database:
        if not database.is_current():
            upgrade(database)
        yield Store(database, owner)


def new_item(key: str = "cna:1", verdict: str = "matched", at: datetime = NOW, **columns: Any) -> NewItem:
    """Make an item as a visit hands it over: captured at `at` when it matched."""
    facets = columns.pop("facets", (("pair", "daegu~taipei"), ("city", "daegu"), ("city", "taipei")))
    title = columns.pop("title", f"Taipei and Daegu plan a joint flower market ({key})")
    usual: dict[str, Any] = {
        "key": key,
        "feed_id": "cna",
        "url": f"https://news.example/{key}",
        "title": title,
        "first_title": title,
        "language": "en",
        "first_seen_at": at,
        "captured_at": at if verdict == "matched" else None,
        "verdict": verdict,
        "score": {"matched": 5.0, "near": 2.0}.get(verdict, 0.0),
        "kind": "visit",
        "why": f"it was {verdict}",
        "rules": "r1",
        "folded": "taipei and daegu plan",
    }
    return NewItem(item=ItemRow(**usual | columns), facets=facets)


def seed_item(name: str = "harbour-forum-2019", **columns: Any) -> NewItem:
    return new_item(f"seed:{name}", feed_id=None, **columns)


def visit_record(*items: NewItem, feed_id: str = "cna", at: datetime = NOW, **memory: object) -> VisitRecord:
    return VisitRecord(
        feed_id=feed_id,
        memory={"due_at": at + HOUR, "visited_at": at, "body_hash": "b1"} | memory,
        visit=VisitRow(feed_id=feed_id, visited_at=at, outcome="read", status=200, bytes=512, entries=7),
        items=items,
    )


def keep(store: Store, *items: NewItem, at: datetime = NOW) -> Any:
    """Let the feed `cna` bring items: enrol, claim, record."""
    store.feeds.enrol([("cna", "https://cna.example/rss")], at)
    store.feeds.hasten(at)
    store.feeds.claim(at, LEASE, 10)
    return store.feeds.record(visit_record(*items, at=at))


def search(store: Store, *words: str) -> list[str]:
    """Return the keys of what holds all these tokens, published last first."""
    criterion = Every(parts=tuple(Text(tokens=(word,)) for word in words))
    return [full.item.key for full in store.search.gather([hit.id for hit in store.search.find(criterion, 9)])]


def id_of(store: Store, key: str) -> int:
    found = store.items.find_by_key(key)
    assert found is not None
    assert found.item.id is not None
    return found.item.id


def digest_row(day: str = "2026-03-01", subscription: str = "daily", at: datetime = NOW) -> DigestRow:
    return DigestRow(
        subscription=subscription,
        day=day,
        covers_from_at=at - 24 * HOUR,
        opened_at=at,
        subject="1 new",
        text="t",
        html="h",
    )


def delivery_row(recipient: str = "lin@city-desk.example", day: str = "2026-03-01") -> DeliveryRow:
    message_id = f"<{day}.{recipient}>"
    return DeliveryRow(digest_id=0, channel="smtp", recipient=recipient, message_id=message_id, due_at=NOW)


BARRIERS: list[Any] = []
"""In a process of its own: where it waits for the others before it starts."""


def wait_at(barrier: Any) -> None:
    BARRIERS.append(barrier)


def start_at_once(url: str, owner: str) -> tuple[bool, list[str]]:
    """Begin as the service does, at the same moment as others; return whether we upgraded, and what we claimed."""
    BARRIERS[0].wait(60)
    with closing(Database.open(url)) as database:
        changed, store, mine = upgrade(database), Store(database, owner), list[str]()
        store.feeds.enrol([(f"feed-{number}", f"https://feed-{number}.example/") for number in range(12)], NOW)
        store.items.plant([seed_item(), seed_item("another-2021")])
        while rows := store.feeds.claim(NOW, LEASE, 1):
            mine += [row.id for row in rows]
        return changed, mine


def claim_all_due(url: str, owner: str) -> list[str]:
    """Claim due feeds three at a time until none is left; for a thread or a process of its own."""
    with closing(Database.open(url)) as database:
        store, mine = Store(database, owner), list[str]()
        while rows := store.feeds.claim(NOW, LEASE, 3):
            mine += [row.id for row in rows]
        return mine


def titles(found: Sequence[Any]) -> list[str]:
    return [full.item.title for full in found]
