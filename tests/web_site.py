"""The page over a filled database, for every test of it: `pytest_plugins = ("web_site",)`, then ask for `page`.

All news are invented. The database holds items in seven languages and in every state, a story of three sources, feeds in
every state, a digest that was sent to a folder and a day of news that the next one tells.

PYTEST_DONT_REWRITE: a test may import names from here before pytest takes it for a plugin.
"""

import asyncio
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import Clock
from fastapi import FastAPI
from httpx import ASGITransport, BaseTransport, Client, Request, Response
from lxml.html import HtmlElement, document_fromstring

from storage.database import Database
from storage.store import Store
from watcher.cli.files import read_cities_called, read_city_names, read_ties
from watcher.cli.place import Place
from watcher.deliver import open_channels
from watcher.desk import Desk
from watcher.digest import note_subscriptions, open_digest
from watcher.feedrows import feed_from
from watcher.judge import Judge
from watcher.poll import prepare_visits, tell_apart
from watcher.records import visit_record
from watcher.sending import send_due
from watcher.settings.feeds import FeedSettings
from watcher.settings.load import packaged_config
from watcher.settings.watcher import WatcherSettings
from watcher.values import Entry, Failed, Feed, Fetched, Outcome, Reading, Trouble, Unchanged, Visit
from watcher.web import Site, make_app

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LEASE = timedelta(minutes=10)
HOST = "http://127.0.0.1:8080"

SETTINGS = {
    "contact": "desk@city-desk.example",
    "subscriptions": (
        {"id": "daily", "title": "City exchange", "at": "07:00", "recipients": ("secret-reader@city-desk.example",)},
        {"id": "taipei", "title": "台北城市交流", "at": "18:00", "cities": ("taipei",), "heading_language": "zh-Hant"},
    ),
}
FEEDS = {
    "harbour": ("Harbour Times", "en"),
    "island": ("島嶼日報", "zh-Hant"),
    "river": ("大河新闻网", "zh-Hans"),
    "lantern": ("灯台新聞", "ja"),
    "valley": ("골짜기일보", "ko"),
    "mixed": ("Mixed <b>Pages</b> & Co", ""),
    "failing": ("Failing Gazette", "en"),
    "blocked": ("Blocked Courier", "en"),
    "gone": ("Gone Herald", "de"),
    "empty": ("Empty Post", "en"),
    "stale": ("Stale Mirror", "en"),
    "quiet": ("Quiet Observer", "fr"),
    "moved": ("Moved Tribune", "en"),
    "new": ("New Voice", "en"),
}
VISITED = tuple(name for name in FEEDS if name != "new")
FAILURES = {
    "failing": Failed(problem="the server answered 502; it is asked again later", status=502, trouble=Trouble.DOWN),
    "blocked": Failed(problem="the server turns us away (403); ask its owner", status=403, trouble=Trouble.BLOCKED),
    "gone": Failed(problem="nothing is at this address (404); look for another", status=404, trouble=Trouble.GONE),
}


def entry(name: str, title: str, summary: str = "", *, hours: float = 3, language: str = "", text: str = "") -> Entry:
    """Make what a feed says; it is found again by its name, which ends its address."""
    return Entry(
        key=name,
        id=name,
        url=f"https://news.example/{name}",
        title=title,
        summary=summary,
        text=text,
        language=language,
        published_at=NOW - hours * HOUR,
        published_raw=f"{NOW - hours * HOUR:%a, %d %b %Y %H:%M:%S +0000}",
        published_how="rfc2822",
    )


EARLIEST = {
    "harbour": (
        entry(
            "forum-2025",
            "Shanghai and Taipei hold their city forum",
            "The Shanghai-Taipei City Forum opened with an MOU on youth exchange, signed by both mayors.",
            hours=50 * 24 + 5,
        ),
    ),
    "quiet": (entry("promenade", "Une promenade sur le quai", "Les mouettes étaient déjà là.", hours=50 * 24 + 4),),
}
"""What the first visits brought, seven weeks ago."""
OLD = {
    "harbour": (
        entry(
            "busan-sisters",
            "Busan and Fukuoka mark 36 years as sister cities",
            "The mayors of Busan and Fukuoka met to renew their sister city agreement.",
            hours=50,
        ),
    ),
    "lantern": (
        entry(
            "fukuoka-taipei",
            "福岡市と台北市、姉妹都市提携に向け覚書",
            "福岡市の市長が台北市を訪問し、姉妹都市提携の覚書に署名した。",
            hours=60,
        ),
    ),
}
"""What the digest of yesterday told."""

