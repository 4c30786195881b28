"""One visit to one server: ask, follow, read within limits, say what came of it."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from types import TracebackType
from typing import Self

import httpx

from watcher.errors import FetchProblem
from watcher.fetch.answers import WITH_RETRY_AFTER, explain_status, explain_wall
from watcher.fetch.connect import open_client
from watcher.fetch.guard import Allowed, Resolve, look_up
from watcher.fetch.inflate import choose_inflater
from watcher.fetch.problems import Progress, as_problems
from watcher.fetch.turns import Errand, Turns
from watcher.fetch.validators import (
    Validators,
    ask_conditionally,
    read_date,
    read_retry_after,
    read_validators,
    renew_validators,
)
from watcher.fetch.walls import LOOK_BYTES, find_wall, may_be_wall
from watcher.settings.watcher import FetchSettings
from watcher.urls import clean_link, host_of
from watcher.values import Failed, Feed, Fetched, Outcome, Unchanged

MAX_REDIRECTS = 5
MEGABYTE = 1_000_000
PEEK_SHARE = 0.25
"""So much of a visit's time the look at an error page may take."""
_FOR_GOOD = (301, 308)
"""RFC 9110, sections 15.4.2 and 15.4.9: what is found there from now on has a new address."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Fetcher:
    """Fetch feeds with one client; open it with `async with`, then `fetch` any number at a time.

    `contact` is the address that the User-Agent names. `clock` dates validators and Retry-After. `resolve` finds the
    addresses of a host.
    """

    def __init__(
        self,
        settings: FetchSettings,
        contact: str,
        *,
        clock: Callable[[], datetime] = _utc_now,
        resolve: Resolve = look_up,
    ) -> None:
        self._settings = settings
        self._contact = contact
        self._clock = clock
        self._resolve = resolve

    async def __aenter__(self) -> Self:
        """Open the client."""
        allowed = Allowed.of(self._settings.allow_private)
        self._turns = Turns(self._settings.spacing_seconds, allowed)
        self._client = open_client(self._settings, self._contact, allowed, self._resolve)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the client and its connections."""
        await self._client.aclose()

    async def fetch(self, feed: Feed) -> Outcome:
        """Visit a feed's address within its time-out; whatever goes wrong is a `Failed` with one sentence.

        Waiting for another visit to the same host does not count.
        """
        progress = Progress(host=host_of(feed.url) or "the address", seconds=feed.timeout.total_seconds())
        try:
            with as_problems(progress):
                async with asyncio.timeout(progress.seconds) as limit, self._turns.errand(limit) as errand:
                    return await self._visit(feed, progress, errand)
        except FetchProblem as problem:
            return Failed(
                problem=str(problem),
                trouble=problem.trouble,
                status=progress.status,
                retry_after=progress.retry_after,
            )

    async def _visit(self, feed: Feed, progress: Progress, errand: Errand) -> Outcome:
        asked = ask_conditionally(feed, self._clock())
        response = await self._follow(_make_request(self._client, feed, asked), progress, errand)
        try:
            return await self._weigh(response, feed, progress, conditional=bool(asked))
        finally:
            await response.aclose()

    async def _follow(self, request: httpx.Request, progress: Progress, errand: Errand) -> httpx.Response:
        """Send a request and go where it leads. httpx would read the body of every redirect, however large."""
        for_good = True
        for _ in range(MAX_REDIRECTS + 1):
            await errand.reach(request.url.raw_host.decode("ascii"))
            response = await self._client.send(request, stream=True, follow_redirects=False)
            if response.next_request is None:
                progress.status = response.status_code
                return response
            await response.aclose()
            request = response.next_request
            progress.host = request.url.host or progress.host
            for_good = for_good and response.status_code in _FOR_GOOD
            if for_good:
                progress.moved_to = clean_link(str(request.url))
        raise FetchProblem(
            f"{progress.host} redirects more than {MAX_REDIRECTS} times; look on the site for the feed's new address"
        )

    async def _weigh(
        self, response: httpx.Response, feed: Feed, progress: Progress, *, conditional: bool
    ) -> Unchanged | Fetched:
        """Turn an answer into an outcome; one that is no document is raised as a `FetchProblem`."""
        status, headers, now = response.status_code, response.headers, self._clock()
        if status == 200:
            body = await self._read_body(response, progress)
            if wall := find_wall(status, headers, body):
                raise explain_wall(wall, status, progress.host)
            return _compare(body, response, feed, read_validators(headers, now), progress.moved_to)
        if status == 304 and conditional:
            kept = renew_validators(feed, headers, now)
            return Unchanged(
                status=status,
                moved_to=progress.moved_to,
                etag=kept.etag,
                last_modified=kept.last_modified,
                fresh_for=kept.fresh_for,
            )
        if status in WITH_RETRY_AFTER:
            progress.retry_after = read_retry_after(headers, now)
        if may_be_wall(status) and (wall := find_wall(status, headers, await _peek(response, progress))):
            raise explain_wall(wall, status, progress.host)
        raise explain_status(status, progress.host, progress.retry_after)

    async def _read_body(self, response: httpx.Response, progress: Progress) -> bytes:
        """Read a body up to the limit, counted after inflating."""
        limit = self._settings.max_megabytes * MEGABYTE
        inflater = choose_inflater(response.headers.get("content-encoding", ""))
        body = bytearray()
        async for chunk in response.aiter_raw():
            progress.received += len(chunk)
            body += inflater.feed(chunk, limit - len(body) + 1)
            if len(body) > limit:
                raise FetchProblem(
                    f"the document is larger than {self._settings.max_megabytes} MB; "
                    "if that is meant, raise max_megabytes under [fetch] in watcher.toml"
                )
        inflater.finish()
        return bytes(body)


