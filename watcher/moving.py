"""When an address that redirects for good is taken over in place of the old one, and when it is doubted. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from watcher.values import Failed, Feed, Outcome

SIGHTINGS = 3
SIGHTED_FOR = timedelta(days=7)
"""A redirect for good (301, 308) is believed when it led to a valid feed so often, over so long a time."""
FAILURES = 3
"""An adopted address that fails so often in a row is asked in turn with the configured one."""


def follow_move(outcome: Outcome, feed: Feed, now: datetime) -> Feed:
    """Return the feed with what this visit says of a new address; `url` is another one when that is adopted.

    From http to https of the same host at once. A visit that is not sent elsewhere, or to another place than before,
    begins anew. One that fails says nothing of a new address, but many of them something of an adopted one.
    """
    if isinstance(outcome, Failed):
        return _try_other(outcome, feed)
    target = outcome.moved_to if outcome.moved_to != feed.url else ""
    if not target:
        return _forget(feed)
    seen = feed if feed.moved_to == target and feed.moved_since_at else _forget(feed)
    since, times = seen.moved_since_at or now, seen.moved_times + 1
    if _only_safer(feed.url, target) or (times >= SIGHTINGS and now - since >= SIGHTED_FOR):
        return replace(_forget(feed), url=target)
    return replace(feed, moved_to=target, moved_times=times, moved_since_at=since)


def _try_other(outcome: Failed, feed: Feed) -> Feed:
    """Ask the configured address again when the adopted one keeps failing, then both in turn until one answers.

    The adopted one is `moved_to` then, never seen from there (`moved_times` is 0).
    """
    fails = feed.failures + 1 >= FAILURES and outcome.retry_after is None
    if fails and feed.configured_url not in ("", feed.url):
        return replace(_forget(feed), url=feed.configured_url, moved_to=feed.url)
    if fails and feed.moved_to and not feed.moved_times:
        return replace(_forget(feed), url=feed.moved_to)
    return feed


def _forget(feed: Feed) -> Feed:
    return replace(feed, moved_to="", moved_times=0, moved_since_at=None)


def _only_safer(url: str, target: str) -> bool:
    """Say whether the new address is on the same host, by https instead of http."""
    old, new = urlsplit(url), urlsplit(target)
    return (old.scheme, new.scheme) == ("http", "https") and old.hostname == new.hostname
