"""`items export`: write what a query finds as CSV or JSON lines, a line at a time."""

import sys
from typing import Annotated, Literal

import typer

from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.search import interpreter_at
from watcher.export import csv_lines, json_lines
from watcher.searching import export_items

app = typer.Typer(add_completion=False)


@app.command(context_settings={"ignore_unknown_options": True})
def export(
    context: typer.Context,
    query: Annotated[
        list[str] | None, typer.Argument(metavar="QUERY...", help="As for `items search`; none: all.")
    ] = None,
    form: Annotated[Literal["csv", "jsonl"], typer.Option("--format", help="CSV, or one JSON object a line.")] = "csv",
    bom: Annotated[
        bool, typer.Option("--bom", help="Begin the CSV with the mark that some spreadsheets want.")
    ] = False,
) -> None:
    """Write what a query finds to standard output: all captured items where there is none."""
    place: Place = context.obj
    with open_desk(place) as desk:
        items = export_items(interpreter_at(desk, place), " ".join(query or ()))
        for line in csv_lines(items, bom=bom) if form == "csv" else json_lines(items):
            sys.stdout.buffer.write(line.encode())
