"""Bad days of the database: told in a sentence, nothing lost, nothing doubled, and well again by itself."""

import asyncio
import logging
import os
import re
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from bad_days import (
    BUSAN,
    DAEGU,
    DAILY,
    FORUM,
    READERS,
    Person,
    beat,
    captured,
    complaints,
    living,
    mail_to,
    mails_of,
    tick,
    told_in,
    until,
    wait,
)
from conftest import answer, rss
from sqlalchemy import Engine, event, make_url
from storing import SERVER, Postgres, open_server

from storage.database import Database
from storage.sqlite import open_sqlite
from storage.store import Store
from storage.upgrade import upgrade
from watcher.cli.place import wall_clock
from watcher.demo.sink import Sink, open_sink
from watcher.poll import poll, prepare_visits

pytestmark = pytest.mark.xdist_group("outages")  # one process has the server that is stopped again and again
FULL = "PRAGMA max_page_count = 1"
READ_ONLY = "PRAGMA query_only = ON"
IMPATIENT = "PRAGMA busy_timeout = 150"


class Disk:
    """A SQLite file of which a test says how its connections are."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.pragma = ""
        engine = open_sqlite(make_url(f"sqlite:///{file}"))
        event.listen(engine, "connect", lambda connection, record: connection.execute(self.pragma))
        self.store = Store(Database(engine, str(file), file))

    def turn(self, pragma: str = "") -> None:
        """Let every connection from now on be so."""
        self.pragma = pragma
        self.store.database.close()


@dataclass(kw_only=True)
class Trouble:
    store: Store
    begin: Callable[[], object]
    end: Callable[[], object]
    sentence: str
    heals: bool = True


@contextmanager
def full_disk(disk: Disk) -> Iterator[Trouble]:
    yield Trouble(
        store=disk.store, begin=lambda: disk.turn(FULL), end=disk.turn, sentence="the disk is full; free some space"
    )


@contextmanager
def read_only(disk: Disk) -> Iterator[Trouble]:
    sentence = "cannot be written; check the permissions of the file and of its folder"
    yield Trouble(store=disk.store, begin=lambda: disk.turn(READ_ONLY), end=disk.turn, sentence=sentence)


@contextmanager
def locked(disk: Disk) -> Iterator[Trouble]:
    disk.turn(IMPATIENT)
    with closing(sqlite3.connect(disk.file, isolation_level=None, check_same_thread=False)) as other:
        yield Trouble(
            store=disk.store,
            begin=lambda: other.execute("BEGIN IMMEDIATE"),
            end=lambda: other.execute("ROLLBACK"),
            sentence="another program holds the database too long; close that program and try again",
        )


@contextmanager
def damaged(disk: Disk) -> Iterator[Trouble]:
    def damage() -> None:
        disk.turn()
        whole.write_bytes(disk.file.read_bytes())
        disk.file.write_bytes(whole.read_bytes()[:4096].ljust(whole.stat().st_size, b"\xff"))

    def restore() -> None:
        disk.turn()
        disk.file.write_bytes(whole.read_bytes())

    whole = disk.file.with_suffix(".whole")
    sentence = "is damaged; put your last backup in its place; stop the service for that, and start it again afterwards"
    yield Trouble(store=disk.store, begin=damage, end=restore, sentence=sentence, heals=False)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    if SERVER in os.environ:
        pytest.skip(f"{SERVER} names a server that is not ours to stop")
    with open_server() as server:
        yield server


@contextmanager
def stopped(server: Postgres) -> Iterator[Trouble]:
    with server.lend() as url, closing(Database.open(url)) as database:
        upgrade(database)
        sentence = "the server does not answer (No such file or directory); check the address, and that the server runs"
        yield Trouble(store=Store(database), begin=server.stop, end=server.start, sentence=sentence)


@pytest.fixture
def disk(tmp_path, upgraded_file) -> Iterator[Disk]:
    disk = Disk(Path(shutil.copy(upgraded_file, tmp_path)))
    yield disk
    disk.store.database.close()


@pytest.fixture(params=[full_disk, read_only, locked, damaged, stopped], ids=lambda one: one.__name__)
def trouble(request) -> Iterator[Trouble]:
    place = request.getfixturevalue("server" if request.param is stopped else "disk")
    with request.param(place) as trouble:
        yield trouble


@pytest.fixture
def store(request) -> Store:
    """Where the desk keeps everything."""
    return request.getfixturevalue("trouble" if "trouble" in request.fixturenames else "disk").store


@pytest.fixture(autouse=True)
def usual_log(caplog):
    caplog.set_level(logging.INFO)


@pytest.fixture
def person(tmp_path, capsys):
    return Person(tmp_path, capsys)


def test_a_database_in_trouble_is_told_once_and_everything_is_caught_up(trouble, site, make_desk, judge, clock, caplog):
    async def live(desk):
        async with living(desk, judge) as service:
            await tick(service)
            trouble.begin()
            site.pages["/a"] = rss(DAEGU, FORUM, published=clock.forward(hours=6))
            for _ in range(3):
                await tick(service)
                clock.forward(minutes=1)
            said = complaints(caplog)
            trouble.end()
            clock.forward(minutes=20)
            await tick(service)
            assert captured(desk) == {FORUM[1], DAEGU[1]}
            assert beat(desk) == clock()
            site.pages["/a"] = rss(BUSAN, DAEGU, FORUM, published=clock.forward(hours=22))
            await tick(service)
            clock.forward(hours=2)
            await tick(service)
            return said

    with open_sink() as sink:
        site.pages["/a"] = rss(FORUM)
        desk = mail_to(make_desk(DAILY, a=site.url("/a")), sink)
        said = asyncio.run(live(desk))
    assert [line for line in said if trouble.sentence in line], said
    # A lock lets readers work in between, so on a slow machine the same sentence may come again.
    assert len({line for line in said if not line.startswith("feed ")}) == 1, said
    assert captured(desk) == {FORUM[1], DAEGU[1], BUSAN[1]}
    assert sorted(reader for reader, _ in mails_of(sink)) == sorted(2 * READERS)
    assert [told_in(sink).count(title) for title in (FORUM[1], DAEGU[1], BUSAN[1])] == [1, 1, 1]
    assert caplog.messages.count("database: works again") == caplog.text.count("works again") == trouble.heals


def test_damage_is_told_once_though_what_touches_no_spoilt_page_works(disk, site, make_desk, judge, caplog):
    async def live(trouble):
        async with living(desk, judge) as service:
            await tick(service)
            for _ in range(3):
                trouble.begin()
                await tick(service)
                trouble.end()
                await tick(service)

    site.pages["/a"] = rss(FORUM)
    desk = make_desk(a=site.url("/a"))
    with damaged(disk) as trouble:
        asyncio.run(live(trouble))
    assert complaints(caplog) == [f"database: {disk.file}: {trouble.sentence}"]
    assert "works again" not in caplog.text


def test_a_server_that_was_started_anew_between_two_ticks_is_not_even_noticed(server, site, make_desk, judge, caplog):
    async def live():
        async with living(desk, judge) as service:
            await tick(service)
            server.stop()
            server.start()
            await tick(service)

    with stopped(server) as trouble:
        desk = replace(make_desk(a=site.url("/a")), store=trouble.store)
        asyncio.run(live())
    assert complaints(caplog) == []


def test_a_visit_that_cannot_be_recorded_is_told_and_repeated(site, disk, make_desk, judge, clock, caplog):
    def fill(request):
        disk.turn(READ_ONLY)
        answer(request, rss(FORUM))

    async def live():
        async with living(desk, judge) as service:
            await tick(service, 1)
            assert captured(desk) == set()
            disk.turn()
            site.pages["/a"] = rss(FORUM)
            clock.forward(minutes=11)
            await tick(service)

    site.pages["/a"] = fill
    desk = make_desk(a=site.url("/a"))
    asyncio.run(live())
    [said] = [line for line in complaints(caplog) if line.startswith("feed a: ")]
    assert said.startswith("feed a: the visit is not recorded but repeated when its lease ends: ")
    assert said.endswith(": cannot be written; check the permissions of the file and of its folder.")
    assert captured(desk) == {FORUM[1]}


def test_a_poll_counts_a_visit_that_cannot_be_recorded_as_failed(site, disk, make_desk, judge):
    def fill(request):
        disk.turn(FULL)
        answer(request, rss(*[(f"f{number}", f"{FORUM[1]} {number}", FORUM[2] * 100) for number in range(40)]))

    site.pages |= {"/a": fill, "/b": fill}
    desk = make_desk(a=site.url("/a"), b=site.url("/b"))
    tally = asyncio.run(poll(desk, judge, lambda report: None))
    assert (tally.feeds, tally.failed, tally.captured) == (2, 2, 0)
    assert captured(desk) == set()


def test_a_visit_that_is_recorded_before_the_disk_is_full_is_not_called_lost(site, disk, make_desk, judge, caplog):
    def fill(connection, cursor, statement, *more):
        if statement.startswith("INSERT INTO visits"):
            disk.turn(READ_ONLY)

    async def live():
        async with living(desk, judge) as service:
            await service.tick()
            await until(lambda: not (service.running or service.poller.visits))
            assert service.poller.lost == 0

    site.pages["/a"] = rss(FORUM)
    desk = make_desk(a=site.url("/a"))
    event.listen(Engine, "after_cursor_execute", fill)
    try:
        asyncio.run(live())
    finally:
        event.remove(Engine, "after_cursor_execute", fill)
    assert captured(desk) == {FORUM[1]}
    [said] = [line for line in complaints(caplog) if line.startswith("feed a: ")]
    assert said.startswith(
        "feed a: the visit is recorded, but its items are put to their stories with the next capture"
    )
    disk.turn()
    prepare_visits(desk, judge)
    assert all(full.item.story_id for full in desk.store.items.recent(limit=9))


def test_a_mail_that_arrived_while_the_database_was_away_is_not_sent_again(site, disk, make_desk, judge, clock, caplog):
    class Unlucky(Sink):
        async def handle_DATA(self, *words):  # noqa: N802 - aiosmtpd calls it so
            disk.turn(READ_ONLY)
            return await super().handle_DATA(*words)

    async def live(desk):
        async with living(desk, judge) as service:
            await tick(service)
            clock.forward(hours=6)
            await tick(service, 1)
            await service.tick()
            try:
                await until(lambda: complaints(caplog))
                await service.tick()
                assert desk.store.deliveries.counts() == {"pending": 1}
            finally:
                disk.turn()
            await tick(service)
            clock.forward(minutes=11)
            await tick(service)

    site.pages["/a"] = rss(FORUM)
    with open_sink(Unlucky()) as sink:
        desk = mail_to(make_desk(DAILY, a=site.url("/a")), sink, READERS[0])
        asyncio.run(live(desk))
    assert desk.store.deliveries.counts() == {"sent": 1}
    assert len(sink.mails) == 1
    assert [line for line in complaints(caplog) if "A mail went out; that is noted as soon as" in line]


def spoil(place: int, *octets: int) -> Callable[[bytes], bytes]:
    return lambda data: data[:place] + bytes(octets) + data[place + len(octets) :]


SPOILT = {
    "read-only": (spoil(18, 3), "cannot be written; check the permissions of the file and of its folder."),
    "no database": (spoil(0, *b"some notes"), "is not a database; name another file, or move this one away."),
    "damaged": (lambda data: data[:4096].ljust(len(data), b"\xff"), "is damaged; put your last backup in its place."),
}
"""A file whose 19th byte is over 2 was written by a later SQLite and may only be read (sqlite.org/fileformat2.html)."""


@pytest.mark.parametrize("how", SPOILT)
def test_a_database_that_cannot_be_used_stops_the_start_and_a_cured_one_has_it_all(how, site, person, tmp_path):
    spoilt, sentence = SPOILT[how]
    site.pages |= {"/a": rss(FORUM), "/b": rss(DAEGU)}
    person.watch(a=site.url("/a"))
    person.reads("poll")
    file = tmp_path / "watcher.db"
    sound = file.read_bytes()
    file.write_bytes(spoilt(sound))
    person.watch(a=site.url("/a"), b=site.url("/b"))
    assert person.reads_complaint("run") == f"city-watcher: {file}: {sentence}\n"
    assert file.read_bytes() == spoilt(sound)
    if how == "read-only":
        assert "not running" in person.reads("status")
    else:
        assert sentence in person.reads_complaint("status")
    file.write_bytes(sound)
    person.reads("poll")
    assert [FORUM[1] in person.reads("items", "list"), DAEGU[1] in person.reads("items", "list")] == [True, True]


NOBODY = 65534


@contextmanager
def plain_user() -> Iterator[None]:
    """Be for a while no superuser, for whom the modes of files do not count."""
    if os.geteuid():
        yield
        return
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.fixture
def shelf():
    """A folder that every user may enter."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        shelf = Path(folder)
        shelf.chmod(0o755)
        yield shelf
        shelf.chmod(0o755)


