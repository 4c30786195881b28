"""When a feed is visited next, and why: rules that can be read aloud. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zlib import crc32

from watcher.schedule import last_due
from watcher.settings.subscription import SubscriptionSettings
from watcher.spans import span_words
from watcher.values import Entry, Failed, Feed, Fetched, Outcome, Trouble, Visit

LOOKS_PER_NEWS = 3
"""So often a feed is visited in the time in which it usually brings news once."""
LOOKS_PER_STAY = 3
"""So often, in the shortest time that an entry stays in the document: what one look misses the next one sees."""
SILENT_SHARE = 10
"""A feed that is silent for longer than usual is visited again after this part of its silence."""
REMEMBERED = timedelta(days=8)
"""So long a silence may last until a feed's busiest time counts for less: weekends and weekly news lie within."""
FORGET_SHARE = 30
"""After that it is visited at the latest after this part of its silence."""
SMOOTH = 4
"""A new observation counts for this part of the rhythm, a longer stay for a quarter of that."""
FEWEST_DATES = 6
"""So many dated entries tell the habit of a feed that is read for the first time."""
JITTER = 0.1
"""Waits are shortened by up to this share, but those that a server asks for, so that feeds drift apart."""
FRESH_SHARE = 2
"""A visit that would come within this part of its wait after a digest comes before it."""
LEAD = timedelta(minutes=10)
"""So long before a digest, up to twice that, its feeds are visited."""
HOURS_OF_A_WEEK = 7 * 24
GROWTH = {Trouble.DOWN: 1.5, Trouble.BUSY: 1.5, Trouble.BLOCKED: 3.0}
"""By this each wait is longer than the one before while a feed fails; twice as long for any other trouble."""
LONGEST_BACKOFF = timedelta(days=1)
LONG_FAILING = timedelta(days=30)
"""A feed that was not read for so long is visited less than once a day."""
LONG_FAILURES = 30
"""The same for one that was never read."""
LONGEST_PROBE = timedelta(days=7)
LONGEST_RETRY_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Hold when a feed is visited next. `why` goes on after "because".

    `host_rests` is how long its server asked to be left alone: by all feeds that it serves.
    """

    at: datetime
    why: str
    host_rests: timedelta = timedelta()


def learn_habit(visit: Visit, now: datetime) -> Feed:
    """Return the feed with what this visit teaches of its habit and its wishes; one that failed teaches nothing."""
    feed, outcome = visit.feed, visit.outcome
    if isinstance(outcome, Failed):
        return feed
    said = visit.reading.pace if isinstance(outcome, Fetched) else feed.pace
    asked = replace(feed, pace=replace(said, fresh_for=outcome.fresh_for or _kept(feed, outcome)))
    if feed.read_at is None or feed.news_at is None:
        return _learn_dates(replace(asked, news_at=now), visit.entries, now)
    if not visit.judged:
        return asked
    stayed = (now - feed.read_at) * len(visit.entries) / len(visit.judged)
    return replace(asked, rhythm=_learn_rhythm(feed, now - feed.news_at), stay=_learn_stay(feed, stayed), news_at=now)


def due_after(outcome: Outcome, feed: Feed, now: datetime, subscriptions: Sequence[SubscriptionSettings] = ()) -> Due:
    """Return when `feed` is due after `outcome`; `feed` is as `learn_habit` gives it back."""
    if isinstance(outcome, Failed):
        return _after_failure(outcome, feed, now)
    due = _by_hints(_by_habit(feed, now), feed, now)
    return _before_digest(due, feed, now, subscriptions)


def _kept(feed: Feed, outcome: Outcome) -> timedelta:
    """Return the server's earlier word: a 304 that says nothing leaves it standing (RFC 9111, section 3.2)."""
    return timedelta() if isinstance(outcome, Fetched) else feed.pace.fresh_for


def _learn_dates(feed: Feed, entries: Sequence[Entry], now: datetime) -> Feed:
    """Take the habit of a feed that is new to us from the dates of its entries: its rhythm from the newer half.

    A single old date, such as the 1 January 1970 that some programs write for none, would spoil it otherwise.
    """
    dates = sorted(entry.published_at for entry in entries if entry.published_at and entry.published_at <= now)
    if len(dates) < FEWEST_DATES:
        return feed
    half = len(dates) // 2
    stay = 2 * min(later - earlier for earlier, later in zip(dates, dates[half:], strict=False))
    return replace(feed, rhythm=(now - dates[half]) / (len(dates) - half), stay=stay)


def _learn_rhythm(feed: Feed, since_news: timedelta) -> timedelta:
    return since_news if feed.rhythm is None else feed.rhythm + (since_news - feed.rhythm) / SMOOTH


def _learn_stay(feed: Feed, stayed: timedelta) -> timedelta:
    """Believe a shorter stay at once and a longer one slowly. `stayed` is in what time the whole document is new."""
    return stayed if feed.stay is None else min(stayed, feed.stay + (stayed - feed.stay) / SMOOTH**2)


