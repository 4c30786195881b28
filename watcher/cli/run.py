"""`run`: the service."""

import asyncio
import logging
from typing import Annotated

import typer

from watcher.cli.office import load_judge, open_desk, prepare
from watcher.cli.place import Place, wall_clock
from watcher.deliver import open_channels
from watcher.digest import Desk
from watcher.fetch import Fetcher
from watcher.judge import Judge
from watcher.poll import Poller
from watcher.schedule import next_due
from watcher.service import Service
from watcher.workers import Reader

app = typer.Typer()
log = logging.getLogger("watcher")


@app.command()
def run(
    context: typer.Context,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log every visit and every traceback.")] = False,
) -> None:
    """Run the service: poll on schedule, mail digests, until SIGTERM."""
    place: Place = context.obj
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("watcher").setLevel(logging.DEBUG if verbose else logging.INFO)
    for noisy in ("apscheduler", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    judge = load_judge(place.folder)
    with open_desk(place) as desk:
        prepare(desk, judge)
        _announce(desk, place)
        asyncio.run(_serve(desk, judge))


async def _serve(desk: Desk, judge: Judge) -> None:
    settings = desk.settings
    async with Fetcher(settings.fetch, settings.contact) as fetcher, Reader() as reader:
        poller = Poller(
            store=desk.store,
            fetcher=fetcher,
            reader=reader,
            judge=judge,
            feeds=desk.feeds,
            settings=settings,
            clock=wall_clock,
        )
        service = Service(poller=poller, desk=desk, channels=open_channels(settings), clock=wall_clock)
        await service.run()


def _announce(desk: Desk, place: Place) -> None:
    """Say at the start what will happen, and what is missing for it."""
    log.info("%d feeds from %s; seeds and items in %s", len(desk.feeds), place.folder, desk.store.database.label)
    for subscription in desk.settings.subscriptions:
        due = next_due(wall_clock(), at=subscription.at, zone=subscription.zone)
        log.info("digest '%s': next at %s UTC, %s", subscription.id, f"{due:%Y-%m-%d %H:%M}", desk.destination(subscription))
