"""Today: the news of the day as the digest of a subscription shows them, those that it told already included."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from fastapi import APIRouter, Request
from fastapi.responses import Response

from watcher.compose import words_of
from watcher.compose.groups import group_stories, tell_stories
from watcher.compose.layout import lay_out
from watcher.compose.page import Page
from watcher.digest import edition_for, local_day, next_opening
from watcher.editions import Edition
from watcher.errors import WatcherError
from watcher.settings.subscription import SubscriptionSettings
from watcher.web.site import Here
from watcher.web.templating import show

router = APIRouter()

STORIES_SHOWN = 40
OTHERS_SHOWN = 8
"""Further sources of one story; its page has them all."""


@router.get("/", include_in_schema=False)
def today(request: Request, site: Here, subscription: str = "") -> Response:
    """Show the news of today as the digest shows them."""
    desk, lists = site.desk, site.desk.settings.subscriptions
    chosen = choose_list(lists, subscription)
    day = local_day(desk.clock(), chosen)
    edition = edition_for(desk, chosen, day, anew=True)
    return show(
        request,
        "today.html",
        area="/",
        page=lay_out_first(edition),
        total=len({item.story_id for item in edition.news}),
        shown=STORIES_SHOWN,
        others=OTHERS_SHOWN,
        since=edition.covers_from_at,
        stands=desk.store.digests.find(chosen.id, day.isoformat()),
        opens_at=next_opening(desk, chosen),
        lists=lists if len(lists) > 1 else (),
        chosen=chosen,
    )


def choose_list(lists: Sequence[SubscriptionSettings], wanted: str) -> SubscriptionSettings:
    """Return the subscription that is asked for, else the first; one that is not there is a `WatcherError`."""
    if not wanted:
        return lists[0]
    for one in lists:
        if one.id == wanted:
            return one
    raise WatcherError("There is no such list in watcher.toml; choose one on the page Today.")


def lay_out_first(edition: Edition) -> Page:
    """Lay out the first stories of an edition; what is said of all of them is said of all."""
    stories = tell_stories(edition.news)
    first = tuple(item for story in islice(stories, STORIES_SHOWN) for item in story.items)
    words = words_of(edition.heading_language)
    lead = words.lead(edition, group_stories(stories, edition.known))
    return replace(lay_out(replace(edition, news=first)), lead=lead)
