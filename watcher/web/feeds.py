"""Feeds: how they are, at a glance and one by one, and a visit at once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from storage.tables import FeedRow, VisitRow
from watcher.desk import Desk
from watcher.errors import WatcherError
from watcher.feedrows import feed_from
from watcher.feedstate import state_of
from watcher.feedstory import tell_call, tell_feed
from watcher.freshness import word_of
from watcher.heartbeat import HEARTBEAT, is_alive
from watcher.searching import search_items
from watcher.settings.feeds import FeedSettings
from watcher.spans import span_words
from watcher.urls import clean_link
from watcher.web.charts import Chart, draw_bars
from watcher.web.session import check_form
from watcher.web.site import Here
from watcher.web.templating import show

router = APIRouter(include_in_schema=False)

SHOWN = 200
VISITS = 30
ITEMS = 10
RANKS = ("sick", "strange", "new", "well")
"""The sorts of states, what wants somebody's eye first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Hold a feed as the list shows it; `rank` is one of RANKS, `next` says when it is visited."""

    feed: FeedSettings
    state: str
    rank: str
    sentence: str
    news_at: datetime | None
    due_at: datetime | None
    next: str


@router.get("/feeds")
def feeds(request: Request, site: Here, state: str = "", q: str = "") -> Response:
    """Show how the feeds are: all, those in one state, or those whose name or address holds a text."""
    rows = {row.id: row for row in site.desk.store.feeds.list_all()}
    lines = list(line_up(site.desk.feeds, rows, site.desk.clock()))
    found = [line for line in lines if state in ("", line.state) and holds(line.feed, q)]
    return show(
        request,
        "feeds.html",
        area="/feeds",
        lines=found[:SHOWN],
        left=len(found) - SHOWN,
        states=count_states(lines),
        total=len(lines),
        state=state,
        q=q,
    )


@router.get("/feeds/{feed_id}")
def feed(request: Request, site: Here, feed_id: str, asked: bool = False) -> Response:
    """Tell all that is known of one feed."""
    desk, now = site.desk, site.desk.clock()
    settings = find_feed(desk, feed_id)
    row = desk.store.feeds.find(feed_id)
    visits = desk.store.feeds.last_visits(feed_id, VISITS)
    return show(
        request,
        "feed.html",
        area="/feeds",
        line=next(line_up({feed_id: settings}, {feed_id: row} if row else {}, now)),
        row=row,
        sentences=tell_feed(row, feed_from(row, settings, desk.settings.fetch), now) if row else (),
        answer=tell_call(row, now, is_running=is_running(desk, now)) if row and asked else "",
        visits=visits,
        chart=draw_visits(visits),
        items=search_items(site.interpreter, f"feed:{feed_id}", ITEMS).items,
    )


@router.post("/feeds/{feed_id}/visit", dependencies=[Depends(check_form)])
def visit(site: Here, feed_id: str) -> Response:
    """Make a feed due: whoever polls visits it at its next tick, when its host has had its rest."""
    find_feed(site.desk, feed_id)
    row = site.desk.store.feeds.find(feed_id)
    if row is None or row.due_at is None:
        raise WatcherError("No poll has seen this feed in feeds.toml yet; start the service again, it is visited then.")
    site.desk.store.feeds.call(feed_id, site.desk.clock())
    return RedirectResponse(f"/feeds/{feed_id}?asked=1", 303)


def find_feed(desk: Desk, feed_id: str) -> FeedSettings:
    """Return the settings of a feed; one that feeds.toml does not enable is not found."""
    if feed_id not in desk.feeds:
        raise HTTPException(404, "There is no such feed in feeds.toml; the page Feeds lists those there are.")
    return desk.feeds[feed_id]


def line_up(feeds: Mapping[str, FeedSettings], rows: Mapping[str, FeedRow], now: datetime) -> Iterator[Line]:
    """Yield the feeds, what wants somebody's eye first."""
    lines = (_line(feed, rows.get(feed_id), now) for feed_id, feed in feeds.items())
    yield from sorted(lines, key=lambda line: (RANKS.index(line.rank), line.state, line.feed.label.casefold()))


def count_states(lines: Iterable[Line]) -> Mapping[str, int]:
    """Count the feeds in each state, in the order in which they are shown."""
    return Counter(line.state for line in lines)


def holds(feed: FeedSettings, text: str) -> bool:
    """Say whether id, name or address of a feed holds a text."""
    return text.strip().casefold() in f"{feed.id} {feed.label} {clean_link(feed.url)}".casefold()


def is_running(desk: Desk, now: datetime) -> bool:
    """Say whether a service gives signs of life."""
    beat = desk.store.facts.find(HEARTBEAT)
    return bool(beat and is_alive(beat.noted_at, beat.value, now))


def draw_visits(visits: Sequence[VisitRow]) -> Chart:
    """Draw what the last visits found, the oldest first: how many entries, and how many of them were new."""
    oldest_first = visits[::-1]
    most = max((visit.entries for visit in visits), default=0)
    failed = sum(visit.outcome == "failed" for visit in visits)
    new = sum(visit.new_entries for visit in visits)
    return draw_bars(
        f"Entries at each of the last {len(visits)} visits: {most:,} at the most, {new:,} new, {failed} visits failed",
        [f"{visit.visited_at:%Y-%m-%d %H:%M}" for visit in oldest_first],
        {
            "entries": [visit.entries for visit in oldest_first],
            "new": [visit.new_entries for visit in oldest_first],
            "failed": [int(visit.outcome == "failed") for visit in oldest_first],
        },
    )


def _line(feed: FeedSettings, row: FeedRow | None, now: datetime) -> Line:
    state, sentence = state_of(row, now)
    return Line(
        feed=feed,
        state=state,
        rank=_rank(row, state),
        sentence=sentence.removeprefix(f"{word_of(sentence)}: ") if word_of(sentence) == state else sentence,
        news_at=row.news_at if row else None,
        due_at=row.due_at if row else None,
        next=_next(row, now),
    )


def _rank(row: FeedRow | None, state: str) -> str:
    if state in RANKS:
        return state
    return "sick" if row and row.problem else "strange"


def _next(row: FeedRow | None, now: datetime) -> str:
    if row is None or row.due_at is None:
        return "with the next poll"
    if row.due_at > now:
        return "under way" if row.claimed_by else f"in {span_words(row.due_at - now)}"
    return "now"
