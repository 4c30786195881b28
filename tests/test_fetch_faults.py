"""A server that does everything wrong: each visit ends within its time, with the sentence that helps."""

import asyncio
import gc
import warnings
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from fetching import BODY, SETTINGS, Reply, failure, look, look_and_tell, reply, serving

from watcher.fetch import Fetcher
from watcher.values import Failed, Feed, Fetched, Outcome, Trouble, Unchanged

OK = b"HTTP/1.1 200 OK\r\n"
SHORT = timedelta(seconds=0.2)
CHALLENGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"
Say = Callable[[asyncio.StreamWriter], Awaitable[None]]


def saying(*parts: bytes, close: bool = True) -> Say:
    """Say these parts, then hang up, or say no more."""

    async def say(writer: asyncio.StreamWriter) -> None:
        writer.write(b"".join(parts))
        await writer.drain()
        if close:
            writer.close()
        else:
            await asyncio.sleep(0.2)

    return say


def trickling(begin: bytes, drop: bytes) -> Say:
    """Say the beginning, then drop after drop without an end."""

    async def trickle(writer: asyncio.StreamWriter) -> None:
        writer.write(begin)
        while True:
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(0.01)

    return trickle


SOUND: dict[str, Reply] = {
    "no reason phrase": saying(b"HTTP/1.1 200\r\ncontent-length: %d\r\n\r\n" % len(BODY), BODY),
    "HTTP/1.0 without a length": saying(b"HTTP/1.0 200 OK\r\n\r\n", BODY),
    "HTTP/1.1 without a length": saying(OK, b"\r\n", BODY),
    "a version to come": saying(b"HTTP/1.9 200 OK\r\n\r\n", BODY),
    "an odd header": saying(OK, b"x_odd!name:\r\n\r\n", BODY),
    "100 Continue first": saying(b"HTTP/1.1 100 Continue\r\n\r\n", reply()),
    "103 Early Hints first, thrice": saying(b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" * 3, reply()),
    "chunks": saying(OK, b"transfer-encoding: chunked\r\n\r\n", b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)),
    "many headers": saying(OK, b"x-padding: %s\r\n" % (b"x" * 500) * 100, b"\r\n", BODY),
    "more bytes than announced": saying(reply(), b"and more"),
    "header values in Latin-1": saying(OK, b"x-city: M\xfcnster\r\n\r\n", BODY),
}


@pytest.mark.parametrize("answer", SOUND.values(), ids=SOUND)
def test_an_odd_answer_that_is_whole_is_read(answer: Reply) -> None:
    outcome = look(answer)
    assert isinstance(outcome, Fetched)
    assert outcome.body == BODY


BROKEN: dict[str, tuple[Reply, str]] = {
    "fewer bytes than announced": (saying(OK, b"content-length: 5000\r\n\r\n", BODY), "broke off in the middle"),
    "a negative length": (saying(OK, b"content-length: -5\r\n\r\n", BODY), "does not speak HTTP properly"),
    "two lengths": (
        saying(OK, b"content-length: 5\r\ncontent-length: 6\r\n\r\n", BODY),
        "does not speak HTTP properly",
    ),
    "chunks that break off": (saying(OK, b"transfer-encoding: chunked\r\n\r\nff\r\n<rss>"), "broke off in the middle"),
    "chunks without a number": (saying(OK, b"transfer-encoding: chunked\r\n\r\nzz\r\n<rss>"), "does not speak HTTP"),
    "a flood of headers": (saying(OK, b"x-padding: %s\r\n" % (b"x" * 500) * 1_000, b"\r\n", BODY), "speak HTTP"),
    "a header without an end": (saying(OK, b"x-padding: ", b"x" * 500_000), "does not speak HTTP properly"),
    "a status of two digits": (saying(b"HTTP/1.1 20 OK\r\n\r\n", BODY), "does not speak HTTP properly"),
    "a document without HTTP": (saying(BODY), "does not speak HTTP properly"),
    "TLS": (saying(b"\x16\x03\x01 not http\r\n\r\n"), "does not speak HTTP properly"),
    "a mail server": (saying(b"220 mail.example ESMTP\r\n"), "does not speak HTTP properly"),
    "nothing": (saying(), "broke off in the middle"),
}


@pytest.mark.parametrize(("answer", "words"), BROKEN.values(), ids=BROKEN)
def test_an_answer_that_is_not_whole_is_a_failure_that_may_pass(answer: Reply, words: str) -> None:
    outcome = look(answer)
    assert words in failure(outcome)
    assert isinstance(outcome, Failed)
    assert outcome.trouble is Trouble.DOWN


