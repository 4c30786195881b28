"""Poll the benchmark's site with our own poller: `python -m benchmarks.ours ADDRESS FEEDS FOLDER PHASE...`"""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.meter import arguments, cpu_seconds, measure_phases, report, turn_site
from watcher.desk import Desk, open_store
from watcher.judging import load_judge
from watcher.poll import Poller, open_poller, prepare_visits
from watcher.settings.feeds import FeedSettings
from watcher.settings.load import packaged_config
from watcher.settings.watcher import FetchSettings, WatcherSettings

WARM_UP = 4
"""Feeds visited once before: both reading processes have started then, and every module is loaded."""


def make_desk(store, address: str, count: int) -> Desk:
    feeds = {f"f{number}": FeedSettings(id=f"f{number}", url=f"{address}/feed/{number}") for number in range(count)}
    settings = WatcherSettings(fetch=FetchSettings(allow_private=("127.0.0.1",)))
    return Desk(store=store, settings=settings, feeds=feeds, clock=lambda: datetime.now(UTC))


def poll_all(runner: asyncio.Runner, poller: Poller) -> None:
    poller.desk.store.feeds.hasten(datetime.now(UTC))
    runner.run(visit_all(poller))


async def visit_all(poller: Poller) -> None:
    """Visit all that is due. Not `poll`: a poller whose poll has ended starts no more visits."""
    while await poller.start_due() or poller.visits:
        await poller.wait_for_slots()


def start(runner: asyncio.Runner, stack: AsyncExitStack, desk: Desk) -> Poller:
    judge = load_judge(packaged_config())
    prepare_visits(desk, judge)
    poller = runner.run(stack.enter_async_context(open_poller(desk, judge)))
    poll_all(runner, poller)
    return poller


def measure(address: str, feeds: int, home: Path, phases: list[str]) -> None:
    turn_site(address, phases[0])
    with asyncio.Runner() as runner, open_store(f"sqlite:///{home}/warm.db") as warm:
        stack = AsyncExitStack()
        poller = start(runner, stack, make_desk(warm, address, WARM_UP))
        report(phase="start", cpu=cpu_seconds(poller.reader.worker_pids))
        with open_store(f"sqlite:///{home}/watcher.db") as store:
            poller.desk = make_desk(store, address, feeds)
            prepare_visits(poller.desk, poller.judge)

            def count(planted: set[str]) -> tuple[int, int]:
                captured = {full.item.url for full in store.items.recent(limit=100_000, seeds=False)}
                return sum(store.items.counts()[one] for one in ("captured", "near", "rejected")), len(
                    captured & planted
                )

            measure_phases(address, phases, lambda: poll_all(runner, poller), count, lambda: poller.reader.worker_pids)
        runner.run(stack.aclose())


if __name__ == "__main__":
    measure(*arguments())
