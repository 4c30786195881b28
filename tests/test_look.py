"""An index of sitemaps is read with what it leads to, within the feed's limits; nothing of it stays unseen."""

import asyncio
from datetime import timedelta

import pytest
from conftest import Site, answer
from reading import QuickReader, quick_poll

from watcher.errors import ReadProblem
from watcher.fetch import Fetcher
from watcher.look import read_whole
from watcher.settings.watcher import FetchSettings
from watcher.values import Feed, Fetched, Unchanged

FORUM = "Shanghai-Taipei City Forum opens"
FAIR = "Harbour fair opens"


def sitemap(*titles: str) -> bytes:
    urls = "".join(
        f"<url><loc>https://bay.example/{title[:9]}</loc><news><title>{title}</title></news></url>" for title in titles
    )
    return f"<urlset>{urls}</urlset>".encode()


def index(site: Site, *paths: str) -> bytes:
    maps = "".join(f"<sitemap><loc>{site.url(path)}</loc></sitemap>" for path in paths)
    return f"<sitemapindex>{maps}</sitemapindex>".encode()


def look(feed: Feed):
    async def run():
        async with Fetcher(FetchSettings(allow_private=("127.0.0.1",)), "") as fetcher, QuickReader() as reader:
            fetched = await fetcher.fetch(feed)
            assert isinstance(fetched, Fetched)
            return await read_whole(fetched, feed, fetcher, reader)

    return asyncio.run(run())


def test_an_index_is_read_with_its_sitemaps_each_entry_once(site) -> None:
    site.pages |= {"/index": index(site, "/a", "/b", "/c", "/d"), "/a": sitemap(FORUM), "/b": sitemap(FAIR, FORUM)}
    outcome, reading = look(Feed(id="bay", url=site.url("/index")))
    assert [entry.title for entry in reading.entries] == [FORUM, FAIR]
    assert reading.more == ()
    assert (outcome.etag, outcome.last_modified) == ("", "")
    assert site.asked == ["/index", "/a", "/b", "/c"]
    [note] = reading.notes
    assert note.startswith(f"{site.url('/c')} was left out: gone: 127.0.0.1 has nothing at this address")


def test_an_index_whose_sitemaps_all_fail_is_a_problem(site) -> None:
    site.pages |= {"/index": index(site, "/a", "/b"), "/b": index(site, "/a")}
    with pytest.raises(ReadProblem, match=r"no sitemap of this index can be read; the first one: .*/a"):
        look(Feed(id="bay", url=site.url("/index")))


def test_a_stuck_sitemap_has_a_part_of_the_time(site) -> None:
    site.pages |= {"/index": index(site, "/a", "/b"), "/a": site.hold, "/b": sitemap(FAIR)}
    _, reading = look(Feed(id="bay", url=site.url("/index"), timeout=timedelta(seconds=0.8)))
    assert [entry.title for entry in reading.entries] == [FAIR]
    assert "0.2 s" in reading.notes[0]


def test_news_behind_an_index_that_stays_the_same_is_found(site, make_desk, judge) -> None:
    def say_same(request) -> None:
        answer(request, index(site, "/a"), 304 if request.headers["If-None-Match"] else 200, ETag='"always"')

    site.pages |= {"/index": say_same, "/a": sitemap(FAIR)}
    desk = make_desk(bay=site.url("/index"))
    tallies = []
    for page in (sitemap(FAIR), sitemap(FAIR), sitemap(FAIR, FORUM)):
        site.pages["/a"] = page
        desk.store.feeds.hasten(desk.clock())
        tallies.append(quick_poll(desk, judge))
    assert [(tally.read, tally.unchanged, tally.captured) for tally in tallies] == [(1, 0, 0), (0, 1, 0), (1, 0, 1)]


def test_the_same_index_and_sitemaps_are_unchanged(site) -> None:
    site.pages |= {"/index": index(site, "/a"), "/a": sitemap(FAIR)}
    first, _ = look(Feed(id="bay", url=site.url("/index")))
    again, _ = look(Feed(id="bay", url=site.url("/index"), body_hash=first.body_hash))
    assert isinstance(again, Unchanged)
    assert again.bytes == len(site.pages["/index"]) + len(site.pages["/a"])
