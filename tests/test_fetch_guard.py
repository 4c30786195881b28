import asyncio
import socket
import ssl
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpcore
import pytest
import trustme
from fetching import Reply, failure, moved, reply, serving

from watcher.errors import ConfigError, FetchProblem
from watcher.fetch import Fetcher
from watcher.fetch.guard import PATIENCE, Allowed, GuardedNetwork, Resolve, is_public
from watcher.settings.watcher import FetchSettings
from watcher.values import Failed, Feed, Fetched, Outcome, Trouble

NETWORK = FetchSettings(allow_private=("127.0.0.0/8",), timeout_seconds=5)
PUBLIC = "93.184.215.14"


@pytest.mark.parametrize(
    "address",
    [
        "93.184.215.14",
        "1.1.1.1",
        "192.0.1.1",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.0.1",
        "172.32.0.1",
        "2606:4700::1111",
        "2a00:1450:4001::1",
        "::ffff:93.184.215.14",
        "64:ff9b::5db8:d70e",
    ],
)
def test_a_public_address_may_be_asked(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::93.184.215.14",
        "::ffff:0.0.0.0",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:100.64.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::7f00:1",
        "100::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:2::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:5db8:d70e::1",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%lo",
        "fec0::1",
        "ff02::1",
    ],
)
def test_every_other_address_may_not(address: str) -> None:
    assert not is_public(ip_address(address))


