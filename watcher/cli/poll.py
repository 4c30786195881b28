"""`poll`: one poll in the foreground."""

import asyncio
import time
from dataclasses import asdict
from typing import Annotated

import typer
from rich.progress import Progress

from watcher.cli.judging import load_judge
from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.show import count, err, out, show_json
from watcher.desk import Desk
from watcher.judge import Judge
from watcher.poll import Report, Tally, prepare_visits
from watcher.poll import poll as poll_due
from watcher.values import Failed

app = typer.Typer(add_completion=False)


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
    with open_desk(place, make=True) as desk:
        prepare_visits(desk, judge)
        if everything:
            desk.store.feeds.hasten(desk.clock())
        tally = _poll(desk, judge, quiet=as_json)
    seconds = round(time.monotonic() - began, 2)
    if as_json:
        show_json({**asdict(tally), "seconds": seconds})
    else:
        _tell(tally, seconds)
    raise typer.Exit(1 if tally.failed else 0)


def _poll(desk: Desk, judge: Judge, *, quiet: bool) -> Tally:
    with Progress(console=err, transient=True, disable=quiet or not err.is_terminal) as progress:
        bar = progress.add_task("visiting", total=len(desk.feeds))

        def tell(report: Report) -> None:
            progress.advance(bar)
            if not quiet and isinstance(report.visit.outcome, Failed):
                err.print(f"{report.visit.feed.id}: {report.visit.outcome.problem}", markup=False)

        return asyncio.run(poll_due(desk, judge, tell))


def _tell(tally: Tally, seconds: float) -> None:
    if not tally.feeds:
        out.print("No feed is due; `city-watcher poll --all` visits them all the same.")
        return
    out.print(
        f"{count(tally.feeds, 'feed')} in {seconds} s: {tally.read} read, {tally.unchanged} unchanged, "
        f"{tally.failed} failed. New entries: {tally.new_entries}, captured {tally.captured}, near {tally.near}."
    )
    if tally.failed:
        read = tally.feeds - tally.failed
        out.print(
            f"{read} of {count(tally.feeds, 'feed')} read; `city-watcher feeds check` says why the others were not.",
            markup=False,
        )
