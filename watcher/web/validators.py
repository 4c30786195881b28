"""Validators (RFC 9110, section 8.8): who asks again for what has not changed is told so.

What tells of items, the outlets that other programs ask all day, is not even made again: it is the same as long as the
mark of items stands (storage/changes.py), this process lives (so that settings and code are the same), and the address
is the same. All other answers are made and compared. Nothing is compressed: a page holds the token of its forms, which
would show itself by lengths (BREACH), and over loopback it would cost more than it saves.
"""

import json
from datetime import datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from watcher.web.site import Here

SETTLED = timedelta(seconds=2)
"""Last-Modified knows whole seconds: it is said when no second change can fall into the same one any more."""


class StillSame(Exception):
    """Answer that nothing has changed."""


def unless_same(request: Request, site: Here) -> None:
    """Answer by itself, before the route, where the items that the asker knows are still the same."""
    mark, now = site.desk.store.changes.mark(), site.desk.clock()
    began: datetime = request.app.state.began_at
    tag = _tag(json.dumps([site.key, str(request.url), mark.value]).encode())
    said = _moment(max(began, mark.at or began), now)
    request.state.validators = {"ETag": tag} | ({"Last-Modified": said} if said else {})
    if _has_same(request.headers, tag, said):
        raise StillSame


def _tag(content: bytes) -> str:
    return f'W/"{sha256(content).hexdigest()[:32]}"'


def _moment(changed_at: datetime, now: datetime) -> str:
    return format_datetime(changed_at, usegmt=True) if now - changed_at >= SETTLED else ""


def _has_same(headers: Headers, tag: str, moment: str = "") -> bool:
    """Compare as RFC 9110, section 13.1, says; a moment has to be just the one that was told: clocks are set back."""
    tags = headers.get("If-None-Match")
    if tags is None:
        return bool(moment) and headers.get("If-Modified-Since") == moment
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
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        asked = {**scope, "method": "GET", "state": {**scope.get("state", {}), "is_head": scope["method"] == "HEAD"}}
        await self.app(asked, receive, _Answer(asked, send).send)


class _Answer:
    """One answer under way. Its head waits for its body: a body that comes in one piece is what is compared."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope, self.on = scope, send
        self.head: Message = {}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.head = message
            return
        body = b"" if self.scope["state"]["is_head"] else message.get("body", b"")
        if self.head:
            is_same = self._validate(message)
            await self.on(self.head)
            self.head, body = {}, b"" if is_same else body
        await self.on({**message, "body": body})

    def _validate(self, message: Message) -> bool:
        """Write the validators; return whether the asker has the same, which the head says then."""
        headers = MutableHeaders(scope=self.head)
        if self.head["status"] not in (200, 304):
            return False
        headers.update(self.scope["state"].get("validators", {}))
        if "ETag" in headers or message.get("more_body"):
            return False
        headers["ETag"] = _tag(message.get("body", b""))
        if not _has_same(Headers(scope=self.scope), headers["ETag"]):
            return False
        self.head["status"] = 304
        del headers["Content-Length"]
        return True
