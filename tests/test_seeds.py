"""Seeds: the user's copies of articles beside the records, and seeds of the user's own; never news."""

from datetime import UTC, date, datetime, timedelta

import pytest
from conftest import rss
from reading import quick_poll
from sqlalchemy import select
from storing import search

from storage.check import find_faults
from storage.rows import FACETS, ITEMS
from watcher.digest import note_subscriptions, open_digest
from watcher.errors import ReadProblem
from watcher.judge import Judge
from watcher.judge.compile import compile_book
from watcher.poll import tell_apart
from watcher.seeds import Change, import_seed, plant_seeds
from watcher.settings.topics import Topics
from watcher.text.tokens import cut_text
from watcher.values import Verdict

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
RECORD = "seed:taipei-daegu-reaffirmation-2021"

DAEGU = """Home > Sample news

Mayors of Taipei and South Korea's  Daegu sign agreement to "reaffirm" sister city friendship through a video conference

TAIPEI, March 26 -- On two screens the mayors of Taipei and Daegu signed an invented agreement to reaffirm the sister \
city friendship of Taipei and Daegu, and the interpreters of this sample smiled.

They will exchange kumquat trees next spring.

In Case You Missed It...
"""
HARBOUR = """Busan and Kaohsiung sign sister port and sister city agreement

BUSAN, May 4, 2019 -- In this invented sample the mayors of Busan and Kaohsiung signed a sister city agreement, and the \
pilots of both harbours will visit each other.
"""
WEATHER = """Fog over the bay

May 4

In this invented sample there is fog over the bay, the gulls are walking to their work, and nobody has met anybody yet.
"""


@pytest.fixture
def planted(store, judge):
    plant_seeds(store, judge, NOW)
    return store


def bring(store, judge, text, now=LATER):
    return import_seed(store, judge, text.encode(), now)


def dump(store):
    with store.database.reading() as connection:
        return [sorted(map(repr, connection.execute(select(table)))) for table in (ITEMS, FACETS)]


def rules(*phrases):
    listed = [{"text": text, "weight": weight} for text, weight in phrases]
    return Judge(compile_book(Topics.model_validate({"topic": [{"id": "trial", "phrase": listed}]}), ()))


def test_a_copy_goes_beside_the_record_that_has_its_title(planted, judge):
    before = planted.items.find_by_key(RECORD)
    imported = bring(planted, judge, DAEGU)
    full = planted.items.find_by_key(RECORD)
    assert imported.change is Change.ADDED
    assert imported.full == full
    assert full.item.text.startswith("TAIPEI, March 26 -- On two screens")
    assert full.item.text.endswith("They will exchange kumquat trees next spring.")
    for name in ("id", "title", "summary", "published_at", "captured_at", "first_seen_at", "kind", "url"):
        assert getattr(full.item, name) == getattr(before.item, name), name
    assert full.values("pair") == ("daegu~taipei",)
    assert full.values("field") == before.values("field")
    assert planted.items.counts()["seeds"] == 3


def test_the_words_of_the_copy_are_found_and_those_of_the_abstract_still(planted, judge):
    assert search(planted, "kumquat") == []
    bring(planted, judge, DAEGU)
    for words in ("kumquat trees", "epidemic control"):
        assert search(planted, *cut_text(words)) == [RECORD]


def test_the_text_is_judged_and_what_the_record_says_otherwise_is_told(planted, judge):
    imported = bring(planted, judge, DAEGU)
    judged = imported.judgement
    assert (judged.verdict, judged.kind, judged.pairs) == (Verdict.MATCHED, "reaffirmation", ("daegu~taipei",))
    assert (imported.written_day, imported.differences) == ("TAIPEI, March 26", ())
    assert imported.full.item.score == judged.score
    assert {reason["field"] for reason in imported.full.item.reasons} <= {"title", "text"}


def test_a_reason_in_the_title_points_into_the_title_that_is_stored(planted, judge):
    item = bring(planted, judge, DAEGU).full.item
    found = [item.title[one["start"] : one["end"]].casefold() for one in item.reasons if one["field"] == "title"]
    assert any("sister city" in words for words in found)


