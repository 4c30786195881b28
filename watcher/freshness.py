"""Whether a feed is as lively as it used to be: that it answers proves nothing. Pure.

A condition is one sentence that begins with its word: empty, stale, gap, drift or quiet. It says what is strange and,
behind a semicolon, what to do.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from watcher.read import leave_out
from watcher.read.identity import KNOWN_BYTES
from watcher.read.language import clean_language, detect_language
from watcher.urls import host_of
from watcher.values import Entry, Feed, Fetched, Visit

OLD = timedelta(days=30)
"""News that is older when it appears is none: some feeds serve entries of years ago as new."""
GAP_STAYS = timedelta(days=1)
"""A gap is over with the next document, but has to be seen: by the next digest, at least."""
FEWEST = 3
"""Entries that a document must have before something is concluded from all of them."""
QUIET_TIMES = 6
"""So many times its usual wait may a feed be silent."""
SHORTEST_QUIET, LONGEST_QUIET = timedelta(days=3), timedelta(days=45)
"""A busy feed has a weekend; and who has no rhythm yet is given this long."""


def weigh_visit(visit: Visit, now: datetime) -> str:
    """Return the condition of a feed after a visit; empty when all is well.

    What was not read anew says nothing: the condition stays as it was.
    """
    feed = visit.feed
    if not isinstance(visit.outcome, Fetched):
        return feed.condition
    found = _find(visit, visit.outcome, now)
    return found or (feed.condition if _is_shown_still(feed, now) else "")


def weigh_document(entries: Sequence[Entry], now: datetime) -> str:
    """Return what is strange about a document that is seen for the first time: empty, stale, or nothing."""
    return _tell_empty(entries) or _tell_stale(entries, now)


def is_gap(condition: str) -> bool:
    """Say whether a condition is a gap."""
    return word_of(condition) == "gap"


def word_of(condition: str) -> str:
    """Return the word that a condition begins with; empty without one."""
    return condition.partition(":")[0]


def tell_quiet(news_at: datetime | None, rhythm: timedelta | None, now: datetime) -> str:
    """Return the condition of a feed that brought nothing for long, by its own rhythm; empty when that is usual.

    `news_at` is when it last brought an entry that was new, `rhythm` the usual time between two such visits.
    """
    if news_at is None or now < quiet_from(news_at, rhythm):
        return ""
    usual = f", and usually brings some every {_say(rhythm)}" if rhythm else ""
    return f"quiet: nothing new for {_say(now - news_at)}{usual}; look on the site whether the feed is still kept"


def quiet_from(news_at: datetime, rhythm: timedelta | None) -> datetime:
    """Return from when on a feed counts as quiet."""
    patience = LONGEST_QUIET if rhythm is None else min(max(QUIET_TIMES * rhythm, SHORTEST_QUIET), LONGEST_QUIET)
    return news_at + patience


def _find(visit: Visit, outcome: Fetched, now: datetime) -> str:
    """Look for what is strange, the worst first."""
    entries = visit.entries
    fresh = leave_out(entries, visit.feed.known, visit.reading.identity)
    return (
        _tell_empty(entries)
        or _tell_stale(fresh, now)
        or _tell_drift(visit, outcome)
        or _tell_gap(visit.feed, entries, fresh, now)
    )


def _tell_empty(entries: Sequence[Entry]) -> str:
    if entries:
        return ""
    return "empty: it holds no entries; look on the site whether the feed lives at another address"


def _tell_stale(fresh: Sequence[Entry], now: datetime) -> str:
    """Tell old entries that are served as new; those without a date, or with one to come, say nothing of their age."""
    dates = [entry.published_at for entry in fresh]
    known = [date for date in dates if date and date <= now]
    if not known or None in dates or max(known) >= now - OLD:
        return ""
    newest = f"{max(known):%Y-%m-%d}"
    return f"stale: the newest of what it serves as new is of {newest}; look on the site for the feed that is kept"


def _tell_drift(visit: Visit, outcome: Fetched) -> str:
    """Tell a feed that has become another one: somebody else's place, or another language.

    One that moved for good is no other one.
    """
    asked, found = host_of(visit.feed.url), host_of(outcome.url)
    if found and found != host_of(outcome.moved_to) and _site(asked) != _site(found):
        return f"drift: {asked} hands us on to {found}; if that is still the same feed, write its address in feeds.toml"
    expected, spoken = clean_language(visit.feed.language), _spoken(visit.entries)
    if expected and spoken and spoken != expected and expected != "zh":
        return f"drift: it is written in {spoken}, and feeds.toml says {expected}; look whether it is still that feed"
    return ""


def _spoken(entries: tuple[Entry, ...]) -> str:
    """Return the language of the titles; empty when they are too few, or in one that we cannot tell."""
    return detect_language("\n".join(entry.title for entry in entries)) if len(entries) >= FEWEST else ""


def _tell_gap(feed: Feed, entries: tuple[Entry, ...], fresh: tuple[Entry, ...], now: datetime) -> str:
    """Tell a document that shares nothing with the one before: what stood between them was missed, probably.

    An entry that is older than the visit before was only written anew.
    """
    before = len(feed.known) // KNOWN_BYTES
    if feed.read_at is None or min(before, len(entries)) < FEWEST or len(fresh) < len(entries):
        return ""
    if any(entry.published_at and entry.published_at < feed.read_at for entry in entries):
        return ""
    ago = _say(now - feed.read_at)
    told = f"gap: all its {len(entries)} entries are new since {ago} ago, so some were missed"
    return f"{told}; give it a smaller every_minutes"


def _is_shown_still(feed: Feed, now: datetime) -> bool:
    return is_gap(feed.condition) and feed.condition_at is not None and now - feed.condition_at < GAP_STAYS


def _site(host: str) -> str:
    """Return the part of a host that its owner registered, near enough: `city.example` of `www.city.example`.

    Two labels, or three where the last two are short ones (`gov.tw`, `co.jp`).
    """
    labels = host.split(".")
    short = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3:] if short else labels[-2:])


def _say(length: timedelta) -> str:
    """Say a length of time in its largest unit."""
    minutes = max(round(length.total_seconds() / 60), 1)
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes >= 2 * size:
            return f"{minutes // size} {unit}s"
    return f"{minutes} minutes" if minutes > 1 else "a minute"
