"""Measure the judge in a fresh process: `python -m benchmarks.judging`, one line of JSON.

`ready_cpu` are the processor seconds from the start of Python until the judge is ready, `compiled_cpu` the same where no
compiled rules are kept, `command_cpu` those of `topics judge` with one entry; `megabytes` is the most that loading and
building the judge added to the memory of a process that has imported its libraries. The others are seconds for 1 kB
(UTF-8), the best of some rounds: of ordinary news, of the labelled reports that are to be captured, and of a text where
every sentence has all that can be found.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from newsroom import PADDING

from benchmarks.meter import report
from watcher.judge import Judge
from watcher.judging import KEPT, load_judge
from watcher.settings.load import packaged_config
from watcher.values import Entry

KILOBYTE = 1000
ROUNDS, TIMES = 7, 50
STARTS = 5
LOAD = "from watcher.judging import *; from watcher.settings.load import packaged_config; load_judge(packaged_config())"
COMMAND = ("-m", "watcher", "topics", "judge")
UNIT = 1024 * 1024 if sys.platform == "darwin" else 1024
"""What a megabyte holds of the unit in which the system counts memory."""

DENSE = (
    "The mayors of Taipei, Daegu and Prague signed a memorandum of understanding at Osaka City Hall on Friday, and the sister "
    "cities renewed their agreement. A delegation of the Busan City Council visited Fukuoka, Japan, where both cities marked "
    "the 30th anniversary of their ties; youth exchange, tourism, smart city and water were on the agenda. The Mayor of Lyon, "
    "France, received his counterpart from Montreal. "
)
"""Everything on: cities, cues, countries, phrases and fields in every sentence."""


LABELLED = Path(__file__).parent.parent / "reports.jsonl"


def captured_reports() -> list[Entry]:
    """Return the labelled reports that are to be captured."""
    items = map(json.loads, LABELLED.read_text(encoding="utf-8").splitlines())
    return [Entry(title=item["title"], text=item["text"]) for item in items if item["label"]]


def per_kilobyte(judge: Judge, entries: list[Entry]) -> float:
    """Return the processor seconds that judging 1 kB of these entries takes."""
    size = sum(len(f"{entry.title} {entry.text}".encode()) for entry in entries)
    return sum(time_judging(judge, entry, rounds=3, times=5) for entry in entries) * KILOBYTE / size


def cut(text: str) -> str:
    """Repeat a text up to 1 kB."""
    return (text * (KILOBYTE // len(text) + 1))[:KILOBYTE]


def time_judging(judge: Judge, entry: Entry, *, rounds: int = ROUNDS, times: int = TIMES) -> float:
    """Return the processor seconds that judging one entry takes, the best of some rounds."""
    spent = []
    for _ in range(rounds):
        before = time.process_time()
        for _ in range(times):
            judge.judge(entry)
        spent.append((time.process_time() - before) / times)
    return min(spent)


def time_start(*words: str, starts: int = STARTS) -> float:
    """Return the processor seconds of Python with these words and one entry as its input, the best of some starts."""
    spent = []
    for _ in range(starts):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *words], input=b'{"title": "Twins"}', stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(spent)


def most_memory() -> int:
    """Return the most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    KEPT.unlink(missing_ok=True)
    compiled, ready, command = time_start("-c", LOAD, starts=1), time_start("-c", LOAD), time_start(*COMMAND)
    before = most_memory()
    judge = load_judge(packaged_config())
    after = most_memory()
    ordinary = Entry(title="A quiet week for the ferries", text=cut(f"{PADDING['en']} "))
    dense = Entry(title="Sister cities Taipei and Daegu sign an agreement", text=cut(DENSE))
    report(
        ready_cpu=ready,
        compiled_cpu=compiled,
        command_cpu=command,
        megabytes=(after - before) / UNIT,
        ordinary=time_judging(judge, ordinary),
        captured=per_kilobyte(judge, captured_reports()),
        dense=time_judging(judge, dense),
        verdict=judge.judge(dense).verdict,
    )


if __name__ == "__main__":
    main()
