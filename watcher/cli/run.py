"""`run`: the service."""

import asyncio
import logging
from typing import Annotated

import typer

from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.web import page_beside
from watcher.deliver import open_channels
from watcher.desk import Desk
from watcher.digest import destination, next_opening
from watcher.judge import Judge
from watcher.judging import load_judge
from watcher.poll import Report, open_poller, prepare_visits
from watcher.replay import enact_rules
from watcher.service import Service
from watcher.values import Failed

app = typer.Typer(add_completion=False)
log = logging.getLogger("watcher")


@app.command()
def run(
    context: typer.Context,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log every visit and every traceback.")] = False,
) -> None:
    """Run the service: poll on schedule, mail digests, show the page, until SIGTERM."""
    place: Place = context.obj
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("watcher").setLevel(logging.DEBUG if verbose else logging.INFO)
    for noisy in ("alembic", "apscheduler", "httpx", "httpcore", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    judge = load_judge(place.folder)
    with open_desk(place, make=True) as desk:
        prepare_visits(desk, judge)
        enact_rules(desk, judge)
        _announce(desk, place)
        with page_beside(place, desk, judge):
            asyncio.run(_serve(desk, judge))


async def _serve(desk: Desk, judge: Judge) -> None:
    async with open_poller(desk, judge, _tell) as poller:
        await Service(poller=poller, desk=desk, channels=open_channels(desk.settings)).run()


def _tell(report: Report) -> None:
    """Log what a person wants to know of a visit: news, and a feed that falls ill or is well again."""
    feed, outcome = report.visit.feed, report.visit.outcome
    log.debug("feed %s: %s, %d new", feed.id, type(outcome).__name__.lower(), report.recorded.new)
    if isinstance(outcome, Failed):
        log.log(logging.DEBUG if feed.failures else logging.WARNING, "feed %s: %s", feed.id, outcome.problem)
    elif feed.failures:
        log.info("feed %s: well again", feed.id)
    if report.recorded.captured:
        log.info("feed %s: %d captured", feed.id, report.recorded.captured)


def _announce(desk: Desk, place: Place) -> None:
    """Say at the start what will happen, and what is missing for it."""
    log.info("%d feeds from %s; seeds and items in %s", len(desk.feeds), place.folder, desk.store.database.label)
    for subscription in desk.settings.subscriptions:
        log.info(
            "digest '%s': next at %s UTC, %s",
            subscription.id,
            f"{next_opening(desk, subscription):%Y-%m-%d %H:%M}",
            destination(desk.settings, subscription),
        )