async def _peek(response: httpx.Response, progress: Progress) -> bytes:
    """Read the beginning of an answer that is no document; what goes wrong on the way does not matter."""
    seen = bytearray()
    try:
        async with asyncio.timeout(progress.seconds * PEEK_SHARE):
            inflater = choose_inflater(response.headers.get("content-encoding", ""))
            async for chunk in response.aiter_raw():
                seen += inflater.feed(chunk, LOOK_BYTES - len(seen) + 1)
                if len(seen) > LOOK_BYTES:
                    break
    except (httpx.HTTPError, FetchProblem, TimeoutError):
        pass
    return bytes(seen)


def _make_request(client: httpx.AsyncClient, feed: Feed, asked: dict[str, str]) -> httpx.Request:
    """Build the question. A user and password go from the address into a header: addresses are logged."""
    url = httpx.URL(feed.url)
    headers = dict(asked)
    if url.userinfo:
        credentials = b64encode(f"{url.username}:{url.password}".encode())
        headers["Authorization"] = f"Basic {credentials.decode('ascii')}"
        url = url.copy_with(userinfo=b"")
    return client.build_request("GET", url, headers=headers)


def _compare(body: bytes, response: httpx.Response, feed: Feed, new: Validators, moved_to: str) -> Unchanged | Fetched:
    """Tell a new document from the same one as last time; either way the new validators count."""
    body_hash = sha256(body).hexdigest()
    if body_hash == feed.body_hash:
        return Unchanged(
            status=response.status_code,
            bytes=len(body),
            moved_to=moved_to,
            etag=new.etag,
            last_modified=new.last_modified,
            fresh_for=new.fresh_for,
        )
    return Fetched(
        body=body,
        body_hash=body_hash,
        url=clean_link(str(response.url)),
        moved_to=moved_to,
        status=response.status_code,
        content_type=response.headers.get("content-type", ""),
        sent_at=read_date(response.headers),
        etag=new.etag,
        last_modified=new.last_modified,
        fresh_for=new.fresh_for,
    )
