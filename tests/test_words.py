"""The fixed words of a digest in every language."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml.html import document_fromstring
from test_compose import OPENED, edition, news

from watcher.compose import compose_digest, words_of
from watcher.compose.chinese import Chinese
from watcher.compose.sentences import Said
from watcher.compose.words import ENGLISH, Words
from watcher.editions import BY_HAND, Background, FeedHealth
from watcher.settings.subscription import SubscriptionSettings
from watcher.settings.ties import Tie
from watcher.values import Kind, Reason

CHINESE = words_of("zh-Hant")
TIE = Tie(city_a="daegu", city_b="taipei", relation="sister cities", since="2010-11-04", source="https://x.example/a")


def full(language):
    """A digest in which every part stands."""
    words = words_of(language)
    pair = ("daegu~taipei",)
    items = (
        news(1, story_id=1, title="臺北與大邱續簽姊妹市協議", language="zh-Hant", pairs=pair, why=""),
        news(2, story_id=1, title="二", pairs=pair, why="", summary="", url=""),
        news(3, title="三", pairs=(), cities=(), why="", summary="", published_at=None),
        news(4, story_id=40, title="四", why="", summary=""),
    )
    background = Background(
        ties={pair[0]: TIE},
        firsts={(1, pair[0]): words.in_months(12)},
        earlier={1: news(9, title="九", why="", summary="")},
    )
    return edition(
        *(replace(item, source="港口晚報", summary="") for item in items),
        near=(replace(news(5, title="五", why="", summary=""), source="港口晚報"),),
        known=frozenset({40}),
        background=background,
        backfilled=3,
        unwell=(
            FeedHealth(name="港口晚報", state="quiet", problem="九"),
            FeedHealth(name="山城", state="failing", problem="四"),
            FeedHealth(name="河谷", state="new", is_known=True),
        ),
        names={"daegu": "大邱", "taipei": "台北", "shanghai": "上海"},
        heading_language=language,
        title="城市交流",
        zone="Asia/Taipei",
    )


def test_chinese_says_all_that_english_says():
    told = {name for name in vars(Words) if not name.startswith("_")}
    assert told - vars(Chinese).keys() == {"place"}  # it takes its mark from `pair_mark`


def test_every_language_that_a_subscription_may_name_has_words_of_its_own():
    [rule] = [one for name, one in SubscriptionSettings.model_fields.items() if name == "heading_language"]
    assert [words_of(tag).tag for tag in rule.annotation.__args__] == ["en", "zh-Hant"]


def test_a_chinese_digest_holds_no_english_of_ours():
    digest = compose_digest(full("zh-Hant"))
    said = re.sub(r"https?://\S+|`[^`]+`|City Exchange Watcher|daily|\S+@\S+|Asia/Taipei|x\.example", "", digest.text)
    assert set(re.findall(r"[A-Za-z]+", said)) <= {"Harbour", "Courier"}
    assert "\n大邱～台北\n" in said
    assert "有關：上海～台北" in said
    assert digest.subject == "城市交流，2026年5月14日：4 則｜臺北與大邱續簽姊妹市協議"


def test_an_english_digest_holds_no_chinese_of_ours():
    bare = replace(
        full("en"), title="x", unwell=(), names={}, news=(news(1),), near=(news(2),), background=Background()
    )
    assert re.findall("[\u4e00-\u9fff]", compose_digest(bare).text) == []


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_a_digest_says_in_which_language_it_is(language):
    digest = compose_digest(full(language))
    assert f'<html lang="{language}">' in digest.html
    for part in (digest.text, digest.html):
        assert words_of(language).near_note in part
        assert words_of(language).sources in part


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_what_tells_more_of_a_story_that_was_told_comes_last_under_a_heading_of_its_own(language):
    text = compose_digest(full(language)).text
    heading = {"en": "More on earlier stories", "zh-Hant": "後續報導"}[language]
    assert text.count(heading) == 1
    assert text.index(". 三") < text.index(heading) < text.index(". 四")


@pytest.mark.parametrize(("read", "total"), [(78, 78), (1, 78), (0, 78), (0, 0)])
def test_an_empty_day_and_a_broken_watcher_look_different_in_chinese_too(read, total):
    empty = edition(feeds_read=read, feeds_total=total, heading_language="zh-Hant")
    others = [
        compose_digest(replace(empty, feeds_read=other, feeds_total=of)).subject
        for other, of in [(78, 78), (1, 78), (0, 78), (0, 0)]
    ]
    digest = compose_digest(empty)
    assert others.count(digest.subject) == 1
    assert ("`city-watcher status`" in digest.text.replace("\n", "")) is (read < total)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_name_in_chinese(kind):
    assert bool(CHINESE.kind(kind)) is (kind is not Kind.OTHER)
    assert CHINESE.kind(kind).isascii() is (kind is Kind.OTHER)


def test_days_and_times_are_written_as_in_taipei():
    at = datetime(2025, 12, 31, 23, 5, tzinfo=UTC)
    assert CHINESE.day("2026-05-17") == "2026年5月17日 星期日"
    assert CHINESE.time(at, "Asia/Taipei", 2026) == "1月1日（四）07:05"
    assert CHINESE.time(at, "UTC", 2026) == "2025年12月31日（三）23:05"


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ("2010-11-04", "姊妹市，2010年11月4日起。來源：x.example"),
        ("2010-11", "姊妹市，2010年11月起。來源：x.example"),
        ("", "姊妹市。來源：x.example"),
    ],
)
def test_a_tie_is_told_in_chinese(since, said):
    assert str(CHINESE.tie(replace(TIE, since=since))) == said
    assert str(ENGLISH.tie(TIE)) == TIE.brief


def english_of(html):
    """What is marked as English outside titles and snippets."""
    return {span.text_content() for span in document_fromstring(html).xpath("//span[@lang='en']")}


def test_what_is_english_in_a_chinese_digest_is_marked_so():
    odd = replace(TIE, relation="city league", note="by video")
    items = (news(1, pairs=(TIE.pair,)), news(2, pairs=(odd.pair.replace("daegu", "busan"),), source="港口晚報"))
    unwell = (FeedHealth(name="Harbour Post", state="blocked", problem="a wall stands there.", language="en"),)
    ties = {TIE.pair: replace(TIE, note="by video"), "busan~taipei": odd}
    digest = compose_digest(
        edition(*items, unwell=unwell, background=Background(ties=ties), heading_language="zh-Hant")
    )
    assert english_of(digest.html) == {
        items[0].why,
        "x.example (by video)",
        "city league since 4 Nov 2010; by video (x.example)",
        "Harbour Courier",
        "港口晚報",
        "Harbour Post",
        "a wall stands there.",
    }


def test_why_an_item_counted_is_told_from_its_reasons():
    names = {"daegu": "大邱"}
    item = news(
        1,
        title="臺北與大邱續簽姊妹市協議",
        cities=("daegu", "taipei"),
        why="“姊妹市”: 4 points, 3 are needed.",
        score=4.0,
    )
    counted = Reason(topic="t", phrase="姐妹市", field="title", start=7, end=10, weight=3)
    against = Reason(topic="t", phrase="校", field="title", start=0, end=1, weight=-1)
    said = CHINESE.why(replace(item, reasons=(counted, against, counted)), names)
    assert said == Said(text="出現「姊妹市」，提及大邱、Taipei，共 4 分（門檻 3 分）。")
    many = tuple(replace(counted, start=start, end=start + 1) for start in range(5))
    said = CHINESE.why(replace(item, reasons=many), names)
    assert said == Said(text="出現「臺」、「北」、「與」、「大」等 5 個詞語，提及大邱、Taipei，共 4 分（門檻 3 分）。")
    near = replace(item, reasons=(counted,), score=2.5, why="“姊妹市”: 2.5 points, near the 3 that are needed.")
    assert str(CHINESE.why(near, names)).endswith("共 2.5 分（門檻 3 分）。")
    assert str(CHINESE.why(replace(near, why="old"), names)).endswith("共 2.5 分。")
    assert CHINESE.why(item, names) == Said(english=item.why)
    assert CHINESE.why(replace(item, reasons=(counted,), why=BY_HAND), names) == Said(text="由人工選入。")


def test_all_words_fit_a_long_day_in_chinese():
    many = tuple(news(number, title="臺北與上海簽署備忘錄" * 9, language="zh-Hant") for number in range(1, 400))
    digest = compose_digest(replace(full("zh-Hant"), news=many, opened_at=OPENED))
    assert len(digest.html.encode()) <= 90_000
    assert "完整清單見本信純文字版" in digest.html
