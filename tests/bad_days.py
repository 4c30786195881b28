"""What the tests of bad days share: a service that lives through a story, and what a person reads of it."""

import asyncio
import json
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from handful import write_handful
from mails import titles_of
from reading import quick_poller

from watcher.cli import main
from watcher.deliver import open_channels
from watcher.demo.sink import Sink
from watcher.desk import Desk
from watcher.digest import note_subscriptions
from watcher.heartbeat import HEARTBEAT
from watcher.service import Service

FORUM = ("f1", "Shanghai-Taipei City Forum opens", "The mayors of Shanghai and Taipei signed two MOUs.")
DAEGU = ("d1", "Taipei and Daegu renew sister city agreement")
BUSAN = ("b1", "Busan and Fukuoka mark twenty years as sister cities")
READERS = ("lin@city-desk.example", "park@city-desk.example")
PATIENCE = 60.0
"""Seconds that a test waits for what must come; a machine that is slower has other problems."""


def mail_to(desk: Desk, sink: Sink, *readers: str) -> Desk:
    """Return the desk with a digest at 18:00 UTC for the readers, by the sink."""
    settings = desk.settings
    smtp = settings.smtp.model_copy(update={"host": sink.host, "port": sink.port, "security": "none"})
    subscription = settings.subscriptions[0].model_copy(update={"recipients": readers or READERS})
    desk = replace(desk, settings=settings.model_copy(update={"smtp": smtp, "subscriptions": (subscription,)}))
    note_subscriptions(desk, desk.clock())
    return desk


DAILY = {"subscriptions": ({"id": "daily", "at": "18:00", "when_empty": "note"},)}


@asynccontextmanager
async def living(desk: Desk, judge: object) -> AsyncIterator[Service]:
    """Open a service of which a test makes the ticks."""
    async with quick_poller(desk, judge) as poller:
        yield Service(poller=poller, desk=desk, channels=open_channels(desk.settings))
        await poller.finish(timedelta())


async def tick(service: Service, times: int = 2) -> None:
    """Tick, and wait for all that it started; what a digest opens is sent by the next tick."""
    for _ in range(times):
        await service.tick()
        await until(lambda: not (service.running or service.poller.visits))


async def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.005)


def wait(true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def captured(desk: Desk) -> set[str]:
    """Return the titles that are captured; each must be there once."""
    titles = [full.item.title for full in desk.store.items.recent(limit=1000)]
    assert len(titles) == len(set(titles))
    return set(titles)


def beat(desk: Desk) -> object:
    fact = desk.store.facts.find(HEARTBEAT)
    return fact and fact.noted_at


def mails_of(sink: Sink) -> list[tuple[str, str]]:
    """Return who got which subject, in the order of arrival."""
    mails = [message_from_bytes(data, policy=policy.default) for data in sink.mails]
    return [(mail["To"], mail["Subject"]) for mail in mails]


def said_in(sink: Sink, reader: str = READERS[0]) -> str:
    """Return the plain text of all mails to one reader."""
    return "\n".join(_bodies(sink, reader, "plain"))


def told_in(sink: Sink, reader: str = READERS[0]) -> list[str]:
    """Return the titles that all mails to one reader tell, in their order; no earlier one that they point to."""
    return [title for html in _bodies(sink, reader, "html") for title in titles_of(html)]


def _bodies(sink: Sink, reader: str, kind: str) -> list[str]:
    mails = [message_from_bytes(data, policy=policy.default) for data in sink.mails]
    return [mail.get_body((kind,)).get_content() for mail in mails if mail["To"] == reader]


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the log complains of; every complaint is one line without a traceback."""
    records = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert not [record for record in records if record.exc_info or "\n" in record.getMessage()]
    return [record.getMessage() for record in records if record.name.startswith("watcher")]


class Person:
    """Somebody at a terminal: a folder of configuration, and commands in it."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str], database: str = "") -> None:
        self.config = home / "config"
        self.database = database or f"sqlite:///{home}/watcher.db"
        self._capsys = capsys
        self._ask("init", str(self.config))
        write_handful(self.config)

    def watch(self, desk: Desk | None = None, **urls: str) -> None:
        """Write feeds.toml and watcher.toml: those of the desk, or the feeds given as id=url."""
        urls = {feed.id: feed.url for feed in desk.feeds.values()} if desk else urls
        feeds = (f"[[feed]]\nid = {json.dumps(one)}\nurl = {json.dumps(url)}\n" for one, url in urls.items())
        (self.config / "feeds.toml").write_text("".join(feeds))
        smtp = f'[smtp]\nhost = "{desk.settings.smtp.host}"\n' if desk else ""
        (self.config / "watcher.toml").write_text(
            f'tick_seconds = 1\n[fetch]\nallow_private = ["127.0.0.1"]\n{smtp}[[subscription]]\nid = "daily"\nat = "18:00"\n'
        )

    def reads(self, *words: str, code: int = 0) -> str:
        """Run a command that ends with `code`; return what it says, which holds no traceback."""
        return self._ask("--config", str(self.config), "--database", self.database, *words, code=code)

    def reads_complaint(self, *words: str) -> str:
        """Run a command that cannot work; return its one sentence."""
        said = self.reads(*words, code=2)
        assert (said.count("\n"), said.startswith("city-watcher: ")) == (1, True), said
        return said

    def _ask(self, *words: str, code: int = 0) -> str:
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        said = "".join(self._capsys.readouterr())
        assert ended.value.code == code, said
        assert "Traceback" not in said
        return said

    @contextmanager
    def serves(self) -> Iterator["Child"]:
        """Start `run` as a process of its own; kill it in the end."""
        log = self.config.parent / "log"
        words = ("--config", str(self.config), "--database", self.database, "run")
        with log.open("w") as errors:
            command = [sys.executable, "-m", "watcher", *words]
            alone = os.environ | {"CITY_WATCHER_WEB__ENABLED": "false"}
            process = subprocess.Popen(command, cwd=log.parent, env=alone, stdin=subprocess.DEVNULL, stderr=errors)
        try:
            yield Child(process, log)
        finally:
            process.kill()
            process.wait()


class Child:
    """A `run` that lives as a process."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def pid(self) -> int:
        return self.process.pid

    def said(self) -> str:
        return self._log.read_text()

    def says(self, words: str) -> None:
        """Wait until the log says so, from a process that lives."""
        wait(lambda: words in self.said() or self.process.poll() is not None)
        assert words in self.said()

    def ends(self, code: int = 0) -> str:
        """Wait for the end; return the log, which holds no traceback."""
        assert self.process.wait(PATIENCE) == code, self.said()
        assert "Traceback" not in self.said()
        return self.said()

    def stops(self) -> str:
        """Ask it to stop; it ends well."""
        self.process.terminate()
        return self.ends()