class Recorder(httpcore.AsyncNetworkBackend):
    """A network that notes who is connected to, and reaches nobody."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, float | None]] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.asked.append((host, timeout))
        raise httpcore.ConnectTimeout(host) if timeout else httpcore.ConnectError(host)


def answering(*answers: list[str]) -> Resolve:
    """A resolver that gives its answers in turn, the last one again and again."""
    left = list(answers)
    return lambda host: left.pop(0) if len(left) > 1 else left[0]


LOOPBACK = answering(["127.0.0.1"])


def connect(
    resolve: Resolve, *allowed: str, times: int = 1, host: str = "news.example"
) -> tuple[list[Exception], Recorder]:
    recorder = Recorder()
    network = GuardedNetwork(Allowed.of(allowed), resolve, 1, recorder)

    async def try_often() -> list[Exception]:
        tries = [network.connect_tcp(host, 80) for _ in range(times)]
        return [error for one in tries for error in await asyncio.gather(one, return_exceptions=True)]  # type: ignore[misc]  # none succeeds

    try:
        return asyncio.run(try_often()), recorder
    finally:
        network.close()


def test_a_resolver_that_changes_its_answer_gains_nothing() -> None:
    (first, second), recorder = connect(answering([PUBLIC], ["127.0.0.1"]), times=2)
    assert recorder.asked == [(PUBLIC, None)], "connected to what was looked at, and resolved once"
    assert isinstance(first, httpcore.ConnectError)
    assert isinstance(second, FetchProblem)
    assert second.trouble is Trouble.REFUSED


def test_of_several_addresses_only_the_public_ones_are_asked() -> None:
    _, recorder = connect(answering(["10.0.0.1", "2606:4700::1111", "::1", PUBLIC]))
    assert recorder.asked == [("2606:4700::1111", PATIENCE), (PUBLIC, None)]


@pytest.mark.parametrize(
    ("allowed", "asked"),
    [
        (("news.example",), 1),
        (("10.0.0.0/8",), 1),
        (("10.0.0.1/32",), 1),
        (("example",), 0),
        (("10.0.0.1",), 0),
        (("10.1.0.0/16",), 0),
        (("fd00::/8",), 0),
    ],
)
def test_what_is_allowed_is_a_host_by_its_name_or_a_network(allowed: tuple[str, ...], asked: int) -> None:
    (error,), recorder = connect(answering(["10.0.0.1"]), *allowed)
    assert len(recorder.asked) == asked
    assert isinstance(error, httpcore.ConnectError if asked else FetchProblem)


def visit(
    *replies: Reply,
    settings: FetchSettings = NETWORK,
    resolve: Resolve = LOOPBACK,
    url: str = "http://news.example:{port}/feed",
    tls: ssl.SSLContext | None = None,
    address: str = "127.0.0.1",
    times: int = 1,
    timeout: timedelta = timedelta(seconds=5),
) -> tuple[list[Outcome], list[dict[str, str]]]:
    """Visit a server; return the outcomes and what it was asked."""

    async def look() -> tuple[list[Outcome], list[dict[str, str]]]:
        async with (
            serving(*replies, tls=tls, address=address) as server,
            Fetcher(settings, "", resolve=resolve) as fetcher,
        ):
            feed = Feed(id="f", url=url.format(port=server.port), timeout=timeout)
            return [await fetcher.fetch(feed) for _ in range(times)], server.asked

    return asyncio.run(look())


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433", "0", "[::ffff:127.0.0.1]", "[::]", "169.254.169.254"],
)
def test_an_address_that_is_private_is_not_asked(host: str) -> None:
    (outcome,), asked = visit(reply(), settings=FetchSettings(), resolve=socket_answers, url=f"http://{host}:{{port}}/")
    assert "leads into a private network" in failure(outcome)
    assert "name the host in allow_private" in failure(outcome)
    assert isinstance(outcome, Failed)
    assert outcome.trouble is Trouble.REFUSED
    assert asked == []


def socket_answers(host: str) -> list[str]:
    """The machine's own resolver, for names that need no network."""
    return [str(place[0]) for *_, place in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
@pytest.mark.parametrize("host", ["127.0.0.1", "inside.example", "[::1]"])
def test_a_redirect_into_a_private_network_is_not_followed(status: str, host: str) -> None:
    (outcome,), asked = visit(
        moved(f"http://{host}:{{port}}/secret", status), settings=FetchSettings(allow_private=("news.example",))
    )
    assert f"{host.strip('[]')} leads into a private network" in failure(outcome)
    assert [one["path"] for one in asked] == ["/feed"]


def test_a_name_that_leads_elsewhere_at_the_second_visit_is_refused() -> None:
    (first, second), asked = visit(reply(connection="close"), resolve=answering(["127.0.0.1"], ["10.0.0.1"]), times=2)
    assert isinstance(first, Fetched)
    assert "leads into a private network (10.0.0.1)" in failure(second)
    assert len(asked) == 1


def test_the_next_address_is_tried_when_one_refuses() -> None:
    (outcome,), _ = visit(reply(), resolve=answering(["127.0.0.3", "127.0.0.1"]))
    assert isinstance(outcome, Fetched)


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_a_server_on_ipv6_is_asked() -> None:
    (outcome,), _ = visit(
        reply(), settings=FetchSettings(allow_private=("::1",)), url="http://[::1]:{port}/", address="::1"
    )
    assert isinstance(outcome, Fetched)
    (outcome,), _ = visit(
        reply(), settings=FetchSettings(allow_private=("::1/128",)), resolve=answering(["::1"]), address="::1"
    )
    assert isinstance(outcome, Fetched)


def unknown(host: str) -> list[str]:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def test_a_name_that_nobody_knows_is_a_failure() -> None:
    (outcome,), _ = visit(reply(), resolve=unknown)
    assert "the name news.example is not known (name or service not known)" in failure(outcome)


def slow(host: str) -> list[str]:
    time.sleep(0.2)
    return ["127.0.0.1"]


def test_a_slow_resolver_ends_with_the_time_of_the_visit() -> None:
    (outcome,), asked = visit(reply(), resolve=slow, timeout=timedelta(seconds=0.1))
    assert "news.example did not answer within 0.1 s" in failure(outcome)
    assert asked == []


# TLS


def context(authority: trustme.CA, name: str, **terms: datetime) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name, **terms).configure_cert(made)
    return made


YEAR = timedelta(days=365)
EXPIRED = {"not_before": datetime.now(UTC) - 2 * YEAR, "not_after": datetime.now(UTC) - YEAR}
TO_COME = {"not_before": datetime.now(UTC) + YEAR, "not_after": datetime.now(UTC) + 2 * YEAR}


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return made


def test_the_certificate_is_that_of_the_host_and_not_of_the_address(authority: trustme.CA) -> None:
    (outcome,), _ = visit(reply(), tls=context(authority, "news.example"), url="https://news.example:{port}/")
    assert isinstance(outcome, Fetched)
    assert outcome.url.startswith("https://news.example:")


@pytest.mark.parametrize(
    ("name", "terms", "own", "words"),
    [
        ("other.example", {}, True, "not valid for 'news.example'"),
        ("127.0.0.1", {}, True, "not valid for 'news.example'"),
        ("news.example", EXPIRED, True, "has expired"),
        ("news.example", TO_COME, True, "not yet valid"),
        ("news.example", {}, False, "unable to get local issuer"),
    ],
)
def test_a_certificate_that_does_not_fit_is_a_failure(
    authority: trustme.CA, name: str, terms: dict[str, datetime], own: bool, words: str
) -> None:
    tls = context(authority if own else trustme.CA(), name, **terms)
    (outcome,), asked = visit(reply(), tls=tls, url="https://news.example:{port}/")
    assert "the certificate of news.example cannot be trusted" in failure(outcome)
    assert words in failure(outcome)
    assert asked == []