STUCK: dict[str, tuple[Reply, str]] = {
    "silence": (saying(close=False), "did not answer within 0.2 s"),
    "half a header": (saying(OK, b"content-le", close=False), "did not answer within 0.2 s"),
    "headers that trickle": (trickling(OK, b"x-drop: 1\r\n"), "did not answer within 0.2 s"),
    "hints without an end": (trickling(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"), "did not answer within 0.2 s"),
    "a body that trickles": (trickling(OK + b"\r\n", b"x"), "bytes in 0.2 s"),
    "a body that stops": (saying(OK, b"content-length: 5000\r\n\r\n", BODY, close=False), "bytes in 0.2 s"),
    "chunks that trickle": (trickling(OK + b"transfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), "bytes in 0.2 s"),
    "gzip that trickles": (trickling(OK + b"content-encoding: gzip\r\n\r\n\x1f\x8b\x08", b"\0"), ""),
    "a redirect that trickles": (trickling(b"HTTP/1.1 302 Found\r\nlocation: /", b"x"), "did not answer within 0.2 s"),
}


@pytest.mark.parametrize(("answer", "words"), STUCK.values(), ids=STUCK)
def test_an_answer_that_does_not_end_ends_with_the_time_of_the_visit(answer: Reply, words: str) -> None:
    assert words in failure(look(answer, timeout=SHORT))


MOMENTS = 30
"""So many turns of the loop a visit takes on loopback, and more."""


def test_a_visit_that_is_broken_off_at_any_moment_leaves_no_connection_open() -> None:
    async def break_off() -> None:
        async with serving(saying(OK, close=False)) as server, Fetcher(SETTINGS, "") as fetcher:
            for moment in range(MOMENTS):
                visit = asyncio.create_task(fetcher.fetch(Feed(id="f", url=server.url())))
                for _ in range(moment):
                    await asyncio.sleep(0)
                visit.cancel()
                await asyncio.gather(visit, return_exceptions=True)

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        asyncio.run(break_off())
        gc.collect()
    assert [str(one.message) for one in told] == []


def test_what_a_server_says_beyond_the_announced_length_is_not_taken_for_its_next_answer() -> None:
    async def visit_twice() -> list[Outcome]:
        beyond = saying(reply(), reply(body=b"<rss>what was left over</rss>"), close=False)
        async with serving(beyond, reply(body=BODY * 2)) as server, Fetcher(SETTINGS, "") as fetcher:
            return [await fetcher.fetch(Feed(id="f", url=server.url())) for _ in range(2)]

    first, second = asyncio.run(visit_twice())
    assert isinstance(first, Fetched)
    assert isinstance(second, Fetched)
    assert [first.body, second.body] == [BODY, BODY * 2]


@pytest.mark.parametrize(
    "more",
    [b"", b"content-length: 5000\r\n", b"content-length: %d\r\n" % len(BODY), b"transfer-encoding: chunked\r\n"],
)
def test_a_304_has_no_body_whatever_it_says(more: bytes) -> None:
    outcome = look(saying(b"HTTP/1.1 304 Not Modified\r\n", more, b"\r\n", BODY), etag='"7"')
    assert isinstance(outcome, Unchanged)
    assert outcome.etag == '"7"'


@pytest.mark.parametrize("status", ["200 OK", "202 Accepted", "403 Forbidden", "429 Too Many Requests", "503 Not Now"])
def test_a_page_that_only_browsers_pass_is_blocked_and_says_whose_it_is(status: str) -> None:
    outcome = look(reply(status, CHALLENGE, retry_after="60"))
    assert f"blocked: 127.0.0.1 lets only browsers in (Cloudflare, {status[:3]}" in failure(outcome)
    assert isinstance(outcome, Failed)
    assert (outcome.trouble, outcome.status) == (Trouble.BLOCKED, int(status[:3]))


WALLED: dict[str, Reply] = {
    "a header alone": reply("403 Forbidden", b"", cf_mitigated="challenge"),
    "a page that breaks off": saying(b"HTTP/1.1 503 Not Now\r\ncontent-length: 5000\r\n\r\n", CHALLENGE),
    "a page that does not end": trickling(b"HTTP/1.1 503 Not Now\r\n\r\n" + CHALLENGE, b" "),
    "a page of any length": saying(b"HTTP/1.1 503 Not Now\r\n\r\n", CHALLENGE, b" " * 500_000),
}


@pytest.mark.parametrize("answer", WALLED.values(), ids=WALLED)
def test_a_wall_is_known_by_the_beginning_of_its_page(answer: Reply) -> None:
    assert "blocked: 127.0.0.1 lets only browsers in (Cloudflare" in failure(look(answer, timeout=timedelta(seconds=1)))


def test_an_error_page_in_a_wrong_encoding_is_still_an_error_page() -> None:
    outcome, _ = look_and_tell(reply("503 Not Now", b"no gzip", content_encoding="gzip"))
    assert "trouble of its own" in failure(outcome)
