import asyncio
import gzip
import socket
import ssl
import struct
import zlib
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
import trustme
from fetching import BODY, NOW, SETTINGS, failure, look, look_and_tell, moved, reply, serving

from watcher.errors import ConfigError, FetchProblem
from watcher.fetch import Fetcher
from watcher.fetch.connect import open_client
from watcher.fetch.guard import Allowed
from watcher.fetch.problems import Progress, as_problems
from watcher.values import Failed, Feed, Fetched, Outcome, Trouble, Unchanged

HASH = sha256(BODY).hexdigest()
MEGABYTE = 1_000_000


def visit_address(url: str, **fields: timedelta) -> Outcome:
    async def visit() -> Outcome:
        async with Fetcher(SETTINGS, "") as fetcher:
            return await fetcher.fetch(Feed(id="f", url=url, **fields))  # type: ignore[arg-type]  # fields of a feed

    return asyncio.run(visit())


def test_a_document_arrives_with_its_validators() -> None:
    outcome, server = look_and_tell(
        reply(etag='"7"', last_modified="Mon, 28 Sep 2026 01:00:00 GMT", content_type="application/rss+xml")
    )
    assert outcome == Fetched(
        body=BODY,
        body_hash=HASH,
        url=server.url(),
        content_type="application/rss+xml",
        etag='"7"',
        last_modified="Mon, 28 Sep 2026 01:00:00 GMT",
    )


def test_the_request_is_honest_and_asks_for_gzip_only() -> None:
    _, server = look_and_tell(reply())
    (asked,) = server.asked
    assert asked["user-agent"].startswith("city-exchange-watcher/")
    assert asked["user-agent"].endswith("(+me@city.example)")
    assert asked["accept-encoding"] == "gzip"
    assert "if-none-match" not in asked


def test_a_user_agent_of_ones_own_is_sent_without_what_no_header_may_hold() -> None:
    settings = SETTINGS.model_copy(update={"user_agent": "my\r\nX-Evil: 1 reader 市"})
    _, server = look_and_tell(reply(), settings=settings)
    assert server.asked[0]["user-agent"] == "my x-evil: 1 reader"


def test_validators_are_asked_with_and_304_is_unchanged() -> None:
    outcome, server = look_and_tell(reply("304 Not Modified", b""), etag='W/"7"', last_modified="yesterday")
    assert (server.asked[0]["if-none-match"], server.asked[0]["if-modified-since"]) == ('w/"7"', "yesterday")
    assert outcome == Unchanged(status=304, etag='W/"7"', last_modified="yesterday")


def test_a_304_renews_the_validators_it_brings() -> None:
    outcome = look(reply("304 Not Modified", b"", etag='"8"'), etag='"7"', last_modified="yesterday")
    assert outcome == Unchanged(status=304, etag='"8"', last_modified="yesterday")


def test_a_304_that_nobody_asked_for_is_a_failure() -> None:
    assert "although the whole document was asked for" in failure(look(reply("304 Not Modified", b"")))


def test_the_whole_document_is_asked_for_once_a_day() -> None:
    outcome, server = look_and_tell(reply(), etag='"7"', body_hash=HASH, full_at=NOW - timedelta(hours=25))
    assert "if-none-match" not in server.asked[0]
    assert isinstance(outcome, Unchanged)


@pytest.mark.parametrize(
    ("answer", "fields"),
    [
        (reply(cache_control="max-age=600"), {}),
        (reply(cache_control="max-age=600"), {"body_hash": HASH}),
        (reply("304 Not Modified", b"", cache_control="max-age=600"), {"etag": '"7"'}),
    ],
)
def test_what_a_server_says_of_freshness_is_told_with_every_answer(answer: bytes, fields: dict[str, str]) -> None:
    outcome = look(answer, **fields)
    assert isinstance(outcome, Fetched | Unchanged)
    assert outcome.fresh_for == timedelta(minutes=10)


def test_the_same_body_is_unchanged_with_the_new_validators() -> None:
    outcome = look(reply(etag='"8"'), body_hash=HASH, etag='"7"', last_modified="yesterday")
    assert outcome == Unchanged(status=200, bytes=len(BODY), etag='"8"', last_modified="")


