"""What many tests share: a clock to set, a site that serves what a test says, a desk with a real database."""

import gc
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import settings as hypothesis_settings
from storing import Postgres, empty_tables, make_tables, open_server, open_store

from storage.store import Store
from watcher.cli import main
from watcher.desk import Desk
from watcher.judging import load_judge
from watcher.settings.feeds import FeedSettings
from watcher.settings.load import packaged_config
from watcher.settings.watcher import FetchSettings, WatcherSettings

# A noisy machine is no failure, and nothing is written into a checkout.
hypothesis_settings.register_profile("quiet", deadline=None, database=None)
hypothesis_settings.register_profile("long", max_examples=5_000, deadline=timedelta(seconds=5), database=None)
hypothesis_settings.load_profile("quiet")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let one process fill the database of the page for all who look at it."""
    if "filled_file" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.xdist_group("page"))


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: to look through it for garbage was a tenth of all work."""
    gc.freeze()
    gc.set_threshold(20_000)


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BOTH = ("sqlite", "postgres")
"""A test that asks for `store`, `fresh_url` or `empty_url` runs once on each."""


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


class Site:
    """A web site on loopback. A page is bytes (served with an ETag) or a function of the request handler."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[str] = []
        self.address = ""
        self.let_go = Event()

    def url(self, path: str) -> str:
        return self.address + path

    def hold(self, request: BaseHTTPRequestHandler) -> None:
        """A page that says nothing until the test ends."""
        self.let_go.wait(60)
        request.close_connection = True


def answer(request: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    """Answer a request in full."""
    request.send_response(status)
    for name, value in {"Content-Type": "application/xml", "Content-Length": str(len(body)), **headers}.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(body)


@contextmanager
def open_site(port: int = 0) -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked.append(self.path)
            page = site.pages.get(self.path, b"")
            if callable(page):
                page(self)
                return
            etag = f'"{hash(page)}"'
            unchanged = self.headers["If-None-Match"] == etag
            answer(self, b"" if unchanged else page, 304 if unchanged else 200 if page else 404, ETag=etag)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    site.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield site
    finally:
        site.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()


def rss(*entries: tuple[str, str], published: datetime = NOON - timedelta(hours=2), name: str = "Sample") -> bytes:
    """A feed of invented entries: (id, title), or (id, title, summary)."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{entry[0]}</guid><title>{entry[1]}</title>"
        f"<link>https://news.example/{entry[0]}</link><pubDate>{format_datetime(published)}</pubDate>"
        f"<description>{entry[2] if len(entry) > 2 else ''}</description></item>"
        for entry in entries
    )
    head = f"<title>{name}</title><link>https://news.example/</link><language>en</language>"
    return f"<rss version='2.0'><channel>{head}{items}</channel></rss>".encode()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site() as site:
        yield site


@pytest.fixture(scope="session")
def judge():
    return load_judge(packaged_config())


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with open_server() as server:
        yield server


@pytest.fixture(scope="session")
def used_url(postgres) -> Iterator[str]:
    with postgres.lend() as url:
        make_tables(url)
        yield url


@pytest.fixture(scope="session")
def upgraded_file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("upgraded") / "watcher.db"
    make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(params=BOTH)
def empty_url(request, tmp_path) -> Iterator[str]:
    """The address of a database without tables, of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/watcher.db"
        return
    with request.getfixturevalue("postgres").lend() as url:
        yield url


@pytest.fixture(params=BOTH)
def fresh_url(request, tmp_path) -> str:
    """The address of a database with nothing in its tables, of each kind; a test leaves the tables as they are."""
    if request.param == "sqlite":
        return f"sqlite:///{shutil.copy(request.getfixturevalue('upgraded_file'), tmp_path)}"
    url: str = request.getfixturevalue("used_url")
    empty_tables(url)
    return url


@pytest.fixture
def store(fresh_url) -> Iterator[Store]:
    with open_store(fresh_url) as store:
        yield store


@pytest.fixture
def make_desk(store, clock, tmp_path) -> Callable[..., Desk]:
    """Make a desk for feeds given as id=url; their rows are enrolled."""

    def make(settings: dict[str, object] | None = None, **urls: str) -> Desk:
        basis = {"fetch": FetchSettings(allow_private=("127.0.0.1",)), "digest": {"folder": tmp_path / "digests"}}
        feeds = {name: FeedSettings(id=name, name=name.title(), url=url) for name, url in urls.items()}
        store.feeds.enrol([(feed.id, feed.url) for feed in feeds.values()], clock())
        return Desk(store=store, settings=WatcherSettings(**(basis | (settings or {}))), feeds=feeds, clock=clock)

    return make


@pytest.fixture
def say(capsys):
    """Run a command; return what it printed, and what it said besides. `code` is the exit code that it must end with."""

    def run(*words: str, code: int = 0) -> tuple[str, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        said = capsys.readouterr()
        assert ended.value.code == code, said
        return said.out, said.err

    return run
