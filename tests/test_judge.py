"""Judging by small rules of our own: what counts, what does not, and why it is said."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.judge import Explanation, Judge
from watcher.judge.compile import compile_book
from watcher.settings.cities import City
from watcher.settings.topics import Topics
from watcher.text.fold import fold
from watcher.values import Entry, Judgement, Kind, Verdict

NOISE = st.text(st.sampled_from("aß½㈱…ﾊﾞ　ＭＯＵ시ㅅㅓ장\u0301\u200b\n 姊妹市。."), max_size=12)

RULES = """
[[topic]]
id = "ties"

  [[topic.phrase]]
  text = ["sister city", "sister cities", "姊妹市", "자매 도시"]
  weight = 3
  needs = "city"
  not_before = ["場"]
  not_after = ["국내 "]

  [[topic.phrase]]
  text = ["twin city forum"]
  weight = 3
  kind = "forum"

  [[topic.phrase]]
  text = ["city forum"]
  weight = 2

  [[topic.phrase]]
  text = ["new sister city"]
  weight = 0
  needs = "city"
  kind = "agreement"

  [[topic.phrase]]
  text = ["mayor", "市長", "시장"]
  weight = 2
  needs = "abroad"

  [[topic.phrase]]
  text = ["visit", "訪問"]
  weight = 1
  needs = "abroad"
  kind = "visit"

  [[topic.phrase]]
  text = ["MOU"]
  weight = 1
  needs = "two_cities"
  kind = "mou"

  [[topic.phrase]]
  text = ["exchange", "交流"]
  weight = 1
  needs = "two_cities"

  [[topic.phrase]]
  text = ["stock exchange"]
  veto = true

  [[topic.phrase]]
  text = ["airline"]
  weight = -1

[[topic]]
id = "pandas"
match = 1
near = 1

  [[topic.phrase]]
  text = ["panda", "マレ"]
  weight = 1

[[cue]]
text = ["mayor", "city council", "市長", "시장"]
city = "before"

[[cue]]
text = ["City Council", "市政府"]
city = "before"
names = true

[[cue]]
text = ["mayor of", "sister city of"]
city = "after"
names = true

[[cue]]
text = ["delegation from"]
city = "after"
names = true
acts = false

[[cue]]
text = ["two cities"]
city = "near"

[[country]]
id = "JP"
text = ["Japan", "Japanese", "日本"]

[[country]]
id = "CN"
text = ["China"]
with = ["HK"]

[[country]]
id = "US"
text = ["California"]

[[field]]
id = "tourism"
text = ["tourism", "觀光"]

[[field]]
id = "health"
text = ["hospital"]

