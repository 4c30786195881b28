"""`web`: the page alone, without polling or mailing."""

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from ipaddress import ip_address
from socket import socket
from typing import Annotated

import typer

from watcher.cli.files import read_cities_called
from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.show import err, out
from watcher.desk import Desk
from watcher.errors import WatcherError
from watcher.judge import Judge
from watcher.judging import load_judge
from watcher.web import Site, make_app
from watcher.web.password import hash_password, is_password, make_password
from watcher.web.server import address_of, bind, make_server, serving

PASSWORD = "web password"
"""The fact that keeps the hash of a password that we made."""

log = logging.getLogger("watcher")

app = typer.Typer(add_completion=False)


@app.command()
def web(
    context: typer.Context,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen, not at 'host' of watcher.toml.")] = "",
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="In place of 'port' in watcher.toml; 0: any free one.")
    ] = None,
    new_password: Annotated[bool, typer.Option("--new-password", help="Make another password first.")] = False,
) -> None:
    """Serve the page in the foreground, without polling or mailing, until Ctrl-C or SIGTERM."""
    place: Place = context.obj
    with open_desk(place, make=True) as desk:
        settings = desk.settings.web
        bound = bind(host or settings.host, settings.port if port is None else port)
        with bound:
            stay(make_site(place, desk, load_judge(place.folder), bound.getsockname()[0], anew=new_password), bound)


def stay(site: Site, bound: socket) -> None:
    """Serve the page in the foreground until Ctrl-C or SIGTERM."""
    server = make_server(make_app(site))
    out.print(f"The page stands at {address_of(bound)} until Ctrl-C.", markup=False)
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.SIG_IGN)  # the server hears them, and sends them on when it has ended
    server.run(sockets=[bound])


def make_site(place: Place, desk: Desk, judge: Judge, host: str, *, anew: bool = False) -> Site:
    """Return what the page works with; a password that had to be made is printed, this once."""
    names = partial(read_cities_called, place)
    return Site(desk=desk, judge=judge, city_names=names, password=_password(desk, host, anew=anew))


@contextmanager
def page_beside(place: Place, desk: Desk, judge: Judge) -> Iterator[None]:
    """Serve the page beside the service, where [web] wants it; a port that is taken is a warning."""
    settings = desk.settings.web
    if not settings.enabled:
        yield
        return
    try:
        bound = bind(settings.host, settings.port)
    except WatcherError as problem:
        log.warning("%s The service goes on without it.", problem)
        yield
        return
    with serving(make_app(make_site(place, desk, judge, bound.getsockname()[0])), bound):
        log.info("the page stands at %s", address_of(bound))
        yield


def _password(desk: Desk, host: str, *, anew: bool) -> str:
    """Return the hash of the password that the page wants; empty where there is none and only this machine comes."""
    facts, said = desk.store.facts, desk.settings.web.password.get_secret_value()
    if not (said or anew) and ip_address(host).is_loopback:
        return ""
    stands = facts.find(PASSWORD)
    if stands and (is_password(said, stands.value) if said else not anew):
        return stands.value
    made = said or make_password()
    kept = hash_password(made)
    facts.note(PASSWORD, kept, desk.clock())
    if not said:
        err.print(f"The password of the page, told this once: {made}", markup=False)
    return kept