def test_where_judge_and_article_contradict_the_record_it_is_told_and_the_record_stands(planted):
    text = DAEGU.replace("March 26 --", "March 27 --")
    imported = bring(planted, rules(("interpreters", 2)), text)
    assert imported.differences == (
        "by its text alone it would be near, and not be captured",
        "the record's pair is daegu~taipei, the judge's none",
        "the record's kind is reaffirmation, the judge's other",
        "the record's day is 2021-03-26, the article's 2021-03-27 (TAIPEI, March 27)",
    )
    item = imported.full.item
    assert (item.verdict, item.kind, item.published_at.date()) == ("matched", "reaffirmation", date(2021, 3, 26))
    assert imported.full.values("pair") == ("daegu~taipei",)


@pytest.mark.parametrize("text", [DAEGU, HARBOUR, WEATHER], ids=["record", "own", "own, rejected"])
def test_the_same_article_again_changes_nothing(planted, judge, text):
    first = bring(planted, judge, text)
    stored = dump(planted)
    again = bring(planted, judge, f"\n{text}\n\n", LATER + timedelta(days=1))
    assert again.change is Change.UNCHANGED
    assert again.full == first.full
    assert dump(planted) == stored


@pytest.mark.parametrize(
    ("text", "old", "new"), [(DAEGU, "kumquat", "mandarin"), (HARBOUR, "pilots", "mandarin pilots")]
)
def test_an_edited_article_takes_the_place_of_the_first(planted, judge, text, old, new):
    first = bring(planted, judge, text)
    edited = bring(planted, judge, text.replace(old, new), LATER + timedelta(days=1))
    assert edited.change is Change.UPDATED
    assert edited.full.item.id == first.full.item.id
    assert edited.full.item.captured_at == first.full.item.captured_at
    assert search(planted, "mandarin") == [first.full.item.key]
    assert old == "pilots" or search(planted, old) == []


def test_every_other_article_becomes_a_seed_of_its_own(planted, judge):
    imported = bring(planted, judge, HARBOUR)
    item = imported.full.item
    assert imported.change is Change.NEW
    assert item.key.startswith("seed:")
    assert (item.feed_id, item.url, item.language) == (None, "", "en")
    assert item.title == "Busan and Kaohsiung sign sister port and sister city agreement"
    assert (item.published_at, item.published_raw) == (datetime(2019, 5, 4, tzinfo=UTC), "BUSAN, May 4, 2019")
    assert (item.captured_at, item.first_seen_at, item.verdict, item.kind) == (LATER, LATER, "matched", "agreement")
    assert imported.full.values("pair") == ("busan~kaohsiung",)
    assert imported.differences == ()
    assert next(full.item.id for full in planted.items.recent(None, seeds=True)) == item.id
    assert search(planted, *cut_text("pilots of both harbours")) == [item.key]


def test_a_seed_is_captured_whatever_the_judge_says_and_its_day_is_not_guessed(planted, judge):
    imported = bring(planted, judge, WEATHER)
    item = imported.full.item
    assert imported.judgement.verdict is Verdict.REJECTED
    assert (item.captured_at, item.kind, item.score) == (LATER, "other", 0)
    assert imported.full.values("pair") == ()
    assert (item.published_at, item.published_raw, item.published_how) == (None, "May 4", "unread")
    tell_apart(planted, LATER)
    assert find_faults(planted.database, LATER + timedelta(days=1)) == []


def test_the_next_start_undoes_no_import(planted, judge):
    for text in (DAEGU, HARBOUR, WEATHER):
        bring(planted, judge, text)
    stored = dump(planted)
    plant_seeds(planted, judge, LATER + timedelta(days=1))
    assert dump(planted) == stored


