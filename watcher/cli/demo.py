"""`demo`: the whole day without internet."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from storage.records import FullItem
from watcher.cli.judging import load_judge
from watcher.cli.place import wall_clock
from watcher.cli.show import err, out, program, show_table
from watcher.demo.day import Day, live_day
from watcher.settings.load import packaged_config

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    home: Annotated[Path, typer.Option(metavar="DIR", help="Where the results go.")] = Path("var/demo"),
) -> None:
    """Live one whole day on this machine, without the internet, from invented sample feeds."""
    home.mkdir(parents=True, exist_ok=True)
    out.print("[bold]One day of city-watcher[/], without the internet. All news is invented for this demo.\n")
    day = asyncio.run(live_day(home, load_judge(packaged_config()), wall_clock))
    _tell(day)
    surprises = day.surprises()
    for surprise in surprises:
        err.print(f"[red]not as announced:[/] {escape(surprise)}")
    raise typer.Exit(1 if surprises else 0)


def _tell(day: Day) -> None:
    first, second = day.polls
    step("poll 1", f"{first.read} feeds read, {first.entries} entries, {first.captured} captured, {first.near} near")
    step("poll 2", f"{second.unchanged} feeds unchanged: nothing parsed, nothing stored")
    out.print()
    _tell_items("The seeds it starts from", day.seeds)
    _tell_items("Captured today", day.captured)
    step("mail", f"{len(day.mails)} digest to desk@city-desk.example, taken by a mail server of the demo")
    step("files", f"{day.home}/digest.html   open it in a browser")
    step("", f"{day.home}/digest.eml    open it in a mail program")
    step("", f"{day.home}/watcher.db    {program()} --database sqlite:///{day.home}/watcher.db items list")
    out.print("\nNext: `make run` stays and watches; `city-watcher init` writes config/ for you to edit.")


def step(name: str, sentence: str) -> None:
    """Print one line of the story: what, and what came of it."""
    out.print(f"[bold cyan]{name:<8}[/]{escape(sentence)}", soft_wrap=True)


def _tell_items(heading: str, found: list[FullItem]) -> None:
    out.print(f"[bold]{heading}[/]")
    rows = [(", ".join(full.values("pair") or full.values("city")), full.item.kind, full.item.title) for full in found]
    show_table(("pair", "kind", "title"), rows, empty="nothing")
    out.print()
