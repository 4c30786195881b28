"""`make claims`: two processes on PostgreSQL share 2,000 feeds, one is killed in the middle; then a ledger.

    make claims ARGS="--feeds 500"

Exit 0 when every feed was visited once, and nothing that the killed one held was touched before its lease had passed.
"""

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection, wait
from typing import Any

from conftest import Site, open_site, rss
from crashing import FORK, JUDGE, PATIENCE, Child, start
from sqlalchemy import text
from storing import make_tables, open_server

from watcher.desk import Desk, open_store
from watcher.poll import LEASE, Report, open_poller
from watcher.settings.feeds import FeedSettings
from watcher.settings.watcher import FetchSettings, WatcherSettings

FEEDS = 2_000
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOMENT = timedelta(seconds=1)
QUIET_SECONDS = 1.0
"""How long nothing must happen before it counts as nothing."""


def work(url: str, feeds: Mapping[str, str], stepped: Any, line: Connection) -> None:
    """Be one of the two: poll until told to end; say which feed was visited."""
    settings = WatcherSettings(fetch=FetchSettings(allow_private=("127.0.0.1",)))
    watched = {name: FeedSettings(id=name, url=address) for name, address in feeds.items()}
    with open_store(url) as store:
        asyncio.run(_poll_on(Desk(store=store, settings=settings, feeds=watched, clock=clock_of(stepped)), line))


async def _poll_on(desk: Desk, line: Connection) -> None:
    def tell(report: Report) -> None:
        if report.recorded.kept:
            line.send(report.visit.feed.id)

    async with open_poller(desk, JUDGE, tell) as poller:
        while not line.poll():
            await poller.poll()
            await asyncio.sleep(0.05)


def clock_of(stepped: Any) -> Callable[[], datetime]:
    """Return a clock that all processes share: it stands but for the steps that it is given."""
    return lambda: NOON + timedelta(seconds=stepped.value)


@dataclass(kw_only=True)
class Run:
    """Hold what a run knows of itself."""

    url: str
    site: Site
    feeds: dict[str, str]
    stepped: Any = field(default_factory=lambda: FORK.Value("d", 0.0))
    visited: dict[int, list[str]] = field(default_factory=dict)
    early: int = 0
    held: int = 0

    def hear(self, children: Sequence[Child], enough: Callable[[], bool], seconds: float = PATIENCE) -> bool:
        """Note who visits what until it is enough; False when nothing more comes for so long."""
        lines = {child.line: child for child in children}
        while not enough():
            ready = wait(list(lines), seconds)
            if not ready:
                return False
            for line in ready:
                self.visited.setdefault(lines[line].pid, []).append(line.recv())
        return True

    def count(self, query: str) -> int:
        with open_store(self.url) as store, store.database.reading() as connection:
            return connection.scalar(text(f"SELECT count(*) FROM {query}")) or 0

    @property
    def heard(self) -> int:
        return sum(map(len, self.visited.values()))


@contextmanager
def prepared(feeds: int) -> Iterator[Run]:
    """Serve tiny feeds and enrol them in a new database."""
    with open_server() as server, server.lend() as url, open_site() as site:
        names = [f"feed-{number:04}" for number in range(feeds)]
        site.pages |= {f"/{name}": rss((name, f"Taipei and Daegu, sister cities: {name}")) for name in names}
        run = Run(url=url, site=site, feeds={name: site.url(f"/{name}") for name in names})
        make_tables(url)
        with open_store(url) as store:
            store.feeds.enrol(list(run.feeds.items()), NOON)
        yield run


def share(run: Run) -> tuple[int, int]:
    """Let two processes work, kill one of them in the middle; return the ids of both, the killed one first."""
    arguments = run.url, run.feeds, run.stepped
    with start(work, *arguments) as one, start(work, *arguments) as two:
        run.hear([one, two], lambda: run.heard * 2 >= len(run.feeds))
        one.kill()
        run.hear([two], lambda: False, QUIET_SECONDS)
        run.held = run.count("feeds WHERE claimed_by IS NOT NULL")
        run.stepped.value = (LEASE - MOMENT).total_seconds()
        run.hear([two], lambda: False, QUIET_SECONDS)
        run.early = len(run.site.asked)
        run.stepped.value = LEASE.total_seconds()
        run.hear([two], lambda: False, QUIET_SECONDS)
        two.line.send("end")
        two.process.join(PATIENCE)
        return one.pid, two.pid


def doubles(run: Run) -> int:
    """Count the visits too many: asked twice within a lease, or asked again after a visit was recorded, or recorded twice."""
    before, after = Counter(run.site.asked[: run.early]), Counter(run.site.asked[run.early :])
    within = sum(asked - 1 for asked in [*before.values(), *after.values()])
    again = sum(after.values()) - run.held
    recorded = run.count("visits") - run.count("(SELECT DISTINCT feed_id FROM visits) AS visited")
    return within + max(again, 0) + recorded


def print_ledger(run: Run, killed: int, left: int, seconds: float) -> bool:
    """Print what came of it; return whether all is well."""
    visits, twice = run.count("visits WHERE outcome = 'read'"), doubles(run)
    missed = len(run.feeds) - run.count("(SELECT DISTINCT feed_id FROM visits) AS visited")
    by_two = len(run.visited.get(left, []))
    rows = {
        "feeds": len(run.feeds),
        "visits": visits,
        "visited by the one that was killed": visits - by_two,
        "visited by the other one": by_two,
        "held by the killed one, visited when the lease had passed": run.held,
        "requests": len(run.site.asked),
        "items": run.count("items WHERE feed_id IS NOT NULL"),
        "feeds not visited": missed,
        "doubles within a lease": twice,
    }
    for name, number in rows.items():
        print(f"{number:>8,}  {name}")
    print(f"{seconds:>8.1f}  seconds")
    return not missed and not twice and visits == len(run.feeds) == rows["items"] and killed != left


def main() -> None:
    parser = argparse.ArgumentParser(prog="make claims", description=__doc__)
    parser.add_argument("--feeds", type=int, default=FEEDS, help="how many feeds; 2,000 unless told")
    arguments = parser.parse_args()
    began = time.monotonic()
    with prepared(arguments.feeds) as run:
        killed, left = share(run)
        well = print_ledger(run, killed, left, time.monotonic() - began)
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