def test_other_rules_judge_every_seed_at_the_next_start_by_its_text(planted, judge):
    ids = [bring(planted, judge, text).full.item.id for text in (DAEGU, HARBOUR)]
    other = rules(("kumquat", 4), ("pilots", 5), ("sister city", 1))
    plant_seeds(planted, other, LATER)
    record, own = (planted.items.find(one).item for one in ids)
    assert (record.score, record.kind, record.rules) == (5, "reaffirmation", other.fingerprint)
    assert (own.score, own.kind, own.rules, own.verdict) == (6, "other", other.fingerprint, "matched")
    assert planted.items.find(ids[1]).values("topic") == ("trial",)


def test_a_seed_of_ones_own_that_matches_no_more_keeps_what_was_judged(planted, judge):
    first = bring(planted, judge, HARBOUR).full
    plant_seeds(planted, rules(("nothing of this", 3)), LATER)
    kept = planted.items.find(first.item.id)
    assert (kept.item.captured_at, kept.item.kind, kept.item.score) == (LATER, "agreement", first.item.score)
    assert kept.facets == first.facets


def test_the_same_article_again_is_not_judged_away_by_other_rules(planted, judge):
    bring(planted, judge, HARBOUR)
    other = rules(("nothing of this", 3))
    plant_seeds(planted, other, LATER)
    stored = dump(planted)
    assert bring(planted, other, HARBOUR).change is Change.UNCHANGED
    assert dump(planted) == stored


def test_what_is_no_article_leaves_everything_as_it_is(planted, judge):
    stored = dump(planted)
    with pytest.raises(ReadProblem):
        import_seed(planted, judge, b"\x00\x01" * 99, LATER)
    assert dump(planted) == stored


def test_imported_seeds_are_never_news(site, make_desk, judge, clock):
    site.pages["/a"] = rss(("k1", "Taipei and Daegu renew sister city agreement"))
    desk = make_desk({"subscriptions": ({"id": "daily", "at": "18:00"},)}, a=site.url("/a"))
    note_subscriptions(desk, clock())
    quick_poll(desk, judge)
    plant_seeds(desk.store, judge, clock())
    clock.forward(hours=1)
    seeds = [bring(desk.store, judge, text, clock()).full.item for text in (DAEGU, HARBOUR, WEATHER)]
    tell_apart(desk.store, clock())
    for day in range(2):
        clock.forward(days=1)
        assert open_digest(desk, desk.settings.subscriptions[0], clock().date())
        text = desk.store.digests.last("daily").text
        assert ("Taipei and Daegu renew" in text) is (day == 0)
        assert not [seed.title for seed in seeds if seed.title in text]
    assert sum(digest.items for digest in desk.store.digests.list_all(9)) == 1


def test_an_article_that_comes_by_feed_joins_the_story_of_its_seed(site, make_desk, judge, clock):
    desk = make_desk(a=site.url("/a"))
    plant_seeds(desk.store, judge, clock())
    seed = bring(desk.store, judge, HARBOUR, clock()).full.item
    tell_apart(desk.store, clock())
    site.pages["/a"] = rss(("p1", seed.title), published=seed.published_at)
    quick_poll(desk, judge)
    [news] = desk.store.items.recent(9, seeds=False)
    assert (news.item.story_id, news.item.story_why) == (seed.id, "title")


def test_news_with_the_headline_of_a_seed_of_years_ago_is_a_story_of_its_own(site, make_desk, judge, clock):
    desk = make_desk(a=site.url("/a"))
    seed = bring(desk.store, judge, HARBOUR, clock()).full.item
    tell_apart(desk.store, clock())
    site.pages["/a"] = rss(("p1", seed.title))
    quick_poll(desk, judge)
    [news] = desk.store.items.recent(9, seeds=False)
    assert (news.item.story_id, news.item.story_why) == (news.item.id, "first")


def test_an_article_of_200000_characters_is_stored_and_found(planted, judge):
    han = "".join(chr(0x4E00 + 7919 * number % 20_000) for number in range(199_000))
    full = bring(planted, judge, f"Characters of the sea\n{han}").full
    assert len(full.item.text) == 199_000
    assert search(planted, "characters") == [full.item.key]
