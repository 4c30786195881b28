"""Judging by the packaged rules: invented news in all languages, hard negatives first."""

import json
from pathlib import Path
from typing import Any

import pytest

from watcher.judging import load_judge
from watcher.settings.load import packaged_config
from watcher.values import Entry, Judgement, Kind, Verdict

FILE = Path(__file__).with_name("judge_items.jsonl")
ITEMS: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
LANGUAGES = ("en", "zh-Hant", "zh-Hans", "ja", "ko")

JUDGE = load_judge(packaged_config())

SOME = [pytest.param(item, id=f"{item['lang']}-{number}") for number, item in enumerate(ITEMS, start=1)]
RELEVANT = [param for param, item in zip(SOME, ITEMS, strict=True) if item["label"]]


def judge(item: dict[str, Any]) -> Judgement:
    return JUDGE.judge(Entry(title=item["title"], text=item["text"], language=item["lang"]))


@pytest.mark.parametrize("item", SOME)
def test_an_item_is_captured_when_cities_of_two_countries_meet(item: dict[str, Any]) -> None:
    found = judge(item)
    assert (found.verdict is Verdict.MATCHED) is bool(item["label"]), found.why


@pytest.mark.parametrize("item", [param for param in RELEVANT if "pair" in param.values[0]])
def test_a_captured_item_names_its_pair(item: dict[str, Any]) -> None:
    assert judge(item).pairs == (item["pair"],)


@pytest.mark.parametrize("item", [param for param in RELEVANT if "kind" in param.values[0]])
def test_a_captured_item_names_its_kind(item: dict[str, Any]) -> None:
    assert judge(item).kind == Kind(item["kind"])


@pytest.mark.parametrize("item", RELEVANT)
def test_every_reason_shows_its_place_in_the_original(item: dict[str, Any]) -> None:
    for reason in judge(item).reasons:
        assert item[reason.field][reason.start : reason.end].strip()


def test_every_language_has_items_of_both_labels() -> None:
    assert {(item["lang"], item["label"]) for item in ITEMS} >= {
        (lang, label) for lang in LANGUAGES for label in (0, 1)
    }


def test_the_three_seed_events_are_told_with_pair_and_kind() -> None:
    told = [
        ("Taipei mayor hopes for forum in Shanghai", "Mayor Ko said he would go to the Shanghai-Taipei forum."),
        ("上海台北城市論壇登場 簽兩項備忘錄", "論壇在上海揭幕，兩市簽署兩項合作備忘錄。"),
        ("타이베이·대구, 자매도시 재확인 협약", "대구시장과 대만 타이베이시장이 화상으로 만나 자매도시를 재확인했다."),
    ]
    found = [JUDGE.judge(Entry(title=title, text=text)) for title, text in told]
    assert [one.pairs for one in found] == [("shanghai~taipei",), ("shanghai~taipei",), ("daegu~taipei",)]
    assert [one.kind for one in found] == [Kind.FORUM, Kind.FORUM, Kind.REAFFIRMATION]


@pytest.mark.parametrize(
    ("title", "pair"),
    [
        ("Sarasota mayor leads delegation to sister city Perpignan", "perpignan~sarasota"),
        ("Passau und Veszprém feiern Städtepartnerschaft", "passau~veszprem"),
        ("竹北市長率團訪問姊妹市福井縣敦賀市", "tsuruga~zhubei"),
        ("义乌市与波恩市结为友好城市", "bonn~yiwu"),
        ("氷見市と順天市が姉妹都市協定に調印", "himi~suncheon"),
        ("순천시, 일본 오비히로와 자매결연", "obihiro~suncheon"),
    ],
)
def test_small_towns_are_known_in_every_script(title: str, pair: str) -> None:
    assert JUDGE.judge(Entry(title=title)).pairs == (pair,)


@pytest.mark.parametrize(
    "title",
    [
        "Lincoln and Orange sign a memorandum of understanding on payments",
        "Lansing and Warren to take part in the gala, says Florence",
        "三原さんと桐生さんが姉妹都市を語る",
        "与安康、和田两位先生签署合作备忘录",
        "순천 김 씨와 나주 정 씨, 업무협약 체결",
    ],
)
def test_names_that_are_also_words_or_people_are_silent_without_a_cue(title: str) -> None:
    assert JUDGE.judge(Entry(title=title)).cities == ()
