"""Measure the judge in a fresh process: `python -m benchmarks.judging`, one line of JSON.

`ready_cpu` are the processor seconds from the start of Python until the judge is ready, `megabytes` what loading and
building it added to the memory; the others are seconds for one text of 1 kB, the best of some rounds.
"""

import resource
import sys
import time

BEFORE = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

# What is imported from here on is part of what is measured.
from newsroom import PADDING  # noqa: E402

from benchmarks.meter import report  # noqa: E402
from watcher.cli.judging import load_judge  # noqa: E402
from watcher.judge import Judge  # noqa: E402
from watcher.settings.load import packaged_config  # noqa: E402
from watcher.values import Entry  # noqa: E402

KILOBYTE = 1000
ROUNDS, TIMES = 7, 50
UNIT = 1024 * 1024 if sys.platform == "darwin" else 1024
"""What a megabyte holds of the unit in which the system counts memory."""

DENSE = (
    "The mayors of Taipei, Daegu and Prague signed a memorandum of understanding at Osaka City Hall on Friday, and the sister "
    "cities renewed their agreement. A delegation of the Busan City Council visited Fukuoka, Japan, where both cities marked "
    "the 30th anniversary of their ties; youth exchange, tourism, smart city and water were on the agenda. The Mayor of Lyon, "
    "France, received his counterpart from Montreal. "
)
"""Everything on: cities, cues, countries, phrases and fields in every sentence."""


def cut(text: str) -> str:
    """Repeat a text up to 1 kB."""
    return (text * (KILOBYTE // len(text) + 1))[:KILOBYTE]


def time_judging(judge: Judge, entry: Entry) -> float:
    """Return the processor seconds that judging one entry takes, the best of some rounds."""
    spent = []
    for _ in range(ROUNDS):
        before = time.process_time()
        for _ in range(TIMES):
            judge.judge(entry)
        spent.append((time.process_time() - before) / TIMES)
    return min(spent)


def main() -> None:
    judge = load_judge(packaged_config())
    ready, after = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ordinary = Entry(title="A quiet week for the ferries", text=cut(f"{PADDING['en']} "))
    dense = Entry(title="Sister cities Taipei and Daegu sign an agreement", text=cut(DENSE))
    report(
        ready_cpu=ready,
        megabytes=(after - BEFORE) / UNIT,
        ordinary=time_judging(judge, ordinary),
        dense=time_judging(judge, dense),
        verdict=judge.judge(dense).verdict,
    )


if __name__ == "__main__":
    main()
