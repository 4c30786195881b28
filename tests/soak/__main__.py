"""`make soak`: 30 simulated days of kills and outages, then a ledger; exit 0 when nothing was lost or doubled.

make soak ARGS="--minutes 2 --seed 7 --postgres"
"""

import argparse
import shutil
import signal
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import Random, SystemRandom
from tempfile import mkdtemp

from soak.book import judge_run, print_ledger
from soak.clocks import DAY, START, Clocks
from soak.databases import open_database
from soak.driver import DRAIN_DAYS, Driver, digest_moments
from soak.plan import SLEEP_DAYS, Plan, make_plan
from soak.post import Post, open_post
from soak.site import Site, open_site
from soak.victim import Victim
from soak.world import Paper, invent_papers
from watcher.settings.load import packaged_config
from watcher.settings.subscription import SubscriptionSettings

FEEDS = 100
DAYS = 30.0
FEWEST_DAYS = 3.0
SECONDS_A_DAY = 20.0
"""Real ones: a lease of ten minutes is then 0.14 s, as long as a visit takes, and a start is two hours."""
SUBSCRIPTIONS = (
    SubscriptionSettings(
        id="taipei",
        at="07:00",
        zone="Asia/Taipei",
        when_empty="note",
        recipients=("lin@taipei.example", "chen@taipei.example"),
    ),
    SubscriptionSettings(id="berlin", at="02:30", zone="Europe/Berlin", recipients=("meier@berlin.example",)),
    SubscriptionSettings(id="new-york", at="18:00", zone="America/New_York", when_empty="note"),
)
"""Berlin's clocks skip half past two on the 29th; New York's digests go into files."""


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--seed", type=int, help="repeat a run; without it every run is another one")
    parser.add_argument("--minutes", type=float, help="real time to take, instead of 30 simulated days")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL of its own instead of SQLite")
    parser.add_argument("--keep", action="store_true", help="keep database, log and mails")
    return parser.parse_args()


def days_in(minutes: float | None) -> float:
    """Return how many simulated days of trouble fit; DRAIN_DAYS follow them, and a sleep takes no time."""
    return DAYS if minutes is None else max(FEWEST_DAYS, minutes * 60 / SECONDS_A_DAY + SLEEP_DAYS - DRAIN_DAYS)


def write_config(home: Path, site: Site, post: Post, papers: Iterable[Paper]) -> None:
    """Write the configuration that the worker reads, as a user would."""
    folder = home / "config"
    shutil.copytree(packaged_config(), folder)
    told = [
        f'contact = "desk@soak.example"\n[fetch]\nslots = 16\ntimeout_seconds = 1\nallow_private = ["127.0.0.1"]\n'
        f'[smtp]\nhost = "127.0.0.1"\nport = {post.port}\nsecurity = "none"\nsender = "soak@soak.example"\n'
        f'timeout_seconds = 1\n[digest]\nfolder = "{home / "digests"}"\n'
    ]
    for one in SUBSCRIPTIONS:
        recipients = ", ".join(f'"{name}"' for name in one.recipients)
        told.append(
            f'[[subscription]]\nid = "{one.id}"\nat = "{one.at:%H:%M}"\nzone = "{one.zone}"\n'
            f'when_empty = "{one.when_empty}"\nrecipients = [{recipients}]\n'
        )
    feeds = (
        f'[[feed]]\nid = "{paper.id}"\nurl = "{site.address}/feed/{paper.id}"\nlanguage = "{paper.language}"\n'
        f"every_minutes = {paper.every_minutes}\n"
        for paper in papers
    )
    (folder / "watcher.toml").write_text("".join(told), encoding="utf-8")
    (folder / "feeds.toml").write_text("".join(feeds), encoding="utf-8")


def soak(home: Path, wanted: argparse.Namespace, days: float) -> bool:
    """Run and print; return whether all is sound."""
    random = Random(wanted.seed)
    papers = invent_papers(random, FEEDS, days)
    plan = make_plan(random, [paper.id for paper in papers], days, digest_moments(SUBSCRIPTIONS, days))
    with open_database(home, postgres=wanted.postgres) as database:
        clocks = Clocks(home / "clocks", DAY / SECONDS_A_DAY)
        site, post = Site(papers, plan, clocks), Post(plan, clocks)
        with open_site(site), open_post(post):
            write_config(home, site, post, papers)
            driver = Driver(
                random=random,
                papers=papers,
                plan=plan,
                clocks=clocks,
                site=site,
                post=post,
                database=database,
                victim=Victim(home, clocks, database.url),
                subscriptions=SUBSCRIPTIONS,
            )
            evidence = driver.run()
    print_troubles(plan, driver, site.answers)
    return print_ledger(judge_run(evidence))


def print_troubles(plan: Plan, driver: Driver, answers: Mapping[str, int]) -> None:
    """Say what was done to the worker, before saying what it did."""
    asked = ", ".join(f"{answer} {count:,}" for answer, count in sorted(answers.items(), key=lambda one: -one[1]))
    done = ", ".join(f"{what} {count}" for what, count in sorted(driver.counts.items()) if count)
    moods = ", ".join(span.mood for span in plan.mail)
    well, slow = driver.health[-1][1] / DAY, driver.pulse.slow_seconds
    print(f"{'requests':<20} {sum(answers.values()):,}: {asked}")
    print(f"{'done to the worker':<20} {done}; started {driver.victim.starts} times, well for {well:.1f} days")
    print(f"{'the world waited':<20} {slow:.0f} s for starts, and for a machine that had other work")
    print(f"{'mail outages':<20} {len(plan.mail)}: {moods}")


def main() -> int:
    """Return the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything is cleaned up
    wanted = read_arguments()
    if wanted.seed is None:
        wanted.seed = SystemRandom().randrange(10**6)
    days, home = days_in(wanted.minutes), Path(mkdtemp(prefix="city-watcher-soak-"))
    seconds, name = (days + DRAIN_DAYS - SLEEP_DAYS) * SECONDS_A_DAY, "PostgreSQL" if wanted.postgres else "SQLite"
    print(
        f"soak: seed {wanted.seed}, {FEEDS} feeds, {days:g} days of trouble and {DRAIN_DAYS:g} quiet ones from "
        f"{START:%Y-%m-%d}, on {name}, in about {seconds:.0f} s",
        flush=True,
    )
    try:
        sound = soak(home, wanted, days)
    finally:
        if wanted.keep:
            print(f"kept in {home}")
        else:
            shutil.rmtree(home, ignore_errors=True)
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
