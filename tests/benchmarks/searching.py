"""`make bench-search`: first pages of searches in 200,000 captured and 300,000 set-aside items, on both databases.

    make bench-search ARGS="--captured 20000 --aside 30000"

A search is measured in parses of the sample, as the other benchmarks are: CPU time of this process and, on PostgreSQL,
of the server's. More than LIMIT parses is a failure.
"""

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text
from storing import open_server

from benchmarks.__main__ import BARE, time_parse
from benchmarks.archive import CITIES, OLD_WORD, RARE_WORD, fill, settle
from storage.database import Database
from storage.search import Search
from storage.upgrade import upgrade
from watcher.meaning import Interpreter
from watcher.searching import export_items, search_items

LIMIT = 10
TURNS = 3
QUERIES = (
    "", RARE_WORD, OLD_WORD, "taipei", "nothing-like-it", "taipei daegu", "論壇", "台北", "市", "서울", "리", "姊妹市協定",
    '"signed a memorandum"', "agree*", "t*", "taipei OR kumquat", "taipei -daegu", "-taipei", f"taipei {OLD_WORD}",
    "pair:taipei~daegu", "city:taipei", f"city:taipei {OLD_WORD}", "pair:ulsan~lyon 論壇", "kind:termination",
    "kind:termination taipei", "lang:ko", "lang:zh 論壇", "feed:feed-7", f"feed:feed-7 {OLD_WORD}", "is:seed", "-is:seed",
    "is:near", f"is:near {RARE_WORD}", "is:near taipei", "is:rejected OR is:near", "on:2026-02", "before:2020",
    "after:2026-02-27 論壇 OR フォーラム", "(taipei OR 台北) (agreement OR 協定) -kind:visit -city:kobe",
)  # fmt: skip


def main() -> None:
    """Fill both databases, search, print, and end with 1 where a search took too long."""
    parser = argparse.ArgumentParser(prog="make bench-search")
    parser.add_argument("--captured", type=int, default=200_000)
    parser.add_argument("--aside", type=int, default=300_000)

    wanted = parser.parse_args()
    slow = 0
    for name, url in places():
        with closing(Database.open(url)) as database:
            upgrade(database)
            begun = time.monotonic()
            fill(database, wanted.captured, wanted.aside)
            settle(url)
            print(f"\n{name}: filled in {time.monotonic() - begun:.0f} s", flush=True)
            slow += _measure_searches(database)
            _measure_export(database)
    sys.exit(1 if slow else 0)


def places() -> Iterator[tuple[str, str]]:
    """Yield the name and the address of an empty database of each sort."""
    with TemporaryDirectory(prefix="city-watcher-bench-") as folder:
        yield "SQLite", f"sqlite:///{folder}/watcher.db"
    with open_server() as server:
        yield "PostgreSQL", server.address


def _measure_searches(database: Database) -> int:
    """Print what every search takes; return how many took too long."""
    unit = min(time_parse(40, **BARE)[1] for _ in range(2)) * 1000
    print(f"one parse: {unit:.1f} ms; a first page may take {LIMIT}")
    names = {name: (name,) for name in CITIES}
    interpreter = Interpreter(search=Search(database), city_names=lambda: names)
    slow = 0
    with _meter(database) as spent:
        for query in QUERIES:
            times = []
            for _ in range(TURNS):
                before = spent()
                found = search_items(interpreter, query, 20)
                times.append(spent() - before)
            parses = min(times) * 1000 / unit
            slow += parses > LIMIT
            mark = "  TOO SLOW" if parses > LIMIT else ""
            print(f"{parses:6.1f} parses {min(times) * 1000:7.1f} ms  {found.total:>7}  {query}{mark}", flush=True)
    return slow


def _measure_export(database: Database) -> None:
    """Print how fast everything streams out, and what memory it takes."""
    interpreter = Interpreter(search=Search(database), city_names=dict)
    before, begun = _memory(), time.process_time()
    count = sum(1 for _ in export_items(interpreter, ""))
    print(f"export: {count:,} items, {(time.process_time() - begun) * 1e6 / count:.0f} us each, ", end="")
    print(f"{_memory() - before:.0f} MB more at the most", flush=True)


def _memory() -> float:
    """Return the most memory this process ever took, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)


@contextmanager
def _meter(database: Database) -> Iterator[Callable[[], float]]:
    """Yield what tells the CPU seconds spent, those of the database's server too."""
    if database.path is not None:
        yield time.process_time
        return
    with database.reading() as connection:
        server = int(connection.scalar(text("SELECT pg_backend_pid()")) or 0)
    yield lambda: time.process_time() + spent_by([server])


def spent_by(processes: Iterable[int]) -> float:
    """Return the CPU seconds of other processes, from /proc; nothing where there is none."""
    stats = [Path(f"/proc/{one}/stat") for one in processes]
    fields = [stat.read_text().rpartition(")")[2].split() for stat in stats if stat.exists()]
    return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
