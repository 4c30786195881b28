"""A mail server on loopback that keeps what it is given."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Sink:
    """Hold the mails that arrived, as bytes, and where the server listens."""

    host: str = "127.0.0.1"
    port: int = 0
    mails: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 # aiosmtpd
        """Keep one mail."""
        assert isinstance(envelope.content, bytes)
        self.mails.append(envelope.content.replace(b"\r\n", b"\n"))
        return "250 OK"


@contextmanager
def open_sink(sink: Sink | None = None) -> Iterator[Sink]:
    """Start a mail server on the sink's port, a free one when it has none; stop it in the end."""
    sink = sink or Sink()
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(_listen(sink, loop), loop).result()
    try:
        yield sink
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _listen(sink: Sink, loop: asyncio.AbstractEventLoop) -> asyncio.Server:
    server = await loop.create_server(lambda: SMTP(sink, loop=loop), sink.host, sink.port)
    sink.port = server.sockets[0].getsockname()[1]
    return server


async def _close(server: asyncio.Server) -> None:
    server.close()
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
