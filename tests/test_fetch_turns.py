import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from fetching import BODY, Server, failure, moved, reply, serving

from watcher.fetch import Fetcher
from watcher.fetch.guard import Allowed
from watcher.fetch.turns import Turns
from watcher.settings.watcher import FetchSettings
from watcher.values import Feed, Fetched, Outcome

SPACING = 0.05


def meet(
    answer: Callable[[str, asyncio.StreamWriter], Awaitable[None]],
    *urls: str,
    spacing: float = SPACING,
    allow: str = "127.0.0.0/8",
    seconds: tuple[float, ...] = (5, 5, 5),
) -> tuple[list[Outcome], list[str]]:
    """Visit all addresses at the same time; return the outcomes and the hosts and paths in the order they were asked."""
    settings = FetchSettings(spacing_seconds=spacing, allow_private=(allow,))

    async def look() -> tuple[list[Outcome], list[str]]:
        async def attend(writer: asyncio.StreamWriter) -> None:
            await answer(_place(server), writer)

        async with (
            serving(attend) as server,
            Fetcher(settings, "", resolve=lambda host: ["127.0.0.1"]) as fetcher,
        ):
            feeds = [
                Feed(id=url, url=url.format(port=server.port), timeout=timedelta(seconds=limit))
                for url, limit in zip(urls, seconds, strict=False)
            ]
            outcomes = await asyncio.gather(*map(fetcher.fetch, feeds))
            return list(outcomes), [_name(asked) for asked in server.asked]

    return asyncio.run(look())


def _place(server: Server) -> str:
    return _name(server.asked[-1])


def _name(asked: dict[str, str]) -> str:
    return asked["host"].partition(":")[0] + asked["path"]


def test_one_host_is_asked_one_thing_at_a_time_with_a_pause() -> None:
    spans: list[tuple[float, float]] = []

    async def answer(place: str, writer: asyncio.StreamWriter) -> None:
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(0.02)
        spans.append((began, asyncio.get_running_loop().time()))
        writer.write(reply())

    outcomes, _ = meet(answer, *(f"http://news.example:{{port}}/{number}" for number in range(3)))
    assert all(isinstance(outcome, Fetched) for outcome in outcomes)
    assert all(began - ended >= SPACING for (_, ended), (began, _) in pairwise(spans))


@pytest.mark.parametrize(
    ("allow", "urls"),
    [
        ("127.0.0.0/8", ("http://a.example:{port}/", "http://b.example:{port}/")),
        ("news.example", ("http://news.example:{port}/a", "http://news.example:{port}/b")),
        ("büro.example", ("http://büro.example:{port}/a", "http://xn--bro-hoa.example:{port}/b")),
    ],
)
def test_other_hosts_and_those_allowed_by_name_wait_for_nobody(allow: str, urls: tuple[str, ...]) -> None:
    both = asyncio.Barrier(len(urls))

    async def answer(place: str, writer: asyncio.StreamWriter) -> None:
        await both.wait()
        writer.write(reply())

    outcomes, _ = meet(answer, *urls, allow=allow, spacing=60)
    assert all(isinstance(outcome, Fetched) for outcome in outcomes)


def test_the_wait_for_a_host_does_not_count_as_the_time_of_the_visit() -> None:
    async def wait() -> None:
        turns, go, clock = Turns(0, Allowed.of(())), asyncio.Event(), asyncio.get_running_loop().time

        async def hold() -> None:
            async with turns.take("news.example"):
                await go.wait()

        holding = asyncio.create_task(hold())
        await asyncio.sleep(0)
        async with asyncio.timeout(60) as limit, turns.errand(limit) as errand:
            end, began = limit.when(), clock()
            asyncio.get_running_loop().call_later(0.05, go.set)
            await errand.reach("news.example")
            assert 0.05 <= limit.when() - end <= clock() - began
        await holding

    asyncio.run(wait())


def test_the_time_of_a_visit_goes_on_after_the_wait() -> None:
    async def answer(place: str, writer: asyncio.StreamWriter) -> None:
        if place.endswith("/1"):
            await asyncio.sleep(0.2)
        writer.write(reply())

    urls = [f"http://news.example:{{port}}/{number}" for number in range(3)]
    (first, second, third), _ = meet(answer, *urls, seconds=(5, 0.1, 5))
    assert isinstance(first, Fetched)
    assert "did not answer within 0.1 s" in failure(second)
    assert isinstance(third, Fetched), "a visit that ends in time lets the next one on"


def test_a_redirect_within_a_host_is_followed_before_the_next_visit() -> None:
    async def answer(place: str, writer: asyncio.StreamWriter) -> None:
        writer.write(moved("/new") if place.endswith("/old") else reply())

    _, asked = meet(answer, "http://news.example:{port}/old", "http://news.example:{port}/other")
    assert asked == ["news.example/old", "news.example/new", "news.example/other"]


def test_a_redirect_to_another_host_lets_the_first_one_go_and_waits_its_turn() -> None:
    async def look() -> None:
        """The end of the way is held until the first host has been asked again, and asked once at a time."""
        again, busy = asyncio.Event(), 0

        async def answer(place: str, writer: asyncio.StreamWriter) -> None:
            nonlocal busy
            if place == "a.example/way":
                writer.write(moved(f"http://b.example:{server.port}/end"))
            elif place == "a.example/again":
                again.set()
                writer.write(reply())
            else:
                busy += 1
                assert busy == 1
                await again.wait()
                busy -= 1
                writer.write(reply())

        async def attend(writer: asyncio.StreamWriter) -> None:
            await answer(_place(server), writer)

        settings = FetchSettings(spacing_seconds=0, allow_private=("127.0.0.0/8",))
        async with (
            serving(attend) as server,
            Fetcher(settings, "", resolve=lambda host: ["127.0.0.1"]) as fetcher,
        ):
            places = ("a.example", "/way"), ("b.example", "/own"), ("a.example", "/again")
            feeds = [
                Feed(id=path, url=server.url(path, host=host), timeout=timedelta(seconds=5)) for host, path in places
            ]
            outcomes = await asyncio.gather(*map(fetcher.fetch, feeds))
            assert all(isinstance(outcome, Fetched) and outcome.body == BODY for outcome in outcomes)

    asyncio.run(look())
