"""What the browser tests share: the page of the demo's day, with and without a password, and tabs that are watched."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import pytest
from conftest import NOON
from playwright.sync_api import Browser, Page
from storing import open_store

from browser.chromium import PATIENCE, Witness, find_chromium, open_browser
from storage.store import Store
from watcher.demo.day import live_day
from watcher.desk import Desk
from watcher.settings.cities import cities_called, city_names, load_cities
from watcher.settings.feeds import FeedSettings
from watcher.settings.load import packaged_config
from watcher.settings.ties import load_ties
from watcher.settings.watcher import WatcherSettings
from watcher.web import Site, make_app
from watcher.web.password import hash_password
from watcher.web.server import bind, serving

PASSWORD = "a harbour at night"


@pytest.fixture(scope="session")
def filled(judge, tmp_path_factory) -> Iterator[Store]:
    """The database that the demo's day left."""
    home = tmp_path_factory.mktemp("demo")
    asyncio.run(live_day(home, judge, lambda: NOON))
    with open_store(f"sqlite:///{home}/watcher.db") as store:
        yield store


@pytest.fixture(scope="session")
def site(filled, judge) -> Site:
    cities, folder = load_cities(packaged_config()), packaged_config()
    names = city_names(cities)
    feeds = {row.id: FeedSettings(id=row.id, url=row.url) for row in filled.feeds.list_all()}
    ties = load_ties(folder, names["en"])
    desk = Desk(store=filled, settings=WatcherSettings(), feeds=feeds, clock=lambda: NOON, ties=ties, city_names=names)
    return Site(desk=desk, judge=judge, city_names=lambda: cities_called(cities))


@contextmanager
def served(site: Site) -> Iterator[str]:
    bound = bind("127.0.0.1", 0)
    with serving(make_app(site), bound):
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


@pytest.fixture(scope="session")
def address(site) -> Iterator[str]:
    """Where whoever comes may use the page."""
    with served(site) as address:
        yield address


@pytest.fixture(scope="session")
def guarded(site) -> Iterator[str]:
    """Where PASSWORD is asked for."""
    with served(replace(site, password=hash_password(PASSWORD))) as address:
        yield address


@pytest.fixture(scope="session")
def browser(site) -> Iterator[Browser]:
    """One Chromium for all; after `site`, which has an event loop of its own."""
    try:
        find_chromium()
    except LookupError as missing:
        pytest.fail(str(missing), pytrace=False)
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def make_tabs(browser, address) -> Callable[[], AbstractContextManager[Callable[..., Page]]]:
    """What opens tabs with cookies of their own; in the end their pages asked nobody else for anything and said nothing."""

    @contextmanager
    def make() -> Iterator[Callable[..., Page]]:
        witness = Witness()
        with ExitStack() as opened:

            def open_tab(path: str = "/", *, base: str = address, **options: Any) -> Page:
                context = opened.enter_context(browser.new_context(base_url=base, **options))
                context.set_default_timeout(PATIENCE)
                witness.own.add(base)
                witness.watch(context)
                page = context.new_page()
                page.goto(path)
                return page

            yield open_tab
        assert witness.foreign() == []
        assert witness.told == []

    return make


@pytest.fixture
def open_tab(make_tabs) -> Iterator[Callable[..., Page]]:
    """What opens a tab at a path; more options are those of a browser context."""
    with make_tabs() as open_tab:
        yield open_tab


@pytest.fixture
def tab(open_tab) -> Page:
    """A tab on the first page."""
    page: Page = open_tab()
    return page