def test_a_redirect_from_http_to_https_is_followed(authority: trustme.CA) -> None:
    async def look() -> Outcome:
        async with serving(reply(), tls=context(authority, "news.example")) as safe:
            way = moved(f"https://news.example:{safe.port}/feed", "301 Moved")
            async with serving(way) as plain, Fetcher(NETWORK, "", resolve=LOOPBACK) as fetcher:
                return await fetcher.fetch(Feed(id="f", url=plain.url(host="news.example")))

    outcome = asyncio.run(look())
    assert isinstance(outcome, Fetched)
    assert outcome.moved_to == outcome.url
    assert outcome.url.startswith("https://news.example:")


# Proxies


@pytest.mark.parametrize(
    ("variables", "url", "proxied"),
    [
        ({}, "http://news.example/", False),
        ({"HTTP_PROXY": "{proxy}"}, "http://news.example/", True),
        ({"http_proxy": "{proxy}"}, "http://news.example/", True),
        ({"HTTPS_PROXY": "{proxy}"}, "http://news.example/", False),
        ({"ALL_PROXY": "{proxy}"}, "http://news.example/", True),
        ({"ALL_PROXY": "{bare}"}, "http://news.example/", True),
        ({"HTTP_PROXY": "{proxy}", "ALL_PROXY": "http://127.0.0.1:1"}, "http://news.example/", True),
        ({"HTTP_PROXY": "{proxy}", "NO_PROXY": "news.example"}, "http://news.example/", False),
        ({"HTTP_PROXY": "{proxy}", "NO_PROXY": "example"}, "http://news.example/", False),
        ({"HTTP_PROXY": "{proxy}", "NO_PROXY": ".news.example"}, "http://news.example/", True),
        ({"HTTP_PROXY": "{proxy}", "NO_PROXY": ".news.example"}, "http://a.news.example/", False),
        ({"HTTP_PROXY": "{proxy}", "NO_PROXY": "other.example, 10.0.0.0/8,::1"}, "http://news.example/", True),
        ({"HTTP_PROXY": "{proxy}", "NO_PROXY": "127.0.0.9"}, "http://127.0.0.9/", False),
        ({"HTTP_PROXY": "{proxy}", "NO_PROXY": "::1"}, "http://[::1]/", False),
        ({"HTTP_PROXY": "{proxy}", "NO_PROXY": "fe80::/10"}, "http://news.example/", True),
        ({"HTTP_PROXY": "{proxy}", "NO_PROXY": "http://news.example"}, "http://news.example/", False),
        ({"HTTP_PROXY": "{proxy}", "NO_PROXY": "other.example,*"}, "http://news.example/", False),
        ({"HTTP_PROXY": "{proxy}"}, "http://inside.example/", False),
    ],
)
def test_proxies_are_those_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], url: str, proxied: bool
) -> None:
    """What goes past the proxy meets the guard, which refuses; behind the proxy nobody looks."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)

    async def look() -> tuple[Outcome, list[dict[str, str]]]:
        async with serving(reply()) as proxy:
            for name, value in variables.items():
                monkeypatch.setenv(name, value.format(proxy=proxy.url(""), bare=f"127.0.0.1:{proxy.port}"))
            settings = FetchSettings(allow_private=("inside.example",))
            async with Fetcher(settings, "", resolve=guarded) as fetcher:
                return await fetcher.fetch(Feed(id="f", url=url)), proxy.asked

    outcome, asked = asyncio.run(look())
    assert [one["path"] for one in asked] == [url] * proxied
    assert isinstance(outcome, Fetched) == proxied


def guarded(host: str) -> list[str]:
    if host == "inside.example":
        raise socket.gaierror(socket.EAI_NONAME, "asked without the proxy")
    return ["10.0.0.1"]


@pytest.mark.parametrize("proxy", ["ftp://proxy.example", "socks5://proxy.example", "http://[::1"])
def test_a_proxy_that_cannot_be_used_stops_the_start(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    with pytest.raises(ConfigError, match=r"a proxy named in the environment .* cannot be used"):
        visit(reply())
