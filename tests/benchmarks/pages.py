"""`make bench-pages`: the page, its feeds and its API in front of 200,000 captured and 300,000 set-aside items.

    make bench-pages ARGS="--captured 20000 --aside 30000 --sqlite"

The page is served by a process of its own. What an answer takes is measured in parses of the sample, as the other
benchmarks are: as CPU time of that process and of the database's, and by the clock, which says more where nothing else
runs. More than LIMIT parses of CPU is a failure; so is a process that grows by more than GROWN megabytes, or by
STREAMED in a download of everything.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from urllib.parse import quote, unquote

import httpx
import psycopg
from crawling import crawl

from benchmarks.__main__ import BARE, time_parse
from benchmarks.archive import LAST, fill, settle
from benchmarks.searching import QUERIES, places, spent_by
from storage.database import Database
from storage.store import Store
from storage.upgrade import upgrade
from watcher.cli.files import read_cities_called, read_city_names, read_ties
from watcher.cli.place import Place
from watcher.desk import Desk
from watcher.digest import note_subscriptions, open_digest
from watcher.judging import load_judge
from watcher.settings.feeds import FeedSettings
from watcher.settings.load import packaged_config
from watcher.settings.watcher import WatcherSettings
from watcher.web import Site, make_app
from watcher.web.server import address_of, bind, make_server

LIMIT, GROWN, STREAMED = 10, 150, 20
TURNS = 3
FEEDS = 150
BESIDE = (
    "/items.atom?q=taipei",
    "/items.json?q=taipei",
    "/api/items",
    "/api/items/7",
    "/api/stories",
    "/api/pairs",
    "/api/pairs/daegu~taipei",
    "/api/feeds",
    "/api/feeds/feed-7",
    "/api/digests",
    "/api/digests/1",
    "/api/openapi.json",
)
"""What is asked besides the pages that links lead to, one of each shape."""
DOWNLOADS = ("/items.csv", "/items.jsonl")


def main() -> None:
    """Fill both databases, ask for everything, print, and end with 1 where a limit does not hold."""
    parser = argparse.ArgumentParser(prog="make bench-pages")
    parser.add_argument("--captured", type=int, default=200_000)
    parser.add_argument("--aside", type=int, default=300_000)
    parser.add_argument("--sqlite", action="store_true", help="without PostgreSQL")
    parser.add_argument("--serve", metavar="URL", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.serve:
        serve(wanted.serve)
        return
    exceeded = 0
    for name, url in islice(places(), 1 if wanted.sqlite else 2):
        begun = time.monotonic()
        prepare(url, wanted.captured, wanted.aside)
        print(f"\n{name}: {wanted.captured + wanted.aside:,} items in {time.monotonic() - begun:.0f} s", flush=True)
        exceeded += measure(url)
    sys.exit(1 if exceeded else 0)


def make_desk(database: Database) -> Desk:
    """Return a desk with the archive's feeds and everything else as it is shipped, shortly after the last item."""
    place = Place(config=packaged_config())
    return Desk(
        store=Store(database, "page"),
        settings=WatcherSettings(),
        feeds={
            f"feed-{one}": FeedSettings(id=f"feed-{one}", url=f"https://news.example/{one}") for one in range(FEEDS)
        },
        clock=lambda: LAST,
        ties=read_ties(place),
        city_names=read_city_names(place),
    )


def prepare(url: str, captured: int, aside: int) -> None:
    """Fill a database with items, feeds, and the digest of the last day but one."""
    with closing(Database.open(url)) as database:
        upgrade(database)
        fill(database, captured, aside)
        desk = make_desk(database)
        desk.store.feeds.enrol([(feed.id, feed.url) for feed in desk.feeds.values()], LAST)
        note_subscriptions(desk, LAST - timedelta(days=3))
        open_digest(desk, desk.settings.subscriptions[0], LAST.date() - timedelta(days=1))
    settle(url)


