"""What carries httpx's requests over the guarded network."""

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpcore
import httpx

from watcher.fetch.guard import GuardedNetwork

_SAME = {
    getattr(httpcore, name): getattr(httpx, name)
    for name in (
        *("ConnectTimeout", "ReadTimeout", "WriteTimeout", "PoolTimeout"),
        *("ConnectError", "ReadError", "WriteError"),
        *("LocalProtocolError", "RemoteProtocolError", "UnsupportedProtocol", "ProxyError"),
    )
}
"""Both libraries name their errors alike."""


class GuardedTransport(httpx.AsyncBaseTransport):
    """Carry each request over a connection of its own; httpx's own transport takes no network.

    Nothing is kept: a host is asked one thing, and hours later the next. So no answer begins with what was left over
    from the one before, and every connection is made under the guard.
    """

    def __init__(self, network: GuardedNetwork, tls: ssl.SSLContext) -> None:
        self._network = network
        self._tls = tls

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return the answer, its body still to be read."""
        if request.url.scheme not in ("http", "https"):
            raise httpx.UnsupportedProtocol(f"{request.url.scheme or 'no scheme'} is not spoken here")
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        asked = httpcore.Request(request.method, url, headers=request.headers.raw, content=request.stream)
        with _as_httpx():
            connection = httpcore.AsyncHTTPConnection(url.origin, self._tls, network_backend=self._network)
            try:
                answer = await connection.handle_async_request(asked)
            except (
                BaseException
            ):  # also when the visit is broken off just as the connection stands: nobody else knows it
                await connection.aclose()
                raise
        body = _Body(answer, connection)
        return httpx.Response(answer.status, headers=answer.headers, stream=body, extensions=answer.extensions)

    async def aclose(self) -> None:
        """Close the network."""
        self._network.close()


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response, connection: httpcore.AsyncHTTPConnection) -> None:
        self._answer = answer
        self._connection = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx():
            async for chunk in self._answer.aiter_stream():
                yield chunk

    async def aclose(self) -> None:
        await self._connection.aclose()


@contextmanager
def _as_httpx() -> Iterator[None]:
    """Give httpcore's errors the classes that httpx promises."""
    try:
        yield
    except tuple(_SAME) as error:
        raise _SAME[type(error)](str(error)) from error
