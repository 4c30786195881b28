"""Render the templates of the page. Everything is escaped; a name that is missing is an error."""

from datetime import datetime
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from watcher.compose.clean import clean_body, clean_language, clean_line, clean_link, clean_title
from watcher.compose.words import ENGLISH
from watcher.filters import write_filter
from watcher.read.language import detect_language
from watcher.urls import host_of
from watcher.web.session import form_token
from watcher.web.site import site_of

AREAS = (
    ("/", "Today"),
    ("/items", "Items"),
    ("/pairs", "Pairs"),
    ("/feeds", "Feeds"),
    ("/digests", "Digests"),
    ("/rules", "Rules"),
)
"""The pages, in the order of the menu."""

TITLE_LIMIT = 300

TEMPLATES = Environment(
    loader=PackageLoader("watcher.web"),
    autoescape=select_autoescape(("html",), default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def show_day(moment: datetime | None) -> str:
    """Write a day in UTC."""
    return f"{moment:%Y-%m-%d}" if moment else ""


def show_time(moment: datetime | None) -> str:
    """Write a minute in UTC."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


TEMPLATES.filters |= {
    "day": show_day,
    "time": show_time,
    "iso": lambda moment: f"{moment:%Y-%m-%dT%H:%MZ}",
    "host": host_of,
    "language": clean_language,
    "body": clean_body,
    "spoken": detect_language,
    "line": clean_line,
    "link": clean_link,
    "place": ENGLISH.place,
    "title": lambda title: clean_title(title, TITLE_LIMIT),
    "written": write_filter,
}


def show(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Answer with a template; `area` among the values is the address of the page in the menu."""
    shared = {
        "areas": AREAS,
        "token": form_token(request),
        "has_password": bool(site_of(request).password),
        "now": site_of(request).desk.clock(),
    }
    html = TEMPLATES.get_template(template).render(shared | {"area": ""} | values)
    return HTMLResponse(html, status_code=status)
