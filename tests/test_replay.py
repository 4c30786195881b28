"""Replay: new rules judge what is stored; what was captured stays, and what is old is no news."""

import asyncio
import json
import os
import subprocess
import sys
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from conftest import rss
from handful import write_handful
from reading import quick_poller
from sqlalchemy import select, text, update
from storing import HOUR, NOW, id_of, keep, new_item, open_store, seed_item

from storage.judgements import ROWS
from storage.rows import DELIVERIES, DIGEST_ITEMS, DIGESTS, FACETS, FACTS, FEEDS, ITEMS, VISITS
from watcher.cli import main
from watcher.cli.place import wall_clock
from watcher.digest import edition_for, note_subscriptions, preview
from watcher.judge import Judge
from watcher.judge.compile import compile_book
from watcher.poll import poll
from watcher.records import entry_from, rejudged
from watcher.replay import RULES, SHOWN, Change, catch_up, enact_rules, replay
from watcher.service import REPLAY_EVERY, Service
from watcher.settings.cities import City
from watcher.settings.topics import Topics
from watcher.values import Judgement, Verdict

DAY = timedelta(days=1)
TABLES = (FEEDS, VISITS, ITEMS, FACETS, DIGESTS, DIGEST_ITEMS, DELIVERIES, FACTS)
JUDGED = ("verdict", "score", "kind", "why", "reasons", "rules")

LANTERNS = "Lanterns of Tainan shine in Kumamoto"
FERRY = "A ferry between two harbours"
TARIFFS = "Ministers speak of tariffs"


def rules(*phrases, **more):
    """A judge of a few phrases, each (text, weight) or (text, weight, kind)."""
    listed = [{"text": text, "weight": weight} | ({"kind": kind[0]} if kind else {}) for text, weight, *kind in phrases]
    return Judge(compile_book(Topics.model_validate({"topic": [{"id": "trial", "phrase": listed} | more]}), ()))


OLD = rules(("sister city", 3))
NEW = rules(("sister city", 3), ("lanterns", 3, "programme"), ("ferry", 2))


@pytest.fixture
def desk(make_desk, clock):
    desk = make_desk({"subscriptions": ({"id": "daily", "at": "18:00"},)}, cna="https://cna.example/rss")
    note_subscriptions(desk, clock())
    return desk


def aside(number, title, at=NOW, **columns):
    """An entry that OLD rejected."""
    verdict = columns.pop("verdict", "rejected")
    basis = {"title": title, "rules": OLD.fingerprint, "facets": ()}
    return new_item(f"cna:{number}", verdict, at, **basis | columns)


def captured(number, title, **columns):
    return aside(number, title, verdict="matched", captured_at=NOW, **columns)


def item(store, number):
    return store.items.find_by_key(f"cna:{number}")


def dump(store):
    """Everything that is stored."""
    with store.database.reading() as connection:
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in TABLES}


def news_of(desk):
    day = desk.clock().date()
    return [news.title for news in edition_for(desk, desk.settings.subscriptions[0], day).news]


def test_what_the_new_rules_match_is_captured_now_with_judgement_facets_and_story(desk, store, clock):
    keep(store, aside(1, LANTERNS), aside(2, TARIFFS))
    clock.forward(hours=1)
    done = replay(desk, NEW, apply=True)
    assert (done.judged, done.captured, done.near, done.rejected, done.kept) == (2, 1, 0, 0, 0)
    full = item(store, 1)
    assert (full.item.verdict, full.item.score, full.item.kind) == ("matched", 3.0, "programme")
    assert (full.item.captured_at, full.item.first_seen_at) == (clock(), NOW)
    assert full.values("topic") == ("trial",)
    assert [reason["phrase"] for reason in full.item.reasons] == ["lanterns"]
    assert "lanterns" in full.item.why.lower()
    assert (full.item.story_id, full.item.story_why) == (full.item.id, "first")
    assert item(store, 2).item.captured_at is None
    assert {item(store, number).item.rules for number in (1, 2)} == {NEW.fingerprint}


def test_what_is_captured_now_joins_the_story_of_the_same_article(desk, store, clock):
    keep(store, captured(1, "Sister city evening", canonical_url="https://news.example/x"))
    store.stories.tell_apart(NOW, lambda fresh, earlier: [(one.id, one.id, "first") for one in fresh])
    keep(store, aside(2, LANTERNS, canonical_url="https://news.example/x"))
    replay(desk, NEW, apply=True)
    assert (item(store, 2).item.story_id, item(store, 2).item.story_why) == (id_of(store, "cna:1"), "url")


