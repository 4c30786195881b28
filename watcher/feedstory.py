"""Tell in sentences when a feed is visited next and why, and what is known of it."""

from collections.abc import Iterator
from datetime import datetime

from storage.hosts import RESTS
from storage.store import name_process
from storage.tables import FeedRow, VisitRow
from watcher.feedstate import state_of
from watcher.moving import FAILURES, SIGHTED_FOR, SIGHTINGS
from watcher.spans import span_words
from watcher.urls import clean_link
from watcher.values import Feed, Pace

DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


def tell_feed(row: FeedRow, feed: Feed, now: datetime) -> list[str]:
    """Return what is known of a feed in sentences; `feed` is its row joined with its settings."""
    told = (_tell_state(row, now), _tell_next(row, now), _tell_habit(feed, now), _tell_limits(feed))
    return [*told, *_tell_wishes(feed.pace), *_tell_address(row)]


def tell_visit(visit: VisitRow) -> str:
    """Return what one visit brought in a line."""
    when = f"{visit.visited_at:%Y-%m-%d %H:%M}"
    if visit.outcome == "failed":
        return f"{when}  failed: {visit.problem}"
    if visit.outcome == "unchanged":
        return f"{when}  unchanged"
    return f"{when}  read: entries {visit.entries}, new {visit.new_entries}, captured {visit.captured}"


def tell_call(row: FeedRow, now: datetime, *, is_running: bool) -> str:
    """Say what comes of it that somebody asked for a visit; `is_running`: the service is there to make it.

    Empty when the feed is neither due nor left alone: the visit was made.
    """
    then = "" if is_running else " The service is not running: it is visited when `city-watcher run` is started."
    if row.due_at is None:
        return _tell_next(row, now)
    if row.due_at <= now:
        return then.strip() or "It is visited in a few seconds; load this page again to see what came of it."
    if row.claimed_by:
        return "It is being visited just now."
    if row.due_why == RESTS or (row.rests_until and row.rests_until > now):
        return f"Its server is left alone until {_at(row.due_at)} UTC, as it asked to be; then it is visited.{then}"
    return ""


def _tell_state(row: FeedRow, now: datetime) -> str:
    word, why = state_of(row, now)
    times = f", {row.failures} times in a row" if row.failures > 1 else ""
    read = f" It was last read {span_words(now - row.read_at)} ago." if row.problem and row.read_at else ""
    state = f"{word}{times}: {why}" if word == "failing" else why or word
    return f"It is {state}.{read}"


def _tell_next(row: FeedRow, now: datetime) -> str:
    if row.due_at is None:
        return "It is visited no more: feeds.toml does not enable it."
    if row.claimed_by and row.due_at > now:
        return f"It is being visited by {name_process(row.claimed_by)}."
    because = f", because {row.due_why}" if row.due_why else ""
    if row.due_at <= now:
        return f"It is due now{because}."
    return f"It is visited next at {_at(row.due_at)} UTC, in {span_words(row.due_at - now)}{because}."


def _tell_habit(feed: Feed, now: datetime) -> str:
    if feed.news_at is None:
        return "It was never read, so nothing is known of its habit."
    last = f"the last was seen {span_words(now - feed.news_at)} ago"
    if feed.rhythm is None:
        return f"Its rhythm is not known yet; it has brought nothing new for {span_words(now - feed.news_at)}."
    stay = f" An entry stayed for {span_words(feed.stay)} at least." if feed.stay is not None else ""
    return f"It brings news about once in {span_words(feed.rhythm)}; {last}.{stay}"


def _tell_limits(feed: Feed) -> str:
    least, most = span_words(feed.every), span_words(max(feed.every, feed.longest))
    return f"While it is well, {least} to {most} may pass between two visits (every_minutes, longest_minutes)."


def _tell_wishes(pace: Pace) -> Iterator[str]:
    for who, span in (("server", pace.fresh_for), ("document", pace.ttl)):
        if span:
            yield f"Its {who} asks for {span_words(span)} between two visits."
    if pace.skip_hours:
        yield f"Its document asks for no visits at these hours (UTC): {', '.join(map(str, pace.skip_hours))}."
    if pace.skip_days:
        yield f"Its document asks for no visits on {', '.join(DAYS[day] for day in pace.skip_days)}."


def _tell_address(row: FeedRow) -> Iterator[str]:
    asked, configured = clean_link(row.url), clean_link(row.configured_url)
    if row.configured_url and row.url != row.configured_url:
        yield f"It moved for good: asked is {asked} in place of {configured}; write that for its url in feeds.toml."
        if row.failures:
            yield f"Where that fails {_times(FAILURES)} in a row, the configured address is asked again."
    else:
        yield f"Its address is {asked}."
    if row.moved_to and not row.moved_times:
        yield (
            f"It had moved to {clean_link(row.moved_to)}, which failed {_times(FAILURES)} in a row: both addresses are "
            "asked in turn, until one answers."
        )
    elif row.moved_to and row.moved_since_at:
        yield (
            f"It is sent on for good to {clean_link(row.moved_to)}, seen so {_times(row.moved_times)} since "
            f"{_at(row.moved_since_at)} UTC; adopted after {SIGHTINGS} times in {SIGHTED_FOR.days} days or more."
        )


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
