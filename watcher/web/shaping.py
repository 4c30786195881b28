"""Give what the use cases return the shapes of the API."""

from collections.abc import Sequence
from typing import Any

from storage.records import FullItem, StoryMember
from storage.tables import FeedRow, VisitRow
from storage.telling import StorySummary
from watcher.background import background_of
from watcher.desk import Desk
from watcher.editions import News
from watcher.feedrows import feed_from
from watcher.feedstate import state_of
from watcher.feedstory import tell_feed
from watcher.pairs import Event, PairLine, Timeline
from watcher.records import origin_of
from watcher.settings.feeds import FeedSettings
from watcher.settings.ties import Tie
from watcher.urls import clean_link
from watcher.web import feedshapes, shapes
from watcher.web.shapes import columns


def item_values(full: FullItem) -> dict[str, Any]:
    """Return the fields of an Item."""
    row = full.item
    facets = {"pairs": "pair", "cities": "city", "topics": "topic", "fields": "field"}
    return columns(row, shapes.Item) | {
        "url": clean_link(row.url),
        "feed": row.feed_id,
        "is_seed": origin_of(row) == "seed",
        "story": row.story_id or row.id,
        **{name: list(full.values(facet)) for name, facet in facets.items()},
    }


def whole_item(desk: Desk, full: FullItem) -> shapes.ItemWhole:
    """Return an item with all that is known of it."""
    background = background_of(desk, full)
    earlier = next(iter(background.earlier.values()), None)
    own = columns(full.item, shapes.ItemWhole) | item_values(full)
    return shapes.ItemWhole(
        **own
        | {
            "members": [_member(one) for one in full.members],
            "ties": [_tie(desk.ties[pair]) for pair in full.values("pair") if pair in desk.ties],
            "first_mentions": [{"pair": pair, "span": span} for (_, pair), span in background.firsts.items()],
            "see_also": _earlier(earlier) if earlier else None,
        }
    )


def story(told: StorySummary) -> shapes.Story:
    """Return a story."""
    return shapes.Story(**columns(told, shapes.Story))


def pair(line: PairLine) -> shapes.Pair:
    """Return a pair with its counts."""
    return shapes.Pair(**columns(line.count, shapes.Pair), tie=_tie(line.tie) if line.tie else None)


def whole_pair(told: Timeline, events: Sequence[Event], *, more: str, following: str) -> shapes.PairWhole:
    """Return a pair with a page of its events."""
    first, last = told.span or (None, None)
    return shapes.PairWhole(
        pair=told.pair,
        items=told.items,
        first_at=first,
        last_at=last,
        tie=_tie(told.tie) if told.tie else None,
        groups=told.groups,
        months=told.months,
        events=[_event(one) for one in events],
        more=more,
        next=following,
    )


def feed_values(desk: Desk, settings: FeedSettings, row: FeedRow | None) -> dict[str, Any]:
    """Return the fields of a Feed; a feed that no poll has seen is new."""
    state, problem = state_of(row, desk.clock())
    remembered = columns(row, feedshapes.Feed) if row else dict.fromkeys(("due_at", *_MOMENTS, "rhythm_seconds"))
    return (
        {"failures": 0, "due_why": ""}
        | remembered
        | {
            "id": settings.id,
            "name": settings.label,
            "url": clean_link(settings.url),
            "language": settings.language,
            "state": state,
            "problem": problem,
            "entries": len(row.known) // 8 if row else 0,
        }
    )


def whole_feed(
    desk: Desk, settings: FeedSettings, row: FeedRow | None, visits: Sequence[VisitRow]
) -> feedshapes.FeedWhole:
    """Return a feed with what is known of it."""
    known = tell_feed(row, feed_from(row, settings, desk.settings.fetch), desk.clock()) if row else []
    diary = [feedshapes.Visit(**columns(visit, feedshapes.Visit)) for visit in visits]
    return feedshapes.FeedWhole(**feed_values(desk, settings, row), sentences=known, visits=diary)


_MOMENTS = ("visited_at", "read_at", "news_at")


def _member(member: StoryMember) -> shapes.Member:
    return shapes.Member(**columns(member, shapes.Member) | {"url": clean_link(member.url), "feed": member.feed_id})


def _tie(tie: Tie) -> shapes.Tie:
    return shapes.Tie(**columns(tie, shapes.Tie))


def _earlier(item: News) -> shapes.Earlier:
    return shapes.Earlier(**columns(item, shapes.Earlier) | {"url": clean_link(item.url)})


def _event(event: Event) -> shapes.Event:
    item = event.item
    own = columns(item, shapes.Event) | {"url": clean_link(item.url), "feed": item.feed_id, "story": item.story_id}
    return shapes.Event(**own | {"at": event.at, "group": event.group, "items": event.items})
