"""`web`, and the page beside `run`: where it stands, its password, its end."""

import logging
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from socket import IPPROTO_TCP
from time import sleep

import pytest
from crashing import FORK
from handful import write_handful

from watcher.cli import main
from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.web import PASSWORD, make_site, page_beside
from watcher.judging import load_judge
from watcher.settings.watcher import WebSettings
from watcher.web.password import is_password
from watcher.web.server import address_of, bind

TOLD = "The password of the page, told this once: "


@pytest.fixture
def place(tmp_path, upgraded_file):
    """A handful of rules and no feed, with a database."""
    write_handful(tmp_path)
    (tmp_path / "watcher.toml").write_text("", "utf-8")
    (tmp_path / "feeds.toml").write_text("", "utf-8")
    return Place(config=tmp_path, database=f"sqlite:///{tmp_path}/watcher.db")


@pytest.fixture
def desk(place):
    with open_desk(place, make=True) as desk:
        yield desk


@pytest.fixture
def make(place, desk):
    """Make a site for an address; `settings` are those of [web]."""
    judge = load_judge(place.folder)

    def make(host, *, anew=False, **settings):
        changed = desk.settings.model_copy(update={"web": WebSettings(**settings)})
        return make_site(place, replace_settings(desk, changed), judge, host, anew=anew)

    return make


def replace_settings(desk, settings):
    return type(desk)(store=desk.store, settings=settings, feeds=desk.feeds, clock=desk.clock)


def told(capsys) -> str:
    """Return the password that was told, empty where none was."""
    return capsys.readouterr().err.partition(TOLD)[2].strip()


def test_only_this_machine_needs_no_password(make, capsys):
    for host in ("127.0.0.1", "127.0.0.2", "::1"):
        assert make(host).password == ""
    assert told(capsys) == ""


def test_a_public_page_makes_a_password_keeps_its_hash_and_tells_it_once(make, desk, capsys):
    kept = make("0.0.0.0").password
    password = told(capsys)
    assert len(password) >= 16
    assert is_password(password, kept)
    assert (desk.store.facts.find(PASSWORD).value, kept.partition("$")[0]) == (kept, "scrypt")
    assert password not in kept
    assert make("::").password == kept
    assert told(capsys) == ""


def test_another_password_takes_the_place_of_the_first(make, capsys):
    first = make("0.0.0.0").password
    told(capsys)
    second = make("0.0.0.0", anew=True).password
    assert is_password(told(capsys), second)
    assert make("0.0.0.0").password == second != first


def test_a_password_of_the_settings_is_never_told_and_counts_at_home_too(make, capsys):
    kept = make("127.0.0.1", password="by the river").password
    assert is_password("by the river", kept)
    assert make("0.0.0.0", password="by the river").password == kept
    assert is_password("by the sea", make("0.0.0.0", password="by the sea").password)
    assert told(capsys) == ""


def test_a_busy_port_ends_web_with_a_sentence(place, say):
    with closing(bind("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        _, said = say("--config", str(place.config), "--database", place.database, "web", "--port", port, code=2)
    assert f"The page cannot stand at 127.0.0.1:{port} (address already in use); choose another [web] port" in said


def test_a_host_that_is_not_ours_ends_web_with_a_sentence(place, say):
    _, said = say("--config", str(place.config), "--database", place.database, "web", "--host", "192.0.2.1", code=2)
    assert "The page cannot stand at 192.0.2.1:8080" in said


def test_the_service_goes_on_without_the_page_where_its_port_is_busy(place, desk, caplog):
    judge = load_judge(place.folder)
    with closing(bind("127.0.0.1", 0)) as taken, caplog.at_level(logging.INFO, "watcher"):
        port = taken.getsockname()[1]
        settings = desk.settings.model_copy(update={"web": WebSettings(port=port)})
        with page_beside(place, replace_settings(desk, settings), judge):
            assert f"cannot stand at 127.0.0.1:{port}" in caplog.text
    assert "The service goes on without it." in caplog.text
    assert "the page stands at" not in caplog.text


def test_no_page_stands_where_it_is_not_wanted(place, desk, caplog):
    settings = desk.settings.model_copy(update={"web": WebSettings(enabled=False)})
    with page_beside(place, replace_settings(desk, settings), load_judge(place.folder)):
        assert caplog.text == ""


def test_the_page_beside_is_answered_while_it_stands_and_not_after(place, desk):
    settings = desk.settings.model_copy(update={"web": WebSettings(port=free_port())})
    with page_beside(place, replace_settings(desk, settings), load_judge(place.folder)):
        assert ask(settings.web.port) == 200
    with pytest.raises(ConnectionRefusedError):
        HTTPConnection("127.0.0.1", settings.web.port, timeout=5).request("GET", "/")


def test_the_system_is_told_to_hold_no_answer_back():
    with closing(bind("127.0.0.1", 0)) as bound:
        assert bound.proto == IPPROTO_TCP


def test_an_address_is_one_that_a_browser_here_opens():
    with closing(bind("0.0.0.0", 0)) as bound:
        assert address_of(bound) == f"http://127.0.0.1:{bound.getsockname()[1]}/"


@pytest.mark.parametrize("command", ["run", "web"])
def test_one_sigterm_ends_it_with_the_page_open(place, command):
    port = free_port()
    (place.config / "watcher.toml").write_text(f"[web]\nport = {port}\n", "utf-8")
    with started("--config", str(place.config), "--database", place.database, command) as process:
        while process.is_alive() and not answers(port):
            sleep(0.05)
        open_page = HTTPConnection("127.0.0.1", port, timeout=30)
        open_page.request("GET", "/static/icon.svg")
        assert open_page.getresponse().read().startswith(b"<svg")
        process.terminate()
        process.join(60)
        open_page.close()
    assert process.exitcode == 0


def free_port() -> int:
    with closing(bind("127.0.0.1", 0)) as bound:
        port: int = bound.getsockname()[1]
        return port


def ask(port: int) -> int:
    """Ask for Today; return the status of the answer."""
    asking = HTTPConnection("127.0.0.1", port, timeout=30)
    asking.request("GET", "/")
    status = asking.getresponse().status
    asking.close()
    return status


def answers(port: int) -> bool:
    try:
        return ask(port) == 200
    except (OSError, HTTPException):
        return False


@contextmanager
def started(*words):
    """Start a command in a process of its own; it is ended in any case."""
    process = FORK.Process(target=main, args=(list(words),))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()
