"""Upkeep: once a day, whoever does it, and no entry becomes new by it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from conftest import rss
from pydantic import ValidationError
from reading import quick_poll, quick_poller
from sqlalchemy import text
from storing import keep, new_item, open_store

from storage.errors import StorageError
from storage.keeping import Purged
from watcher.service import Service
from watcher.settings.watcher import KeepSettings
from watcher.upkeep import UPKEEP, keep_house

FORUM = ("f1", "Shanghai-Taipei City Forum opens", "The mayors of Shanghai and Taipei signed two MOUs.")
SHARES = ("s1", "Shanghai Stock Exchange ends higher", "Shares rose by one percent.")
LANTERNS = ("l1", "Lanterns over the river", "The festival lasts until Sunday.")


def look(desk, judge):
    desk.store.feeds.hasten(desk.clock())
    return quick_poll(desk, judge)


def test_a_purged_entry_that_is_still_in_its_feed_is_not_new(site, make_desk, judge, clock):
    site.pages["/a"] = rss(FORUM, SHARES)
    desk = make_desk(a=site.url("/a"))
    assert look(desk, judge).new_entries == 2
    clock.forward(days=14, minutes=1)
    assert keep_house(desk) == Purged(items=1, visits=0)
    site.pages["/a"] = rss(LANTERNS, FORUM, SHARES)
    tally = look(desk, judge)
    assert (tally.entries, tally.new_entries, tally.captured) == (3, 1, 0)
    assert desk.store.items.counts() == {
        "captured": 1,
        "near": 0,
        "rejected": 1,
        "irrelevant": 0,
        "seeds": 0,
        "stories": 1,
    }


def test_upkeep_is_done_once_a_day(make_desk, clock):
    desk = make_desk()
    assert keep_house(desk) == Purged(items=0, visits=0)
    clock.forward(hours=11, minutes=59)
    assert keep_house(desk) is None
    clock.forward(minutes=1)
    assert keep_house(desk) is not None
    assert desk.store.facts.find(UPKEEP).noted_at == clock()


def test_a_clock_that_was_ahead_delays_the_upkeep_by_no_more_than_a_day(make_desk, clock):
    desk = make_desk()
    clock.forward(days=365)
    keep_house(desk)
    clock.forward(days=-365)
    assert keep_house(desk) is not None


def test_the_settings_say_how_long_things_stay(make_desk, clock):
    desk = make_desk({"keep": {"set_aside_days": 2, "visits_days": 3}})
    keep(desk.store, new_item("cna:1", "near", at=clock()), at=clock())
    clock.forward(days=2)
    assert keep_house(desk) == Purged(items=0, visits=0)
    clock.forward(days=1)
    assert keep_house(desk) == Purged(items=1, visits=0)
    clock.forward(days=1)
    assert keep_house(desk) == Purged(items=0, visits=1)


def test_of_several_that_keep_house_at_once_none_is_in_the_way_of_the_others(make_desk, clock):
    desk = make_desk()
    keep(desk.store, *(new_item(f"cna:{number}", "rejected", at=clock()) for number in range(300)), at=clock())
    clock.forward(days=15)
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda _: keep_house(desk), range(4)))
    assert sum(purged.items for purged in done if purged) == 300


def test_upkeep_that_failed_is_not_noted_as_done(make_desk, clock, empty_url):
    with open_store(empty_url) as store:
        desk = replace(make_desk(), store=store)
        keep(store, at=clock())
        clock.forward(days=91)
        rename(store, "visits", "elsewhere")
        with pytest.raises(StorageError, match="the tables are missing"):
            keep_house(desk)
        rename(store, "elsewhere", "visits")
        assert keep_house(desk) == Purged(items=0, visits=1)


def rename(store, old, new):
    with store.database.writing() as connection:
        connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


def test_the_service_keeps_house(make_desk, judge, clock, caplog):
    desk = make_desk()
    judged = new_item("cna:1", "near", at=clock(), rules=judge.fingerprint)  # else the replay may hold it just then
    keep(desk.store, judged, at=clock())
    clock.forward(days=20)
    caplog.set_level("INFO")

    async def live():
        async with quick_poller(desk, judge) as poller:
            service = Service(poller=poller, desk=desk, channels={})
            for _ in range(2):
                await service.tick()
                await asyncio.gather(*service.running.values())

    asyncio.run(live())
    assert caplog.text.count("upkeep: 1 set-aside items and 0 visits were purged") == 1
    assert caplog.text.count("upkeep") == 1


def test_a_hundred_years_are_kept_and_more_are_refused(make_desk):
    desk = make_desk({"keep": {"set_aside_days": 36_500, "visits_days": 36_500}})
    assert keep_house(desk) == Purged(items=0, visits=0)
    for key in ("set_aside_days", "visits_days"):
        with pytest.raises(ValidationError, match="less than or equal to 36500"):
            KeepSettings(**{key: 36_501})  # a moment so long ago has no date
