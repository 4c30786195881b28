"""Processes that run our own code and end, by kill -9, at an exact step.

The product has no hook for this. A fault point stands at its edges: at the fetcher, the reader and the judge that a
Poller is given, and at the statements that reach the database. A fault is a moment and a sign, such as
`after INSERT INTO visits`. Moments: fetched, read (sign: the feed), judged (the title); of a statement, by its
beginning: before, after, commit (when its transaction is about to be committed), committed (when it is).
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import repeat
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import Engine, event

from watcher.deliver import open_channels
from watcher.desk import Desk, open_store
from watcher.digest import open_due
from watcher.fetch import Fetcher
from watcher.judging import load_judge
from watcher.poll import Poller, Report, prepare_visits
from watcher.read import read_document
from watcher.sending import send_due
from watcher.service import Service
from watcher.settings.feeds import FeedSettings
from watcher.settings.load import packaged_config
from watcher.settings.watcher import WatcherSettings
from watcher.values import Entry, Feed, Fetched, Judgement, Outcome, Reading
from watcher.workers import Reader

PATIENCE = 30.0
JUDGE = load_judge(packaged_config())
FORK = get_context("forkserver")
FORK.set_forkserver_preload([__name__, "httpcore", "anyio._backends._asyncio"])
"""Every process is forked from one that has loaded all this, and the judge. Who asks for it stands in the xdist group
`forks`, so that of the processes which run the tests one needs it."""

Job = tuple[datetime, str]


@dataclass(frozen=True, kw_only=True)
class Life:
    """Hold what a process does: its jobs, each at its instant; and where it ends.

    `manner` says what happens at the fault: die; stay (say so, and stand still until it is killed); pause (say so,
    and go on when it is told to).
    """

    database: str
    settings: WatcherSettings
    feeds: Mapping[str, str]
    jobs: Sequence[Job]
    fault: str = ""
    manner: str = "die"


@dataclass(kw_only=True)
class Child:
    """Hold a process as its parent sees it."""

    process: BaseProcess
    line: Connection

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    def says(self, seconds: float = PATIENCE) -> Any:
        """Return what the process says next; None when it says nothing for so long."""
        return self.line.recv() if self.line.poll(seconds) else None

    def hear_all(self) -> list[Any]:
        """Return what came of each job of a process that ends well."""
        heard = []
        while (word := self._next_word()) != "done":
            heard.append(word)
        self.process.join(PATIENCE)
        assert self.process.exitcode == 0
        return heard

    def _next_word(self) -> Any:
        assert self.line.poll(PATIENCE), "the process says nothing"
        return self.line.recv()

    def is_killed(self) -> bool:
        """Wait for the end, and say whether it was kill -9."""
        self.process.join(PATIENCE)
        return self.process.exitcode == -signal.SIGKILL

    def kill(self) -> None:
        if self.process.is_alive():  # else its id may be another's by now
            self.process.kill()
        self.process.join(PATIENCE)


@contextmanager
def start(work: Callable[..., None], *arguments: Any) -> Iterator[Child]:
    """Run `work` in a process of its own; kill the process in the end if it still lives."""
    ours, theirs = FORK.Pipe()
    process = FORK.Process(target=work, args=(*arguments, theirs))
    with _named_path():
        process.start()
    theirs.close()
    child = Child(process=process, line=ours)
    try:
        yield child
    finally:
        child.kill()
        process.close()
        ours.close()


def wait_for(true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


@contextmanager
def _named_path() -> Iterator[None]:
    """Name our folder to a new process: the fork server of Python 3.11 forgets where its parent looks for modules."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(Path(__file__).parent), before)))
    try:
        yield
    finally:
        os.environ.pop("PYTHONPATH")
        if before is not None:
            os.environ["PYTHONPATH"] = before


