"""`poll`: one poll in the foreground."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.progress import Progress

from storage.hosts import RESTS
from storage.tables import FeedRow
from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.show import count, doubt_network, err, out, show_json
from watcher.desk import Desk
from watcher.judge import Judge
from watcher.judging import load_judge
from watcher.poll import Report, Tally, prepare_visits
from watcher.poll import poll as poll_due
from watcher.spans import ago
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
        tally, failures = _poll(desk, judge, quiet=as_json)
        rows = desk.store.feeds.list_all()
        idle = "" if tally.feeds else _explain_idleness(rows, desk.clock())
    seconds = round(time.monotonic() - began, 2)
    if as_json:
        show_json({**asdict(tally), "seconds": seconds})
    else:
        _tell(tally, failures, seconds) if tally.feeds else out.print(idle, markup=False)
        _tell_resting(rows)
    raise typer.Exit(1 if tally.failed else 0)


def _poll(desk: Desk, judge: Judge, *, quiet: bool) -> tuple[Tally, list[Failed]]:
    """Poll, and return the sum and what failed at the feeds; what failed at the database is in the sum alone."""
    failures: list[Failed] = []
    with Progress(console=err, transient=True, disable=quiet or not err.is_terminal) as progress:
        bar = progress.add_task("visiting", total=len(desk.feeds))

        def tell(report: Report) -> None:
            progress.advance(bar)
            if isinstance(report.visit.outcome, Failed):
                failures.append(report.visit.outcome)
                if not quiet:
                    err.print(f"{report.visit.feed.id}: {report.visit.outcome.problem}", markup=False)

        return asyncio.run(poll_due(desk, judge, tell)), failures


def _tell(tally: Tally, failures: Sequence[Failed], seconds: float) -> None:
    out.print(
        f"{count(tally.feeds, 'feed')} in {seconds} s: {tally.read} read, {tally.unchanged} unchanged, "
        f"{tally.failed} failed. New entries: {tally.new_entries}, captured {tally.captured}, near {tally.near}."
    )
    lost = tally.failed - len(failures)
    if len(failures) == tally.feeds and (doubt := doubt_network([failure.status for failure in failures])):
        out.print(doubt, markup=False)
    elif failures:
        read = f"{tally.feeds - tally.failed} of {count(tally.feeds, 'feed')} read"
        out.print(f"{read}; `city-watcher feeds check` says why the others were not.", markup=False)
    if lost:
        out.print(f"{count(lost, 'visit')} could not be recorded; `city-watcher status` says how the database is.")


def _tell_resting(rows: Sequence[FeedRow]) -> None:
    """Say how many feeds were left alone because their server asked for it at another of its feeds."""
    if resting := sum(row.due_why == RESTS for row in rows if row.due_at):
        out.print(
            f"{count(resting, 'feed')} left alone, as their server asked; `city-watcher feeds list` says till when."
        )


def _explain_idleness(rows: Sequence[FeedRow], now: datetime) -> str:
    """Say why nothing was visited. What a killed process had in hand looks like what a living one has."""
    ahead = [row for row in rows if row.due_at and row.due_at > now]
    held = [row for row in ahead if row.claimed_by]
    if held:
        owners = ", ".join(sorted({str(row.claimed_by).rpartition(":")[0] for row in held}))
        until = max(row.due_at for row in held if row.due_at)
        are, they = ("1 is", "it is") if len(held) == 1 else (f"{len(held)} are", "they are")
        return (
            f"No feed is due: {are} in hand of another process ({owners}) until {until:%H:%M} UTC; "
            f"if that one is gone, {they} due then."
        )
    if not ahead:
        return "No feed is enabled in feeds.toml; `city-watcher feeds add URL` adds one."
    soonest = min(row.due_at for row in ahead if row.due_at)
    return f"No feed is due, the next one {ago(soonest, now)}; `city-watcher poll --all` visits them all the same."