def test_what_is_stored_is_judged_like_a_feed_entry(site, make_desk, judge):
    told = (
        "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>Bay</title>"
        "<item><guid>1</guid><title>台北市長訪問大邱</title><description>兩市續簽姊妹市協議，並談觀光合作。</description></item>"
        "<item><guid>2</guid><title>Mayors meet</title><description>A short visit.</description><content:encoded>"
        "<![CDATA[<p>Taipei and Daegu renew their sister city agreement.</p><p>Buses come next.</p>]]>"
        "</content:encoded></item>"
        "<item><guid>3</guid><title>서울시·타이베이시 우호도시 협약 체결</title></item>"
        "<item><guid>4</guid><title>Shanghai Stock Exchange ends higher</title></item></channel></rss>"
    )
    site.pages["/a"] = told.encode()
    desk, entries = make_desk(a=site.url("/a")), []
    asyncio.run(poll(desk, OLD, lambda report: entries.extend(entry for entry, _ in report.visit.judged)))
    assert replay(desk, judge, apply=True).judged == len(entries) == 4
    rows = {row.title: row for row in (full.item for full in all_items(desk.store))}
    for entry in entries:
        said, row = judge.judge(entry), rows[entry.title]
        assert (row.verdict, row.score, row.kind, row.why) == (said.verdict, said.score, said.kind, said.why)
        spots = [(reason.field, reason.start, reason.end, reason.phrase) for reason in said.reasons]
        assert [tuple(one[name] for name in ("field", "start", "end", "phrase")) for one in row.reasons] == spots
    assert {row.verdict for row in rows.values()} == {"matched", "rejected"}


def all_items(store):
    with store.database.reading() as connection:
        ids = connection.scalars(select(ITEMS.c.id).where(ITEMS.c.feed_id.is_not(None))).all()
    return [store.items.find(one) for one in ids]


@pytest.mark.parametrize("verdict", ["near", "rejected"])
def test_what_is_captured_is_never_un_captured(desk, store, clock, verdict):
    facets = (("pair", "kumamoto~tainan"),)
    keep(store, captured(1, "Sister city evening", reasons=[{"phrase": "sister city"}], facets=facets))
    before = item(store, 1)
    clock.forward(hours=1)
    other = rules(("evening", 2)) if verdict == "near" else rules(("ferry", 3))
    done = replay(desk, other, apply=True)
    assert (done.judged, done.captured, done.kept, done.near, done.rejected) == (1, 0, 1, 0, 0)
    assert [(change.before, change.after) for change in done.changed] == [("matched", verdict)]
    after = item(store, 1)
    assert after.facets == before.facets == facets
    assert after.item.rules == other.fingerprint
    changed = {
        name for name in type(after.item).model_fields if getattr(after.item, name) != getattr(before.item, name)
    }
    assert changed == {"rules"}


def test_a_captured_item_follows_the_new_rules_and_keeps_its_moment_story_and_backfill(desk, store, clock):
    keep(store, captured(1, LANTERNS, backfill=False, published_at=NOW - 9 * DAY, facets=(("pair", "a~b"),)))
    store.stories.join(id_of(store, "cna:1"), id_of(store, "cna:1"), "first")
    clock.forward(days=30)
    done = replay(desk, NEW, apply=True)
    assert (done.judged, done.altered, done.changes) == (1, 1, 1)
    assert [(change.gained, change.lost) for change in done.changed] == [(("kind programme",), ("a~b", "kind visit"))]
    full = item(store, 1)
    assert (full.item.score, full.item.kind, full.facets) == (3.0, "programme", (("topic", "trial"),))
    assert (full.item.captured_at, full.item.backfill, full.item.story_why) == (NOW, False, "first")


def test_near_and_rejected_change_places_with_their_facets(desk, store):
    keep(store, aside(1, FERRY), aside(2, TARIFFS, verdict="near", facets=(("city", "paris"),)))
    done = replay(desk, NEW, apply=True)
    assert (done.captured, done.near, done.rejected) == (0, 1, 1)
    assert [item(store, number).item.verdict for number in (1, 2)] == ["near", "rejected"]
    assert item(store, 2).facets == ()


