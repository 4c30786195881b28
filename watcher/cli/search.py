"""`items search`: find items by the language of docs/searching.md."""

from typing import Annotated

import typer

from watcher.cli.files import read_cities_called
from watcher.cli.items import brief, list_table
from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.show import count, err, show_json
from watcher.desk import Desk
from watcher.meaning import Interpreter
from watcher.searching import LARGEST_PAGE, search_items

EXAMPLE = "Such as: 論壇 pair:daegu~taipei -kind:visit after:2026 (docs/searching.md)"

app = typer.Typer(add_completion=False)


def interpreter_at(desk: Desk, place: Place) -> Interpreter:
    """Return what reads queries for a desk."""
    return Interpreter(search=desk.store.search, city_names=lambda: read_cities_called(place), feeds=tuple(desk.feeds))


@app.command(context_settings={"ignore_unknown_options": True})
def search(
    context: typer.Context,
    query: Annotated[list[str] | None, typer.Argument(metavar="QUERY...", help=EXAMPLE)] = None,
    limit: Annotated[int, typer.Option(min=1, max=LARGEST_PAGE, help="How many at the most.")] = 20,
    page: Annotated[str, typer.Option(metavar="MORE", help="Go on where an earlier list ended.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find items by words, "phrases", OR, NOT and fields; published last first."""
    place: Place = context.obj
    written = " ".join(query or ())
    with open_desk(place) as desk:
        found = search_items(interpreter_at(desk, place), written, limit, page)
    if as_json:
        items = [brief(full) for full in found.items]
        counted = {"count": found.count, "counted": found.is_counted}
        show_json({"query": written, **counted, "more": found.more, "items": items})
        return
    list_table(
        found.items, empty=f"Nothing is found for {written}." if written else "Nothing captured yet.", states=True
    )
    if found.items:
        said = f"{found.total} found" if not found.is_counted else f"{count(found.count, 'item')} found"
        err.print(f"{said}; go on with --page {found.more}" if found.more else said, markup=False)