def _by_habit(feed: Feed, now: datetime) -> Due:
    """Return when the feed's own habit wants it, between its shortest and its longest time."""
    wait, why = min(_habits(feed, now), key=lambda one: one[0])
    longest = max(feed.longest, feed.every)
    if wait < feed.every:
        wait, why = feed.every, f"{why}, but {span_words(feed.every)} is the least between two visits"
    elif wait > longest:
        wait, why = longest, f"{why}, but {span_words(longest)} is the most between two visits"
    return Due(at=now + wait * (1 - JITTER * _share(feed, now)), why=why)


def _habits(feed: Feed, now: datetime) -> Iterator[tuple[timedelta, str]]:
    """Return what the habit allows: a wait by its rhythm, and one by how long its entries stay."""
    silence = now - (feed.news_at or now)
    by_rhythm = (feed.rhythm or timedelta()) / LOOKS_PER_NEWS
    if silence / SILENT_SHARE >= by_rhythm:
        told = f"it has brought nothing new for {span_words(silence)}" if silence else "it was read for the first time"
        yield silence / SILENT_SHARE, told
    else:
        yield by_rhythm, f"news comes about once in {span_words(feed.rhythm or timedelta())}"
    if feed.stay is not None:
        forgotten = silence / FORGET_SHARE if silence > REMEMBERED else timedelta()
        yield max(feed.stay / LOOKS_PER_STAY, forgotten), f"its entries may be gone after {span_words(feed.stay)}"


def _by_hints(due: Due, feed: Feed, now: datetime) -> Due:
    """Let server and document lengthen the wait, at most to the feed's longest."""
    hint = _hint(feed)
    if now + hint > due.at:
        who = "server" if feed.pace.fresh_for >= feed.pace.ttl else "document"
        due = Due(at=now + hint, why=f"its {who} asks for {span_words(hint)} between two visits")
    open_at = min(_skip(due.at, feed), max(due.at, now + feed.longest))
    return due if open_at == due.at else Due(at=open_at, why="its document names hours or days to leave it alone")


def _hint(feed: Feed) -> timedelta:
    return min(max(feed.pace.fresh_for, feed.pace.ttl), feed.longest)


def _skip(due_at: datetime, feed: Feed) -> datetime:
    """Return the first hour from `due_at` on that the document leaves open; `due_at` itself when that is open."""
    at = due_at
    for _ in range(HOURS_OF_A_WEEK):
        if at.hour not in feed.pace.skip_hours and at.weekday() not in feed.pace.skip_days:
            break
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at


def _before_digest(due: Due, feed: Feed, now: datetime, subscriptions: Sequence[SubscriptionSettings]) -> Due:
    """Pull a visit that would come soon after a digest before it, unless that is sooner than we may."""
    earliest = now + max(feed.every * (1 - JITTER), _hint(feed))
    for subscription in subscriptions:
        digest_at = last_due(due.at, at=subscription.at, zone=subscription.zone, days=subscription.days)
        before = digest_at - LEAD * (1 + _share(feed, now))
        soon_after = due.at - digest_at <= (due.at - now) / FRESH_SHARE
        if soon_after and before >= earliest and _skip(before, feed) == before:
            due = Due(at=before, why=f"the digest '{subscription.id}' opens soon after it, and is to be fresh")
    return due


def _after_failure(outcome: Failed, feed: Feed, now: datetime) -> Due:
    if outcome.trouble is Trouble.ENDED:
        return Due(at=now + LONGEST_PROBE, why="its server ended it for good; one look a week remains")
    asked = min(outcome.retry_after or timedelta(), LONGEST_RETRY_AFTER)
    wait = _back_off(outcome, feed, now) * (1 - JITTER * _share(feed, now))
    if asked >= wait:
        why = f"its server asked to be left alone for {span_words(asked)}"
        return Due(at=now + asked, why=why, host_rests=asked)
    times = "it failed" if not feed.failures else f"it failed {feed.failures + 1} times in a row"
    return Due(at=now + wait, why=f"{times}, and each wait is longer than the one before", host_rests=asked)


def _back_off(outcome: Failed, feed: Feed, now: datetime) -> timedelta:
    """Lengthen the wait since the last failed visit: visits that a person asks for in a row lengthen nothing."""
    waited = now - feed.visited_at if feed.failures and feed.visited_at else feed.every
    longest = LONGEST_PROBE if _fails_long(feed, now) else LONGEST_BACKOFF
    return max(min(GROWTH.get(outcome.trouble, 2.0) * waited, longest), feed.every)


def _fails_long(feed: Feed, now: datetime) -> bool:
    return feed.failures >= LONG_FAILURES if feed.read_at is None else now - feed.read_at > LONG_FAILING


def _share(feed: Feed, now: datetime) -> float:
    """Return a number from 0 to 1 that is the same for the same feed and second."""
    return crc32(f"{feed.id} {now:%Y%m%dT%H%M%S}".encode()) / 0xFFFFFFFF
