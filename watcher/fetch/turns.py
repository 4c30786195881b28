"""One request at a time to one host, and a pause between two."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from random import uniform

from watcher.fetch.guard import Allowed

LONGER = 1.5
"""A pause is up to so many times the spacing, so that visits fall into no step."""


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0


class Turns:
    """Let one visit at a time ask a host; the next one waits for its end, and for a pause of `spacing` seconds or more.

    Hosts that are allowed by name wait for nothing.
    """

    def __init__(self, spacing: float, allowed: Allowed) -> None:
        self._spacing = spacing
        self._allowed = allowed
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def errand(self, limit: asyncio.Timeout) -> AsyncIterator["Errand"]:
        """Begin a visit that goes from host to host and has its last turn to the end; while it waits, `limit` rests."""
        async with AsyncExitStack() as held:
            yield Errand(self, held, limit)

    @asynccontextmanager
    async def take(self, host: str) -> AsyncIterator[None]:
        """Wait for the turn at a host, and have it."""
        if self._allowed.names(host):
            yield
            return
        clock, place = asyncio.get_running_loop().time, self._hosts.setdefault(host, _Host())
        async with place.lock:
            await asyncio.sleep(place.free_at - clock())
            try:
                yield
            finally:
                place.free_at = clock() + self._spacing * uniform(1, LONGER)


class Errand:
    """Hold the turn of one visit at the host where it is just now."""

    def __init__(self, turns: Turns, held: AsyncExitStack, limit: asyncio.Timeout) -> None:
        self._turns = turns
        self._held = held
        self._limit = limit
        self._host = ""

    async def reach(self, host: str) -> None:
        """Let the former host go and wait for the turn at this one; on the way within a host nothing is waited for."""
        if host == self._host:
            return
        await self._held.aclose()
        self._host = host
        with _standing_still(self._limit):
            await self._held.enter_async_context(self._turns.take(host))


@contextmanager
def _standing_still(limit: asyncio.Timeout) -> Iterator[None]:
    """Stop a limit's clock for as long as this takes."""
    end, clock = limit.when(), asyncio.get_running_loop().time
    began = clock()
    limit.reschedule(None)
    yield
    limit.reschedule(end and end + clock() - began)
