"""Say what one visit found of a feed, for the one who keeps feeds.toml. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from watcher.errors import ReadProblem
from watcher.freshness import weigh_document, word_of
from watcher.values import Entry, Failed, Feed, Fetched, Outcome, Reading

SHOWN = 3
"""So many entries show whether a feed is read right."""


class State(StrEnum):
    """Say in a word how a feed is."""

    WELL = "well"
    STALE = "stale"
    EMPTY = "empty"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Hold what one visit found.

    `found_at` is where the document was in the end, `moved_to` where redirects for good lead. `language` is what the
    document says, `first` are day and title of its first entries, `notes` say what was odd about it. `problem` is empty
    when the feed is well; `suggestion` says what to do where there is something. `ahead_seconds` is
    how far the server's clock is ahead of ours.
    """

    id: str
    url: str
    state: State
    status: int | None = None
    found_at: str = ""
    moved_to: str = ""
    format: str = ""
    encoding: str = ""
    entries: int = 0
    newest_at: datetime | None = None
    language: str = ""
    first: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""
    suggestion: str = ""
    ahead_seconds: int | None = None

    @property
    def sentence(self) -> str:
        """Say problem and suggestion in one line; empty when there is nothing to say."""
        return "; ".join(filter(None, (self.problem, self.suggestion)))


def sum_up(feed: Feed, outcome: Outcome, reading: Reading | ReadProblem, now: datetime) -> Finding:
    """Sum up a visit to a feed of which nothing was known; `reading` is what came of the document, if one came."""
    if not isinstance(outcome, Fetched):
        sentence = outcome.problem if isinstance(outcome, Failed) else "the server sent no document"
        return _failed(sentence, id=feed.id, url=feed.url, status=outcome.status)
    place = {"id": feed.id, "url": feed.url, "found_at": outcome.url, "moved_to": outcome.moved_to}
    if isinstance(reading, ReadProblem):
        return _failed(str(reading), status=outcome.status, **place)
    dates = (entry.published_at for entry in reading.entries)
    newest_at = max((date for date in dates if date and date <= now), default=None)
    condition = weigh_document(reading.entries, now)
    problem, _, suggestion = condition.partition("; ")
    if outcome.moved_to:
        suggestion = f"it moved for good: write {outcome.moved_to} for its url in feeds.toml"
    return Finding(
        state=State(word_of(condition) or State.WELL),
        status=outcome.status,
        format=reading.format,
        encoding=reading.encoding,
        entries=len(reading.entries),
        newest_at=newest_at,
        language=reading.language,
        first=tuple(map(_show, reading.entries[:SHOWN])),
        notes=reading.notes,
        ahead_seconds=round((outcome.sent_at - now).total_seconds()) if outcome.sent_at else None,
        problem=problem,
        suggestion=suggestion,
        **place,
    )


def _show(entry: Entry) -> str:
    day = f"{entry.published_at:%Y-%m-%d}" if entry.published_at else "no date"
    return f"{day}  {entry.title or entry.url}"


def _failed(sentence: str, *, id: str, url: str, status: int | None, found_at: str = "", moved_to: str = "") -> Finding:
    """Make a finding of a problem's sentence, which says what is wrong, a semicolon, and the cure."""
    problem, _, cure = sentence.partition("; ")
    return Finding(
        id=id,
        url=url,
        state=State.FAILED,
        status=status,
        found_at=found_at,
        moved_to=moved_to,
        problem=problem,
        suggestion=cure,
    )