def test_old_entries_are_backfill_and_only_new_ones_are_in_the_digest(desk, store, clock):
    old, new = clock() - 5 * DAY, clock() - DAY
    keep(
        store,
        aside(1, f"{LANTERNS}, old by its date", at=new, published_at=old),
        aside(2, f"{LANTERNS}, new by its date", at=old, published_at=new),
        aside(3, f"{LANTERNS}, undated and seen long ago", at=old),
        aside(4, f"{LANTERNS}, undated and seen lately", at=new),
        aside(5, f"{LANTERNS}, old when it was seen", at=new, published_at=new, backfill=True),
        aside(6, f"{LANTERNS}, as old as may be", at=new, published_at=clock() - 3 * DAY),
    )
    assert replay(desk, NEW, apply=True).captured == 6
    assert [item(store, number).item.backfill for number in range(1, 7)] == [True, False, True, False, True, False]
    told = news_of(desk)
    assert [title.partition(", ")[2] for title in told] == [
        "new by its date",
        "undated and seen lately",
        "as old as may be",
    ]
    assert edition_for(desk, desk.settings.subscriptions[0], clock().date()).backfilled == 3
    assert "old by its date" not in preview(desk, desk.settings.subscriptions[0])[0].text


def test_a_dry_run_writes_nothing_and_says_what_would_change(desk, store, clock):
    keep(
        store,
        *(aside(1, LANTERNS), aside(2, FERRY), aside(3, TARIFFS, verdict="near")),
        *(captured(4, "Twin town ball"), captured(5, "Sister city ball")),
    )
    before = dump(store)
    clock.forward(hours=1)
    dry = replay(desk, NEW, apply=False)
    assert dump(store) == before
    assert (dry.judged, dry.captured, dry.near, dry.rejected, dry.kept, dry.changes) == (5, 1, 1, 1, 1, 5)
    assert dry.changed[0] == Change(
        id=id_of(store, "cna:1"),
        before=Verdict.REJECTED,
        after=Verdict.MATCHED,
        score=3.0,
        title=LANTERNS,
        why="“Lanterns”: 3 points, 3 are needed.",
    )
    assert replay(desk, NEW, apply=True) == dry
    assert dump(store) != before


GHENT = City(id="ghent", name="Ghent", country="BE", forms=("Ghent",))
TAIPEI = City(id="taipei", name="Taipei", country="TW", forms=("Taipei",))
BALL = "Sister city ball of Taipei and Ghent"


def test_a_new_city_is_told_of_what_stays_captured(desk, store):
    phrase = {"text": "sister city", "weight": 3, "kind": "mou"}
    topics = Topics.model_validate({"topic": [{"id": "trial", "phrase": [phrase]}]})
    one, two = (Judge(compile_book(topics, cities)) for cities in ((TAIPEI,), (TAIPEI, GHENT)))
    keep(store, captured(1, BALL), captured(2, "Sister city ball"), captured(3, "Sister city fair"), aside(4, TARIFFS))
    replay(desk, one, apply=True)
    dry = replay(desk, two, apply=False)
    assert (dry.judged, dry.altered, dry.captured, dry.kept, dry.changes) == (4, 1, 0, 0, 1)
    assert [(change.title, change.gained, change.lost) for change in dry.changed] == [
        (BALL, ("ghent", "ghent~taipei"), ())
    ]
    assert replay(desk, two, apply=True) == dry
    assert item(store, 1).values("pair") == ("ghent~taipei",)
    assert item(store, 4).values("city") == ()


def test_another_kind_is_told_after_what_is_newly_captured(desk, store):
    keep(store, captured(1, "Sister city lanterns", kind="visit"), aside(2, LANTERNS), aside(3, FERRY))
    done = replay(desk, NEW, apply=False)
    assert (done.captured, done.altered, done.near, done.changes) == (1, 1, 1, 3)
    assert [(change.title, change.gained, change.lost) for change in done.changed] == [
        (LANTERNS, (), ()),
        ("Sister city lanterns", ("kind programme",), ("kind visit",)),
        (FERRY, (), ()),
    ]


def test_many_changes_are_counted_and_the_newly_captured_listed_first(desk, store):
    keep(store, *(aside(number, FERRY) for number in range(SHOWN)))
    keep(store, *(aside(100 + number, LANTERNS) for number in range(3)), aside(200, "Lanterns on a ferry"))
    done = replay(desk, NEW, apply=False)
    assert (done.captured, done.near, done.changes) == (4, SHOWN, SHOWN + 4)
    assert len(done.changed) == SHOWN
    assert [change.title for change in done.changed[:5]] == ["Lanterns on a ferry", *[LANTERNS] * 3, FERRY]


