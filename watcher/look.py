"""Visit a feed, and read what was fetched to its end: an index of sitemaps leads to further documents."""

from dataclasses import replace
from hashlib import sha256

from watcher.errors import ReadProblem
from watcher.fetch import Fetcher
from watcher.values import Failed, Feed, Fetched, Outcome, Reading, Unchanged
from watcher.workers import Reader

SHARE = 4
"""Each further document has this part of the feed's time-out: all together end before twice the time-out."""


async def look_at(feed: Feed, fetcher: Fetcher, reader: Reader) -> tuple[Outcome, Reading | ReadProblem]:
    """Visit a feed and read what came; an outcome without a document has an empty reading."""
    outcome = await fetcher.fetch(feed)
    if not isinstance(outcome, Fetched):
        return outcome, Reading()
    try:
        return await read_whole(outcome, feed, fetcher, reader)
    except ReadProblem as problem:
        return outcome, problem


async def read_whole(
    fetched: Fetched, feed: Feed, fetcher: Fetcher, reader: Reader
) -> tuple[Fetched | Unchanged, Reading]:
    """Read a document and those that it leads to; return the outcome of all, and one reading; raise a `ReadProblem`.

    A further document that fails is a note, unless all do. An index may stay the same while what it leads to changes:
    so it has no validators, and its hash is that of all.
    """
    index = await reader.read(fetched, feed)
    if not index.more:
        return fetched, index
    parts, problems = [], []
    for url in index.more:
        try:
            parts.append(await _read_part(url, feed, fetcher, reader))
        except ReadProblem as problem:
            problems.append(f"{url} was left out: {problem}")
    if not parts:
        raise ReadProblem(f"no sitemap of this index can be read; the first one: {problems[0]}")
    return _join_outcomes(fetched, [part for part, _ in parts], feed), _join_readings(
        index, [reading for _, reading in parts], problems
    )


async def _read_part(url: str, feed: Feed, fetcher: Fetcher, reader: Reader) -> tuple[Fetched, Reading]:
    part = replace(feed, url=url, etag="", last_modified="", body_hash="", timeout=feed.timeout / SHARE)
    outcome = await fetcher.fetch(part)
    if not isinstance(outcome, Fetched):
        raise ReadProblem(outcome.problem if isinstance(outcome, Failed) else "the server sent no document")
    reading = await reader.read(outcome, part)
    if reading.more:
        raise ReadProblem("it is an index itself; write its address in feeds.toml as a feed of its own")
    return outcome, reading


def _join_outcomes(index: Fetched, parts: list[Fetched], feed: Feed) -> Fetched | Unchanged:
    hashes = [index.body_hash, *(part.body_hash for part in parts)]
    body_hash = sha256(" ".join(hashes).encode()).hexdigest()
    fresh_for = min(one.fresh_for for one in (index, *parts))
    if body_hash == feed.body_hash:
        size = sum(len(one.body) for one in (index, *parts))
        return Unchanged(status=index.status, bytes=size, moved_to=index.moved_to, fresh_for=fresh_for)
    return replace(index, body_hash=body_hash, etag="", last_modified="", fresh_for=fresh_for)


def _join_readings(index: Reading, parts: list[Reading], problems: list[str]) -> Reading:
    """Put the entries of all parts together; what two parts tell counts once."""
    entries = {entry.key: entry for part in parts for entry in part.entries}
    notes = dict.fromkeys((*index.notes, *(note for part in parts for note in part.notes), *problems))
    return replace(index, entries=tuple(entries.values()), more=(), notes=tuple(notes), language=parts[0].language)