NEWS = {
    "harbour": (
        entry(
            "daegu-visit",
            "Mayor of Daegu visits sister city Taipei",
            "Daegu's mayor arrived in Taipei with a delegation of 20 to renew the sister city agreement of 2010. "
            "Both city governments plan a joint flower market.",
            hours=4,
        ),
        entry("prague", "Mayor of Prague to visit Taipei", "A trip is planned for the summer.", hours=5),
        entry("near", "Mayor of Prague speaks about trams in Taipei", hours=5.5),
        entry("bakery", "The bakery on Anchor Street closes", "After ninety years the ovens go cold.", hours=6),
    ),
    "island": (
        entry(
            "daegu-visit-zh",
            "大邱市長率團訪問姊妹市台北市",
            "大邱市長率二十人代表團抵達台北市，兩市重申2010年締結的姊妹市情誼，並簽署合作備忘錄。",
            hours=3,
        ),
        entry("forum-zh", "上海台北雙城論壇下月登場", "上海市與台北市將舉行雙城論壇，簽署兩項合作備忘錄。", hours=7),
    ),
    "river": (
        entry("forum-zh-cn", "上海与台北双城论坛下月举行", "上海市与台北市将举行双城论坛，签署合作备忘录。", hours=8),
    ),
    "lantern": (
        entry(
            "kumamoto", "熊本市と高雄市、友好交流協定を更新", "熊本市長と高雄市長が友好交流協定を更新した。", hours=9
        ),
    ),
    "valley": (
        entry(
            "daegu-visit-ko",
            "대구시장, 자매도시 타이베이시 방문",
            "대구시장이 자매도시 타이베이시를 방문해 협력 양해각서를 체결했다.",
            hours=2,
        ),
        entry("irrelevant", "부산시·상하이시 자매도시 결연 기념행사", "기념행사가 열렸다.", hours=10),
    ),
    "mixed": (
        entry(
            "hostile",
            '<script>alert(1)</script> Sister cities "Taipei" & Daegu </title>',
            "<img src=x onerror=alert(2)> The sister cities Taipei and Daegu 👨‍👩‍👧 signed e\u0301clair papers & more.",
            hours=11,
            language='en" onload="alert(3)',
        ),
        entry(
            "rtl",
            "توقيع اتفاقية: Taipei and Amman sign sister city agreement اتفاقية المدن الشقيقة",
            "وقعت Taipei و Amman the sister city agreement in spring.",
            hours=12,
            language="ar",
        ),
    ),
}
"""What came since."""


class InProcess(BaseTransport):
    """Ask an application without a network: its routes run in threads, as they do behind a server."""

    def __init__(self, app: FastAPI) -> None:
        self._transport = ASGITransport(app)

    def handle_request(self, request: Request) -> Response:
        return asyncio.run(self._ask(request))

    async def _ask(self, request: Request) -> Response:
        answer = await self._transport.handle_async_request(request)
        return Response(answer.status_code, headers=answer.headers, content=await answer.aread(), request=request)


@dataclass(frozen=True)
class Page:
    """A visitor of the page: `client` asks as a browser does, `ids` are those of the items by their names."""

    client: Client
    desk: Desk
    site: Site
    clock: Clock
    ids: dict[str, int]

    def get(self, path: str, status: int = 200) -> HtmlElement:
        """Open an address; return its document."""
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return document_fromstring(answer.text)

    def post(self, path: str, **fields: str) -> Response:
        """Send a form, with the token of this session; redirects are not followed."""
        pages = ("/", "/sign-in", f"/items/{self.ids['near']}")
        forms = (self.client.get(one).text.partition('name="token" value="')[2] for one in pages)
        token = next(filter(None, forms)).partition('"')[0]
        return self.client.post(path, data={"token": token} | fields)

    def text(self, path: str, status: int = 200) -> str:
        """Return what stands on a page, blanks folded."""
        [main] = self.get(path, status).xpath("//main")
        return " ".join(" ".join(main.itertext()).split())


def make_desk(store: Store, clock: Clock, folder: Path) -> Desk:
    """Make a desk with all feeds; digests go to a folder."""
    place = Place(config=packaged_config())
    feeds = {
        name: FeedSettings(id=name, name=label, language=language, url=f"https://{name}.example/rss")
        for name, (label, language) in FEEDS.items()
    }
    settings = WatcherSettings(**SETTINGS | {"digest": {"folder": folder / "digests"}})
    named = {"ties": read_ties(place), "city_names": read_city_names(place)}
    return Desk(store=store, settings=settings, feeds=feeds, clock=clock, **named)