READERS_WORDS = (
    ("status",), ("items", "list"), ("items", "show", "4"), ("feeds", "list"), ("seeds", "list"),
    ("digest", "list"), ("digest", "preview"), ("db", "stats"),
)  # fmt: skip


def steady(said: str) -> str:
    """Leave out how long it is still to the next visit: a minute may pass while we look."""
    return re.sub(r"in \d+ min", "in N min", said)


def test_what_may_only_be_read_is_read(site, shelf, capsys):
    site.pages["/a"] = rss(FORUM)
    person = Person(shelf, capsys)
    person.watch(a=site.url("/a"))
    person.reads("poll")
    before = [person.reads(*words) for words in READERS_WORDS]
    (shelf / "watcher.db").chmod(0o444)
    shelf.chmod(0o555)
    bytes_before = (shelf / "watcher.db").read_bytes()
    with plain_user():
        said = [person.reads(*words) for words in READERS_WORDS]
        assert "watcher.db: cannot be written; check the permissions" in person.reads("db", "check", code=1)
        assert "watcher.db: cannot be written; check the permissions" in person.reads_complaint("poll")
    assert FORUM[1] in said[1]
    assert [steady(words) for words in said[1:7]] == [steady(words) for words in before[1:7]]
    assert "watcher.db: cannot be written; check the permissions" in said[0]
    assert (shelf / "watcher.db").read_bytes() == bytes_before


