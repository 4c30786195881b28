"""When a feed is visited next: a rule that can be read aloud. Pure."""

from datetime import datetime, timedelta
from zlib import crc32

from watcher.values import Failed, Feed, Outcome

LONGEST_BACKOFF = timedelta(days=1)
LONGEST_RETRY_AFTER = timedelta(days=1)
JITTER = 0.1
"""Waits are shortened by up to this share, so that feeds which began together drift apart."""


def due_after(outcome: Outcome, feed: Feed, now: datetime) -> datetime:
    """Return when `feed` is due after `outcome`: after its interval; while it fails, after twice the wait before."""
    if isinstance(outcome, Failed):
        return now + max(_back_off(feed, now), _asked_for(outcome))
    return now + feed.every * (1 - JITTER * _share(feed, now))


def _back_off(feed: Feed, now: datetime) -> timedelta:
    """Double the wait since the last failed visit: visits that a person asks for in a row lengthen nothing."""
    waited = now - feed.visited_at if feed.failures and feed.visited_at else feed.every
    return min(max(2 * waited, feed.every), max(LONGEST_BACKOFF, feed.every))


def _asked_for(outcome: Failed) -> timedelta:
    return min(outcome.retry_after or timedelta(), LONGEST_RETRY_AFTER)


def _share(feed: Feed, now: datetime) -> float:
    """Return a number from 0 to 1 that is the same for the same feed and second."""
    return crc32(f"{feed.id} {now:%Y%m%dT%H%M%S}".encode()) / 0xFFFFFFFF
