"""A real mail server on loopback that does one thing wrong, once, in whatever phase a test names."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

GREETING, DOT = "greeting", "final dot"
"""The phases that are no command."""
USER, PASSWORD = "desk", "correct-horse-7"


@dataclass
class Script:
    """Hold what a server does wrong, and what it took: mails with their recipients, connections.

    A fault is an answer, or one of `hang` (say nothing for ever) and `drop`; 421 also ends the connection.
    """

    phase: str = ""
    fault: str = ""
    port: int = 0
    mails: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0

    async def handle_DATA(self, server: "Moody", session: Session, envelope: Envelope) -> str:  # noqa: N802 # aiosmtpd
        assert isinstance(envelope.content, bytes)
        self.mails.append((envelope.rcpt_tos[0], envelope.content))
        if self.phase != DOT:
            return "250 OK"
        fault = await server.misbehave()
        if fault[:1] in "45":
            self.mails.pop()
        return await server.answer(fault)

    def authenticate(self, *arguments: Any) -> AuthResult:
        """Accept one user and one password."""
        given = arguments[-1]
        return AuthResult(success=given == LoginPassword(USER.encode(), PASSWORD.encode()), handled=False)


class Moody(SMTP):
    """Serve as the script says."""

    def __init__(self, script: Script, **options: Any) -> None:
        super().__init__(script, enable_SMTPUTF8=False, **options)
        self.script = script
        script.connections += 1
        for name, method in self._smtp_methods.items():
            self._smtp_methods[name] = self._moody(name, method)

    def _moody(self, name: str, method: Any) -> Any:
        async def serve(argument: str) -> None:
            if self.script.phase == name:
                await self.push(await self.answer(await self.misbehave()))
            else:
                await method(argument)

        return serve

    async def _handle_client(self) -> None:
        if self.script.phase != GREETING:
            await super()._handle_client()
            return
        try:
            await self.push(await self.misbehave())
        finally:
            self._writer.close()

    async def misbehave(self) -> str:
        """Fall silent or leave where the script says so; return what is to be answered."""
        fault = self.script.fault
        if self.script.phase != "AUTH":  # smtplib tries one way to log in after the other
            self.script.phase = ""
        if fault == "drop":
            self.transport.abort()
        if fault in ("hang", "drop"):
            await asyncio.Event().wait()
        return fault

    async def answer(self, fault: str) -> str:
        """Return an answer; after 421 leave (RFC 5321 3.8)."""
        if fault.startswith("421"):
            await self.push(fault)
            self.transport.close()
            await asyncio.Event().wait()
        return fault


@contextmanager
def mail_server(script: Script, tls: ssl.SSLContext | None = None, **options: Any) -> Iterator[Script]:
    """Serve on a free port, with `tls` encrypted from the first byte; end every conversation with the block."""
    loop = asyncio.new_event_loop()
    make = loop.create_server(lambda: Moody(script, loop=loop, **options), "127.0.0.1", 0, ssl=tls)
    server = loop.run_until_complete(make)
    script.port = server.sockets[0].getsockname()[1]
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield script
    finally:
        asyncio.run_coroutine_threadsafe(_hang_up(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _hang_up(server: asyncio.Server) -> None:
    server.close()
    talks = asyncio.all_tasks() - {asyncio.current_task()}
    for talk in talks:
        talk.cancel()
    await asyncio.gather(*talks, return_exceptions=True)
    await asyncio.sleep(0)


def server_side(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    """Return the TLS of a server whose certificate bears these names."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*(names or ("127.0.0.1",))).configure_cert(context)
    return context


def client_side(authority: trustme.CA) -> ssl.SSLContext:
    """Return the TLS of somebody who trusts the authority."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context
