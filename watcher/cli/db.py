"""`db`: the database itself."""

import typer

from storage.database import Database
from storage.upgrade import upgrade as upgrade_schema
from watcher.cli.place import Place

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Look after the database.")


@app.callback()
def db() -> None:
    """Look after the database."""


@app.command()
def upgrade(context: typer.Context) -> None:
    """Bring the database to this version's schema; every other command does it too."""
    place: Place = context.obj
    database = Database.open(place.settings().database.get_secret_value())
    try:
        changed = upgrade_schema(database)
    finally:
        database.close()
    print("The database was upgraded." if changed else "The database is up to date.")
