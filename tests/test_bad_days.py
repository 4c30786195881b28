"""Bad days of feeds, of mail and of the configuration: told in a sentence, nothing lost, the rest goes on."""

import asyncio
import logging
import re
import shutil
from contextlib import ExitStack
from threading import Event

import pytest
from bad_days import (
    DAEGU,
    DAILY,
    FORUM,
    READERS,
    Person,
    beat,
    captured,
    complaints,
    free_port,
    living,
    mail_to,
    mails_of,
    said_in,
    tick,
    told_in,
)
from conftest import answer, open_site, rss

from watcher.demo.sink import Sink, open_sink

MEGABYTE = 1_000_000
BROTLI_ROUND = bytes.fromhex(
    "1c1680eefd1fffffff00900088c302d0bdffe3ffff1f001200715800baf77ffcffff034002200e0b40f7fe8fffff7f004800"
    "c46101e8defff1ffff0f000980382c00ddfb3ffeffff012001108705a07bffc7ffff3f002400e2b00074effff8ffff07800440"
)
BROTLI_BOMB = (
    bytes.fromhex("cbffff3f002440e2b14072effff8ffff07800440")
    + 15 * BROTLI_ROUND
    + BROTLI_ROUND[:68]
    + bytes.fromhex("bffc4fd6002001108705a01bac01")
)
"""1,617 bytes that become 1 GB (measured)."""


@pytest.fixture
def fresh_url(tmp_path, upgraded_file):
    """These days are the same on every database."""
    return f"sqlite:///{shutil.copy(upgraded_file, tmp_path)}"


@pytest.fixture
def person(tmp_path, capsys):
    return Person(tmp_path, capsys)


@pytest.fixture(autouse=True)
def usual_log(caplog):
    caplog.set_level(logging.INFO)


def send_fifty_megabytes(request):
    request.send_response(200)
    request.send_header("Content-Length", str(50 * MEGABYTE))
    request.end_headers()
    try:
        for _ in range(50):
            request.wfile.write(b" " * MEGABYTE)
    except OSError:
        request.close_connection = True


def drip(request):
    """Send 3 bytes a second, for as long as anybody listens."""
    request.send_response(200)
    request.send_header("Content-Length", "4000")
    request.end_headers()
    try:
        while not Event().wait(1 / 3):
            request.wfile.write(b"<")
    except OSError:
        request.close_connection = True


BAD_FEEDS = {
    "nobody there": (None, "127.0.0.1 refuses connections; its server is down"),
    "HTML": (lambda request: answer(request, b"<!doctype html><html><body>News</body></html>"), "an HTML page, not"),
    "nothing": (lambda request: answer(request, b""), "the document is empty; open the address in a browser"),
    "50 MB": (send_fifty_megabytes, "the document is larger than 10 MB; if that is meant, raise max_megabytes"),
    "brotli": (lambda request: answer(request, BROTLI_BOMB, Content_Encoding="br"), "compresses with 'br' although"),
    "3 bytes/s": (drip, r"127\.0\.0\.1 sent only \d bytes in 1 s; a larger timeout_seconds"),
}


@pytest.mark.parametrize("bad", BAD_FEEDS)
def test_a_bad_feed_is_told_and_costs_nothing_but_itself(bad, site, make_desk, judge, clock, person):
    page, sentence = BAD_FEEDS[bad]
    port = free_port()
    site.pages |= {"/good": rss(FORUM), "/bad": page or b""}
    fetch = {"allow_private": ("127.0.0.1",), "timeout_seconds": 1 if page is drip else 30}
    address = site.url("/bad") if page else f"http://127.0.0.1:{port}/bad"
    desk = make_desk(DAILY | {"fetch": fetch}, bad=address, good=site.url("/good"))

    async def live(desk, stack):
        async with living(desk, judge) as service:
            await tick(service)
            assert (captured(desk), beat(desk)) == ({FORUM[1]}, clock())
            told = person.reads("status"), person.reads("feeds", "list"), desk.store.feeds.find("bad").problem
            now = clock.forward(hours=6)
            await tick(service)
            assert beat(desk) == now
            site.pages["/bad"] = rss(DAEGU, published=now)
            if page is None:
                stack.enter_context(open_site(port)).pages = site.pages
            clock.forward(hours=23)
            await tick(service)
            clock.forward(hours=1)
            await tick(service)
            return told

    with open_sink() as sink, ExitStack() as stack:
        desk = mail_to(desk, sink)
        person.watch(desk)
        said, listed, row = asyncio.run(live(desk, stack))
    assert re.search(sentence, row)
    assert f"bad: {row}\n" in said
    assert row in listed
    assert "1 of 2 read" in said
    assert captured(desk) == {FORUM[1], DAEGU[1]}
    assert desk.store.feeds.find("bad").problem == ""
    assert [reader for reader, _ in mails_of(sink)] == [*READERS, *READERS]
    assert told_in(sink).count(FORUM[1]) == told_in(sink).count(DAEGU[1]) == 1
    assert row in " ".join(said_in(sink).split())