@pytest.mark.parametrize(
    ("modified", "kept"),
    [
        ("Mon, 28 Sep 2026 02:04:00 GMT", True),
        ("Mon, 28 Sep 2026 02:06:00 GMT", False),
        ("Thu, 31 Dec 2099 00:00:00 GMT", False),
        ("no date at all", True),
        ("Mon, 28 Sep 2026 01:00:00 GMT \xe9", False),
    ],
)
def test_a_validator_of_the_future_is_dropped(modified: str, kept: bool) -> None:
    outcome = look(reply(etag='"7"', last_modified=modified))
    assert isinstance(outcome, Fetched)
    assert outcome.last_modified == (modified if kept else "")
    assert outcome.etag == '"7"'


@pytest.mark.parametrize("etag", ['"市"', '"' + "x" * 2_000 + '"'])
def test_a_validator_that_no_header_can_hold_is_dropped(etag: str) -> None:
    outcome = look(reply(etag=etag))
    assert isinstance(outcome, Fetched)
    assert outcome.etag == ""


@pytest.mark.parametrize(
    ("status", "trouble", "words"),
    [
        ("401 Unauthorized", Trouble.BLOCKED, "blocked"),
        ("403 Forbidden", Trouble.BLOCKED, "blocked"),
        ("451 Unavailable", Trouble.BLOCKED, "blocked"),
        ("404 Not Found", Trouble.GONE, "gone"),
        ("410 Gone", Trouble.ENDED, "gone for good"),
        ("400 Bad Request", Trouble.BROKEN, "check the address"),
        ("429 Too Many Requests", Trouble.DOWN, "fewer visits"),
        ("500 Internal Server Error", Trouble.DOWN, "trouble of its own"),
        ("503 Service Unavailable", Trouble.DOWN, "trouble of its own"),
        ("599 Odd", Trouble.DOWN, "599"),
        ("204 No Content", Trouble.BROKEN, "without a document"),
        ("300 Multiple Choices", Trouble.BROKEN, "elsewhere"),
        ("302 Found", Trouble.BROKEN, "elsewhere"),
    ],
)
def test_every_other_answer_is_a_sentence_and_a_kind_of_trouble(status: str, trouble: Trouble, words: str) -> None:
    outcome = look(reply(status, b"<rss/>"))
    assert words in failure(outcome)
    assert isinstance(outcome, Failed)
    assert (outcome.status, outcome.trouble) == (int(status[:3]), trouble)


@pytest.mark.parametrize(
    ("status", "wish", "wait"),
    [
        ("429 Too Many Requests", "120", timedelta(minutes=2)),
        ("503 Service Unavailable", "Mon, 28 Sep 2026 03:00:00 GMT", timedelta(hours=1)),
        ("503 Service Unavailable", "Mon, 28 Sep 2026 01:00:00 GMT", timedelta(0)),
        ("503 Service Unavailable", "999999999999", timedelta(hours=24)),
        ("429 Too Many Requests", "Thu, 31 Dec 2099 00:00:00 GMT", timedelta(hours=24)),
        ("429 Too Many Requests", "soon", None),
        ("429 Too Many Requests", "-5", None),
        ("429 Too Many Requests", "9" * 6_000, None),
        ("404 Not Found", "120", None),
    ],
)
def test_a_server_says_when_to_come_back(status: str, wish: str, wait: timedelta | None) -> None:
    outcome = look(reply(status, b"", retry_after=wish))
    assert isinstance(outcome, Failed)
    assert outcome.retry_after == wait
    assert (outcome.trouble is Trouble.BUSY) == (wait is not None)


def test_five_redirects_are_followed_and_the_end_is_told() -> None:
    hops = [moved(f"/{number}", "301 Moved Permanently") for number in range(5)]
    outcome, server = look_and_tell(*hops, reply())
    assert isinstance(outcome, Fetched)
    assert outcome.url == server.url("/4")


@pytest.mark.parametrize(
    ("hops", "end"),
    [
        ((), ""),
        (("301 Moved Permanently",), "/0"),
        (("301 Moved Permanently", "308 Permanent Redirect"), "/1"),
        (("301 Moved Permanently", "302 Found", "301 Moved Permanently"), "/0"),
        (("307 Temporary Redirect", "301 Moved Permanently"), ""),
    ],
)
def test_a_feed_has_moved_as_far_as_redirects_for_good_lead(hops: tuple[str, ...], end: str) -> None:
    ways = [moved(f"/{number}", hop) for number, hop in enumerate(hops)]
    for last, fields in (reply(), {}), (reply(), {"body_hash": HASH}), (reply("304 Same", b""), {"etag": '"7"'}):
        outcome, server = look_and_tell(*ways, last, **fields)
        assert isinstance(outcome, Fetched | Unchanged)
        assert outcome.moved_to == (server.url(end) if end else "")


