"""`make bench`: 200 generated feeds, four phases, ours and the peer `reader` on the same site.

    make bench ARGS="--json var/bench.json --feeds 50 --alone"

All is CPU time, user and system, of our process and its children; the site's process is not counted.
"""

import argparse
import io
import json
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import feedparser

from benchmarks.site import PHASES, Papers

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEER = "reader"
PEER_NEEDS = ("reader", "sgmllib3k")
"""Its copy of feedparser wants sgmllib, which feedparser itself no longer brings."""
VENV = ROOT / "var" / "bench"
"""Where the peer is installed, apart from everything that users get."""
PATIENCE = 900.0
"""Seconds that one of the programmes may take."""
PARSES = 5
BARE = {"sanitize_html": False, "resolve_relative_uris": False}
"""How our reader has feedparser parse: without two passes that take more than half of the time."""
JUDGE_PARTS, JUDGE_READY, JUDGE_MEGABYTES = 60, 33, 60
"""The limits, in bare parses: judging 1 kB takes a sixtieth of one, and the judge is ready after 33 (half a second where
one takes 15 ms); and the megabytes that it takes."""
JUDGE_STARTS = {
    "ready_cpu": "the judge is ready",
    "command_cpu": "`topics judge` has judged one entry and ended",
    "compiled_cpu": "the judge is ready where no compiled rules are kept",
}

MANY_PER_FEW = 1.5
"""The limit of what one of 500 mails may cost, in one of 50: with a cost that grows with the readers it would be 10."""

DIGEST_PARTS = 15
"""Composing one item of a digest takes so small a part of a bare parse at the most."""

Rows = dict[str, dict[str, Any]]


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--entries", type=int, default=40)
    parser.add_argument("--alone", action="store_true", help=f"without the peer {PEER}")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    return parser.parse_args()


