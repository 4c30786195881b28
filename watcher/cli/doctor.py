"""`doctor`: is everything there that the watcher needs, and what cures what is not?"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated
from urllib.request import getproxies

import typer

from storage.database import sqlite_file
from storage.errors import StorageError
from watcher.cli.files import read_feeds, read_settings, read_ties
from watcher.cli.place import Place
from watcher.cli.show import count, out, show_json
from watcher.doctor import (
    Grade,
    Remark,
    look_at_clock,
    look_at_database,
    look_at_disk,
    look_at_feeds,
    look_at_mail,
    look_at_proxies,
    look_at_subscriptions,
    send_test,
)
from watcher.errors import ConfigError, WatcherError
from watcher.judging import load_judge
from watcher.settings.feeds import FeedSettings
from watcher.settings.load import packaged_config
from watcher.settings.subscription import mail_address
from watcher.settings.watcher import WatcherSettings

EXITS = {Grade.WELL: 0, Grade.NOTE: 0, Grade.WRONG: 1, Grade.STOPS: 2}
STYLES = {Grade.WELL: "green", Grade.NOTE: "cyan", Grade.WRONG: "bold red", Grade.STOPS: "bold red"}

app = typer.Typer(add_completion=False)


@app.command()
def doctor(
    context: typer.Context,
    address: Annotated[
        str | None, typer.Argument(metavar="[ADDRESS]", help="Where --send-test sends to; else to your contact.")
    ] = None,
    test: Annotated[bool, typer.Option("--send-test", help="Send a short test mail as well.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look at config, database, clock, disk, mail, proxies and a few feeds; say what is wrong and what cures it.

    Ends with 0 when all is well, with 1 when something is wrong, with 2 when the service cannot start.
    """
    place: Place = context.obj
    if address and not test:
        raise WatcherError("an address stands there without --send-test; add that, or leave the address out.")
    remarks: list[Remark] = []
    for remark in _examine(place, _checked(address), test=test):
        remarks.append(remark)
        if not as_json:
            _tell(remark)
    _conclude(remarks, as_json=as_json)


def _examine(place: Place, address: str, *, test: bool) -> Iterator[Remark]:
    """Look at one thing after the other; a configuration that cannot be read ends it."""
    try:
        settings, feeds = read_settings(place), list(read_feeds(place).values())
        read_ties(place)
        load_judge(place.folder)
        file = sqlite_file(settings.database.get_secret_value())
    except (WatcherError, StorageError) as problem:
        yield Remark(about="config", grade=Grade.STOPS, sentence=str(problem))
        return
    now = place.clock()
    yield _praise(place.folder, settings, feeds)
    yield from look_at_subscriptions(settings, now)
    yield look_at_clock(now)
    yield from look_at_database(settings.database.get_secret_value(), now)
    yield from look_at_disk(_written(settings, file), file)
    yield from look_at_mail(settings, now)
    if test:
        yield send_test(settings, address or settings.contact, now)
    yield from look_at_proxies(getproxies())
    yield from _visit(place, settings, feeds)


def _praise(folder: Path, settings: WatcherSettings, feeds: list[FeedSettings]) -> Remark:
    subscriptions = count(len(settings.subscriptions), "subscription")
    said = f"{folder}: {count(len(feeds), 'enabled feed')}, {subscriptions}"
    if folder == packaged_config():
        return Remark(
            about="config", grade=Grade.NOTE, sentence=f"{said}; this is our copy, `city-watcher init` makes yours."
        )
    return Remark(about="config", grade=Grade.WELL, sentence=f"{said}; every file can be read.")


def _written(settings: WatcherSettings, file: Path | None) -> dict[str, Path]:
    places = {"the database": file.parent} if file else {}
    is_filed = not all(map(settings.mails, settings.subscriptions))
    return places | ({"digests": settings.digest.folder} if is_filed else {})


def _visit(place: Place, settings: WatcherSettings, feeds: list[FeedSettings]) -> Iterator[Remark]:
    try:
        yield from asyncio.run(look_at_feeds(feeds, settings, place.clock))
    except ConfigError as problem:  # a proxy or certificates of the environment that cannot be used
        yield Remark(about="proxy", grade=Grade.STOPS, sentence=str(problem))


def _checked(address: str | None) -> str:
    try:
        return mail_address(address or "")
    except ValueError as error:
        raise WatcherError(f"'{address}' {error}.") from error


def _tell(remark: Remark) -> None:
    out.print(f"[{STYLES[remark.grade]}]{remark.grade:<6}[/]", end="")
    out.print(f"{remark.about:<10}{remark.sentence}", markup=False)


def _conclude(remarks: list[Remark], *, as_json: bool) -> None:
    worst = max((remark.grade for remark in remarks), key=list(Grade).index)
    if as_json:
        findings = [{"about": one.about, "state": one.grade, "sentence": one.sentence} for one in remarks]
        show_json({"state": worst, "findings": findings})
    raise typer.Exit(EXITS[worst])
