"""What the browser tests share: the page, with and without a password, and tabs that are watched."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import replace
from typing import Any

import pytest
from conftest import Clock
from playwright.sync_api import Browser, Page
from web_site import NOW, filled_file, make_desk

from browser.chromium import PATIENCE, Witness, find_chromium, open_browser
from storage.database import Database
from storage.store import Store
from watcher.cli.files import read_cities_called
from watcher.cli.place import Place
from watcher.settings.load import packaged_config
from watcher.web import Site, make_app
from watcher.web.password import hash_password
from watcher.web.server import bind, serving

__all__ = ["filled_file"]
PASSWORD = "a harbour at night"


@pytest.fixture(scope="session")
def site(filled_file, judge, tmp_path_factory) -> Iterator[Site]:
    """What both addresses serve: a copy of the filled database, for all tests; who changes something sets it back."""
    folder, place = tmp_path_factory.mktemp("served"), Place(config=packaged_config())
    with closing(Database.open(f"sqlite:///{shutil.copy(filled_file, folder)}")) as database:
        desk = make_desk(Store(database, "page"), Clock(NOW), folder)
        yield Site(desk=desk, judge=judge, city_names=lambda: read_cities_called(place))


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
def make_tabs(browser, address, guarded) -> Callable[[], AbstractContextManager[Callable[..., Page]]]:
    """What opens tabs with cookies of their own; in the end their pages asked nobody else for anything and said nothing."""

    @contextmanager
    def make() -> Iterator[Callable[..., Page]]:
        witness = Witness(own={address, guarded})
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