def test_a_near_miss_is_listed_after_what_is_captured_whatever_it_scores(desk, store):
    keep(store, aside(1, FERRY), aside(2, LANTERNS), captured(3, "Sister city ball"))
    words = {FERRY: (Verdict.NEAR, 9.0), LANTERNS: (Verdict.MATCHED, 3.0)}

    class Fixed:
        fingerprint = NEW.fingerprint

        def judge(self, entry):
            verdict, score = words.get(entry.title, (Verdict.REJECTED, 0.0))
            return Judgement(verdict=verdict, score=score)

    done = replay(desk, Fixed(), apply=False)
    assert [change.title for change in done.changed] == [LANTERNS, FERRY, "Sister city ball"]


def test_the_same_rules_judge_nothing_again(desk, store):
    keep(store, aside(1, LANTERNS), captured(2, "Sister city ball"))
    before = dump(store)
    done = replay(desk, OLD, apply=True)
    assert (done.judged, done.changes) == (0, 0)
    assert dump(store) == before


def test_a_replay_that_was_stopped_goes_on_where_it_ended(desk, store):
    keep(store, *(aside(number, LANTERNS if number % 50 == 0 else TARIFFS) for number in range(3 * ROWS)))
    answers = iter([False, True])
    first = replay(desk, NEW, apply=True, stopping=lambda: next(answers))
    second = replay(desk, NEW, apply=True)
    assert (first.judged, second.judged) == (ROWS, 2 * ROWS)
    assert first.captured + second.captured == 3 * ROWS / 50


def test_what_is_set_aside_comes_before_what_is_captured(desk, store):
    keep(store, captured(1, "Sister city ball"), aside(2, LANTERNS), captured(3, "Sister city fair"), aside(4, FERRY))
    rows = [[row.id for row in batch] for batch in store.judgements.outdated(NEW.fingerprint, 100)]
    ids = [id_of(store, f"cna:{number}") for number in range(1, 5)]
    assert rows == [[ids[1], ids[3]], [ids[0], ids[2]]]


def test_what_was_set_aside_and_marked_irrelevant_is_judged_and_stays_there(desk, store):
    keep(store, aside(1, LANTERNS, label="irrelevant"), aside(2, f"{LANTERNS} again"))
    done = replay(desk, NEW, apply=True)
    assert (done.captured, done.refused) == (1, 1)
    assert [(one.label, one.before, one.after) for one in done.changed] == [
        ("", "rejected", "matched"),
        ("irrelevant", "rejected", "matched"),
    ]
    refused = item(store, 1).item
    assert (refused.verdict, refused.captured_at, refused.label) == ("matched", None, "irrelevant")
    assert news_of(desk) == [f"{LANTERNS} again"]


def test_what_was_marked_relevant_stays_captured_whatever_new_rules_say(desk, store):
    keep(store, aside(1, TARIFFS), aside(2, FERRY, verdict="near"))
    store.labels.mark([id_of(store, "cna:1"), id_of(store, "cna:2")], "relevant", NOW)
    done = replay(desk, NEW, apply=True)
    assert (done.captured, done.kept, done.refused) == (0, 0, 0)
    assert [item(store, number).item.captured_at for number in (1, 2)] == [NOW, NOW]
    assert {item(store, number).item.rules for number in (1, 2)} == {NEW.fingerprint}


def test_a_label_that_came_while_the_item_was_judged_counts(desk, store):
    keep(store, aside(1, LANTERNS))
    [[row]] = store.judgements.outdated(NEW.fingerprint, 100)
    store.labels.mark([row.id], "irrelevant", NOW)
    change = rejudged(row, NEW.judge(entry_from(row)), NOW, rules=NEW.fingerprint, backfill=DAY)
    assert store.judgements.replace([change]) == set()
    assert item(store, 1).item.captured_at is None


def test_seeds_are_left_to_those_who_plant_them(desk, store):
    store.items.plant([seed_item(title=LANTERNS, rules="r0")])
    assert replay(desk, NEW, apply=True).judged == 0
    assert store.items.recent(1, seeds=True)[0].item.rules == "r0"


