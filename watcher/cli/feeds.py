"""`feeds`: where we look."""

import asyncio
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from storage.database import is_missing
from storage.errors import StorageError
from storage.store import name_process
from storage.tables import FeedRow
from watcher.cli.checkfeeds import check as check_them
from watcher.cli.explainfeed import explain_feed
from watcher.cli.files import read_feeds, read_settings
from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.readfiles import choose_settings, read_sources
from watcher.cli.searchfeed import search_feed
from watcher.cli.show import count, err, out, show_json, show_table
from watcher.desk import Desk, open_store
from watcher.errors import ConfigError
from watcher.feedlist import ListedFeed, read_list, same_address, write_lines, write_opml
from watcher.feedsfile import add_feed, add_feeds, remove_feeds
from watcher.feedstate import state_of
from watcher.settings.feeds import FILE
from watcher.spans import ago
from watcher.text.plain import one_line
from watcher.urls import clean_link

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="List, check, explain, add, remove, import, export and read feeds."
)

_NEXT = "`city-watcher poll` looks there; a service that runs does so when it is started again."


@app.callback()
def feeds() -> None:
    """List, check, explain, add, remove, import, export and read feeds."""


@app.command("list")
def list_feeds(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the enabled feeds with their state, newest entry and next visit."""
    place: Place = context.obj
    with open_desk(place) as desk:
        rows = {row.id: row for row in desk.store.feeds.list_all()}
        newest = desk.store.items.newest_by_feed()
        now = desk.clock()
        found = [_state(desk, rows.get(feed), newest, feed, now) for feed in desk.feeds]
    if as_json:
        show_json(found)
        return
    table = [
        (
            one["id"],
            _held(rows.get(one["id"]), now) or one["state"],
            one["entries"],
            one["newest_at"],
            _due(one["due_at"], now),
            one["problem"],
        )
        for one in found
    ]
    show_table(("id", "state", "entries", "newest", "due", "problem"), table, empty="No feed is enabled in feeds.toml.")


@app.command()
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="The address of a feed, a sitemap or a site.")],
    feed_id: Annotated[str, typer.Option("--id", metavar="ID", help="Its id; else made from its name or host.")] = "",
    name: Annotated[str, typer.Option(metavar="NAME", help="What readers see; else the feed's own title.")] = "",
    language: Annotated[str, typer.Option(metavar="L", help="Such as en, zh-Hant, ja.")] = "",
    region: Annotated[str, typer.Option(metavar="R", help="Such as TW or TW-TPE.")] = "",
    zone: Annotated[str, typer.Option(metavar="Z", help="Whose clock is meant, such as Asia/Taipei.")] = "",
    every_minutes: Annotated[int | None, typer.Option(metavar="N", help="The shortest time between visits.")] = None,
    longest_minutes: Annotated[int | None, typer.Option(metavar="N", help="The longest time between visits.")] = None,
    as_is: Annotated[bool, typer.Option("--as-is", help="Add the address without a visit.")] = False,
) -> None:
    """Visit an address, find the feed there or on its site, and add it to feeds.toml."""
    place: Place = context.obj
    address = clean_link(url)
    if not address:
        raise ConfigError(f"'{url}' is not a web address; write one that begins with http:// or https://")
    said = {"id": feed_id, "name": one_line(name), "language": language, "region": region, "zone": zone}
    every, longest = ("" if minutes is None else minutes for minutes in (every_minutes, longest_minutes))
    feed = ListedFeed(url=address, every_minutes=every, longest_minutes=longest, place="command line", **said)
    remembered = _remembered(place)
    chosen = feed if as_is else search_feed(place, feed, remembered)
    added = add_feed(place.folder, chosen, remembered)
    out.print(f"added {added} to {place.folder / FILE}. {_NEXT}", markup=False)


@app.command()
def remove(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="The ids of feeds.")],
) -> None:
    """Take feeds out of feeds.toml, with the comments that touch them; what they brought stays in the database."""
    place: Place = context.obj
    remove_feeds(place.folder, ids)
    for feed in dict.fromkeys(ids):
        out.print(f"removed {feed}", markup=False)
    stays = "What was captured stays; a service that runs leaves them out when it is started again."
    out.print(f"{place.folder / FILE} is written. {stays}", markup=False)


@app.command("import")
def import_feeds(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="OPML, or text with one address a line.")],
) -> None:
    """Add the feeds of OPML or text files to feeds.toml; those that stand there already are left alone."""
    place: Place = context.obj
    listed = [feed for file in files for feed in read_list(_load(file), str(file))]
    added = add_feeds(place.folder, listed, _remembered(place))
    for feed in added:
        out.print(f"added {escape(feed)}")
    known = len(listed) - len(added)
    told = f"{count(len(added), 'feed')} added to {place.folder / FILE}, {known} known already."
    out.print(f"{told} {_NEXT}" if added else told, markup=False)


class Form(StrEnum):
    """Name what a list of feeds is written as."""

    OPML = "opml"
    TEXT = "text"


@app.command()
def export(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A new file; else standard output.")] = None,
    form: Annotated[Form, typer.Option("--format", help="OPML, or text with one address a line.")] = Form.OPML,
) -> None:
    """Write the enabled feeds for another program, or for `feeds import`; nothing is overwritten."""
    place: Place = context.obj
    feeds = read_feeds(place).values()
    text = write_opml(feeds) if form is Form.OPML else write_lines(feeds)
    if file is None:
        print(text, end="")
        return
    _write_new(file, text)
    out.print(f"{count(len(feeds), 'feed')} written to {file}", markup=False)


@app.command()
def check(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="FEED...", help="Ids of feeds.toml; also those that are disabled.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Visit the disabled feeds too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Visit the enabled feeds once and say which are well; nothing is stored. Ends with 1 when one is not."""
    place: Place = context.obj
    well = check_them(place, names or (), everything=everything, as_json=as_json)
    raise typer.Exit(0 if well else 1)


@app.command()
def explain(
    context: typer.Context,
    feed: Annotated[str, typer.Argument(metavar="FEED", help="Its id in feeds.toml.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say when a feed is visited next and why, what is known of its habit, and what its last visits brought."""
    place: Place = context.obj
    explain_feed(place, feed, as_json=as_json)


@app.command()
def read(
    context: typer.Context,
    sources: Annotated[list[str] | None, typer.Argument(metavar="FILE|URL...", help="Documents to read.")] = None,
    feed: Annotated[str, typer.Option(metavar="ID", help="Read by what feeds.toml says of it; else its address.")] = "",
    url: Annotated[str, typer.Option(metavar="URL", help="Where a file is from, for its relative links.")] = "",
    language: Annotated[str, typer.Option(metavar="L", help="The language where the document names none.")] = "",
    zone: Annotated[str, typer.Option(help="The zone of times that name none, such as Asia/Taipei.")] = "",
    region: Annotated[str, typer.Option(metavar="CC", help="The country, for zone names such as CST.")] = "",
    encoding: Annotated[str, typer.Option(help="The encoding, when the document lies about it.")] = "",
    item: Annotated[str, typer.Option(metavar="CSS", help="Of a list page: what one headline stands in.")] = "",
    link: Annotated[str, typer.Option(metavar="CSS", help="Inside it: its link.")] = "",
    title: Annotated[str, typer.Option(metavar="CSS", help="Inside it: its title.")] = "",
    date: Annotated[str, typer.Option(metavar="CSS", help="Inside it: its date.")] = "",
) -> None:
    """Read documents as a poll would, and print one JSON line for each entry; nothing is stored."""
    place: Place = context.obj
    said = {"url": url, "language": language, "zone": zone, "region": region, "encoding": encoding}
    settings = choose_settings(place, feed, said, {"item": item, "link": link, "title": title, "date": date})
    if not sources and not feed:
        raise ConfigError("there is nothing to read; name a file, an address, or with --feed a feed of feeds.toml.")
    well = asyncio.run(read_sources(place, sources or [settings.url], settings))
    raise typer.Exit(0 if well else 1)


def _state(desk: Desk, row: FeedRow | None, newest: dict[str, Any], feed: str, now: datetime) -> dict[str, Any]:
    state, problem = state_of(row, now)
    return {
        "id": feed,
        "url": desk.feeds[feed].url,
        "state": state,
        "entries": len(row.known) // 8 if row else 0,
        "newest_at": newest.get(feed),
        "due_at": row.due_at if row else None,
        "problem": problem,
    }


def _due(due_at: datetime | None, now: datetime) -> str:
    return ago(due_at, now) if due_at else "next poll"


def _held(row: FeedRow | None, now: datetime) -> str:
    """Say who visits a feed just now; empty when nobody does."""
    if row is None or not row.claimed_by or row.due_at is None or row.due_at <= now:
        return ""
    return f"in hand of {name_process(row.claimed_by)} until {row.due_at:%H:%M} UTC"


def _remembered(place: Place) -> dict[str, str]:
    """Return the ids that the database knows, by address: a feed that comes back brings none of its old entries."""
    url = read_settings(place).database.get_secret_value()
    if is_missing(url):
        return {}
    try:
        with open_store(url) as store:
            return {same_address(row.url): row.id for row in store.feeds.list_all()}
    except StorageError as problem:
        err.print(f"The ids of earlier feeds are not looked up: {problem}", markup=False)
        return {}


def _load(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}).") from error


def _write_new(file: Path, text: str) -> None:
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError:
        raise ConfigError(f"{file}: stands already; name another file.") from None
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written ({error.strerror}); choose another place.") from error
