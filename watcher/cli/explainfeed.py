"""Explain a feed for `feeds explain`: when it is visited next and why, and what its last visits brought."""

from collections.abc import Sequence
from typing import Any

from storage.tables import FeedRow, VisitRow
from watcher.cli.checkfeeds import choose_feeds
from watcher.cli.files import read_settings
from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.show import out, show_json
from watcher.feedrows import feed_from
from watcher.feedstate import state_of
from watcher.feedstory import tell_feed, tell_visit
from watcher.urls import clean_link

SHOWN = 10
"""Visits, newest first."""
TOLD = (
    "due_at",
    "due_why",
    "visited_at",
    "read_at",
    "news_at",
    "rhythm_seconds",
    "stay_seconds",
    "pace",
    "failures",
    "problem",
    "trouble",
    "moved_times",
    "moved_since_at",
)
"""Columns of the feed that are told as JSON as they are; addresses lose user and password."""
DIARY = ("visited_at", "outcome", "status", "problem", "bytes", "entries", "new_entries", "captured", "notes")


def explain_feed(place: Place, name: str, *, as_json: bool) -> None:
    """Print what is known of one feed; a name that is no id is a ConfigError."""
    [settings] = choose_feeds(place, [name], everything=True)
    with open_desk(place) as desk:
        row, visits, now = desk.store.feeds.find(name), desk.store.feeds.last_visits(name, SHOWN), desk.clock()
    if row is None:
        sentences = ["Nothing is known of it yet: no poll has seen it in feeds.toml."]
    else:
        sentences = tell_feed(row, feed_from(row, settings, read_settings(place).fetch), now)
    if as_json:
        word, _ = state_of(row, now)
        show_json({"id": name, "state": word, **_columns(row), "visits": _diary(visits), "sentences": sentences})
        return
    for sentence in (f"{settings.label} ({name})", *sentences):
        out.print(sentence, markup=False)
    if visits:
        out.print("Its last visits (UTC):", markup=False)
    for visit in visits:
        out.print(f"  {tell_visit(visit)}", markup=False)


def _columns(row: FeedRow | None) -> dict[str, Any]:
    if row is None:
        return {}
    addresses = {name: clean_link(getattr(row, name)) for name in ("url", "configured_url", "moved_to")}
    return addresses | {name: getattr(row, name) for name in TOLD}


def _diary(visits: Sequence[VisitRow]) -> list[dict[str, Any]]:
    return [{name: getattr(visit, name) for name in DIARY} for visit in visits]