def serve(url: str) -> None:
    """Serve the page until we are ended; print where."""
    place = Place(config=packaged_config())
    with closing(Database.open(url)) as database:
        site = Site(
            desk=make_desk(database), judge=load_judge(place.folder), city_names=lambda: read_cities_called(place)
        )
        bound = bind("127.0.0.1", 0)
        print(address_of(bound), flush=True)
        make_server(make_app(site)).run(sockets=[bound])


@contextmanager
def serving(url: str) -> Iterator[tuple[str, int]]:
    """Start the page's process; yield its address and its number."""
    command = [sys.executable, "-m", "benchmarks.pages", "--serve", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield server.stdout.readline().strip(), server.pid
        finally:
            server.terminate()


def measure(url: str) -> int:
    """Print what every answer takes; return how many limits do not hold."""
    unit = min(time_parse(40, **BARE)[1] for _ in range(2))
    print(f"one parse: {unit * 1000:.1f} ms; an answer may take {LIMIT} of CPU\n   CPU  clock")
    with serving(url) as (address, process), httpx.Client(base_url=address, timeout=600) as client:
        client.get("/rules")
        before = memory(process, "VmRSS")
        story = client.get("/api/stories", params={"limit": 1}).json()["stories"][0]["id"]
        found = [
            path
            for path in crawl(address, *BESIDE, f"/api/stories/{story}")
            if not path.startswith((*DOWNLOADS, "/static"))
        ]
        paths = [*found, *(f"/items?q={quote(query)}" for query in QUERIES)]
        living = [process, *backends(url)]
        exceeded = sum([not measure_answer(client, path, living, unit) for path in paths])
        grown = memory(process, "VmHWM") - before
        print(f"the process grew by {grown:.0f} MB (limit {GROWN})", flush=True)
        return exceeded + (grown > GROWN) + sum([not measure_download(client, one, process) for one in DOWNLOADS])


def measure_answer(client: httpx.Client, path: str, living: list[int], unit: float) -> bool:
    """Print the best of a few answers, and the CPU in milliseconds; say whether it holds the limit."""
    times = []
    for _ in range(TURNS):
        spent, begun = spent_by(living), time.perf_counter()
        status = client.get(path).status_code
        times.append((spent_by(living) - spent, time.perf_counter() - begun))
    cpu, clock = (min(column) / unit for column in zip(*times, strict=True))
    remark = f"  STATUS {status}" if status != 200 else "  TOO SLOW" if cpu > LIMIT else ""
    print(f"{cpu:6.1f} {clock:6.1f} {cpu * unit * 1000:8.1f} ms  {unquote(path)}{remark}", flush=True)
    return not remark


def measure_download(client: httpx.Client, path: str, process: int) -> bool:
    """Print how fast everything comes, and by how much the page's process grows; say whether it holds the limit."""
    Path(f"/proc/{process}/clear_refs").write_text("5")  # begins a new VmHWM
    before, begun, size = memory(process, "VmRSS"), time.perf_counter(), 0
    with client.stream("GET", path) as answer:
        size = sum(map(len, answer.iter_raw()))
    grown = memory(process, "VmHWM") - before
    speed = size / 1e6 / (time.perf_counter() - begun)
    print(f"{path}: {size / 1e6:.0f} MB, {speed:.1f} MB/s; the process grew by {grown:.0f} MB (limit {STREAMED})")
    return grown <= STREAMED and answer.status_code == 200


def backends(url: str) -> list[int]:
    """Return the processes of PostgreSQL that answer our page."""
    if not url.startswith("postgresql:"):
        return []
    with psycopg.connect(url) as connection:
        asked = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        return [pid for (pid,) in connection.execute(asked)]


def memory(process: int, name: str) -> float:
    """Return what Linux counts of a process (VmRSS, VmHWM), in megabytes."""
    [line] = [one for one in Path(f"/proc/{process}/status").read_text().splitlines() if one.startswith(f"{name}:")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