@pytest.mark.parametrize(
    ("hop", "words"),
    [
        (moved("/feed"), "redirects more than 5 times"),
        (moved("http://127.0.0.1:{port}/again"), "redirects more than 5 times"),
        (moved("file:///etc/passwd"), "not http or https"),
        (moved("http://[::1"), "broke off in the middle of its answer, or does not speak HTTP properly"),
    ],
)
def test_a_redirect_that_leads_nowhere_is_a_failure(hop: bytes, words: str) -> None:
    assert words in failure(look(hop))


def test_the_body_of_a_redirect_is_not_read() -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 302 Found\r\nlocation: /next\r\n\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    assert isinstance(look(endless, reply()), Fetched)


def test_a_password_in_the_address_is_used_and_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    caplog.set_level("DEBUG", logger="httpx")
    outcome, server = look_and_tell(reply(), user="mayor:geheim@")
    assert server.asked[0]["authorization"] == "basic bwf5b3i6z2vozwlt"
    assert isinstance(outcome, Fetched)
    assert outcome.url == server.url()
    assert "geheim" not in failure(look(reply("403 Forbidden", b""), user="mayor:geheim@"))
    assert "geheim" not in failure(visit_address("http://mayor:geheim@127.0.0.1:1/"))
    assert "geheim" not in failure(visit_address("http://mayor:geheim@[::1/"))
    assert "HTTP Request" in caplog.text
    assert "geheim" not in caplog.text


def test_a_password_is_not_sent_on_to_another_server() -> None:
    async def visit() -> dict[str, str]:
        async with serving(reply()) as other, serving(moved(other.url())) as first, Fetcher(SETTINGS, "") as fetcher:
            assert isinstance(await fetcher.fetch(Feed(id="f", url=first.url(user="mayor:geheim@"))), Fetched)
            return other.asked[0]

    assert "authorization" not in asyncio.run(visit())


def test_cookies_are_not_kept() -> None:
    async def visit() -> list[dict[str, str]]:
        async with serving(reply(set_cookie="id=7; Path=/")) as server, Fetcher(SETTINGS, "") as fetcher:
            for _ in range(2):
                await fetcher.fetch(Feed(id="f", url=server.url()))
            return server.asked

    assert all("cookie" not in asked for asked in asyncio.run(visit()))


def pack(body: bytes) -> bytes:
    """Pack the same bytes into the same ones at any time: they are part of a test's name."""
    return gzip.compress(body, mtime=0)


def raw_deflate(body: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(body) + compressor.flush()


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("gzip", pack(BODY)),
        ("GZIP", pack(BODY)),
        ("x-gzip", pack(BODY)),
        ("gzip", pack(BODY[:20]) + pack(BODY[20:])),
        ("gzip", pack(BODY) + b"\0\0trailing"),
        ("deflate", zlib.compress(BODY)),
        ("deflate", raw_deflate(BODY)),
        ("identity", BODY),
    ],
)
def test_a_compressed_document_is_inflated(name: str, packed: bytes) -> None:
    outcome = look(reply(body=packed, content_encoding=name))
    assert isinstance(outcome, Fetched)
    assert outcome.body == BODY


@pytest.mark.parametrize(
    ("name", "packed", "words"),
    [
        ("br", BODY, "'br'"),
        ("gzip, gzip", pack(BODY), "only gzip was asked for"),
        ("gzip", BODY, "damaged"),
        ("gzip", pack(BODY)[:30] + b"xxxxxxxxxxxxxxxxxxxxxx", "damaged"),
        ("gzip", pack(BODY)[:-12], "breaks off"),
        ("deflate", zlib.compress(BODY)[:-8], "breaks off"),
        ("gzip", pack(b"\0" * 40 * MEGABYTE), "larger than 1 MB"),
        ("deflate", raw_deflate(b"\0" * 40 * MEGABYTE), "larger than 1 MB"),
        ("", b"x" * (MEGABYTE + 1), "larger than 1 MB"),
    ],
    ids=lambda one: str(one)[:40],
)
def test_a_body_that_is_too_large_or_damaged_is_a_failure(name: str, packed: bytes, words: str) -> None:
    assert words in failure(look(reply(body=packed, content_encoding=name)))


