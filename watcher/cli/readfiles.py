"""Read documents from files or addresses for `feeds read`."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from watcher.cli.place import Place
from watcher.cli.show import show_lines
from watcher.errors import ConfigError, ReadProblem
from watcher.fetch import Fetcher
from watcher.look import read_whole
from watcher.settings.feeds import known_zone
from watcher.settings.watcher import WatcherSettings
from watcher.values import Entry, Failed, Feed, Fetched, Outcome, Unchanged
from watcher.workers import Reader


async def read_sources(place: Place, sources: Sequence[str], *, zone: str, region: str, encoding: str) -> bool:
    """Print one JSON line for each entry of each source; True when every document had some."""
    _check_zone(zone)
    settings = place.settings()
    well = True
    async with Fetcher(settings.fetch, settings.contact) as fetcher, Reader() as reader:
        for source in sources:
            feed = Feed(id="read", url=source, zone=zone, region=region, encoding=encoding)
            outcome = await _load(source, feed, fetcher, settings)
            lines = await _lines(source, outcome, feed, fetcher, reader)
            show_lines(lines)
            well = well and "problem" not in lines[0]
    return well


async def _load(source: str, feed: Feed, fetcher: Fetcher, settings: WatcherSettings) -> Outcome:
    if source.lower().startswith(("http://", "https://")):
        return await fetcher.fetch(feed)
    try:
        body = Path(source).read_bytes()
    except OSError as error:
        return Failed(problem=f"cannot be read ({error.strerror})")
    if len(body) > settings.fetch.max_megabytes * 1_000_000:
        return Failed(problem=f"larger than {settings.fetch.max_megabytes} MB (fetch.max_megabytes)")
    return Fetched(body=body, body_hash=sha256(body).hexdigest(), url="")


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


def _check_zone(zone: str) -> None:
    try:
        known_zone(zone)
    except ValueError as error:
        raise ConfigError(f"--zone: '{zone}' {error}.") from error
