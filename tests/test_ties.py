"""ties.csv: what is known of two cities, and the sentence that a mistake is answered with."""

import csv
from pathlib import Path

import pytest

from watcher.errors import ConfigError
from watcher.settings.cities import load_cities
from watcher.settings.load import packaged_config
from watcher.settings.ties import COLUMNS, Tie, load_ties

CITIES = ("anchorport", "hillford", "seabridge")
ROW = "anchorport,hillford,sister cities,2010-11-04,https://anchorport.example/ties,signed twice"


def load(folder: Path, *rows: str, head: str = ",".join(COLUMNS)) -> dict[str, Tie]:
    (folder / "ties.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return load_ties(folder, CITIES)


def test_the_packaged_ties_are_all_right_and_sorted_and_between_two_countries() -> None:
    countries = {city.id: city.country for city in load_cities(packaged_config())}
    ties = load_ties(packaged_config(), countries)
    assert len(ties) > 7_000
    assert list(ties) == sorted(ties, key=lambda pair: pair.split("~"))
    assert [pair for pair, tie in ties.items() if countries[tie.city_a] == countries[tie.city_b]] == []
    assert ties["daegu~taipei"].since == "2010-11-04"
    assert ties["shanghai~taipei"].relation == "city forum"


def test_a_row_is_found_by_its_pair_whichever_city_stands_first(tmp_path: Path) -> None:
    (tie,) = load(tmp_path, ROW.replace("anchorport,hillford", "hillford,anchorport")).values()
    assert (tie.pair, tie.city_a, tie.city_b) == ("anchorport~hillford", "anchorport", "hillford")


@pytest.mark.parametrize(
    ("since", "note", "sentence"),
    [
        ("2010-11-04", "", "sister cities since 4 Nov 2010 (a page)"),
        ("2010-11", "", "sister cities since Nov 2010 (a page)"),
        ("2010", "renewed in 2020", "sister cities since 2010; renewed in 2020 (a page)"),
        ("", "", "sister cities (a page)"),
    ],
)
def test_a_tie_is_told_in_a_few_words(tmp_path: Path, since: str, note: str, sentence: str) -> None:
    (tie,) = load(tmp_path, f"anchorport,hillford,sister cities,{since},a page,{note}").values()
    assert tie.sentence == sentence


@pytest.mark.parametrize(
    ("row", "parts"),
    [
        (ROW.replace("hillford", "hillfort"), ["line 2", "'city_b'", "'hillfort' is no id of cities.csv"]),
        (ROW.replace("anchorport,", ",", 1), ["line 2", "'city_a'", "cities.csv"]),
        (ROW.replace("hillford", "anchorport"), ["line 2", "'city_b'", "tied to itself"]),
        (f"{ROW}\n{ROW}", ["line 3", "'anchorport~hillford' is already in line 2"]),
        (f"{ROW}\nhillford,anchorport,twin cities,,a page,", ["line 3", "already in line 2"]),
        (ROW.replace("2010-11-04", "2010-02-30"), ["line 2", "'since'", "'2010-02-30' is no date", "2010-11"]),
        (ROW.replace("2010-11-04", "Nov 2010"), ["line 2", "'since'", "no date"]),
        (ROW.replace("2010-11-04", "20101104"), ["line 2", "'since'", "no date"]),
        (ROW.replace("sister cities", " "), ["line 2", "'relation'", "sister cities"]),
        (ROW.replace("https://anchorport.example/ties", ""), ["line 2", "'source'", "who tells"]),
        (ROW + ",one more", ["line 2", "6 columns", "quotes"]),
        ('anchorport,"hillford', ["line", "quotes"]),
    ],
)
def test_a_mistake_names_line_column_and_cure(tmp_path: Path, row: str, parts: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, row)
    sentence = str(caught.value)
    assert sentence.startswith(str(tmp_path / "ties.csv"))
    assert "\n" not in sentence
    assert [part for part in parts if part not in sentence] == []


def test_wrong_columns_are_told_with_the_right_ones(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="line 1 must name the columns city_a,city_b,relation,since,source,note"):
        load(tmp_path, ROW, head="a,b")


def test_a_folder_without_ties_takes_those_of_the_package_as_far_as_its_cities_go(tmp_path: Path) -> None:
    ties = load_ties(tmp_path, {"daegu", "taipei", "anchorport"})
    assert list(ties) == ["daegu~taipei"]


def test_every_tie_says_who_tells_of_it() -> None:
    with (packaged_config() / "ties.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["source"].startswith(("http://", "https://", "Wikidata Q")), row


def test_a_digest_names_a_source_on_the_web_by_its_host():
    tie = Tie(city_a="daegu", city_b="taipei", relation="sister cities", source="https://city.example/a/long?path=1")
    assert (tie.brief, tie.sentence) == (
        "sister cities (city.example)",
        "sister cities (https://city.example/a/long?path=1)",
    )
    assert Tie(city_a="a", city_b="b", relation="twins", source="a book").brief == "twins (a book)"
