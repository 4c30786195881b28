"""A feed between feeds.toml, its row, and a visit under way."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

from storage.tables import FeedRow
from watcher.settings.feeds import FeedSettings
from watcher.settings.watcher import FetchSettings
from watcher.values import Feed, Pace, Selectors

_WAY = {"format", "select", "language", "region", "zone", "encoding", "identity"}
"""The settings that decide what a document says."""


def new_feed(settings: FeedSettings, usual: FetchSettings) -> Feed:
    """Return what feeds.toml says of a feed, as if it had never been visited."""
    return Feed(
        id=settings.id,
        url=settings.url,
        configured_url=settings.url,
        format=settings.format,
        select=Selectors(**settings.select.model_dump()) if settings.select else None,
        language=settings.language,
        region=settings.region,
        zone=settings.zone,
        encoding=settings.encoding,
        identity=settings.identity,
        every=settings.every(usual.every),
        longest=settings.longest(usual.longest),
        timeout=settings.timeout(usual.timeout),
    )


def tell_way(settings: FeedSettings) -> str:
    """Return a word that is another one when feeds.toml says that the feed is read in another way."""
    way = settings.model_dump_json(include=_WAY)
    return sha256(way.encode()).hexdigest()[:16]


def feed_from(row: FeedRow, settings: FeedSettings, usual: FetchSettings) -> Feed:
    """Join what feeds.toml says of a feed with what the store remembers of it."""
    return replace(
        new_feed(settings, usual),
        identity=settings.identity or row.identity,
        url=row.url,
        etag=row.etag,
        last_modified=row.last_modified,
        body_hash=row.body_hash,
        known=row.known,
        failures=row.failures,
        visited_at=row.visited_at,
        read_at=row.read_at,
        news_at=row.news_at,
        full_at=row.full_at,
        rhythm=_span(row.rhythm_seconds),
        stay=_span(row.stay_seconds),
        pace=unpack_pace(row.pace),
        moved_to=row.moved_to,
        moved_times=row.moved_times,
        moved_since_at=row.moved_since_at,
        condition=row.condition,
        condition_at=row.condition_at,
    )


def habit_memory(feed: Feed) -> dict[str, object]:
    """Return the columns that hold what was learned of a feed."""
    return {
        "news_at": feed.news_at,
        "rhythm_seconds": round(feed.rhythm.total_seconds()) if feed.rhythm is not None else None,
        "stay_seconds": round(feed.stay.total_seconds()) if feed.stay is not None else None,
        "pace": pack_pace(feed.pace),
    }


def address_memory(before: Feed, after: Feed) -> dict[str, object]:
    """Return the columns of a feed's address; the address itself only when another one is asked from now on."""
    adopted = {"url": after.url, "etag": "", "last_modified": ""} if after.url != before.url else {}
    seen = {"moved_to": after.moved_to, "moved_times": after.moved_times, "moved_since_at": after.moved_since_at}
    return adopted | seen


def pack_pace(pace: Pace) -> dict[str, Any]:
    """Return what a feed asks for as JSON holds it, in seconds; what it says nothing of is left out."""
    said = {
        "fresh_for": round(pace.fresh_for.total_seconds()),
        "ttl": round(pace.ttl.total_seconds()),
        "skip_hours": list(pace.skip_hours),
        "skip_days": list(pace.skip_days),
    }
    return {name: value for name, value in said.items() if value}


def unpack_pace(said: Mapping[str, Any]) -> Pace:
    """Return what a feed asks for from what JSON holds of it."""
    return Pace(
        fresh_for=timedelta(seconds=said.get("fresh_for", 0)),
        ttl=timedelta(seconds=said.get("ttl", 0)),
        skip_hours=tuple(said.get("skip_hours", ())),
        skip_days=tuple(said.get("skip_days", ())),
    )


def _span(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
