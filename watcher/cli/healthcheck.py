"""`healthcheck`: is the service alive? For Docker, systemd and monitors."""

from contextlib import closing

import typer

from storage.database import Database, is_missing
from storage.errors import StorageError
from storage.store import Store
from storage.tables import FactRow
from watcher.cli.files import read_address
from watcher.cli.place import Place, wall_clock
from watcher.errors import WatcherError
from watcher.heartbeat import HEARTBEAT, is_alive

app = typer.Typer(add_completion=False)


@app.command()
def healthcheck(context: typer.Context) -> None:
    """End with 0 when the service's last heartbeat is recent, with 1 when it is not or cannot be read."""
    place: Place = context.obj
    try:
        beat = _find_beat(place)
    except (WatcherError, StorageError) as problem:
        print(problem)
        raise typer.Exit(1) from problem
    if beat and is_alive(beat.noted_at, beat.value, wall_clock()):
        print("alive")
        return
    print(f"no heartbeat since {beat.noted_at:%Y-%m-%d %H:%M} UTC" if beat else "no heartbeat yet")
    raise typer.Exit(1)


def _find_beat(place: Place) -> FactRow | None:
    url = read_address(place)
    if is_missing(url):
        raise WatcherError("no service has run here yet")
    with closing(Database.open(url)) as database:
        return Store(database).facts.find(HEARTBEAT)
