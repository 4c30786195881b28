"""The API: what is stored, as JSON for other programs, which can only read."""

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from watcher.pairs import Event, list_by_name, tell_pair
from watcher.searching import LARGEST_PAGE, search_items
from watcher.web import feedshapes, shapes
from watcher.web.problems import MISTAKES, ProgramRoute
from watcher.web.shaping import feed_values, item_values, pair, story, whole_feed, whole_item, whole_pair
from watcher.web.site import Here
from watcher.web.validators import unless_same

LARGEST_ID = 2**31 - 1
VISITS = 20
"""Visits shown of a feed where nobody says how many."""

router = APIRouter(prefix="/api", route_class=ProgramRoute, responses=MISTAKES)

OF_ITEMS = [Depends(unless_same)]

Asked = Annotated[
    str, Query(alias="q", description="A query as docs/searching.md has it; empty: all that is captured.")
]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="How many at the most.")]
More = Annotated[str, Query(description="`more` of the page before.")]
MoreNumber = Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="`more` of the page before.")]
Number = Annotated[int, Path(ge=1, le=LARGEST_ID, description="Its number.")]

Thing = TypeVar("Thing")


@router.get("/items", dependencies=OF_ITEMS)
def items(request: Request, site: Here, query: Asked = "", limit: Limit = 50, more: More = "") -> shapes.Items:
    """Find items."""
    found = search_items(site.interpreter, query, limit, more)
    return shapes.Items(
        items=[shapes.Item(**item_values(full)) for full in found.items],
        count=found.count,
        is_counted=found.is_counted,
        more=found.more,
        next=_next(request, found.more),
    )


@router.get("/items/{id}", dependencies=OF_ITEMS)
def item(site: Here, id: Number) -> shapes.ItemWhole:
    """Tell all that is known of an item, captured or set aside."""
    full = site.desk.store.items.find(id)
    return whole_item(site.desk, _there(full, f"There is no item {id}; /api/items lists those there are."))


@router.get("/stories", dependencies=OF_ITEMS)
def stories(request: Request, site: Here, limit: Limit = 50, more: MoreNumber = None) -> shapes.Stories:
    """List stories."""
    shown, last = _cut(site.desk.store.telling.newest(limit + 1, more), limit, lambda one: one.id)
    return shapes.Stories(stories=[story(one) for one in shown], more=last, next=_next(request, last))


@router.get("/stories/{id}", dependencies=OF_ITEMS)
def one_story(site: Here, id: Number) -> shapes.StoryWhole:
    """Tell a story with its items."""
    found = site.desk.store.telling.find(id)
    told, members = _there(found, f"There is no story {id}; a story has the id of its first item.")
    return shapes.StoryWhole(story=story(told), items=[shapes.Item(**item_values(full)) for full in members])


@router.get("/pairs", dependencies=OF_ITEMS)
def pairs(request: Request, site: Here, limit: Limit = 50, more: More = "") -> shapes.Pairs:
    """List the pairs of cities."""
    shown, follow = list_by_name(site.desk, limit, more)
    last = shown[-1].count.pair if follow else ""
    return shapes.Pairs(pairs=[pair(line) for line in shown], more=last, next=_next(request, last))


@router.get("/pairs/{name}", dependencies=OF_ITEMS)
def one_pair(
    request: Request,
    site: Here,
    name: Annotated[str, Path(description="Two cities by any of their names, in any order: taipei~大邱.")],
    limit: Limit = 50,
    more: MoreNumber = None,
) -> shapes.PairWhole:
    """Tell of a pair what was signed, held and visited."""
    told = tell_pair(site.desk, site.interpreter, name)
    shown, last = _cut(_behind(told.events, more), limit, lambda event: event.item.id)
    return whole_pair(told, shown, more=last, following=_next(request, last))


@router.get("/feeds")
def feeds(request: Request, site: Here, limit: Limit = 50, more: More = "") -> feedshapes.Feeds:
    """List the enabled feeds."""
    rows = {row.id: row for row in site.desk.store.feeds.list_all()}
    listed = [one for name, one in sorted(site.desk.feeds.items()) if name > more]
    shown, last = _cut(listed, limit, lambda one: one.id)
    told = [feedshapes.Feed(**feed_values(site.desk, one, rows.get(one.id))) for one in shown]
    return feedshapes.Feeds(feeds=told, more=last, next=_next(request, last))


@router.get("/feeds/{id}")
def one_feed(
    site: Here,
    id: Annotated[str, Path(description="Its id in feeds.toml.")],
    visits: Annotated[int, Query(ge=0, le=LARGEST_PAGE, description="How many of its last visits.")] = VISITS,
) -> feedshapes.FeedWhole:
    """Tell what is known of an enabled feed, and its last visits."""
    desk = site.desk
    settings = _there(desk.feeds.get(id), f"There is no feed '{id}'; /api/feeds lists those that are enabled.")
    diary = desk.store.feeds.last_visits(id, visits)
    return whole_feed(desk, settings, desk.store.feeds.find(id), diary)


@router.get("/digests")
def digests(request: Request, site: Here, limit: Limit = 50, more: MoreNumber = None) -> feedshapes.Digests:
    """List the digests that were opened."""
    shown, last = _cut(site.desk.store.digests.list_all(limit + 1, more), limit, lambda one: one.id)
    told = [feedshapes.Digest(**shapes.columns(one, feedshapes.Digest)) for one in shown]
    return feedshapes.Digests(digests=told, more=last, next=_next(request, last))


@router.get("/digests/{id}")
def one_digest(site: Here, id: Number) -> feedshapes.DigestWhole:
    """Tell a digest as it was frozen."""
    missing = f"There is no digest {id}; /api/digests lists those there are."
    summary = _there(site.desk.store.digests.summary(id), missing)
    frozen = _there(site.desk.store.digests.find_by_id(id), missing)
    return feedshapes.DigestWhole(
        **shapes.columns(frozen, feedshapes.DigestWhole) | shapes.columns(summary, feedshapes.Digest)
    )


@router.get("/openapi.json", include_in_schema=False)
def document(request: Request) -> Response:
    """Say what can be asked here, as OpenAPI 3.1."""
    return JSONResponse(request.app.openapi())


@router.get("/{rest:path}", include_in_schema=False)
def unknown(rest: str) -> None:
    """Say that nothing is at an address."""
    raise HTTPException(404, f"There is nothing at /api/{rest[:80]}; /api/openapi.json says what there is.")


@router.api_route("/{rest:path}", methods=["POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
def refuse(rest: str) -> None:
    """Say that one can only read here."""
    raise HTTPException(405, "One can only read here: ask with GET or HEAD.", headers={"Allow": "GET, HEAD"})


def _there(found: Thing | None, otherwise: str) -> Thing:
    if found is None:
        raise HTTPException(404, otherwise)
    return found


def _cut(found: Sequence[Thing], limit: int, place: Callable[[Thing], object]) -> tuple[Sequence[Thing], str]:
    """Return a page of what was found, and where the next one begins; nothing where this is the last one."""
    shown = found[:limit]
    return shown, str(place(shown[-1])) if len(found) > limit else ""


def _behind(events: Sequence[Event], item_id: int | None) -> Sequence[Event]:
    """Return the events behind the one that an item began; all where it began none."""
    place = next((place for place, event in enumerate(events) if event.item.id == item_id), -1)
    return events[place + 1 :]


def _next(request: Request, more: str) -> str:
    """Return the address of the next page on this host."""
    following = request.url.include_query_params(more=more)
    return f"{following.path}?{following.query}" if more else ""
