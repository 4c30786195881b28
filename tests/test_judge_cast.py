"""Who is on the page: which names are cities, where they lie, and which of them act."""

import tomllib

import pytest

from watcher.judge import Judge
from watcher.judge.compile import compile_book
from watcher.settings.cities import City
from watcher.settings.topics import Topics
from watcher.values import Entry

RULES = """
[[topic]]
id = "ties"

  [[topic.phrase]]
  text = ["exchange", "交流", "교류"]
  weight = 3
  needs = "two_cities"

  [[topic.phrase]]
  text = ["gift", "寄贈"]
  weight = 3
  needs = "two_acting"

  [[topic.phrase]]
  text = ["gift"]
  weight = 1
  needs = "two_in_title"

  [[topic.phrase]]
  text = ["pact"]
  weight = 3
  needs = "two_in_title"

  [[topic.phrase]]
  text = ["guests", "訪問団", "客人"]
  weight = 1
  needs = "abroad_in_title"

  [[topic.phrase]]
  text = ["visit"]
  weight = 2
  needs = "abroad"

  [[topic.phrase]]
  text = ["cultural visit"]
  weight = 2
  needs = "two_cities"

[[cue]]
text = ["mayor", "city council", "市長", "시장"]
city = "before"
names = true

[[cue]]
text = ["mayor of"]
city = "after"
names = true

[[cue]]
text = ["市は", "市八"]
lang = "ja"
city = "before"
names = true

[[cue]]
text = ["我市", "our city"]
city = "near"
own = true

[[country]]
id = "JP"
text = ["Japan", "日本", "広島県", "일본"]

[[country]]
id = "DE"
text = ["Germany", "ドイツ", "德國", "독일"]

[[country]]
id = "US"
text = ["美國"]

[[country]]
id = "US"
text = ["米"]
not_before = ["飯"]

[names]
never = ["當地", "The"]
endings = ["City"]
ends = "與和在市長"
before = ["會見"]
titles = "市시"
capitals = ["seoul"]
towns = "市町"
no_town_after = "城股"
no_town_before = "內場"
provinces = "県"
"""

CITIES = (
    City(id="taipei", name="Taipei", country="TW", forms=("Taipei", "台北")),
    City(id="osaka", name="Osaka", country="JP", forms=("Osaka", "大阪")),
    City(id="seoul", name="Seoul", country="KR", forms=("Seoul", "서울")),
    City(id="yamagata", name="Yamagata", country="JP", forms=("山形",)),
    City(id="kunisaki", name="Kunisaki", country="JP", forms=("長與",)),
    City(id="anyang-cn", name="Anyang", country="CN", forms=("安陽", "안양")),
    City(id="anyang-kr", name="Anyang", country="KR", forms=("안양",)),
    City(id="vienna", name="Vienna", country="AT", forms=("ウィーン",)),
    City(id="mobile", name="Mobile", country="US", forms=("Mobile",), ambiguous=("Mobile",)),
    City(id="gimje", name="Gimje", country="KR", forms=("김제시",)),
    City(id="busan", name="Busan", country="KR", forms=("Busan", "釜山")),
    City(id="lyon", name="Lyon", country="FR", forms=("Lyon", "lyonnaise")),
    City(id="cordoba-ar", name="Córdoba", country="AR", forms=("Córdoba",)),
    City(id="cordoba-es", name="Córdoba", country="ES", forms=("Córdoba",), ambiguous=("Córdoba",)),
    City(id="granada-es", name="Granada", country="ES", forms=("Granada",)),
    City(id="granada-ni", name="Granada", country="NI", forms=("Granada",)),
    City(id="sasayama", name="Sasayama", country="JP", forms=("篠山",), ambiguous=("篠山",)),
    City(id="hezuo", name="Hezuo", country="CN", forms=("合作",), ambiguous=("合作",)),
    City(id="yonaguni", name="Yonaguni", country="JP", forms=("與那國",), ambiguous=("與那國",)),
    City(id="managua", name="Managua", country="NI", forms=("Managua",)),
)

