"""How a feed is, in a word and a sentence, from what is remembered of it."""

from datetime import datetime, timedelta

from storage.tables import FeedRow
from watcher.freshness import quiet_from, tell_quiet, weigh_visit, word_of
from watcher.urls import clean_link
from watcher.values import Trouble, Visit

NAMED_TROUBLES = frozenset({Trouble.BLOCKED, Trouble.GONE, Trouble.ENDED, Trouble.REFUSED})
"""Troubles that have a word of their own; the others are `failing`."""


def condition_of(row: FeedRow, now: datetime) -> tuple[str, datetime | None]:
    """Return what is strange about a feed though it answers, and since when; empty when nothing is.

    A feed that was followed to its new address has no such day any more: that was told before.
    """
    if row.condition:
        return row.condition, row.condition_at
    rhythm = timedelta(seconds=row.rhythm_seconds) if row.rhythm_seconds else None
    quiet = tell_quiet(row.news_at, rhythm, now)
    if row.news_at and quiet:
        return quiet, quiet_from(row.news_at, rhythm)
    return _tell_moved(row)


def _tell_moved(row: FeedRow) -> tuple[str, datetime | None]:
    """Say where redirects for good lead, or that they were followed; addresses are told without their passwords."""
    if row.moved_times:
        place = clean_link(row.moved_to)
        return f"moved: it leads to {place} for good; write that address in feeds.toml", row.moved_since_at
    if row.url != row.configured_url:
        return f"moved: it is asked at {clean_link(row.url)} now; write that address in feeds.toml", None
    return "", None


def state_of(row: FeedRow | None, now: datetime) -> tuple[str, str]:
    """Say in a word how a feed is (new, well, failing, blocked, gone, ended, empty, stale, ...), and in a sentence why.

    The sentence is empty when there is nothing to say.
    """
    if row is None or row.visited_at is None:
        return "new", ""
    if row.problem:
        return row.trouble if row.trouble in NAMED_TROUBLES else "failing", row.problem
    condition, _ = condition_of(row, now)
    return word_of(condition) or "well", condition


def identity_memory(visit: Visit) -> dict[str, object]:
    """Return the column of the feed that says what tells its entries apart, once a document showed it."""
    found = "" if visit.feed.identity else visit.reading.identity
    return {"identity": found} if found else {}


def condition_memory(visit: Visit, now: datetime) -> dict[str, object]:
    """Return the columns of the feed that say how lively it seems; `condition_at` is since when it is so."""
    condition = weigh_visit(visit, now)
    if word_of(condition) == word_of(visit.feed.condition):
        return {"condition": condition}
    return {"condition": condition, "condition_at": now}
