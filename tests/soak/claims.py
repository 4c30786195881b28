"""`make claims`: two processes on PostgreSQL share 2,000 feeds, one is killed in the middle; then a ledger.

    make claims ARGS="--feeds 500"

Exit 0 when every feed was visited once, and nothing that the killed one held was touched before its lease had passed.
"""

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from multiprocessing.connection import Connection
from typing import Any

from conftest import Site, open_site, rss
from crashing import FORK, JUDGE, Child, start
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
"""Time for some twenty looks, of which none may find a feed that is due."""
LONGEST_SECONDS = 600.0
TITLES = ("The bakery on Anchor Street closes: {}", "Taipei and Daegu renew their sister city agreement: {}")
VISITED = "(SELECT DISTINCT feed_id FROM visits) AS visited"


def work(url: str, feeds: Mapping[str, str], stepped: Any, line: Connection) -> None:
    """Be one of the two: poll until told to end, then say which feeds were visited."""
    settings = WatcherSettings(fetch=FetchSettings(allow_private=("127.0.0.1",)))
    watched = {name: FeedSettings(id=name, url=address) for name, address in feeds.items()}
    with open_store(url) as store:
        asyncio.run(_poll_on(Desk(store=store, settings=settings, feeds=watched, clock=clock_of(stepped)), line))


async def _poll_on(desk: Desk, line: Connection) -> None:
    seen: list[str] = []

    def note(report: Report) -> None:
        if report.recorded.kept:
            seen.append(report.visit.feed.id)

    async with open_poller(desk, JUDGE, note) as poller:
        while not line.poll():  # not `poll`: a poller whose poll has ended starts no more visits
            await poller.start_due()
            await asyncio.sleep(0.02)
        await poller.finish(LEASE)
    for message in (seen, "done"):
        line.send(message)


def clock_of(stepped: Any) -> Callable[[], datetime]:
    """Return a clock that all processes share: it stands but for the steps that it is given."""
    return lambda: NOON + timedelta(seconds=stepped.value)


@dataclass(kw_only=True)
class Run:
    """Hold what a run knows of itself. `early` and `held` count requests, and feeds, when the lease was about to pass."""

    url: str
    site: Site
    feeds: dict[str, str]
    stepped: Any = field(default_factory=lambda: FORK.Value("d", 0.0))
    early: int = 0
    held: int = 0

    def count(self, query: str) -> int:
        with open_store(self.url) as store, store.database.reading() as connection:
            return connection.scalar(text(f"SELECT count(*) FROM {query}")) or 0

    def held_by(self, child: Child) -> int:
        return self.count(f"feeds WHERE claimed_by LIKE '%:{child.pid}:%'")


@contextmanager
def prepared(feeds: int) -> Iterator[Run]:
    """Serve tiny feeds and enrol them in a new database; one in ten has news for us."""
    with open_server() as server, server.lend() as url, open_site() as site:
        names = [f"feed-{number:04}" for number in range(feeds)]
        titles = [TITLES[number % 10 == 0].format(name) for number, name in enumerate(names)]
        site.pages |= {f"/{name}": rss((name, title)) for name, title in zip(names, titles, strict=True)}
        run = Run(url=url, site=site, feeds={name: site.url(f"/{name}") for name in names})
        make_tables(url)
        with open_store(url) as store:
            store.feeds.enrol(list(run.feeds.items()), NOON)
        yield run


def share(run: Run) -> list[str]:
    """Let two processes work and kill one of them in the middle; return what the other one visited."""
    with start(work, run.url, run.feeds, run.stepped) as one, start(work, run.url, run.feeds, run.stepped) as two:
        wait_until(lambda: run.count("visits") * 2 >= len(run.feeds), two)
        one.kill()
        wait_until(lambda: run.count("visits") + run.held_by(one) >= len(run.feeds), two)
        run.held = run.held_by(one)
        run.stepped.value = (LEASE - MOMENT).total_seconds()
        time.sleep(QUIET_SECONDS)
        run.early = len(run.site.asked)
        run.stepped.value = LEASE.total_seconds()
        wait_until(lambda: run.count("visits") >= len(run.feeds), two)
        two.line.send("end")
        return two.hear_all()[0]


def wait_until(true: Callable[[], bool], child: Child) -> None:
    """Wait until something is so; give up when the one who should bring it about is gone, or takes too long."""
    end = time.monotonic() + LONGEST_SECONDS
    while not true():
        if not child.process.is_alive() or time.monotonic() > end:
            sys.exit("The other process came to an end, or to nothing.")
        time.sleep(0.2)


def doubles(run: Run) -> int:
    """Count what was done too often: asked twice within a lease, asked again although it was recorded, recorded twice."""
    before, after = Counter(run.site.asked[: run.early]), Counter(run.site.asked[run.early :])
    within = sum(asked - 1 for asked in [*before.values(), *after.values()])
    again = max(0, len(after) - run.held)
    return within + again + run.count("visits") - run.count(VISITED)


def print_ledger(run: Run, seen: list[str], seconds: float) -> bool:
    """Print what came of it; return whether all is well."""
    visits, visited, twice = run.count("visits WHERE outcome = 'read'"), run.count(VISITED), doubles(run)
    rows = {
        "feeds": len(run.feeds),
        "visits": visits,
        "visited by the one that was killed": visits - len(seen),
        "visited by the other one": len(seen),
        "of these, held by the killed one until its lease had passed": run.held,
        "requests": len(run.site.asked),
        "items": run.count("items WHERE feed_id IS NOT NULL"),
        "feeds not visited": len(run.feeds) - visited,
        "doubles within a lease": twice,
    }
    for name, number in rows.items():
        print(f"{number:>8,}  {name}")
    print(f"{seconds:>8.1f}  seconds")
    return twice == 0 and visits == visited == len(run.feeds) == rows["items"] and 0 < len(seen) < visits


def main() -> None:
    parser = argparse.ArgumentParser(prog="make claims", description=__doc__)
    parser.add_argument("--feeds", type=int, default=FEEDS, help="how many feeds; 2,000 unless told")
    arguments = parser.parse_args()
    began = time.monotonic()
    with prepared(arguments.feeds) as run:
        with redirect_stderr(StringIO()):  # the site tells of every connection that breaks
            seen = share(run)
        well = print_ledger(run, seen, time.monotonic() - began)
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