JUDGE = Judge(compile_book(Topics.model_validate(tomllib.loads(RULES)), CITIES))


def notes(title: str, text: str = "") -> dict[str, str]:
    return {row.written: row.note for row in JUDGE.explain(Entry(title=title, text=text)).rows if row.weight > 1}


def cities(title: str, text: str = "") -> set[str]:
    return set(JUDGE.explain(Entry(title=title, text=text)).judgement.cities)


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("交流 ドイツ・アポルダ", ("アポルダ",)),
        ("交流 米ユーレカ市と", ("ユーレカ",)),
        ("交流 ユーレカ町と", ("ユーレカ",)),
        ("交流 德國福爾巴赫市", ("福爾巴赫",)),
        ("交流 美國加州馬丁尼茲市", ("馬丁尼茲",)),
        ("交流 會見福爾巴赫市長", ("福爾巴赫",)),
        ("교류 독일 벨린초나시와", ("벨린초나",)),
        ("교류 프리드리히스하펜시장", ("프리드리히스하펜",)),
        ("Exchange: the mayor of Daegu's Suseong", ("Daegu",)),
        ("Exchange in Taipei's Tubas City Council", ("taipei", "Tubas")),
    ],
)
def test_a_name_that_the_list_does_not_know_is_read_where_only_a_city_can_stand(
    title: str, names: tuple[str, ...]
) -> None:
    assert cities(title) == set(names)


@pytest.mark.parametrize(
    "title",
    [
        "交流 德國股市",
        "交流 德國大城市",
        "交流 德國舊金山市場",
        "交流 當地市長",
        "교류 독일 자매도시와",
        "交流 德國・日本",
    ],
)
def test_markets_and_words_for_any_city_are_no_names(title: str) -> None:
    assert cities(title) == set()


def test_a_name_that_begins_inside_another_word_is_none() -> None:
    assert cities("交流 大阪市長與福爾巴赫市長") == {"osaka", "福爾巴赫"}
    assert cities("交流 大阪市長在長與") == {"osaka", "kunisaki"}


def test_a_prefecture_is_not_the_city_of_its_name() -> None:
    assert cities("交流 山形県の台北") == {"taipei"}
    assert cities("交流 山形県の山形市と台北") == {"yamagata", "taipei"}


def test_a_city_may_meet_a_prefecture_that_has_the_name_of_a_city() -> None:
    assert cities("交流 山形県と台北市") == {"yamagata", "taipei"}


def test_a_prefecture_gives_way_to_a_city_of_its_country() -> None:
    assert cities("交流 山形県の大阪市と台北市") == {"osaka", "taipei"}


def test_the_surname_of_a_mayor_is_no_city() -> None:
    assert cities("Exchange: Mayor Ana Osaka in Taipei") == {"taipei"}
    assert cities("Exchange: Mayor Osaka Smith in Taipei") == {"taipei"}
    assert cities("Exchange: Mayor Ana Smith of Osaka in Taipei") == {"osaka", "taipei"}


def test_of_two_cities_of_one_name_the_one_is_meant_whose_country_is_named_or_whose_script_is_written() -> None:
    assert cities("교류 안양") == {"anyang-kr"}
    assert cities("交流 安陽") == {"anyang-cn"}


def test_a_name_that_is_listed_only_with_its_title_is_the_same_city_without_it() -> None:
    assert cities("교류 김제시장, 김제 방문") == {"gimje"}
    assert cities("교류 김제시와 김제시의회의 김제") == {"gimje"}


def test_a_japanese_cue_finds_names_on_japanese_pages_only() -> None:
    assert cities("交流、三次市は") == {"三次"}
    assert cities("交流、三次市八") == set()


def test_a_name_in_katakana_before_a_title_may_be_that_of_a_person() -> None:
    assert cities("交流、グエン市人民委員会") == set()
    assert cities("交流、バン・トゥアン・グエン市") == set()
    assert cities("交流、バン・トゥアン市") == {"バン・トゥアン"}


