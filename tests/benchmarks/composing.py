"""Measure what composing a digest costs: `python -m benchmarks.composing`, one line of JSON, in seconds.

`day` is one item of a day of 60, `flood` one of 1,000: chosen, composed, rendered as text and as HTML with its CSS
inline. `parse` is a bare parse, taken in turns with them. Each is the median of some rounds.
"""

import time
from collections.abc import Callable
from functools import partial
from statistics import median

from test_compose import filled

from benchmarks.__main__ import BARE, time_parse
from benchmarks.meter import report
from watcher.choose import is_for
from watcher.compose import compose_digest
from watcher.editions import Edition
from watcher.settings.subscription import SubscriptionSettings

DAYS = {"day": 60, "flood": 1_000}
ROUNDS = 9


def compose_day(edition: Edition) -> None:
    subscription = SubscriptionSettings(pairs=tuple({pair for item in edition.news for pair in item.pairs}))
    assert all(is_for(subscription, item) for item in edition.news)
    compose_digest(edition)


def spent_on(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def main() -> None:
    days = {name: partial(compose_day, filled(count)) for name, count in DAYS.items()}
    rounds = [
        {"parse": time_parse(40, **BARE)[1]} | {name: spent_on(day) / DAYS[name] for name, day in days.items()}
        for _ in range(ROUNDS)
    ]
    report(**{name: median(one[name] for one in rounds) for name in rounds[0]})


if __name__ == "__main__":
    main()
