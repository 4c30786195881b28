"""Measure what composing a digest costs: `python -m benchmarks.composing`, one line of JSON: seconds for one item.

`day` is a day of 60 items, `flood` one of 1,000; each is all that is composed divided by its items, the best of some
rounds.
"""

import time

from test_compose import filled

from benchmarks.meter import report
from watcher.compose import compose_digest

DAY, FLOOD = 60, 1_000
ROUNDS = 3


def time_item(count: int) -> float:
    """Return the processor seconds that one of so many items takes."""
    edition, spent = filled(count), []
    for _ in range(ROUNDS):
        before = time.process_time()
        compose_digest(edition)
        spent.append(time.process_time() - before)
    return min(spent) / count


def main() -> None:
    report(day=time_item(DAY), flood=time_item(FLOOD))


if __name__ == "__main__":
    main()
