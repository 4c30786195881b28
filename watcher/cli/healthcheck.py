"""`healthcheck`: is the service alive? For Docker, systemd and monitors."""

import typer

from storage.database import Database, sqlite_file
from storage.store import Store
from watcher.cli.place import Place, wall_clock
from watcher.heartbeat import HEARTBEAT, is_alive

app = typer.Typer(add_completion=False)


@app.command()
def healthcheck(context: typer.Context) -> None:
    """End with 0 when the service's last heartbeat is recent, with 1 when it is not."""
    place: Place = context.obj
    url = place.settings().database.get_secret_value()
    file = sqlite_file(url)
    if file and not file.exists():
        print("no service has run here yet")
        raise typer.Exit(1)
    database = Database.open(url)
    try:
        beat = Store(database).facts.find(HEARTBEAT)
    finally:
        database.close()
    if beat and is_alive(beat.noted_at, beat.value, wall_clock()):
        print("alive")
        return
    print(f"no heartbeat since {beat.noted_at:%Y-%m-%d %H:%M} UTC" if beat else "no heartbeat yet")
    raise typer.Exit(1)