def fill(desk: Desk, judge: Judge, clock: Clock) -> None:
    """Let seven weeks pass: visits, digests, more visits, and somebody's marks."""
    clock.now = NOW - 50 * DAY
    prepare_visits(desk, judge)
    _visit(desk, judge, EARLIEST, tuple(EARLIEST))
    clock.now = NOW - 10 * DAY
    note_subscriptions(desk, clock())
    clock.now = NOW - 2 * DAY
    _visit(desk, judge, OLD)
    clock.now = NOW - DAY
    for subscription in desk.settings.subscriptions:
        open_digest(desk, subscription, clock().date())
    send_due(desk, open_channels(desk.settings))
    clock.now = NOW - HOUR
    _visit(desk, judge, NEWS)
    clock.now = NOW
    ids = ids_of(desk.store)
    desk.store.labels.mark([ids["irrelevant"]], "irrelevant", NOW)
    desk.store.labels.mark([ids["busan-sisters"]], "relevant", NOW)


def ids_of(store: Store) -> dict[str, int]:
    """Return the items' numbers by their names."""
    everything = store.items.recent(None, captured=True, near=True, rejected=True, irrelevant=True)
    return {full.item.url.rpartition("/")[2]: full.item.id or 0 for full in everything}


def _visit(desk: Desk, judge: Judge, news: dict[str, tuple[Entry, ...]], visited: tuple[str, ...] = VISITED) -> None:
    desk.store.feeds.hasten(desk.clock())
    claimed = desk.store.feeds.claim(desk.clock(), LEASE, len(FEEDS))
    for row in sorted(claimed, key=lambda row: row.id):
        if row.id in visited:
            feed = feed_from(row, desk.feeds[row.id], desk.settings.fetch)
            outcome, reading = _look(feed, news.get(row.id, ()), desk.clock())
            judged = tuple((one, judge.judge(one)) for one in reading.entries)
            visit = Visit(feed=feed, outcome=outcome, reading=reading, judged=judged)
            desk.store.feeds.record(visit_record(visit, desk.clock(), rules=judge.fingerprint, backfill=3 * DAY))
    desk.store.feeds.release(desk.clock())
    tell_apart(desk.store, desk.clock())


def _look(feed: Feed, entries: tuple[Entry, ...], now: datetime) -> tuple[Outcome, Reading]:
    if feed.id in FAILURES:
        return FAILURES[feed.id], Reading()
    if feed.id == "quiet" and not entries:
        return Unchanged(), Reading()
    if feed.id == "stale":
        entries = tuple(entry(f"ferry-{now:%d}-{one}", f"Ferry timetable {one}", hours=24 * 400) for one in range(4))
    if feed.id == "moved":
        entries = tuple(entry(f"pier-{one}", f"A walk on pier {one}", hours=50) for one in range(3))
    outcome = Fetched(
        body=b"x" * 67_000,
        body_hash=sha256(f"{feed.id} {now}".encode()).hexdigest(),
        url=feed.url,
        moved_to="https://moved.example/new.xml" if feed.id == "moved" else "",
    )
    return outcome, Reading(entries=entries, format="rss", language=feed.language, encoding="utf-8")


@pytest.fixture(scope="session")
def filled_file(upgraded_file, judge, tmp_path_factory) -> Path:
    """A database in which all of this is; who takes a copy may change it."""
    folder, clock = tmp_path_factory.mktemp("filled"), Clock(NOW)
    path = Path(shutil.copy(upgraded_file, folder / "watcher.db"))
    with closing(Database.open(f"sqlite:///{path}")) as database:
        fill(make_desk(Store(database, "page"), clock, folder), judge, clock)
    return path


@pytest.fixture
def make_page(filled_file, judge, tmp_path) -> Iterator[Callable[..., Page]]:
    """Make a page over a copy of the filled database; what is given changes the site, such as `password`."""
    opened = SimpleNamespace(databases=[])
    place = Place(config=packaged_config())

    def make(**changes: object) -> Page:
        path = shutil.copy(filled_file, tmp_path / f"page-{len(opened.databases)}.db")
        opened.databases.append(database := Database.open(f"sqlite:///{path}"))
        clock = Clock(NOW)
        desk = make_desk(Store(database, "page"), clock, tmp_path)
        site = replace(Site(desk=desk, judge=judge, city_names=lambda: read_cities_called(place)), **changes)
        return Page(Client(transport=InProcess(make_app(site)), base_url=HOST), desk, site, clock, ids_of(desk.store))

    yield make
    for database in opened.databases:
        database.close()


@pytest.fixture
def page(make_page) -> Page:
    """The page without a password."""
    return make_page()


def new_items(page: Page, entries: Sequence[Entry], feed_id: str = "harbour") -> None:
    """Let a feed bring more; what it brought before under the same name is edited."""
    _visit(page.desk, page.site.judge, {feed_id: tuple(entries)}, (feed_id,))
