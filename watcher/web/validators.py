"""Validators (RFC 9110, section 8.8): who asks again for what has not changed is told so, and no work is done for it.

An answer is the same as long as the marks of what it tells of stand (storage/changes.py), this process lives (so that
settings and code are the same), and the address, for a page also the session and its token, is the same. What tells how
long something is ago or to come is good for its minute. Nothing is compressed: a page holds the token of its forms,
which would show itself by lengths (BREACH), and over loopback it would cost more than it saves.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storage.changes import PARTS
from watcher.web.session import form_token
from watcher.web.site import Here, Site

SETTLED = timedelta(seconds=2)
"""Last-Modified knows whole seconds: it is said when no second change can fall into the same one any more."""


class StillSame(Exception):
    """Answer that nothing has changed."""


def unless_same(*parts: str, by_minute: bool = False, is_page: bool = False) -> Callable[[Request, Site], None]:
    """Return what a route asks first: it answers by itself where what the asker has is still the same.

    `parts` are those of the database that the answer tells of; `by_minute`: it tells how long something is ago.
    """

    def compare(request: Request, site: Here) -> None:
        if request.method != "GET":
            return
        marks, now = site.desk.store.changes.marks(parts), site.desk.clock()
        began: datetime = request.app.state.began_at
        minute = now.replace(second=0, microsecond=0) if by_minute else began
        session = [form_token(request), request.session] if is_page else []
        tag = _tag(site.key, str(request.url), marks.values, str(minute), session)
        said = _moment(max(began, minute, marks.at or began), now)
        request.state.validators = {"ETag": tag} | ({"Last-Modified": said} if said else {})
        if _has_same(request, tag, "" if is_page else said):
            raise StillSame

    return compare


page_unless_same = unless_same(*PARTS, by_minute=True, is_page=True)
"""For every page."""


def _tag(*seen: object) -> str:
    return f'W/"{sha256(json.dumps(seen).encode()).hexdigest()[:32]}"'


def _moment(changed_at: datetime, now: datetime) -> str:
    return format_datetime(changed_at, usegmt=True) if now - changed_at >= SETTLED else ""


def _has_same(request: Request, tag: str, moment: str) -> bool:
    """Compare as RFC 9110, section 13.1, says; a moment has to be just the one that was told: clocks are set back."""
    tags = request.headers.get("If-None-Match")
    if tags is None:
        return bool(moment) and request.headers.get("If-Modified-Since") == moment
    return tags.strip() == "*" or tag.removeprefix("W/") in (one.strip().removeprefix("W/") for one in tags.split(","))


async def tell_same(request: Request, problem: Exception) -> Response:
    """Answer what nothing has changed of."""
    del request, problem
    return Response(status_code=304)


class Validators:
    """Write validators on answers, and answer HEAD as GET without its body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; ASGI calls this."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"
        state = {**scope.get("state", {}), "is_head": is_head}

        async def send_validated(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 304):
                MutableHeaders(scope=message).update(state.get("validators", {}))
            elif is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app(
            {**scope, "method": "GET" if is_head else scope["method"], "state": state}, receive, send_validated
        )
