"""`feeds`: where we look."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from storage.tables import FeedRow
from watcher.cli.checkfeeds import check as check_them
from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.readfiles import read_sources
from watcher.cli.show import ago, count, out, show_json, show_table
from watcher.desk import Desk
from watcher.errors import ConfigError
from watcher.feedlist import read_list
from watcher.feedsfile import add_feeds

app = typer.Typer(no_args_is_help=True, add_completion=False, help="List, check, import and read feeds.")


@app.callback()
def feeds() -> None:
    """List, check, import and read feeds."""


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
        found = [_state(desk, rows.get(feed), newest, feed) for feed in desk.feeds]
        now = desk.clock()
    if as_json:
        show_json(found)
        return
    table = [
        (one["id"], one["state"], one["entries"], one["newest_at"], _due(one["due_at"], now), one["problem"])
        for one in found
    ]
    show_table(("id", "state", "entries", "newest", "due", "problem"), table, empty="No feed is enabled in feeds.toml.")


@app.command("import")
def import_feeds(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="OPML, or text with one address a line.")],
) -> None:
    """Add the feeds of OPML or text files to feeds.toml; those that stand there already are left alone."""
    place: Place = context.obj
    listed = [feed for file in files for feed in read_list(_text(file), str(file))]
    added = add_feeds(place.folder, listed)
    for feed in added:
        out.print(f"added {escape(feed)}")
    known = len(listed) - len(added)
    out.print(
        f"{count(len(added), 'feed')} added to {place.folder / 'feeds.toml'}, {known} known already.", markup=False
    )


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
def read(
    sources: Annotated[list[str], typer.Argument(metavar="FILE|URL...", help="Documents to read.")],
    context: typer.Context,
    zone: Annotated[str, typer.Option(help="The zone of times that name none, such as Asia/Taipei.")] = "UTC",
    region: Annotated[str, typer.Option(metavar="CC", help="The country, for zone names such as CST.")] = "",
    encoding: Annotated[str, typer.Option(help="The encoding, when the document lies about it.")] = "",
) -> None:
    """Read documents as a poll would, and print one JSON line for each entry."""
    place: Place = context.obj
    well = asyncio.run(read_sources(place, sources, zone=zone, region=region, encoding=encoding))
    raise typer.Exit(0 if well else 1)


def _state(desk: Desk, row: FeedRow | None, newest: dict[str, Any], feed: str) -> dict[str, Any]:
    return {
        "id": feed,
        "url": desk.feeds[feed].url,
        "state": _word(row),
        "entries": len(row.known) // 8 if row else 0,
        "newest_at": newest.get(feed),
        "due_at": row.due_at if row else None,
        "problem": row.problem if row else "",
    }


def _due(due_at: datetime | None, now: datetime) -> str:
    return ago(due_at, now) if due_at else "next poll"


def _word(row: FeedRow | None) -> str:
    if row is None or row.visited_at is None:
        return "new"
    return "failing" if row.problem else "well"


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: byte {error.start} is not UTF-8; save the file as UTF-8.") from error