def test_a_mail_server_that_refuses_is_told_and_each_digest_arrives_once(site, make_desk, judge, clock, person, caplog):
    site.pages["/a"] = rss(FORUM)
    sentence = "The mail server 127.0.0.1:{port} cannot be reached (Connection refused); check `host`, `port`"

    async def live(desk, stack, sink):
        async with living(desk, judge) as service:
            await tick(service)
            clock.forward(hours=6)
            await tick(service)
            said = person.reads("status")
            site.pages["/a"] = rss(DAEGU, FORUM, published=clock.forward(hours=23))
            await tick(service)
            clock.forward(hours=1)
            await tick(service)
            assert captured(desk) == {FORUM[1], DAEGU[1]}
            assert beat(desk) == clock()
            stack.enter_context(open_sink(sink))
            clock.forward(hours=1)
            await tick(service)
            return said

    sink = Sink(port=free_port())
    desk = mail_to(make_desk(DAILY, a=site.url("/a")), sink)
    person.watch(desk)
    with ExitStack() as stack:
        said = asyncio.run(live(desk, stack, sink))
    sentence = sentence.format(port=sink.port)
    assert f": {sentence}" in said
    assert complaints(caplog)
    assert all(sentence in complaint for complaint in complaints(caplog))
    assert sorted(reader for reader, _ in mails_of(sink)) == sorted(2 * READERS)
    assert told_in(sink).count(FORUM[1]) == told_in(sink).count(DAEGU[1]) == 1
    assert "pending" not in person.reads("status")


BROKEN = {
    "watcher.toml": ("contact = \n", "config/watcher.toml: invalid value (at line 1, column 11); mend the line."),
    "feeds.toml": ('[[feed]]\nid = "a"\nurl = "ftp://news.example/"\n', "is not a web address; write one that begins"),
    "topics.toml": ('[[topic]]\nid = "x"\nmatch = "many"\n', "topics.toml"),
    "cities.csv": ("id,country\ntaipei\n", "cities.csv"),
}


@pytest.mark.parametrize("file", BROKEN)
def test_a_broken_configuration_stops_the_start_in_one_sentence_and_touches_nothing(file, person, tmp_path):
    text, sentence = BROKEN[file]
    person.watch(a="http://127.0.0.1:1/feed")
    (person.config / file).write_text(text)
    said = person.reads_complaint("run")
    assert sentence in said
    assert file in said
    assert not (tmp_path / "watcher.db").exists()


def test_a_start_that_failed_over_a_broken_configuration_leaves_all_as_it_was(site, person, tmp_path):
    site.pages |= {"/a": rss(FORUM), "/b": rss(DAEGU)}
    person.watch(a=site.url("/a"))
    person.reads("poll")
    before = (tmp_path / "watcher.db").read_bytes()
    (person.config / "feeds.toml").write_text("[[feed]\n")
    with person.serves() as child:
        assert child.ends(2).count("\n") == 1
    assert (tmp_path / "watcher.db").read_bytes() == before
    person.watch(a=site.url("/a"), b=site.url("/b"))
    with person.serves() as child:
        child.says("feed b: 1 captured")
        child.stops()


def test_status_tells_of_all_that_is_not_well(site, make_desk, judge, clock, person):
    site.pages["/b"] = rss(FORUM)
    desk = mail_to(make_desk(DAILY, a=site.url("/a"), b=site.url("/b")), Sink(port=free_port()))
    person.watch(desk)

    async def live():
        async with living(desk, judge) as service:
            await tick(service)
            clock.forward(hours=6)
            await tick(service)

    asyncio.run(live())
    said = person.reads("status")
    assert "no heartbeat since " in said
    assert "start it with `city-watcher run`" in said
    assert "a: gone: 127.0.0.1 has nothing at this address (404 Not Found)" in said
    assert f"daily 2026-03-01: {len(READERS)} pending, tried again" in said
    assert said.count("The mail server 127.0.0.1") == 1
