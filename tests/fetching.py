"""A web server on loopback that says what a test wants, faults and all."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from watcher.fetch import Fetcher
from watcher.settings.watcher import FetchSettings
from watcher.values import Failed, Feed, Outcome

NOW = datetime(2026, 9, 28, 2, tzinfo=UTC)
SETTINGS = FetchSettings(max_megabytes=1, allow_private=("127.0.0.1",))

BODY = b"<rss><channel><item><title>Gothenburg and Bergen</title></item></channel></rss>"

Reply = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


class Server:
    """A web server on loopback that gives its replies in turn, the last one again and again."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[dict[str, str]] = []
        self.port = 0

    def url(self, path: str = "/feed", user: str = "", host: str = "127.0.0.1") -> str:
        return f"http://{user}{host}:{self.port}{path}"

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
                first, *lines = head.strip().split("\r\n")
                headers = dict(line.lower().split(": ", 1) for line in lines)
                self.asked.append(headers | {"path": first.split()[1]})
                reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
                if isinstance(reply, bytes):
                    writer.write(reply.replace(b"{port}", str(self.port).encode()))
                    await writer.drain()
                else:
                    await reply(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(
    *replies: Reply, tls: ssl.SSLContext | None = None, address: str = "127.0.0.1"
) -> AsyncIterator[Server]:
    server = Server(*replies)
    listener = await asyncio.start_server(server.attend, address, 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        await asyncio.sleep(0)


def reply(status: str = "200 OK", body: bytes = BODY, **headers: str) -> bytes:
    fields = {"content-length": str(len(body)), **{name.replace("_", "-"): text for name, text in headers.items()}}
    head = "".join(f"{name}: {text}\r\n" for name, text in fields.items() if text)
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def moved(where: str, status: str = "302 Found") -> bytes:
    return reply(status, b"", location=where)


def look(*replies: Reply, settings: FetchSettings = SETTINGS, user: str = "", **fields: object) -> Outcome:
    return look_and_tell(*replies, settings=settings, user=user, **fields)[0]


def look_and_tell(
    *replies: Reply, settings: FetchSettings = SETTINGS, user: str = "", **fields: object
) -> tuple[Outcome, Server]:
    """Visit a server once; return the outcome, and the server with what it was asked."""

    async def visit() -> tuple[Outcome, Server]:
        async with serving(*replies) as server, Fetcher(settings, "me@city.example", clock=lambda: NOW) as fetcher:
            return await fetcher.fetch(Feed(id="f", url=server.url(user=user), **fields)), server  # type: ignore[arg-type]  # fields of a feed

    return asyncio.run(visit())


def failure(outcome: Outcome) -> str:
    assert isinstance(outcome, Failed)
    assert outcome.problem
    assert "\n" not in outcome.problem
    return outcome.problem
