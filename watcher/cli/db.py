"""`db`: the database itself."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from storage.backup import back_up, dump_command
from storage.check import find_faults
from storage.database import Database, sqlite_file
from storage.stats import gather_stats
from storage.upgrade import rebuild as rebuild_derived
from storage.upgrade import upgrade as upgrade_schema
from watcher.cli.files import read_settings
from watcher.cli.office import refuse_missing
from watcher.cli.place import Place
from watcher.cli.show import count, out, show_json, show_table, size
from watcher.desk import open_store
from watcher.errors import WatcherError

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Look after the database.")


@app.callback()
def db() -> None:
    """Look after the database."""


@app.command()
def upgrade(
    context: typer.Context,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make views and search index anew.")] = False,
) -> None:
    """Bring the database to this version's schema; every other command does it too."""
    place: Place = context.obj
    with closing(Database.open(_address(place))) as database:
        changed = upgrade_schema(database)
        if rebuild:
            rebuild_derived(database)
    print("The database was upgraded." if changed else "The database is up to date.")
    if rebuild:
        print("Views and search index were made anew.")


@app.command()
def backup(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="The new file; usually beside the database, with the time.")
    ] = None,
) -> None:
    """Copy the database while it is in use, then open the copy and check it; nothing is overwritten."""
    place: Place = context.obj
    path = sqlite_file(_address(place))
    if path is None:
        raise WatcherError(f"the server copies its databases itself: `{dump_command(_address(place), file)}`.")
    target = file or path.with_name(f"{path.stem}-{place.clock():%Y%m%d-%H%M%S}{path.suffix}")
    with _standing(place) as database:
        rows = back_up(database, path, target)
    told = f"{rows['captured']} captured items and seeds, {count(rows['digests'], 'digest')}"
    out.print(f"{target}: copied and checked; {told}.", markup=False)


@app.command()
def check(context: typer.Context) -> None:
    """Look for damage and contradictions; each is said with its cure, and ends the command with 1."""
    place: Place = context.obj
    with _standing(place) as database:
        faults = find_faults(database, place.clock())
    for fault in faults or ["Nothing is wrong."]:
        out.print(fault, markup=False)
    raise typer.Exit(1 if faults else 0)


@app.command()
def stats(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say how large the database is, what it holds and how it grew."""
    place: Place = context.obj
    refuse_missing(_address(place))
    with open_store(_address(place)) as store:
        numbers = gather_stats(store.database, place.clock())
    if as_json:
        show_json(numbers)
    else:
        show_table(("what", "of", "number"), list(_lines(numbers)), empty="")


def _lines(numbers: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    """Write one line for each number; those that belong together share their first word. Empty months have none."""
    shown = numbers | {"captured": {month: items for month, items in numbers["captured"].items() if items}}
    for what, value in (shown | {"bytes": size(numbers["bytes"])}).items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        yield from (("size" if what == "bytes" else what, of, number) for of, number in parts)


@contextmanager
def _standing(place: Place) -> Iterator[Database]:
    """Open the database as it is, without an upgrade."""
    refuse_missing(_address(place))
    with closing(Database.open(_address(place))) as database:
        yield database


def _address(place: Place) -> str:
    return read_settings(place).database.get_secret_value()
