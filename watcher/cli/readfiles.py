"""Read documents from files or addresses for `feeds read`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from watcher.cli.checkfeeds import choose_feeds
from watcher.cli.files import read_settings
from watcher.cli.lines import show_lines
from watcher.cli.place import Place
from watcher.errors import ConfigError, ReadProblem
from watcher.feedrows import new_feed
from watcher.fetch import Fetcher
from watcher.look import read_whole
from watcher.settings.feeds import FeedSettings
from watcher.settings.watcher import WatcherSettings
from watcher.values import Entry, Failed, Feed, Fetched, Outcome, Unchanged
from watcher.workers import Reader

NOWHERE = "http://nowhere.invalid/"
"""The address of what is no feed of feeds.toml and has none."""


def choose_settings(place: Place, feed: str, said: Mapping[str, str], select: Mapping[str, str]) -> FeedSettings:
    """Return how to read: as a feed of feeds.toml is read, or any other; what was said on the command line counts more.

    `said` are settings of feeds.toml, `select` selectors of a list page; empty ones say nothing.
    """
    basis: dict[str, Any] = {"id": "read", "url": NOWHERE}
    if feed:
        basis = choose_feeds(place, [feed], everything=True)[0].model_dump()
    given: dict[str, Any] = {name: value for name, value in said.items() if value}
    if selected := {name: value for name, value in select.items() if value}:
        given |= {"format": "list", "select": (basis.get("select") or {}) | selected}
    try:
        return FeedSettings.model_validate(basis | given)
    except ValidationError as error:
        raise ConfigError(_say_wrong(error)) from error


async def read_sources(place: Place, sources: Sequence[str], settings: FeedSettings) -> bool:
    """Print one JSON line for each entry of each source; True when every document had some."""
    usual = read_settings(place)
    feed = new_feed(settings, usual.fetch)
    well = True
    async with Fetcher(usual.fetch, usual.contact, clock=place.clock) as fetcher, Reader() as reader:
        for source in sources:
            outcome = await _load(source, feed, fetcher, usual)
            lines = await _lines(source, outcome, feed, fetcher, reader)
            show_lines(lines)
            well = well and "problem" not in lines[0]
    return well


async def _load(source: str, feed: Feed, fetcher: Fetcher, settings: WatcherSettings) -> Outcome:
    if source.lower().startswith(("http://", "https://")):
        return await fetcher.fetch(replace(feed, url=source))
    try:
        body = Path(source).read_bytes()
    except OSError as error:
        return Failed(problem=f"cannot be read ({error.strerror})")
    if len(body) > settings.fetch.max_megabytes * 1_000_000:
        return Failed(problem=f"larger than {settings.fetch.max_megabytes} MB (fetch.max_megabytes)")
    place = "" if feed.url == NOWHERE else feed.url
    return Fetched(body=body, body_hash=sha256(body).hexdigest(), url=place)


async def _lines(
    source: str, outcome: Outcome, feed: Feed, fetcher: Fetcher, reader: Reader
) -> list[dict[str, object]]:
    if isinstance(outcome, Failed | Unchanged):
        problem = outcome.problem if isinstance(outcome, Failed) else "the server sent no document"
        return [{"source": source, "problem": problem}]
    try:
        _, reading = await read_whole(outcome, feed, fetcher, reader)
    except ReadProblem as problem:
        return [{"source": source, "problem": str(problem)}]
    return [_line(source, entry) for entry in reading.entries] or [{"source": source, "problem": "no entries"}]


def _line(source: str, entry: Entry) -> dict[str, object]:
    return {
        "source": source,
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "published_at": entry.published_at,
        "published_raw": entry.published_raw,
        "published_how": entry.published_how,
        "language": entry.language,
    }


def _say_wrong(error: ValidationError) -> str:
    """Name the option that is wrong, and the cure."""
    first = error.errors()[0]
    name = next((str(part) for part in reversed(first["loc"]) if isinstance(part, str)), "feed")
    if first["type"] == "missing":
        return f"--{name} is missing: selectors need one that says what a headline stands in, such as 'ul.news > li'."
    return f"--{name}: '{first['input']}' {first['msg'].removeprefix('Value error, ')}."