def test_one_mention_of_a_name_with_its_country_tells_it_for_all() -> None:
    assert notes("Exchange: mayor of Toride, Japan", "The mayor of Toride and Osaka.")["Exchange"] != ""
    assert notes("Exchange: mayor of Toride, Japan", "The mayor of Toride and Taipei.")["Exchange"] == ""


def test_a_province_is_named_at_home_too_and_makes_no_name_foreign() -> None:
    assert notes("交流 広島県の大阪市と福爾巴赫市長")["交流"].startswith("no two cities")
    assert notes("交流 日本の大阪市と福爾巴赫市長")["交流"] == ""


def test_our_own_city_is_one_of_two_where_a_country_is_named() -> None:
    assert notes("釜山市長來我市交流")["交流"].startswith("no two cities")
    assert notes("日本大阪市長來我市交流")["交流"] == ""
    assert cities("日本大阪市長來我市交流") == {"osaka"}


def test_a_country_may_have_names_with_guards_of_their_own() -> None:
    assert notes("大阪市長 visit 米") == {"visit": ""}
    assert notes("大阪市長 visit 米飯") == {"visit": "no other country is named near it"}


def test_the_city_next_to_a_cue_acts_and_those_beyond_it_do_not() -> None:
    assert notes("Gift: Taipei calls on Osaka mayor")["Gift"].startswith("no two cities of different countries act")
    assert notes("Gift: Taipei and Osaka mayor")["Gift"] == ""


def test_two_cities_act_where_each_has_its_own_cue_or_title() -> None:
    assert notes("Gift from Taipei", "The mayor of Taipei never saw Osaka.")["Gift"].startswith("no two cities")
    assert notes("Gift from Taipei", "The mayor of Taipei saw Osaka mayor Abe.")["Gift"] == ""
    assert notes("台北市、大阪市に寄贈")["寄贈"] == ""
    assert notes("台北市、大阪市場に寄贈")["寄贈"].startswith("no two cities")


def test_a_particle_parts_a_name_from_a_cue() -> None:
    assert notes("大阪市 ウィーンの市長に寄贈")["寄贈"] == ""
    assert notes("大阪市 ウィーンの絵を市長に寄贈")["寄贈"].startswith("no two cities")


def test_an_ambiguous_name_counts_in_the_title_or_with_its_country_where_a_city_acts() -> None:
    assert cities("Visit in Mobile") == set()
    assert cities("Visit in Mobile", "The mayor of Osaka spoke.") == {"mobile", "osaka"}
    assert cities("Visit 日本", "The mayor of Seoul spoke in Mobile.") == {"seoul"}
    assert cities("Visit 美國", "The mayor of Seoul spoke in Mobile.") == {"seoul", "mobile"}


def test_an_ambiguous_name_counts_right_beside_a_sure_one() -> None:
    assert cities("Pact: Osaka, Mobile") == {"osaka", "mobile"}
    assert cities("Pact: Mobile and Osaka") == {"osaka", "mobile"}
    assert cities("Pact: Osaka buys Mobile") == {"osaka", "mobile"}
    assert cities("Pact of Osaka", "Osaka buys Mobile") == {"osaka"}


def test_an_ambiguous_name_counts_in_a_title_with_a_country_or_a_city_abroad_but_no_word_of_two_han() -> None:
    assert cities("Pact: Mobile to ask 日本") == {"mobile"}
    assert cities("Pact: Mobile to ask 美國") == set()
    assert cities("釜山から篠山へ 交流") == {"busan", "sasayama"}
    assert cities("篠山と合作、交流") == {"sasayama", "hezuo"}
    assert cities("大阪談合作") == {"osaka"}
    assert cities("台北送與那國") == {"taipei", "yonaguni"}


def test_two_names_of_namesakes_at_home_are_those() -> None:
    assert cities("Pact: Córdoba and Granada") == {"cordoba-es", "granada-es"}
    assert cities("Pact: Osaka and Córdoba") == {"osaka", "cordoba-ar"}