def test_status_tells_all_though_another_program_holds_the_database(person, site, tmp_path):
    site.pages["/a"] = b""
    person.watch(a=site.url("/a"))
    person.reads("poll", code=1)
    with closing(sqlite3.connect(tmp_path / "watcher.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = person.reads("status")
        assert "a: gone: 127.0.0.1 has nothing at this address" in said
        assert "watcher.db\n" in said


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux changes the limits of a living process")
def test_a_disk_that_takes_no_more_stops_nothing_and_is_caught_up_when_it_does(site, person, tmp_path):
    file = tmp_path / "watcher.db"
    site.pages["/a"] = rss(FORUM, published=wall_clock())
    person.watch(a=site.url("/a"))
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    with person.serves() as child:
        child.says("feed a: 1 captured")
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (1 << 15, most))
        site.pages["/a"] = rss(DAEGU, FORUM, published=wall_clock())
        hasten(file)
        child.says(
            f"database: {file}: the disk does not take or give the data; check that it is well and has free space"
        )
        assert "1 of 1 read" in person.reads("status")
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (most, most))
        hasten(file)
        wait(lambda: child.said().count("feed a: 1 captured") == 2)
        child.says("database: works again")
        child.stops()
    assert [FORUM[1] in person.reads("items", "list"), DAEGU[1] in person.reads("items", "list")] == [True, True]


def hasten(file: Path) -> None:
    """Let every lease be over and every feed be due."""
    with closing(sqlite3.connect(file, timeout=30)) as database, database:
        database.execute("UPDATE feeds SET due_at = '2000-01-01 00:00:00.000000'")


def test_a_service_outlives_its_database_and_can_be_stopped_without_it(server, person):
    person.database = server.address
    person.watch(a="http://127.0.0.1:1/feed")
    sentence = "postgresql://localhost/postgres: the server does not answer (No such file or directory); check"
    with person.serves() as child:
        child.says("feed a: 127.0.0.1 refuses connections")
        server.stop()
        child.says(f"database: {sentence}")
        assert sentence in person.reads_complaint("status")
        server.start()
        child.says("database: works again")
        assert person.reads("healthcheck") == "alive\n"
        server.stop()
        child.stops()
        server.start()
    assert child.said().count(f"database: {sentence}") <= 2
    assert [line for line in child.said().splitlines() if " beat: " in line or " visits: " in line] == []