[names]
never = ["The", "Deputy"]
ends = "與和在"
titles = "市"
datelines = ["電", "="]
"""


def city(id: str, country: str, *forms: str, ambiguous: tuple[str, ...] = (), **guards: tuple[str, ...]) -> City:
    after = {"not_after": {forms[0]: guards["not_after"]}} if "not_after" in guards else {}
    return City(id=id, name=id.title(), country=country, forms=forms, ambiguous=ambiguous, **after)


CITIES = (
    city("taipei", "TW", "Taipei", "台北", "台北市", "타이베이"),
    city("kaohsiung", "TW", "Kaohsiung", "高雄"),
    city("shanghai", "CN", "Shanghai", "上海"),
    city("hong-kong", "HK", "Hong Kong", "香港"),
    city("tokyo", "JP", "Tokyo", "東京"),
    city("osaka", "JP", "Osaka", "大阪"),
    city("toyama", "JP", "Toyama", "富山"),
    city("takayama", "JP", "高山", ambiguous=("高山",)),
    city("nice", "FR", "Nice", ambiguous=("Nice",)),
    city("seoul", "KR", "Seoul", "서울"),
    city("pyongyang", "KP", "평양"),
    city("prague", "CZ", "Prague"),
    city("oakland", "US", "オークランド", "Oakland"),
    city("yokohama", "JP", "Yokohama", "横浜"),
    city("male", "MV", "マレ"),
)

JUDGE = Judge(compile_book(Topics.model_validate(tomllib.loads(RULES)), CITIES))


def judge(title: str, text: str = "", summary: str = "") -> Judgement:
    return JUDGE.judge(Entry(title=title, text=text, summary=summary))


def explain(title: str, text: str = "") -> Explanation:
    return JUDGE.explain(Entry(title=title, text=text))


def notes(title: str, text: str = "") -> dict[str, str]:
    return {row.written: row.note for row in explain(title, text).rows}


def brought(judgement: Judgement) -> dict[str, float]:
    return {reason.phrase: reason.weight for reason in judgement.reasons}


# What must not match.


@pytest.mark.parametrize(
    "title",
    [
        "Beijing warns Washington",
        "Taipei exchange falls",
        "Tokyo and Seoul agree on a visit, an MOU and an exchange",
        "What a sister city is",
        "The mayor of Taipei on a visit to Kaohsiung",
        "台北姊妹市場開張",
        "Taipei and Prague sister cityscapes",
        "a sister city, they say, is a nice thing",
        "Shanghai and Hong Kong: mayor on a visit",
    ],
)
def test_no_exchange_of_cities_is_not_matched(title: str) -> None:
    assert judge(title).verdict is not Verdict.MATCHED


def test_capitals_that_stand_for_governments_do_not_act() -> None:
    assert set(notes("Tokyo and Seoul on exchange").values()) == {
        "nothing near it shows a city acting (mayor, council, both cities ...)"
    }


def test_a_name_with_its_title_acts_and_the_bare_name_does_not() -> None:
    assert notes("台北與東京交流")["交流"].startswith("nothing near it shows a city acting")
    assert notes("台北市與東京交流")["交流"] == ""


def test_words_that_only_introduce_a_city_do_not_show_it_acting() -> None:
    assert notes("A delegation from Seoul in Tokyo: exchange")["exchange"].startswith("nothing near it")
    assert judge("A delegation from Ulm in the sister city Tokyo").pairs == ("Ulm~tokyo",)


def test_two_cities_of_one_country_are_no_exchange() -> None:
    assert "in one country (TW)" in notes("Taipei and Kaohsiung become sister cities")["sister cities"]
    assert notes("Taipei mayor and Kaohsiung: exchange")["exchange"].startswith("no two cities of different countries")


def test_a_city_of_a_country_that_is_not_told_may_be_abroad() -> None:
    assert notes("The mayor of Ulm on a visit to Tokyo, Japan")["visit"] == ""
    assert notes("The mayor of Ulm on a visit to Tokyo")["visit"] == "no other country is named near it"


def test_a_town_abroad_needs_no_name() -> None:
    assert notes("Taipei mayor on exchange with a Japanese town")["exchange"] == ""
    assert notes("台北市長與日本小鎮交流")["交流"] == ""
    assert notes("Taipei mayor on exchange with the Japanese")["exchange"].startswith("no two cities")


def test_a_korean_guard_holds_with_its_blank_and_without() -> None:
    assert notes("서울의 국내 자매 도시")["자매 도시"].startswith("not after")
    assert notes("서울의 국내자매도시")["자매도시"].startswith("not after")
    assert notes("서울의 해외 자매도시")["자매도시"] == ""


def test_the_taiwan_strait_counts_as_a_border_and_hong_kong_as_china() -> None:
    assert judge("Taipei mayor on a visit to Shanghai").verdict is Verdict.MATCHED
    assert notes("Shanghai mayor on exchange with Hong Kong")["exchange"].startswith("no two cities")


def test_a_veto_rejects_whatever_else_is_said() -> None:
    vetoed = judge("Sister cities Taipei and Prague", "The stock exchange opened.")
    assert (vetoed.verdict, vetoed.why) == (Verdict.REJECTED, "Vetoed by “stock exchange”.")


# What counts.


def test_the_score_is_the_sum_of_the_weights_of_the_reasons() -> None:
    found = judge(
        "Taipei mayor on a visit to Tokyo", "An airline paid. An MOU between the two cities, Taipei and Tokyo."
    )
    assert brought(found) == {"mayor": 2, "visit": 1, "airline": -1, "MOU": 1}
    assert (found.score, found.verdict) == (3, Verdict.MATCHED)


def test_a_phrase_counts_once_however_often_it_occurs() -> None:
    found = explain("Sister city of Prague: Taipei", "Taipei is a sister city. 台北 的 姊妹市 Prague.")
    assert found.judgement.score == 3
    assert [row.note for row in found.rows if not row.counted] == ["counts once", "counts once"]


def test_near_is_between_near_and_match() -> None:
    assert judge("A city forum").verdict is Verdict.NEAR
    assert judge("A city forum").why == "“city forum”: 2 points, near the 3 that are needed."


def test_of_nested_phrases_the_longest_counts_alone() -> None:
    assert brought(judge("The twin-city forum")) == {"twin city forum": 3}


def test_a_long_phrase_does_not_hide_a_heavier_one_inside_it() -> None:
    found = judge("Taipei is a new sister city of Prague")
    assert (found.score, found.kind) == (3, Kind.AGREEMENT)


def test_what_is_needed_may_stand_in_the_title_or_a_sentence_beside() -> None:
    far = "It rained all day. Nobody knew why. They are sister cities."
    assert judge("Taipei and Prague", far).verdict is Verdict.MATCHED
    assert judge("News", "Taipei and Prague met. They are sister cities.").verdict is Verdict.MATCHED
    assert judge("News", f"Taipei and Prague met. {far}").verdict is Verdict.REJECTED


@pytest.mark.parametrize(
    "title",
    [
        "Taipei, sister-city of Prague",
        "TAIPEI AND PRAGUE: SISTER CITIES",
        "Ｔａｉｐｅｉ ａｎｄ Ｐｒａｇｕｅ： ｓｉｓｔｅｒ ｃｉｔｉｅｓ",
        "臺北的姐妹市 Prague",
        "台 北 的 姊 妹 市 Prague",
        "타이베이와 서울, 자매도시를 맺다",
        "타이베이와 서울, 자매 도시",
    ],
)
def test_spelling_does_not_matter(title: str) -> None:
    assert judge(title).verdict is Verdict.MATCHED


@pytest.mark.parametrize(
    ("text", "cities"),
    [
        ("It would be nice to visit the sister city Taipei", ("taipei",)),
        ("태평양 서울 자매도시 태평양 일본 Tokyo", ("seoul", "tokyo")),
        ("マレーシアとの sister city 東京", ("tokyo",)),
        ("sister city: Taipeinese food in Tokyo", ("tokyo",)),
    ],
)
def test_a_name_inside_a_word_or_in_small_letters_is_no_city(text: str, cities: tuple[str, ...]) -> None:
    assert tuple(sorted(judge(text).cities)) == cities


def test_korean_particles_may_follow_a_name() -> None:
    assert judge("서울에서 타이베이로: 자매도시").pairs == ("seoul~taipei",)


def test_what_stands_after_four_thousand_characters_is_not_read() -> None:
    assert judge("News", "x " * 2000 + "Taipei sister city Prague").verdict is Verdict.REJECTED
    assert judge("News", "x " * 1900 + "Taipei sister city Prague").verdict is Verdict.MATCHED


def test_each_topic_is_added_up_on_its_own_and_the_best_decides() -> None:
    both = judge("Panda for sister cities Taipei and Prague")
    assert (both.topics, both.score) == (("ties", "pandas"), 3)
    assert {row.topic for row in explain("Panda for sister cities Taipei and Prague").rows} == {"ties", "pandas"}


def test_a_topic_that_takes_everything_takes_everything() -> None:
    everything = Judge(compile_book(Topics.model_validate({"topic": [{"id": "all", "all": True}]}), CITIES))
    found = everything.judge(Entry(title="Rain"))
    assert (found.verdict, found.topics, found.why) == (Verdict.MATCHED, ("all",), "The topic 'all' takes everything.")


# Which cities.


@pytest.mark.parametrize(
    ("title", "text", "pairs"),
    [
        ("Taipei mayor meets Tokyo mayor", "They planned a visit.", ("taipei~tokyo",)),
        ("Tokyo mayor meets Taipei mayor", "They planned a visit.", ("taipei~tokyo",)),
        ("Sister cities Taipei and Prague", "TOKYO, Aug. 3 -- The two met.", ("prague~taipei",)),
        ("Taipei: sister city of Prague", "東京3日電 The two met.", ("prague~taipei",)),
        ("Taipei: sister city of Prague", "[서울=x] The two met.", ("prague~taipei",)),
        ("Sister cities", "Kaohsiung sister city of Ulm", ("Ulm~kaohsiung",)),
        ("Kiryu City Council greets sister city Taipei", "", ("Kiryu~taipei",)),
        ("Sister cities: Taipei and Toride, Japan", "", ("Toride~taipei",)),
        ("高雄與員林市政府 姊妹市", "", ("kaohsiung~員林",)),
        ("高雄の姊妹市", "富山県氷見市の市長", ("kaohsiung~氷見",)),
        ("Prague: sister city of Nice", "", ("nice~prague",)),
        ("姊妹市高雄、高山遊覽", "", ()),
        ("姊妹市高雄、高山市長", "", ("kaohsiung~takayama",)),
        ("姊妹市高雄與高山", "", ("kaohsiung~takayama",)),
    ],
)
def test_the_pair_is_told(title: str, text: str, pairs: tuple[str, ...]) -> None:
    assert judge(title, text).pairs == pairs


@pytest.mark.parametrize(
    "text", ["TOKYO, Aug. 3 -- They met.", "TOKYO (AP) - They met.", "東京3日電 They met.", "[서울=x] They met."]
)
def test_a_dateline_names_no_city(text: str) -> None:
    assert judge("Sister cities: Prague", text).cities == ("prague",)


def test_a_hub_makes_a_pair_with_each_of_its_partners() -> None:
    found = judge("Mayor of Taipei on a visit: sister cities Tokyo, Prague", "")
    assert found.pairs == ("taipei~tokyo", "prague~taipei")
    assert found.cities == ("taipei", "tokyo", "prague")


# What kind, which fields, and where.


@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        ("Taipei mayor on a visit to Tokyo", "An MOU between Taipei and Tokyo, and a mayor.", Kind.VISIT),
        ("Taipei mayor, Tokyo mayor: MOU", "The visit of the mayor from Taipei to Tokyo ends.", Kind.MOU),
        ("Taipei mayor on a visit to Tokyo", "They spoke at the twin-city forum.", Kind.FORUM),
        ("Taipei mayor on a visit to Tokyo", f"{'The visit. ' * 6}He named the twin-city forum.", Kind.VISIT),
        ("Sister cities Taipei and Tokyo", "", Kind.OTHER),
    ],
)
def test_the_kind_is_what_the_title_or_the_strongest_phrase_says(title: str, text: str, kind: Kind) -> None:
    assert judge(title, text).kind is kind


def test_fields_of_cooperation_are_those_whose_words_occur() -> None:
    assert judge("Sister cities Taipei and Prague", "觀光 and a hospital").fields == ("health", "tourism")


def test_reasons_lead_back_to_what_was_written() -> None:
    entry = Entry(
        title="½ Year: ＳＩＳＴＥＲ　ＣＩＴＩＥＳ Taipei and Tokyo",
        summary="… Ta\u00adipei ma\u00adyor",
        text="first line …\n\n台北 市 長 的 訪  問，Tokyo",
    )
    found = JUDGE.judge(entry)
    written = [(reason.field, getattr(entry, reason.field)[reason.start : reason.end]) for reason in found.reasons]
    assert written == [("title", "ＳＩＳＴＥＲ　ＣＩＴＩＥＳ"), ("summary", "ma\u00adyor"), ("text", "訪  問")]


def test_the_sentence_names_phrases_cities_and_points() -> None:
    found = judge("Taipei mayor on a visit to Tokyo", "An airline paid.")
    assert found.why == (
        "“mayor” and “visit” with Taipei and Tokyo, against it “airline”: 2 points, near the 3 that are needed."
    )


def test_the_addition_shows_what_was_found_but_did_not_count() -> None:
    rows = explain("台北姊妹市場", "Taipei in Japan: a visit, 姊妹市, exchange").rows
    assert [(row.written, row.counted, row.weight, row.total, row.note) for row in rows] == [
        ("姊妹市", False, 3, 0, "not before '场'"),
        ("姊妹市", True, 3, 3, ""),
        ("visit", True, 1, 4, ""),
        ("exchange", False, 1, 4, "no two cities of different countries are near it"),
    ]


def test_what_cannot_reach_near_is_answered_bare() -> None:
    bare = judge("An airline flies to Taipei")
    assert (bare.verdict, bare.score, bare.reasons, bare.cities) == (Verdict.REJECTED, 0, (), ())
    assert [row.total for row in explain("An airline flies to Taipei").rows] == [-1]
    assert judge("Nothing at all").why == "Nothing that counts: 0 points, 3 are needed."


# The judge itself.


def test_the_fingerprint_names_the_rules() -> None:
    topics = Topics.model_validate(tomllib.loads(RULES))
    assert Judge(compile_book(topics, CITIES)).fingerprint == JUDGE.fingerprint
    assert Judge(compile_book(topics, CITIES[1:])).fingerprint != JUDGE.fingerprint
    changed = Topics.model_validate(tomllib.loads(RULES.replace("weight = -1", "weight = -2")))
    assert Judge(compile_book(changed, CITIES)).fingerprint != JUDGE.fingerprint


def test_a_page_full_of_names_is_judged_like_any_other() -> None:
    crowd = " ".join(
        f"City{number} City Council, Japan and 台北市長, sister city of Ulm{number}." for number in range(90)
    )
    found = judge("Taipei, sister city of Prague", crowd, summary="mayor of Taipei " * 300)
    assert (found.verdict, found.pairs) == (Verdict.MATCHED, ("prague~taipei",))
    assert len(found.cities) < 200


PIECES = [
    "sister city ",
    "Taipei ",
    "Prague, Japan",
    "姊妹市",
    "台 北",
    "mayor of ",
    "서울",
    ". ",
    "\n",
    "県",
    "市",
    "½",
]
HOSTILE = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=12).map("".join)


@given(HOSTILE, HOSTILE, HOSTILE)
@settings(max_examples=200, deadline=None)
def test_any_text_is_judged_and_explained_alike(title: str, summary: str, text: str) -> None:
    entry = Entry(title=title, summary=summary, text=text)
    found, explained = JUDGE.judge(entry), JUDGE.explain(entry)
    assert found == JUDGE.judge(entry)
    assert found.verdict is explained.judgement.verdict
    assert found.reasons in (explained.judgement.reasons, ())
    assert found.score == sum(reason.weight for reason in found.reasons)
    for row in explained.rows:
        assert getattr(entry, row.field)[row.start : row.end] == row.written


@settings(max_examples=100, deadline=None)
@given(before=NOISE, after=NOISE)
def test_a_reason_shows_its_phrase_in_the_original_whatever_stands_around_it(before: str, after: str) -> None:
    text = f"{before} 臺北、ＳＩＳＴＥＲ ＣＩＴＹ\u200b of Tokyo {after}"
    for reason in JUDGE.explain(Entry(title="Taipei", text=text)).judgement.reasons:
        assert reason.field == "text"
        assert fold(text[reason.start : reason.end]).strip() in ("sister city", "姐妹市", "mou", "시장")