def test_of_equal_namesakes_counts_the_one_with_a_city_of_its_country_on_the_page() -> None:
    assert cities("Pact: Managua and Granada") == {"managua", "granada-ni"}
    assert cities("Pact: Osaka and Granada") == {"osaka", "granada-es"}


def test_a_name_in_small_letters_counts_where_the_list_has_it_so() -> None:
    assert cities("Pact: Osaka, une équipe lyonnaise") == {"osaka", "lyon"}
    assert cities("Pact: Osaka and a taipei") == {"osaka"}


def test_a_town_in_katakana_that_is_not_listed_lies_abroad() -> None:
    assert notes("大阪市長とロンモント市が交流")["交流"] == ""
    assert notes("大阪市長と三次市は交流")["交流"].startswith("no two cities")


def test_the_whole_name_and_its_beginning_are_one_city() -> None:
    assert cities("Exchange: mayor of Yuba City", "Yuba City Council, mayor of Osaka, Japan") == {"Yuba City", "osaka"}


def test_a_word_that_ends_names_is_none_alone() -> None:
    assert cities("Exchange: City mayor of Osaka") == {"osaka"}


def test_two_cities_in_a_title_need_no_word_that_shows_them_acting() -> None:
    assert JUDGE.judge(Entry(title="Gift: Taipei and Osaka")).score == 1
    assert JUDGE.judge(Entry(title="Gift: Osaka and Busan, Taipei's mayor")).score == 1
    assert JUDGE.judge(Entry(title="Taipei and Osaka", text="Gift of the exhibition")).score == 0
    assert JUDGE.judge(Entry(title="Gift to Taipei", text="Osaka mayor")).score == 0


def test_a_capital_in_a_title_may_be_a_government() -> None:
    assert JUDGE.judge(Entry(title="Gift: Seoul and Osaka")).score == 0
    assert JUDGE.judge(Entry(title="Gift: Seoul mayor and Osaka")).score == 1


@pytest.mark.parametrize(
    ("title", "score"),
    [
        ("Guests from Osaka in Germany", 1),
        ("Guests from Osaka in Lyon", 1),
        ("Guests from Osaka in Japan", 0),
        ("Guests from Germany", 0),
        ("Guests from Seoul in Germany", 0),
        ("釜山の訪問団", 1),
        ("大阪の訪問団", 0),
        ("釜山客人", 1),
        ("台北客人", 0),
    ],
)
def test_a_city_and_another_country_in_a_title_need_no_word_that_shows_a_city_acting(title: str, score: float) -> None:
    assert JUDGE.explain(Entry(title=title)).judgement.score == score
    assert JUDGE.explain(Entry(title="News", text=title)).judgement.score == 0
    assert JUDGE.explain(Entry(title="Osaka and Germany", text=title)).judgement.score == 0


def test_a_word_that_is_enough_in_such_a_title_shows_no_city_acting() -> None:
    assert notes("Pact: visit to Osaka and Germany")["visit"].startswith("nothing near it shows a city acting")


def test_one_text_may_count_again_with_another_need() -> None:
    judgement = JUDGE.judge(Entry(title="Gift: Taipei and Osaka mayor"))
    assert (judgement.score, [reason.weight for reason in judgement.reasons]) == (4, [3, 1])
    assert JUDGE.explain(Entry(title="Gift to Taipei", text="Osaka mayor")).judgement.score == 0


def test_a_word_that_counts_for_two_phrases_is_quoted_once() -> None:
    assert JUDGE.judge(Entry(title="Gift: Taipei and Osaka mayor")).why.startswith("“Gift” with ")


def test_a_longer_phrase_that_lacks_what_it_needs_hides_no_shorter_one() -> None:
    assert notes("Cultural visit to Japan: Taipei mayor") == {
        "Cultural visit": "no two cities of different countries are near it",
        "visit": "",
    }