def test_an_item_that_another_process_touched_meanwhile_is_left_alone(desk, store, clock):
    keep(store, *(aside(number, LANTERNS) for number in range(1, 5)))
    other = type(store)(store.database)

    class Slow:
        fingerprint = NEW.fingerprint

        def judge(self, entry):
            """Another process judges the first item, captures the second, purges the third."""
            if not asked:
                asked.append(entry)
                with other.database.writing() as connection:
                    connection.execute(update(ITEMS).where(ITEMS.c.key == "cna:1").values(rules="r9", verdict="near"))
                    connection.execute(
                        update(ITEMS).where(ITEMS.c.key == "cna:2").values(captured_at=NOW - HOUR, score=9)
                    )
                    connection.execute(text("DELETE FROM items WHERE key = 'cna:3'"))
            return NEW.judge(entry)

    asked = []
    done = replay(desk, Slow(), apply=True)
    assert (done.captured, done.kept, [change.id for change in done.changed]) == (
        *(1, 0, [id_of(store, "cna:4"), id_of(store, "cna:2")]),
    )
    assert (item(store, 1).item.rules, item(store, 1).item.verdict, item(store, 1).item.captured_at) == (
        *("r9", "near", None),
    )
    assert (item(store, 2).item.rules, item(store, 2).item.captured_at) == (NEW.fingerprint, NOW - HOUR), "in its turn"
    assert item(store, 3) is None
    assert item(store, 4).item.captured_at == NOW


def test_two_replays_at_once_do_what_one_does(desk, store, fresh_url, clock):
    keep(store, *(aside(number, LANTERNS if number % 10 == 0 else TARIFFS) for number in range(5 * ROWS)))

    def run(_):
        with open_store(fresh_url) as mine:
            beside = type(desk)(store=mine, settings=desk.settings, feeds=desk.feeds, clock=clock)
            return replay(beside, NEW, apply=True)

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(run, range(2)))
    replay(desk, NEW, apply=True)
    assert sum(one.captured for one in done) == ROWS / 2
    with store.database.reading() as connection:
        rows = connection.execute(
            select(ITEMS.c.id, ITEMS.c.title, ITEMS.c.captured_at, ITEMS.c.rules, ITEMS.c.story_id)
        )
        found = rows.all()
        facets = connection.scalars(select(FACETS.c.item_id).order_by(FACETS.c.item_id)).all()
    taken = [row.id for row in found if row.captured_at]
    assert {row.rules for row in found} == {NEW.fingerprint}
    assert sorted(row.id for row in found if row.title == LANTERNS) == sorted(taken) == facets
    assert len({row.story_id for row in found if row.captured_at}) == 1


def test_many_items_are_judged_in_the_memory_of_one_batch(desk, store):
    long = "It rained. " * 200
    keep(store, *(aside(number, TARIFFS, text=long) for number in range(10 * ROWS)))
    tracemalloc.start()
    try:
        done = replay(desk, NEW, apply=True)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert done.judged == 10 * ROWS
    assert most < 10 * ROWS * len(long) * 2 / 3
    assert all(len(batch) <= ROWS for batch in store.judgements.outdated("r0", 100))


def test_texts_without_end_are_cut_before_they_are_judged(desk, store):
    keep(store, aside(1, LANTERNS, summary="x" * 50_000, text="漢" * 50_000))
    [[row]] = store.judgements.outdated(NEW.fingerprint, 4000)
    assert (row.summary, row.text) == ("x" * 4000, "漢" * 4000)
    replay(desk, NEW, apply=True)
    assert len(item(store, 1).item.text) == 50_000


# The service


async def until(true, seconds=20.0):
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


def live(desk, judge, story):
    """Run a story with a service that a test ticks by hand."""

    async def all_of_it():
        async with quick_poller(desk, judge) as poller:
            service = Service(poller=poller, desk=desk, channels={})

            async def tick():
                await service.tick()
                await until(lambda: not service.running)

            await story(service, tick)

    asyncio.run(all_of_it())


def test_the_service_judges_again_by_itself_when_the_rules_changed(desk, store, clock):
    keep(store, aside(1, LANTERNS))
    enact_rules(desk, NEW)

    async def story(service, tick):
        await tick()
        assert item(store, 1).item.captured_at == clock()
        assert service.replayed_at is None, "something was found, so the next tick looks again"
        await tick()
        assert service.replayed_at == clock()

    live(desk, NEW, story)
    assert store.facts.find(RULES).value == NEW.fingerprint


