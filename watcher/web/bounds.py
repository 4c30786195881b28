"""What is asked of us at all: by which names, how long an address and a form may be."""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_QUERY = 8_000
"""Bytes of a query string: 500 characters of Han are 4,500."""
LARGEST_FORM = 1_000_000
"""Bytes of a body."""

TOO_LONG = "This address is too long; ask for less at once."
TOO_LARGE = "This form is too large; send less than 1 MB."


class Bounds:
    """Refuse what nobody asks in earnest, before any route sees it; `names` are those we answer to, None: to all.

    Whoever calls us by a foreign name has a browser that was led here by another site (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, names: Collection[str] | None) -> None:
        self.app, self.names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; ASGI calls this."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif refusal := self._refuse(scope):
            await refusal(scope, receive, send)
        else:
            await self.app(scope, _measured(receive), send)

    def _refuse(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if self.names is not None and (name := name_of(headers.get("host", ""))) not in self.names:
            return PlainTextResponse(_say_names(name, self.names), 421)
        if len(scope["query_string"]) > LONGEST_QUERY:
            return PlainTextResponse(TOO_LONG, 414)
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdecimal()) or int(length[:20]) > LARGEST_FORM:
            return PlainTextResponse(TOO_LARGE, 413)
        return None


def name_of(host: str) -> str:
    """Return the name in a Host header, without its port."""
    return (host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]).lower().rstrip(".")


def _say_names(name: str, names: Collection[str]) -> str:
    shown = "".join(sign for sign in name if sign.isprintable())[:80]
    return (
        f"This page does not answer to the name '{shown}': open it at {' or '.join(names)}, or set [web] password in "
        "watcher.toml, with which every name will do.\n"
    )


def _measured(receive: Receive) -> Receive:
    """Refuse a body that turns out longer than it may be, whatever its header said."""
    seen = 0

    async def receive_some() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > LARGEST_FORM:
            raise HTTPException(413, TOO_LARGE)
        return message

    return receive_some
