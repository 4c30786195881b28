"""Items: the search, its filters as links that rewrite the query, and pages that go on by their last item."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from storage.gather import IRRELEVANT
from storage.records import FullItem
from storage.tables import ItemRow
from watcher.compose.snippet import Snippet, cut_snippet
from watcher.compose.words import ENGLISH
from watcher.desk import Desk
from watcher.errors import QueryError
from watcher.filters import active_filters, with_filter, without_filter
from watcher.query import LONGEST
from watcher.records import news_from, origin_of
from watcher.searching import search_items
from watcher.values import Kind, Verdict
from watcher.web.site import Here, Site
from watcher.web.templating import show

router = APIRouter()

PAGE = 25
STATES = {
    "near": "near misses",
    "seed": "seed articles",
    "relevant": "marked relevant",
    "irrelevant": "marked irrelevant",
}
"""What `is:` may stand before, and how a link calls it."""
USUAL = ("Kind", "Show")
"""The filters that are always in sight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Hold one item as a list shows it; `state` says what it is where it is not simply captured."""

    id: int
    title: str
    language: str
    source: str
    at: datetime | None
    is_future: bool
    kind: str
    pairs: tuple[tuple[str, str], ...]
    state: str
    snippet: Snippet


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Hold a link that changes the query; `is_active` where a click takes the filter out."""

    label: str
    query: str
    is_active: bool = False


@router.get("/items", include_in_schema=False)
def items(request: Request, site: Here, q: str = "", more: str = "") -> Response:
    """Show a page of what a query finds."""
    try:
        found = search_items(site.interpreter, q, PAGE, more)
    except QueryError as problem:
        return show(request, "items.html", status=400, area="/items", q=q[: 2 * LONGEST], **_mistake(problem))
    offered = dict(offer_choices(site, q))
    return show(
        request,
        "items.html",
        area="/items",
        q=q,
        problem=None,
        found=found,
        listed=tuple(list_items(site.desk, found.items)),
        is_first=not more,
        next=urlencode({"q": q, "more": found.more}) if found.more else "",
        active=tuple(active_choices(q)),
        usual={heading: choices for heading, choices in offered.items() if heading in USUAL},
        rare={heading: choices for heading, choices in offered.items() if heading not in USUAL},
    )


@router.get("/items/help", include_in_schema=False)
def explain_searching(request: Request) -> Response:
    """Explain the language of queries."""
    return show(request, "searching.html", area="/items")


def list_items(desk: Desk, found: Sequence[FullItem]) -> Iterator[Listed]:
    """Yield items as a list shows them."""
    feeds, cities = desk.feed_names(), desk.city_names.get("en", {})
    for full in found:
        yield _list_item(full, feeds, cities)


def active_choices(query: str) -> Iterator[Choice]:
    """Yield the filters that stand in a query, as links to the query without them."""
    for active in active_filters(query):
        label = f"{'not ' if active.denied else ''}{active.field}: {active.value}"
        yield Choice(label=label, query=without_filter(query, active), is_active=True)


def offer_choices(site: Site, query: str) -> Iterator[tuple[str, tuple[Choice, ...]]]:
    """Yield the filters that can be chosen, by what they are about."""
    topics, fields = [topic.id for topic in site.judge.topics], site.judge.fields
    languages = dict.fromkeys(feed.language.partition("-")[0] for feed in site.desk.feeds.values() if feed.language)
    offered: dict[str, tuple[str, Mapping[str, str]]] = {
        "Kind": ("kind", {kind.value: ENGLISH.kind(kind) or "Other" for kind in Kind}),
        "Language": ("lang", {one: one for one in sorted(languages)}),
        "Topic": ("topic", {one: one for one in topics} if len(topics) > 1 else {}),
        "Field": ("field", {one: one.replace("-", " ") for one in fields}),
        "Show": ("is", STATES),
    }
    chosen = {(one.field, one.value.lower()) for one in active_filters(query) if not one.denied}
    for heading, (field, values) in offered.items():
        yield (
            heading,
            tuple(
                Choice(label=label, query=with_filter(query, field, value), is_active=(field, value) in chosen)
                for value, label in values.items()
            ),
        )


def name_state(row: ItemRow) -> str:
    """Name what an item is where it is not simply captured."""
    if row.label == IRRELEVANT:
        return row.label
    if row.captured_at is None:
        return "near miss" if row.verdict == Verdict.NEAR else row.verdict
    return "seed article" if origin_of(row) == "seed" else row.label


def _list_item(full: FullItem, feeds: dict[str, str], cities: Mapping[str, str]) -> Listed:
    news, row = news_from(full, feeds), full.item
    return Listed(
        id=news.id,
        title=row.title,
        language=row.language,
        source=news.source or origin_of(row),
        at=row.published_at or row.first_seen_at,
        is_future=row.published_at is not None and row.published_at > row.first_seen_at,
        kind=ENGLISH.kind(news.kind),
        pairs=tuple((pair, ENGLISH.place(pair, cities)) for pair in news.pairs),
        state=name_state(row),
        snippet=cut_snippet(news),
    )


def _mistake(problem: QueryError) -> dict[str, object]:
    """Return what the template needs to show where a query is wrong."""
    query, start, end = problem.query[: 2 * LONGEST], problem.start, max(problem.end, problem.start + 1)
    place = {"before": query[:start], "marked": query[start:end], "after": query[end:]}
    return {"problem": problem.sentence, **place}