def test_the_service_looks_again_once_a_day_for_what_a_process_with_older_rules_stored(desk, store, clock):
    enact_rules(desk, NEW)

    async def story(service, tick):
        await tick()
        keep(store, aside(1, LANTERNS), at=clock())
        clock.forward(seconds=REPLAY_EVERY.total_seconds() - 1)
        await tick()
        assert item(store, 1).item.captured_at is None
        clock.forward(seconds=1)
        await tick()
        assert item(store, 1).item.captured_at == clock()

    live(desk, NEW, story)


def test_of_two_services_with_different_rules_the_later_one_has_the_say(desk, store, caplog):
    keep(store, aside(1, LANTERNS))
    enact_rules(desk, OLD)
    enact_rules(desk, NEW)
    assert catch_up(desk, OLD, lambda: False)
    assert "other rules" in caplog.text
    assert not catch_up(desk, NEW, lambda: False)
    assert catch_up(desk, NEW, lambda: False)
    assert item(store, 1).item.captured_at
    assert catch_up(desk, OLD, lambda: False)
    assert item(store, 1).item.rules == NEW.fingerprint


def test_a_service_that_is_overtaken_while_it_judges_again_gives_way(desk, store):
    keep(store, *(aside(number, TARIFFS) for number in range(2 * ROWS)))

    class Overtaken:
        fingerprint = OLD.fingerprint[::-1]

        def judge(self, entry):
            enact_rules(desk, NEW)
            return OLD.judge(entry)

    enact_rules(desk, Overtaken())
    catch_up(desk, Overtaken(), lambda: False)
    with store.database.reading() as connection:
        rows = connection.scalars(select(ITEMS.c.rules)).all()
    assert rows.count(Overtaken.fingerprint) == ROWS


def test_polling_goes_on_while_the_service_judges_again(site, make_desk, store, clock):
    go_on, asked = Event(), Event()

    class Slow:
        fingerprint = NEW.fingerprint

        def judge(self, entry):
            if entry.title == LANTERNS:
                asked.set()
                go_on.wait(20)
            return NEW.judge(entry)

    desk = make_desk(cna="https://cna.example/rss")
    keep(store, aside(1, LANTERNS))
    site.pages["/a"] = rss(("f1", "Sister city ball"))
    desk = make_desk(a=site.url("/a"))

    async def story(service, tick):
        await service.tick()
        await until(asked.is_set)
        await until(lambda: store.items.counts()["captured"] == 1)
        assert "replay" in service.running
        await service.tick()
        go_on.set()
        await until(lambda: not service.running)
        assert store.items.counts()["captured"] == 2

    try:
        live(desk, Slow(), story)
    finally:
        go_on.set()


def test_a_service_that_stops_leaves_the_rest_for_its_next_start(desk, store):
    keep(store, aside(1, LANTERNS))

    async def stop(service, tick):
        await service.tick()
        service.stopping.set()
        await until(lambda: not service.running)
        assert item(store, 1).item.captured_at is None

    live(desk, NEW, stop)
    live(desk, NEW, lambda service, tick: tick())
    assert item(store, 1).item.captured_at


# The command


PHRASES = '[[topic]]\nid = "trial"\n\n  [[topic.phrase]]\n  text = ["sister city"]\n  weight = 3\n'


@pytest.fixture
def place(tmp_path):
    """The words that name a configuration and a database."""
    return ["--config", str(tmp_path / "config"), "--database", f"sqlite:///{tmp_path}/mine.db"]


@pytest.fixture
def cw(tmp_path, place, capsys, site, monkeypatch):
    """Run a command in a folder with one feed that was polled under PHRASES; return what it printed."""
    folder = tmp_path / "config"
    monkeypatch.setenv("CITY_WATCHER_FETCH__ALLOW_PRIVATE", "127.0.0.1")

    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main([*place, *words])
        assert ended.value.code == 0
        return capsys.readouterr().out

    run("init", str(folder))
    write_handful(folder)
    site.pages["/a"] = rss(("1", LANTERNS), ("2", TARIFFS), published=wall_clock())
    (folder / "feeds.toml").write_text(f'[[feed]]\nid = "a"\nurl = "{site.url("/a")}"\n')
    (folder / "topics.toml").write_text(PHRASES)
    run("poll")
    (folder / "topics.toml").write_text(PHRASES + '\n  [[topic.phrase]]\n  text = ["lanterns"]\n  weight = 3\n')
    return run


