import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from watcher.errors import ReadProblem
from watcher.values import Feed, Fetched, Reading
from watcher.workers import Reader

FEED = Feed(id="f", url="https://news.example/feed.xml", zone="Asia/Taipei", region="TW", language="zh-Hant")
MANY_ATTRIBUTES = " ".join(f'a{number}="1"' for number in range(60_000))


def rss(*items: str) -> bytes:
    return f'<rss version="2.0"><channel>{"".join(items)}</channel></rss>'.encode()


def fetched(body: bytes, **fields: str) -> Fetched:
    return Fetched(body=body, body_hash="", **({"url": FEED.url} | fields))  # type: ignore[arg-type]  # texts only


PLAIN = fetched(rss("<item><title>臺北市與廣島市</title><pubDate>2026/09/28</pubDate></item>"))
SLOW_AUTHOR = fetched(rss(f"<item><title>Graz and Pula</title><author>{'a' * 60_000}</author></item>"))
SLOW_THROUGHOUT = fetched(rss(f"<item {MANY_ATTRIBUTES}><title>Graz</title></item>"))
LARGE = fetched(rss(f"<item><title>{'x' * 30_000_000}</title></item>"))


def is_alive(process_id: int) -> bool:
    """Say whether a process runs; one that has ended and waits to be reaped does not."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{process_id}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_for_end(process_id: int) -> bool:
    """Give a process 5 seconds to end."""
    for _ in range(250):
        if not is_alive(process_id):
            return True
        time.sleep(0.02)
    return False


def test_a_document_is_read_with_the_settings_of_its_feed() -> None:
    async def run() -> Reading:
        async with Reader() as reader:
            return await reader.read(PLAIN, FEED)

    (entry,) = asyncio.run(run()).entries
    assert (entry.title, entry.language) == ("臺北市與廣島市", "zh-Hant")
    assert str(entry.published_at) == "2026-09-27 16:00:00+00:00"


def test_encoding_content_type_and_address_reach_the_reader() -> None:
    async def run() -> tuple[Reading, Reading]:
        body = rss("<item><title>부산시</title><link>/7</link></item>").decode().encode("cp949")
        async with Reader() as reader:
            by_header = await reader.read(fetched(body, content_type="text/xml; charset=euc-kr"), FEED)
            return by_header, await reader.read(fetched(body), Feed(id="f", url=FEED.url, encoding="johab"))

    by_header, by_order = asyncio.run(run())
    assert (by_header.entries[0].title, by_header.entries[0].url) == ("부산시", "https://news.example/7")
    assert by_order.encoding == "johab"


def test_nothing_starts_before_the_first_document_and_nothing_stays() -> None:
    async def run() -> tuple[frozenset[int], frozenset[int]]:
        async with Reader() as reader:
            assert reader.worker_pids == frozenset()
            await asyncio.gather(*(reader.read(PLAIN, FEED) for _ in range(6)))
            alive = reader.worker_pids
            groups = frozenset(map(os.getpgid, alive))
        assert reader.worker_pids == frozenset()
        return alive, groups

    alive, groups = asyncio.run(run())
    assert len(alive) == 2
    assert groups == alive
    assert not any(map(is_alive, alive))


def test_a_reader_is_used_again() -> None:
    async def run() -> None:
        async with Reader(workers=1) as reader:
            await reader.read(PLAIN, FEED)
            before = reader.worker_pids
            await reader.read(PLAIN, FEED)
            assert reader.worker_pids == before

    asyncio.run(run())


def test_what_is_no_feed_is_a_problem_and_costs_no_worker() -> None:
    async def run() -> None:
        async with Reader(workers=1) as reader:
            for _ in range(2):
                with pytest.raises(ReadProblem, match="HTML page"):
                    await reader.read(fetched(b"<html></html>"), FEED)
                before = reader.worker_pids
            assert reader.worker_pids == before

    asyncio.run(run())


def test_a_document_that_takes_too_long_is_read_without_its_hazards() -> None:
    async def run() -> Reading:
        async with Reader(seconds=0.5) as reader:
            return await reader.read(SLOW_AUTHOR, FEED)

    reading = asyncio.run(run())
    assert [entry.title for entry in reading.entries] == ["Graz and Pula"]
    assert "because reading took longer than 0.5 s" in reading.notes[-1]


def test_a_document_that_stays_too_slow_is_a_problem_and_the_next_is_read() -> None:
    async def run() -> Reading:
        async with Reader(workers=1, seconds=0.4) as reader:
            with pytest.raises(ReadProblem, match=r"reading took longer than 0\.4 s"):
                await reader.read(SLOW_THROUGHOUT, FEED)
            assert reader.worker_pids == frozenset()
            return await reader.read(PLAIN, FEED)

    assert len(asyncio.run(run()).entries) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to RLIMIT_AS")
def test_a_document_that_needs_too_much_memory_is_a_problem_and_the_next_is_read() -> None:
    async def run() -> Reading:
        async with Reader(workers=1, megabytes=200) as reader:
            with pytest.raises(ReadProblem, match="needed more than 200 MB of memory"):
                await reader.read(LARGE, FEED)
            return await reader.read(PLAIN, FEED)

    assert len(asyncio.run(run()).entries) == 1


def test_a_slow_document_does_not_hold_up_the_others() -> None:
    async def run() -> None:
        async with Reader(workers=2, seconds=5) as reader:
            slow = asyncio.create_task(reader.read(SLOW_THROUGHOUT, FEED))
            await asyncio.sleep(0)
            await asyncio.gather(*(reader.read(PLAIN, FEED) for _ in range(20)))
            assert not slow.done()
            slow.cancel()
            await asyncio.gather(slow, return_exceptions=True)

    asyncio.run(run())


async def kill_while_reading(reader: Reader) -> None:
    while not reader.worker_pids:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    for process_id in reader.worker_pids:
        os.kill(process_id, signal.SIGKILL)


def test_a_reader_that_crashes_once_is_replaced() -> None:
    async def run() -> Reading:
        async with Reader(workers=1, seconds=20) as reader:
            killer = asyncio.create_task(kill_while_reading(reader))
            reading = await reader.read(SLOW_AUTHOR, FEED)
            await killer
            return reading

    assert "the reader crashed" in asyncio.run(run()).notes[-1]


def test_an_idle_reader_that_dies_is_replaced_unnoticed() -> None:
    async def run() -> Reading:
        async with Reader(workers=1) as reader:
            await reader.read(PLAIN, FEED)
            await kill_while_reading(reader)
            await asyncio.sleep(0.2)
            return await reader.read(PLAIN, FEED)

    assert asyncio.run(run()).notes == ()


def test_a_cancelled_reading_kills_its_process() -> None:
    async def run() -> frozenset[int]:
        async with Reader(workers=1) as reader:
            task = asyncio.create_task(reader.read(SLOW_THROUGHOUT, FEED))
            while not reader.worker_pids:
                await asyncio.sleep(0.01)
            alive = reader.worker_pids
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert reader.worker_pids == frozenset()
            return alive

    assert not any(map(is_alive, asyncio.run(run())))


def test_closing_ends_what_is_still_being_read() -> None:
    async def run() -> frozenset[int]:
        reader = Reader(workers=1)
        async with reader:
            task = asyncio.create_task(reader.read(SLOW_THROUGHOUT, FEED))
            while not reader.worker_pids:
                await asyncio.sleep(0.01)
            alive = reader.worker_pids
        with pytest.raises(ReadProblem, match="the watcher stops"):
            await task
        with pytest.raises(ReadProblem, match="the watcher stops"):
            await reader.read(PLAIN, FEED)
        return alive

    assert not any(map(is_alive, asyncio.run(run())))


PARENT = """
import asyncio, signal, sys
from watcher.values import Feed, Fetched
from watcher.workers import Reader