@dataclass(kw_only=True)
class Fault:
    """A point at which a process ends, with the line to its parent."""

    spec: str
    manner: str
    line: Connection
    moment: str = field(init=False)
    sign: str = field(init=False)

    def __post_init__(self) -> None:
        self.moment, _, self.sign = self.spec.partition(" ")

    def reach(self, moment: str, thing: str) -> None:
        if self.spec and moment == self.moment and thing.startswith(self.sign):
            self.end()

    def end(self) -> None:
        if self.manner == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        self.line.send("here")
        if self.manner == "pause":
            self.line.recv()
        else:
            Event().wait()

    def watch(self, engine: Engine) -> None:
        """Stand at every statement and at every end of a transaction."""

        def before(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            self.reach("before", statement)

        def after(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            self.reach("after", statement)
            connection.info.setdefault("said", []).append(statement)

        def commit(connection: Any) -> None:
            for statement in connection.info.get("said", ()):
                self.reach("commit", statement)

        def checkin(connection: Any, record: Any) -> None:
            for statement in record.info.pop("said", ()):
                self.reach("committed", statement)

        event.listen(engine, "before_cursor_execute", before)
        event.listen(engine, "after_cursor_execute", after)
        event.listen(engine, "commit", commit)
        event.listen(engine, "checkin", checkin)


def refuse(engine: Engine, sign: str, times: int) -> None:
    """Let the database refuse the statements that begin so, the first few times: in their transaction it only reads."""
    on_file = engine.dialect.name == "sqlite"
    orders = repeat("PRAGMA query_only = ON" if on_file else "SET TRANSACTION READ ONLY", times)

    def before(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith(sign):
            cursor.execute(next(orders, "SELECT 1"))

    def rollback(connection: Any) -> None:
        if on_file:
            connection.connection.execute("PRAGMA query_only = OFF")

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "rollback", rollback)


class FaultyFetcher(Fetcher):
    fault: Fault

    async def fetch(self, feed: Feed) -> Outcome:
        outcome = await super().fetch(feed)
        self.fault.reach("fetched", feed.id)
        return outcome


class QuickReader(Reader):
    """Reads in this process: to start one of its own costs more than all the rest of a test."""

    fault: Fault

    async def read(self, fetched: Fetched, feed: Feed) -> Reading:
        place = {name: getattr(feed, name) for name in ("language", "region", "zone", "encoding", "identity")}
        reading = read_document(fetched.body, content_type=fetched.content_type, url=fetched.url, **place)
        self.fault.reach("read", feed.id)
        return reading


class FaultyJudge:
    fingerprint = JUDGE.fingerprint

    def __init__(self, fault: Fault) -> None:
        self.fault = fault

    def judge(self, entry: Entry) -> Judgement:
        judgement = JUDGE.judge(entry)
        self.fault.reach("judged", entry.title)
        return judgement


def live(life: Life, line: Connection) -> None:
    """Be a process: do the jobs, say what came of each, and end at the fault."""
    fault = Fault(spec=life.fault, manner=life.manner, line=line)
    with open_store(life.database) as store:
        fault.watch(store.database._engine)  # the one place where every statement passes
        for now, job in life.jobs:
            desk = Desk(store=store, settings=life.settings, feeds=_feeds(life), clock=lambda now=now: now)
            line.send(JOBS[job](desk, fault))
    line.send("done")


def _feeds(life: Life) -> dict[str, FeedSettings]:
    return {name: FeedSettings(id=name, name=name.title(), url=url) for name, url in life.feeds.items()}


def serve(life: Life, began: float, stepped: Any, line: Connection) -> None:
    """Be a service until SIGTERM, and say which feed was visited.

    Its clock shows the instant of its first job at `began` (of time.time); `stepped` holds seconds that are added.
    """
    start = life.jobs[0][0]

    def clock() -> datetime:
        return start + timedelta(seconds=time.time() - began + stepped.value)

    with open_store(life.database) as store:
        desk = Desk(store=store, settings=life.settings, feeds=_feeds(life), clock=clock)
        prepare_visits(desk, JUDGE)
        asyncio.run(_serve(desk, line))
    line.send("done")


async def _serve(desk: Desk, line: Connection) -> None:
    def note(report: Report) -> None:
        if report.recorded.kept:
            line.send(report.visit.feed.id)

    async with Fetcher(desk.settings.fetch, "") as fetcher, QuickReader() as reader:
        reader.fault = Fault(spec="", manner="", line=line)
        poller = Poller(desk=desk, judge=JUDGE, fetcher=fetcher, reader=reader, on_visit=note)
        await Service(poller=poller, desk=desk, channels=open_channels(desk.settings)).run()


def begin(desk: Desk, fault: Fault) -> None:
    """Do what `run` does at its start."""
    prepare_visits(desk, JUDGE)


def visit(desk: Desk, fault: Fault) -> list[str]:
    """Visit what is due; return which feeds those were."""
    return asyncio.run(_visit(desk, fault))


async def _visit(desk: Desk, fault: Fault) -> list[str]:
    visited: list[str] = []

    def note(report: Report) -> None:
        if report.recorded.kept:
            visited.append(report.visit.feed.id)

    async with FaultyFetcher(desk.settings.fetch, "") as fetcher, QuickReader() as reader:
        fetcher.fault = reader.fault = fault
        await Poller(desk=desk, judge=FaultyJudge(fault), fetcher=fetcher, reader=reader, on_visit=note).poll()
    return visited


def open_digests(desk: Desk, fault: Fault) -> int:
    """Open the digests that are due; return how many."""
    return open_due(desk)


def send(desk: Desk, fault: Fault) -> list[str]:
    """Send what is due; return the states."""
    return send_due(desk, open_channels(desk.settings))


JOBS: Mapping[str, Callable[[Desk, Fault], Any]] = {
    "begin": begin,
    "visit": visit,
    "open": open_digests,
    "send": send,
}