def test_the_command_says_what_would_change_and_then_changes_it(cw):
    said = cw("topics", "replay")
    assert f"rejected -> matched\t3\t{LANTERNS}" in said
    assert "2 stored entries judged again: 1 newly captured" in said
    assert "Nothing was written" in said
    assert LANTERNS not in cw("items", "list")
    written = cw("topics", "replay", "--apply")
    assert f"rejected -> matched\t3\t{LANTERNS}" in written
    assert "Nothing was written" not in written
    assert LANTERNS in cw("items", "list")
    assert LANTERNS in cw("digest", "preview")
    assert "judged by these rules already" in cw("topics", "replay", "--apply")


def test_the_command_tells_of_a_new_city(cw, tmp_path):
    cw("topics", "replay", "--apply")
    cities = tmp_path / "config" / "cities.csv"
    cities.write_text(cities.read_text("utf-8") + "lanterns,Lanterns,ZZ,Lanterns\n", "utf-8")
    for words, get in (((), "would get"), (("--apply",), "get")):
        said = cw("topics", "replay", *words)
        assert "+ kumamoto~lanterns, + lanterns, + lanterns~tainan\t3\t" in said
        assert f"1 captured item {get} other cities, pairs or kinds.\n" in said
    cities.write_text(cities.read_text("utf-8") + "nowhere,Nowhere,ZZ,Nowhere\n", "utf-8")
    assert "other" not in cw("topics", "replay")


def test_the_command_speaks_json(cw):
    dry, applied, again = (json.loads(cw("topics", "replay", "--json", *more)) for more in ((), ("--apply",), ()))
    [change] = dry.pop("changed")
    assert set(change) == {"id", "before", "after", "score", "title", "why", "label", "gained", "lost"}
    assert (change["before"], change["after"], change["title"]) == ("rejected", "matched", LANTERNS)
    counts = {"judged": 2, "captured": 1, "near": 0, "rejected": 0, "kept": 0, "altered": 0, "refused": 0}
    assert dry == counts | {"applied": False}
    assert applied == counts | {"applied": True, "changed": [change]}
    assert again["judged"] == 0


def test_a_service_that_runs_under_older_rules_does_not_undo_an_applied_replay(cw, tmp_path, make_desk, clock):
    cw("topics", "replay", "--apply")
    with open_store(f"sqlite:///{tmp_path}/mine.db") as store:
        desk = make_desk()
        beside = type(desk)(store=store, settings=desk.settings, feeds={}, clock=clock)
        assert catch_up(beside, OLD, lambda: False)
        [full] = [full for full in all_items(store) if full.item.captured_at]
    assert full.item.rules != OLD.fingerprint


def test_a_service_that_starts_with_new_rules_finds_what_was_stored_before(cw, tmp_path, place, site):
    command = [sys.executable, "-m", "watcher", *place, "run"]
    alone = os.environ | {"CITY_WATCHER_WEB__ENABLED": "false"}
    with (
        subprocess.Popen(command, env=alone, stderr=subprocess.PIPE, text=True) as service,
        open_store(f"sqlite:///{tmp_path}/mine.db") as store,
    ):
        try:
            end = time.monotonic() + 60
            while not any(full.item.title == LANTERNS for full in store.items.recent(limit=10)):
                assert time.monotonic() < end, "waited in vain"
                time.sleep(0.05)
            service.terminate()
            _, said = service.communicate(timeout=60)
        finally:
            service.kill()
        assert {full.item.rules for full in all_items(store)} == {store.facts.find(RULES).value}
    assert service.returncode == 0, said
    assert "the rules changed: 2 stored entries judged again, 1 captured" in said
    assert site.asked == ["/a"], "the feed is not due yet: what was found came from the store"


def test_what_replays_needs_the_database_and_what_judges_does_not():
    code = "import sys; from watcher.cli import main; main(['topics', 'judge'])"
    check = f"import atexit, sys; atexit.register(lambda: print('sqlmodel' in sys.modules)); {code}"
    done = subprocess.run([sys.executable, "-c", check], input="{}", capture_output=True, text=True)
    assert done.stdout.endswith("False\n"), done.stdout + done.stderr