@contextmanager
def open_site(feeds: int, entries: int) -> Iterator[str]:
    """Start the site's process and yield its address; it ends when its input does."""
    command = [sys.executable, "-m", "benchmarks.site", str(feeds), str(entries)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as site:
        assert site.stdout
        try:
            yield site.stdout.readline().strip()
        finally:
            site.terminate()


def measure(command: list[str], address: str, feeds: int) -> Rows:
    """Let a programme go through all phases in a folder of its own; return its rows by phase."""
    with TemporaryDirectory(prefix="city-watcher-bench-") as home:
        whole = [*command, address, str(feeds), home, *PHASES]
        told = subprocess.run(whole, stdout=subprocess.PIPE, text=True, timeout=PATIENCE, check=True).stdout
    rows = map(json.loads, told.splitlines())
    return {row["phase"]: row for row in rows}


def peer_python() -> Path | None:
    """Return the Python that has the peer; install it when it is not there, None when that fails."""
    python = VENV / "bin" / "python"
    if not python.exists():
        print(f"Installing {PEER} into {VENV.relative_to(ROOT)} (once)", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    install = [python, "-m", "pip", "--disable-pip-version-check", "-qq", "install", *PEER_NEEDS]
    wanted = subprocess.run([python, "-c", "import reader, sgmllib"], stderr=subprocess.DEVNULL, check=False)
    if wanted.returncode and subprocess.run(install, check=False).returncode:
        print(f"{PEER} cannot be installed; without it there is nothing to compare with.", file=sys.stderr)
        return None
    return python


def time_parse(entries: int, **options: bool) -> tuple[int, float]:
    """Return the size of a sample and the seconds that feedparser alone takes for it, the median of a few."""
    sample, spent = Papers(1, entries).old[0], []
    for _ in range(PARSES):
        before = time.process_time()
        feedparser.parse(io.BytesIO(sample), **options)
        spent.append(time.process_time() - before)
    return len(sample), statistics.median(spent)


def measure_alone(name: str) -> dict[str, Any]:
    """Return what `judging`, `composing` or `mailing` costs, measured in a process of its own."""
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=PATIENCE, check=True).stdout
    return dict(json.loads(told))


def show_judge(judge: dict[str, Any], parse_ms: float) -> None:
    """Print what judging costs, in parts of a bare parse, with the limits beside it."""
    print(f"\none parse as our reader has it done, the unit of what follows: {parse_ms:.1f} ms")
    for name in ("ordinary", "captured", "dense"):
        spent = judge[name] * 1000
        limit = tell_limit(f"1/{JUDGE_PARTS}", parse_ms / spent >= JUDGE_PARTS)
        print(f"judging 1 kB of {name} text: {spent:.3f} ms, 1/{parse_ms / spent:.0f} of a parse ({limit})")
    for name, what in JUDGE_STARTS.items():
        parses = judge[name] * 1000 / parse_ms
        limit = tell_limit(JUDGE_READY, parses <= JUDGE_READY)
        print(f"{what} after {judge[name]:.2f} s of CPU, {parses:.0f} parses ({limit})")
    taken = judge["megabytes"]
    print(f"the judge takes {taken:.0f} MB ({tell_limit(JUDGE_MEGABYTES, taken <= JUDGE_MEGABYTES)})")


def show_digest(digest: dict[str, float]) -> None:
    """Print what an item of a digest costs, in parts of a bare parse that was measured in turns with it."""
    for name in ("day", "flood"):
        parts = digest["parse"] / digest[name]
        limit = tell_limit(f"1/{DIGEST_PARTS}", parts >= DIGEST_PARTS)
        print(f"composing one item of a {name}: {digest[name] * 1000:.2f} ms, 1/{parts:.0f} of a parse ({limit})")


def show_mailing(mailing: dict[str, float]) -> None:
    """Print what a mail costs, and whether it costs the same when there are many."""
    few, many = mailing["few"] * 1000, mailing["many"] * 1000
    limit = tell_limit(MANY_PER_FEW, many <= few * MANY_PER_FEW)
    print(f"a mail of a digest to 50 readers takes {few:.1f} ms, to 500 {many:.1f} ms: {many / few:.2f} ({limit})")


def tell_limit(limit: object, is_kept: bool) -> str:
    return f"limit {limit}" + ("" if is_kept else ", exceeded")


def show(told: dict[str, Any]) -> None:
    """Print the table."""
    unit, ours, peer = told["parse_ms"], told["ours"], told["peer"]
    name = peer["start"]["name"] if peer else "no peer"
    print(f"{told['feeds']} feeds of {told['entries']} entries, {told['bytes']:,} bytes each; CPU ms per feed\n")
    print(f"{'phase':<12} {'ours':>8} {name:>12} {'of peer':>8} {'parses':>7}   stored  planted and found")
    for phase in PHASES:
        mine, other = ours[phase]["ms"], peer[phase]["ms"] if peer else None
        beside = f"{other:12.2f} {mine / other:8.2f}" if other else f"{'-':>12} {'-':>8}"
        row = ours[phase]
        print(
            f"{phase:<12} {mine:8.2f} {beside} {mine / unit:7.2f}  {row['stored']:7,}  {row['planted']:,} {row['found']:,}"
        )
    print(f"\none feedparser parse of such a document, the unit of the column 'parses': {unit:.1f} ms")
    print(f"our start, once: modules, rules, two reading processes, a first poll: {ours['start']['cpu']:.1f} s")
    show_judge(told["judge"], told["bare_ms"])
    show_digest(told["digest"])
    show_mailing(told["mailing"])


def main() -> None:
    """Measure, print, write."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no process is left
    wanted = read_arguments()
    size, parse = time_parse(wanted.entries)
    bare = time_parse(wanted.entries, **BARE)[1]
    judge, digest = measure_alone("judging"), measure_alone("composing")
    python = None if wanted.alone else peer_python()
    with open_site(wanted.feeds, wanted.entries) as address:
        ours = measure([sys.executable, "-m", "benchmarks.ours"], address, wanted.feeds)
        peer = measure([str(python), str(HERE / "peer.py")], address, wanted.feeds) if python else {}
    for row in (*ours.values(), *peer.values()):
        row["ms"] = row["cpu"] * 1000 / wanted.feeds
    told = {
        "feeds": wanted.feeds,
        "entries": wanted.entries,
        "bytes": size,
        "parse_ms": parse * 1000,
        "bare_ms": bare * 1000,
        "ours": ours,
        "peer": peer,
        "judge": judge,
        "mailing": measure_alone("mailing"),
        "digest": digest,
    }
    show(told)
    if wanted.json:
        wanted.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
