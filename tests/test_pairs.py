"""Pairs: all of them with counts and ties, and of one what was signed, held and visited."""

import json
from datetime import UTC, datetime

import pytest
from finding import fill
from storing import id_of

from storage.pairs import PairItem
from watcher.desk import open_store
from watcher.pairs import draw_timeline


def item(number, day, kind="other", story=None):
    at = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return PairItem(id=number, story_id=story or number, at=at, kind=kind, title=f"t{number}", url="", feed_id="a")


def test_a_timeline_joins_the_items_of_a_story_and_counts_months_and_groups():
    told = draw_timeline(
        "daegu~taipei",
        [
            item(5, "2026-02-09", "visit"),
            item(4, "2026-02-03", "other", 2),
            item(2, "2026-02-01", "mou"),
            item(1, "2025-12-31"),
        ],
    )
    assert [(event.item.id, event.group, event.items) for event in told.events] == [
        (5, "visits", 1),
        (2, "agreements", 2),
        (1, "others", 1),
    ]
    assert told.groups == {"agreements": 1, "forums": 0, "visits": 1, "others": 1}
    assert told.months == {"2025-12": 1, "2026-02": 3}
    assert (told.items, told.span) == (4, (told.events[2].at, told.events[0].at))


def test_a_pair_without_items_has_an_empty_timeline():
    told = draw_timeline("daegu~taipei", [])
    assert (told.items, told.span, told.events) == (0, None, ())


def test_pairs_are_counted_and_the_one_told_of_last_comes_first(store):
    fill(store)
    counts = store.pairs.counts(3)
    assert [(one.pair, one.items) for one in counts] == [("daegu~taipei", 5), ("busan~lyon", 1), ("seoul~tokyo", 1)]
    assert (f"{counts[0].first_at:%F}", f"{counts[0].last_at:%F}") == ("2020-11-04", "2026-02-13")
    store.labels.mark([id_of(store, "notes")], "irrelevant", counts[0].last_at)
    assert store.pairs.counts(1)[0].items == 4
    assert [one.title for one in store.pairs.items(["daegu~taipei"])][:2] == [
        "대구시와 타이베이시, 자매도시 협약 체결",
        "台北與大邱簽署友好協議書",
    ]


def test_months_are_those_of_utc_and_a_page_holds_few_pairs_where_they_have_many_items(store, monkeypatch):
    fill(store)
    [first, second, *_] = store.pairs.counts(9)
    assert first.months == {"2020-11": 1, "2026-02": 4}
    assert (first.items, sum(first.months.values())) == (5, 5)
    assert [one.pair for one in store.pairs.page(9)] == [one.pair for one in store.pairs.counts(9)]
    monkeypatch.setattr("storage.pairs.COUNTED", 5)
    assert [one.pair for one in store.pairs.page(9)] == [first.pair]
    assert next(one.pair for one in store.pairs.page(9, 1)) == second.pair
    assert store.pairs.page(9, 99) == []
    names, after, follow = [], "", True
    while follow and len(names) < 99:
        found, follow = store.pairs.by_name(2, after)
        names += [one.pair for one in found]
        after = names[-1]
    assert names == sorted(one.pair for one in store.pairs.counts(99))


@pytest.fixture
def cw(tmp_path, monkeypatch, say):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "var").mkdir()
    with open_store("sqlite:///var/watcher.db") as store:
        fill(store)

    return lambda *words, code=0: say(*words, code=code)[bool(code)]


def test_the_list_says_how_often_since_when_and_how_they_are_tied(cw):
    [first, *_] = cw("pairs").splitlines()
    assert first.startswith("daegu~taipei\t5\t2020-11-04\t2026-02-13\tsister cities since ")
    assert [one["pair"] for one in json.loads(cw("pairs", "--json", "--limit", "2"))] == ["daegu~taipei", "busan~lyon"]


@pytest.mark.parametrize("name", ["taipei~daegu", "대구~台北"])
def test_the_timeline_of_a_pair_is_told_by_any_names(cw, name):
    said = cw("pairs", name)
    assert "5 items from 2020-11-04 to 2026-02-13: 3 agreements, 2 others\n" in said
    assert "2020-11     1 ##########\n2026-02     4 ########################################\n" in said
    assert said.splitlines()[-1].endswith("\tanniversary\t1\tTaipei and Daegu: twenty years of friendship")
    told = json.loads(cw("pairs", name, "--json"))
    assert (told["pair"], told["items"], told["groups"]["agreements"], len(told["events"])) == ("daegu~taipei", 5, 3, 5)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("taipei", "a pair is two cities with ~ between them, such as daegu~taipei"),
        ("taipei~nowhere-at-all", "no city is called 'nowhere-at-all'"),
    ],
)
def test_what_is_no_pair_is_one_sentence(cw, name, said):
    assert said in cw("pairs", name, code=2)
