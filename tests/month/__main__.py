"""`make month`: 200 feeds with different habits for 30 simulated days; what visiting them costs, and what is missed.

    make month ARGS="--feeds 20 --days 7 --seed 5"

Exit 0 when no feed was asked more often than its shortest time between two visits allows, feeds that are blocked, gone
or ended cost almost nothing, and at most one in a thousand entries left its feed unseen.
"""

import argparse
import sys
import time
from random import Random

from month.habits import invent_sources
from month.life import live
from month.report import DEAD, share, sum_up, write_table

MOST_A_DAY = 24 / 0.9
"""An hour, less a tenth."""
MOST_OF_THE_DEAD = 1.5
LEAST_SEEN = 99.9


def main() -> None:
    parser = argparse.ArgumentParser(prog="make month", description=__doc__)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--days", type=float, default=30)
    parser.add_argument("--seed", type=int, default=7)
    told = parser.parse_args()
    began, random = time.monotonic(), Random(told.seed)
    watched, looks = live(invent_sources(random, told.feeds, told.days), told.days, random)
    lines = sum_up(watched, told.days)
    for line in write_table(lines, told.days):
        print(line)
    alive = [line for line in lines if line.habit not in DEAD]
    requests = sum(line.requests for line in lines)
    shown, seen = sum(line.shown for line in alive), sum(line.seen for line in alive)
    a_day = requests / told.feeds / told.days
    print(f"{requests:,} requests, {a_day:.1f} a feed and day; at a fixed pace of an hour 24.0")
    told_of = f"{share(seen, shown):.3f}% of the entries that were on show for an hour or more were seen"
    print(f"{told_of}, {shown - seen} were missed (without the feeds that are {', '.join(DEAD)})")
    print(f"{looks.number} looks over HTTP, {looks.different} of them brought something else")
    print(f"{time.monotonic() - began:.1f} seconds")
    polite = all(line.most / told.days <= MOST_A_DAY for line in lines)
    cheap = all(line.most / told.days <= MOST_OF_THE_DEAD for line in lines if line.habit in DEAD)
    sys.exit(0 if polite and cheap and share(seen, shown) >= LEAST_SEEN and not looks.different else 1)


if __name__ == "__main__":
    main()