def test_a_document_of_just_the_limit_is_taken() -> None:
    outcome = look(reply(body=pack(b"x" * MEGABYTE), content_encoding="gzip"))
    assert isinstance(outcome, Fetched)
    assert len(outcome.body) == MEGABYTE


def test_an_endless_body_ends_at_the_limit() -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    assert "larger than 1 MB" in failure(look(endless))


def test_a_connection_reset_in_mid_body_is_a_failure() -> None:
    async def reset(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n" + BODY)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    assert "broke" in failure(look(reset))


def test_redirects_share_the_time_of_one_visit() -> None:
    async def slowly_elsewhere(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.08)
        writer.write(moved("/on"))

    assert "within 0.2 s" in failure(look(slowly_elsewhere, timeout=timedelta(seconds=0.2)))


def test_a_closed_port_refuses() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    assert "refuses connections" in failure(visit_address(f"http://127.0.0.1:{port}/"))


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http://[::1",
        "http://a b/",
        "http://a..b/",
        "ftp://city.example/",
        "http://x:99999/",
        "x",
        "http://\ud800/",
    ],
)
def test_an_address_that_is_none_is_a_failure(url: str) -> None:
    assert failure(visit_address(url))


def test_a_certificate_that_nobody_vouches_for_is_a_failure() -> None:
    async def visit() -> Outcome:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
        async with serving(reply(), tls=context) as server, Fetcher(SETTINGS, "") as fetcher:
            return await fetcher.fetch(Feed(id="f", url=server.url().replace("http:", "https:")))

    assert "certificate of 127.0.0.1 cannot be trusted" in failure(asyncio.run(visit()))


def test_plain_http_behind_https_is_a_failure() -> None:
    async def answer_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async def visit() -> Outcome:
        listener = await asyncio.start_server(answer_at_once, "127.0.0.1", 0)
        async with listener, Fetcher(SETTINGS, "") as fetcher:
            port = listener.sockets[0].getsockname()[1]
            return await fetcher.fetch(Feed(id="f", url=f"https://127.0.0.1:{port}/"))

    assert "no secure connection" in failure(asyncio.run(visit()))


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "the name city.example is not known"),
        (OSError(101, "Network is unreachable"), "network is unreachable"),
        (ExceptionGroup("all", [ConnectionRefusedError(111, "refused")]), "refuses connections"),
        (RuntimeError("?"), "cannot be reached"),
    ],
)
def test_what_lies_beneath_an_error_decides_the_sentence(cause: Exception, words: str) -> None:
    error = httpx.ConnectError("all attempts failed")
    error.__cause__ = cause
    with pytest.raises(FetchProblem, match=words) as problem, as_problems(Progress(host="city.example", seconds=1)):
        raise error
    assert isinstance(problem.value.__cause__, httpx.ConnectError)


def test_an_error_of_our_own_is_not_taken_for_one_of_the_network() -> None:
    with pytest.raises(KeyError), as_problems(Progress(host="city.example", seconds=1)):
        raise KeyError("ours")


def test_hosts_that_may_be_private_are_not_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert isinstance(look(reply()), Fetched)


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_certificates_that_cannot_be_read_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str | None
) -> None:
    file = tmp_path / "authorities.pem"
    if text:
        file.write_text(text)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(
        ConfigError, match=r"SSL_CERT_FILE or SSL_CERT_DIR names cannot be read \(.+\); correct or unset"
    ):
        open_client(SETTINGS, "", Allowed.of(()))


def test_a_cancelled_visit_is_cancelled_at_once() -> None:
    async def say_nothing(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)

    async def visit() -> None:
        async with serving(say_nothing) as server, Fetcher(SETTINGS, "") as fetcher:
            task = asyncio.create_task(fetcher.fetch(Feed(id="f", url=server.url())))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(visit())


def test_many_feeds_are_fetched_side_by_side() -> None:
    async def visit() -> list[Outcome]:
        async with serving(reply()) as server, Fetcher(SETTINGS, "") as fetcher:
            feeds = [Feed(id=f"f{number}", url=server.url(f"/{number}")) for number in range(60)]
            return list(await asyncio.gather(*map(fetcher.fetch, feeds)))

    assert all(isinstance(outcome, Fetched) for outcome in asyncio.run(visit()))
