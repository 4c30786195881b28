"""Count the processor time of a process and its children. No imports but the standard library: the peer uses it too."""

import json
import os
import resource
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def turn_site(address: str, phase: str) -> set[str]:
    """Turn the site to a phase; return the addresses of what is planted by then."""
    with urllib.request.urlopen(f"{address}/phase/{phase.replace(' ', '%20')}") as answer:
        return set(json.load(answer))


def cpu_seconds(living: Iterable[int] = ()) -> float:
    """Return user and system time of this process, of its children that ended, and of those named."""
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in usages) + sum(map(_cpu_of, living))


def _cpu_of(pid: int) -> float:
    """Return the time of a living child, from /proc or from ps (macOS)."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK
    told = subprocess.run(["ps", "-o", "time=", "-p", str(pid)], capture_output=True, text=True, check=True).stdout
    minutes, _, seconds = told.strip().rpartition(":")
    return float(seconds) + 60 * int(minutes or 0)


def report(**told: object) -> None:
    """Hand a line over to the one who started us."""
    print(json.dumps(told), flush=True)


def measure_phases(
    address: str,
    phases: Iterable[str],
    poll: Callable[[], object],
    count: Callable[[set[str]], tuple[int, int]],
    living: Callable[[], Iterable[int]] = tuple,
) -> None:
    """Poll once in every phase and report it.

    `count` returns how much is stored, and how much of what was planted is found; `living` names the children.
    """
    for phase in phases:
        planted = turn_site(address, phase)
        before = cpu_seconds(living())
        poll()
        spent = cpu_seconds(living()) - before
        stored, found = count(planted)
        report(phase=phase, cpu=spent, stored=stored, found=found, planted=len(planted))


def arguments() -> tuple[str, int, Path, list[str]]:
    """Return address, number of feeds, a folder for the database, and the phases."""
    address, feeds, home, *phases = sys.argv[1:]
    return address, int(feeds), Path(home), phases
