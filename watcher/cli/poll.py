"""`poll`: one poll in the foreground."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import typer
from rich.progress import Progress

from watcher.cli.office import load_judge, open_desk, prepare
from watcher.cli.place import Place, wall_clock
from watcher.cli.show import err, out, show_json
from watcher.digest import Desk
from watcher.fetch import Fetcher
from watcher.judge import Judge
from watcher.poll import Poller, Report, Tally
from watcher.values import Failed
from watcher.workers import Reader

app = typer.Typer()


@app.command()
def poll(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Visit every feed, due or not.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the sum as JSON.")] = False,
) -> None:
    """Visit the feeds that are due, store what is new, and say what came of it."""
    place: Place = context.obj
    judge = load_judge(place.folder)
    began = time.monotonic()
    with open_desk(place) as desk:
        prepare(desk, judge)
        if everything:
            desk.store.feeds.hasten(wall_clock())
        tally = asyncio.run(_poll(desk, judge, quiet=as_json))
    seconds = round(time.monotonic() - began, 2)
    if as_json:
        show_json({**asdict(tally), "seconds": seconds})
    else:
        _tell(tally, seconds)
    raise typer.Exit(1 if tally.failed else 0)


async def poll_feeds(desk: Desk, judge: Judge, on_visit: Callable[[Report], None]) -> None:
    """Visit every feed that is due; `on_visit` hears of each."""
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
            on_visit=on_visit,
        )
        await poller.poll()


async def _poll(desk: Desk, judge: Judge, *, quiet: bool) -> Tally:
    tally = Tally()
    with Progress(console=err, transient=True, disable=quiet or not err.is_terminal) as progress:
        bar = progress.add_task("visiting", total=len(desk.feeds))

        def count(report: Report) -> None:
            tally.add(report)
            progress.advance(bar)
            if not quiet and isinstance(report.visit.outcome, Failed):
                err.print(f"{report.visit.feed.id}: {report.visit.outcome.problem}", markup=False)

        await poll_feeds(desk, judge, count)
    return tally


def _tell(tally: Tally, seconds: float) -> None:
    if not tally.feeds:
        out.print("No feed is due; `city-watcher poll --all` visits them all the same.")
        return
    out.print(
        f"{tally.feeds} feeds in {seconds} s: {tally.read} read, {tally.unchanged} unchanged, {tally.failed} failed; "
        f"{tally.new_entries} new entries, {tally.captured} captured, {tally.near} near."
    )
