"""The vocabulary of city exchange: each concept in each language, as the packaged rules weigh it.

In vocabulary.jsonl the words in question stand in brackets. They are `enough` (with the cities beside them, for a
match), or they `help` (they count, but others must join), or they bring `nothing`, or speak `against` it.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from watcher.judge import Explanation
from watcher.judging import load_judge
from watcher.settings.load import packaged_config
from watcher.settings.topics import load_topics
from watcher.values import Entry, Verdict

FILE = Path(__file__).with_name("vocabulary.jsonl")
SENTENCES: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]

TOPICS = load_topics(packaged_config())
JUDGE = load_judge(packaged_config())
MATCH = TOPICS.topics[0].match


def that(expectation: str) -> list[Any]:
    chosen = [one for one in SENTENCES if one["expect"] == expectation]
    return [pytest.param(one, id=f"{one['lang']}-{one['concept']}") for one in chosen]


def cut(sentence: dict[str, Any]) -> list[str]:
    """Cut a sentence into what stands before, in and after its brackets."""
    return str(sentence["text"]).replace("]", "[").split("[")


def points(sentence: dict[str, Any]) -> tuple[float, Explanation]:
    """Judge a sentence; return what the words in brackets bring, and the whole."""
    before, words, after = cut(sentence)
    found = JUDGE.explain(Entry(text=before + words + after))
    start, end = len(before), len(before + words)
    return sum(row.weight for row in found.rows if row.counted and row.start < end and row.end > start), found


@pytest.mark.parametrize("sentence", that("enough"))
def test_strong_words_are_enough_beside_their_cities(sentence: dict[str, Any]) -> None:
    brought, found = points(sentence)
    assert brought >= MATCH, found.rows
    assert found.judgement.verdict is Verdict.MATCHED
    assert found.judgement.kind == sentence.get("kind", found.judgement.kind)


@pytest.mark.parametrize("sentence", that("helps"))
def test_weaker_words_count_only_together_with_others(sentence: dict[str, Any]) -> None:
    brought, found = points(sentence)
    assert 0 < brought < MATCH, found.rows


@pytest.mark.parametrize("sentence", that("nothing"))
def test_words_that_only_look_so_bring_nothing(sentence: dict[str, Any]) -> None:
    brought, found = points(sentence)
    assert brought == 0, found.rows
    assert found.judgement.verdict is not Verdict.MATCHED


@pytest.mark.parametrize("sentence", that("against"))
def test_words_of_something_else_speak_against_it(sentence: dict[str, Any]) -> None:
    brought, found = points(sentence)
    assert brought < 0, found.rows
    assert found.judgement.verdict is not Verdict.MATCHED


@pytest.mark.parametrize(
    "text",
    [
        "Vienna and Bratislava exchange [twinned photons].",
        "The [Sister Cities album] sells in Tokyo and Toronto.",
        "The mayor of Lyon, [partner city of the Games], met guests from Japan.",
        "The mayors of Amsterdam and Seattle praise the [bike-friendly city].",
        "The mayors of London and Paris saw a [Tale of Two Cities].",
        "The mayors of Osaka and Lyon [visited the site].",
        "台中市長祝賀大阪與台中的[兩校締盟]。",
        "台北市長與倫敦市長看了[雙城記]。",
        "台中市長在東京[參訪國內]農場。",
        "新北市長看完展覽，[參訪日本]館。",
        "부산시의 [전통시장]에 일본 손님이 왔다.",
        "부산시와 일본 회사가 [중국 시장]을 두고 다툰다.",
        "대구시의 한 은행이 일본 손님 앞에서 [마을과 자매결연]을 맺었다.",
        "부산시와 일본 후쿠오카시는 [태평양 도시]이다.",
        "대구시장은 [일본 방문객]을 세었다.",
        "La ville de Lyon achève le [jumelage des chaussées].",
        "Des [maisons jumelées] bordent une rue de Lyon.",
    ],
)
def test_false_friends_bring_nothing(text: str) -> None:
    brought, found = points({"text": text})
    assert brought == 0, found.rows


@pytest.mark.parametrize("sentence", that("enough"))
def test_without_a_city_no_words_are_enough_but_those_of_a_meeting(sentence: dict[str, Any]) -> None:
    alone = JUDGE.judge(Entry(text=cut(sentence)[1]))
    assert (alone.verdict is Verdict.MATCHED) is (sentence.get("kind") == "forum")


def test_each_of_the_98_concepts_has_a_sentence_in_one_of_the_eight_languages() -> None:
    assert len(SENTENCES) == 98
    assert {one["lang"] for one in SENTENCES} == {"en", "zh-Hant", "zh-Hans", "ja", "ko", "de", "fr", "es"}
    assert {one["expect"] for one in SENTENCES} == {"enough", "helps", "nothing", "against"}