async def main():
    document = Fetched(body=b"<rss><channel><item><title>x</title></item></channel></rss>", body_hash="", url="")
    async with Reader(workers=1) as reader:
        for line in sys.stdin:
            reading = await reader.read(document, Feed(id="f", url=""))
            print(*reader.worker_pids, len(reading.entries), *reading.notes, flush=True)

for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: None)
asyncio.run(main())
"""


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[str]]:
    """A process in a group of its own that reads a document for each line it is given."""
    root = str(Path(__file__).parent.parent)
    started = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=root,
    )
    with started:
        yield started
        started.kill()


def order_reading(parent: subprocess.Popen[str]) -> str:
    assert parent.stdin
    assert parent.stdout
    parent.stdin.write("read\n")
    parent.stdin.flush()
    return parent.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_to_the_whole_group_are_the_parents_to_act_on(
    parent: subprocess.Popen[str], number: signal.Signals
) -> None:
    before = order_reading(parent)
    os.killpg(parent.pid, number)
    os.kill(int(before.split()[0]), number)
    assert order_reading(parent) == before


def test_a_parent_that_is_killed_leaves_no_reader(parent: subprocess.Popen[str]) -> None:
    process_id = int(order_reading(parent).split()[0])
    parent.kill()
    assert wait_for_end(process_id)


def test_a_reader_whose_parent_is_gone_says_nothing() -> None:
    command = [sys.executable, "-m", "watcher.workers", str(2**30), "20"]
    root = str(Path(__file__).parent.parent)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=root) as orphan:
        assert orphan.stdout
        assert orphan.stderr
        orphan.stdout.close()
        assert orphan.stderr.read() == b""
        assert orphan.wait() == 0
