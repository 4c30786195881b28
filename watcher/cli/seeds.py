"""`seeds`: the articles that the collection starts from."""

from typing import Annotated

import typer

from watcher.cli.items import brief, list_table
from watcher.cli.judging import load_judge
from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.show import show_json
from watcher.poll import prepare_visits

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Look at the seed articles.")


@app.callback()
def seeds() -> None:
    """Look at the seed articles."""


@app.command("list")
def list_seeds(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the seed articles with their pairs and kinds."""
    place: Place = context.obj
    with open_desk(place, make=True) as desk:
        prepare_visits(desk, load_judge(place.folder))
        found = desk.store.items.recent(limit=1000, seeds=True)
    if as_json:
        show_json([brief(full) for full in found])
    else:
        list_table(found, empty="There are no seeds.")
