"""Pairs: which there are, and what was signed, held and visited between two cities."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile, islice
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from watcher.errors import WatcherError
from watcher.pairs import Event, PairLine, Timeline, find_pair, page_pairs, tell_pair
from watcher.web.charts import Chart, draw_months, months_between, months_until
from watcher.web.site import Here, Site
from watcher.web.templating import show

router = APIRouter(include_in_schema=False)

SHOWN, MOST_SKIPPED = 30, 1_000
EVENTS = 50
RECENT_MONTHS = 24
CHART_MONTHS = 120
"""A chart shows the last ten years; the table beneath it has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Hold a pair as the list shows it."""

    line: PairLine
    chart: Chart


@router.get("/pairs")
def pairs(
    request: Request, site: Here, q: str = "", skip: Annotated[int, Query(ge=0, le=MOST_SKIPPED)] = 0
) -> Response:
    """List the pairs that were told of last, or lead to the one that is asked for."""
    problem = ""
    if q.strip():
        try:
            return RedirectResponse(address_of(find_pair(site.interpreter, q.strip())), 303)
        except WatcherError as mistake:
            problem = str(mistake)
    months = months_until(site.desk.clock(), RECENT_MONTHS)
    found = page_pairs(site.desk, SHOWN, skip)
    return show(
        request,
        "pairs.html",
        status=400 if problem else 200,
        area="/pairs",
        q=q,
        problem=problem,
        lines=[draw_line(line, months) for line in found],
        skipped=skip,
        more=skip + len(found) if skip + len(found) <= MOST_SKIPPED else 0,
        names=_names(site),
    )


@router.get("/pairs/{pair:path}")
def pair(request: Request, site: Here, pair: str, group: str = "", after: int = 0) -> Response:
    """Tell of one pair; any order and script of its names leads to its one address."""
    told = tell_pair(site.desk, site.interpreter, pair)
    if told.pair != pair:
        return RedirectResponse(address_of(told.pair), 303)
    chosen = [event for event in told.events if group in ("", event.group)]
    shown = page_of(chosen, after)
    return show(
        request,
        "pair.html",
        area="/pairs",
        told=told,
        address=address_of(pair),
        query=f'pair:"{pair}"',
        chart=draw_timeline_months(told, site.desk.clock()),
        group=group,
        events=shown,
        after=shown[-1].item.id if shown and shown[-1] is not chosen[-1] else 0,
        feeds=site.desk.feed_names(),
        names=_names(site),
    )


def address_of(pair: str) -> str:
    """Return the address of a pair's page."""
    return f"/pairs/{quote(pair, safe='~')}"


def draw_line(line: PairLine, months: Sequence[str]) -> Line:
    """Draw the last months of a pair."""
    return Line(line=line, chart=draw_months("Items", line.count.months, months))


def draw_timeline_months(told: Timeline, now: datetime) -> Chart:
    """Draw the items of each month from the first one on, at most those of the last ten years."""
    first = min(told.months, default=f"{now:%Y-%m}")
    last = max([*told.months, f"{now:%Y-%m}"])
    return draw_months("Items", told.months, months_between(first, last, CHART_MONTHS))


def page_of(events: Sequence[Event], after: int) -> list[Event]:
    """Return a page of events: the first ones, or those behind the event of an item."""
    if not after:
        return list(events[:EVENTS])
    behind = dropwhile(lambda event: event.item.id != after, events)
    return list(islice(behind, 1, EVENTS + 1))


def _names(site: Site) -> dict[str, str]:
    return dict(site.desk.city_names.get("en", {}))
