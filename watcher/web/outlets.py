"""Outlets of a search: Atom and JSON Feed of the newest items, CSV and JSON lines of all, as a stream."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from storage.records import FullItem
from watcher.compose.clean import clean_line
from watcher.export import csv_lines, json_lines
from watcher.records import news_from
from watcher.searching import export_items, newest_items
from watcher.web.api import OF_ITEMS, Asked
from watcher.web.problems import MISTAKES, ProgramRoute
from watcher.web.site import Here, Site
from watcher.web.syndication import Channel, entry_from, write_atom, write_json_feed

NEWEST = 50
"""Items in a feed."""
LINES = 200
"""Lines that go out together: each piece costs a change of threads."""

Mark = Annotated[bool, Query(alias="bom", description="Begin with the mark that some spreadsheets want.")]

router = APIRouter(route_class=ProgramRoute)


class Atom(Response):
    """An Atom feed (RFC 4287)."""

    media_type = "application/atom+xml"


class JsonFeed(JSONResponse):
    """A JSON Feed 1.1 (jsonfeed.org)."""

    media_type = "application/feed+json"


class Csv(StreamingResponse):
    """A row for each item (RFC 4180)."""

    media_type = "text/csv"


class JsonLines(StreamingResponse):
    """A JSON object for each item, one a line."""

    media_type = "application/jsonl"


def _as(form: type[Response], schema: str = "string") -> dict[str, Any]:
    """Return what the OpenAPI document says of an outlet."""
    said = {"description": form.__doc__, "content": {form.media_type: {"schema": {"type": schema}}}}
    return {"response_class": form, "responses": {**MISTAKES, 200: said}, "dependencies": OF_ITEMS}


@router.get("/items.atom", **_as(Atom))
def atom(request: Request, site: Here, query: Asked = "") -> Response:
    """Give the newest 50 items that a query finds as an Atom feed."""
    return Atom(write_atom(_channel(request, site, query)))


@router.get("/items.json", **_as(JsonFeed, "object"))
def json_feed(request: Request, site: Here, query: Asked = "") -> Response:
    """Give the newest 50 items that a query finds as a JSON Feed."""
    return JsonFeed(write_json_feed(_channel(request, site, query)))


@router.get("/items.csv", **_as(Csv))
def csv(request: Request, site: Here, query: Asked = "", bom: Mark = False) -> Response:
    """Give everything that a query finds as CSV, safe to open in a spreadsheet."""
    lines = csv_lines(_begun(site, query), bom=bom)
    return Csv(_pieces(request, lines), headers=_named(site, "csv"))


@router.get("/items.jsonl", **_as(JsonLines))
def jsonl(request: Request, site: Here, query: Asked = "") -> Response:
    """Give everything that a query finds as JSON lines."""
    return JsonLines(_pieces(request, json_lines(_begun(site, query))), headers=_named(site, "jsonl"))


def _channel(request: Request, site: Site, query: str) -> Channel:
    """Put together what both feeds say."""
    base, names = str(request.base_url), site.desk.feed_names()
    found = newest_items(site.interpreter, query, NEWEST)
    return Channel(
        title=f"City exchange: {clean_line(query)}" if query.strip() else "City exchange",
        query=query,
        address=str(request.url),
        page=f"{base}items?{urlencode({'q': query})}",
        entries=tuple(entry_from(full, news_from(full, names), base) for full in found),
        asked_at=site.desk.clock(),
    )


def _begun(site: Site, query: str) -> Iterator[FullItem]:
    """Return the items with the first one at hand: what goes wrong by then can still be told."""
    found = export_items(site.interpreter, query)
    return chain(list(islice(found, 1)), found)


def _named(site: Site, ending: str) -> dict[str, str]:
    """Name the file that a browser keeps."""
    return {"Content-Disposition": f'attachment; filename="items-{site.desk.clock():%Y-%m-%d}.{ending}"'}


def _pieces(request: Request, lines: Iterator[str]) -> Iterator[bytes]:
    """Join lines; who asks by HEAD wants none."""
    while not request.state.is_head and (piece := "".join(islice(lines, LINES))):
        yield piece.encode()
