"""Visits whose documents are read in the process of the test: to start one of its own costs more than all the rest.

What such a process is good for, tests/test_workers.py and tests/test_poll.py prove.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from watcher.desk import Desk
from watcher.judge import Judge
from watcher.poll import Poller, Report, Tally, open_poller
from watcher.read import read_document
from watcher.values import Feed, Fetched, Reading
from watcher.workers import Reader


class QuickReader(Reader):
    async def read(self, fetched: Fetched, feed: Feed) -> Reading:
        place = {
            name: getattr(feed, name)
            for name in ("language", "region", "zone", "encoding", "identity", "select", "known")
        }
        return read_document(fetched.body, content_type=fetched.content_type, url=fetched.url, **place)


@asynccontextmanager
async def quick_poller(
    desk: Desk, judge: Judge, on_visit: Callable[[Report], None] = lambda report: None
) -> AsyncIterator[Poller]:
    async with open_poller(desk, judge, on_visit) as poller, QuickReader() as poller.reader:
        yield poller


def quick_poll(desk: Desk, judge: Judge, on_visit: Callable[[Report], None] = lambda report: None) -> Tally:
    async def visit() -> Tally:
        tally = Tally()
        async with quick_poller(desk, judge, lambda report: (tally.add(report), on_visit(report))) as poller:
            await poller.poll()
        return tally

    return asyncio.run(visit())
