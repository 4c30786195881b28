"""cities.csv: what it may say, and the sentence that a mistake is answered with."""

import re
from pathlib import Path

import pytest

from watcher.errors import ConfigError
from watcher.settings.cities import COLUMNS, City, load_cities
from watcher.settings.load import packaged_config

HEAD = ",".join(COLUMNS)
CHECKED = 522
"""So many rows were checked by hand; the others were gathered."""
EAST_ASIA = {"CN", "TW", "JP", "KR", "HK", "MO"}
SEOUL = "seoul,Seoul,KR,Seoul,首爾|漢城,首尔,ソウル,서울|서울시,Séoul,漢城,서울>FC ,서울>대학|신문,used until 2005"


def load(folder: Path, *rows: str, head: str = HEAD) -> tuple[City, ...]:
    (folder / "cities.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return load_cities(folder)


def test_the_packaged_file_is_right() -> None:
    cities = load_cities(packaged_config())
    assert len(cities) > 6500
    assert {"taipei", "shanghai", "daegu", "new-taipei"} <= {city.id for city in cities}


def test_the_packaged_file_is_in_order_after_the_rows_that_were_checked_by_hand() -> None:
    cities = load_cities(packaged_config())
    assert cities[CHECKED - 1].id == "koror"
    gathered = [(city.country, city.id) for city in cities[CHECKED:]]
    assert len(gathered) > 5000
    assert gathered == sorted(gathered)


def test_a_gathered_id_tells_its_country_only_beside_a_namesake() -> None:
    cities = load_cities(packaged_config())
    ids = {city.id for city in cities}
    suffixed = [city.id for city in cities[CHECKED:] if city.id.endswith(f"-{city.country.lower()}")]
    assert [one for one in suffixed if one[:-3] not in ids] == []


def test_two_han_characters_are_no_sure_name_of_a_gathered_city_outside_east_asia() -> None:
    far = [city for city in load_cities(packaged_config())[CHECKED:] if city.country not in EAST_ASIA]
    short = [(city, form) for city in far for form in city.forms if re.fullmatch("[\u4e00-\u9fff]{2}", form)]
    assert len(short) > 200
    assert [form for city, form in short if form not in city.ambiguous] == []


def test_a_row_holds_a_city_with_all_its_names_and_guards(tmp_path: Path) -> None:
    (city,) = load(tmp_path, SEOUL)
    assert city == City(
        id="seoul",
        name="Seoul",
        country="KR",
        forms=("Seoul", "首爾", "漢城", "首尔", "ソウル", "서울", "서울시", "Séoul"),
        ambiguous=("漢城",),
        not_after={"서울": ("FC ",)},
        not_before={"서울": ("대학", "신문")},
        zh_hant="首爾",
    )


def test_a_row_without_other_forms_is_known_by_its_name(tmp_path: Path) -> None:
    (city,) = load(tmp_path, "worms,Worms,DE,,,,,,,,,,")
    assert city.forms == ("Worms",)


def test_a_byte_order_mark_and_quoted_commas_are_fine(tmp_path: Path) -> None:
    row = 'columbus,Columbus,US,"Columbus, Ohio|Columbus",,,,,,Columbus,,,'
    (city,) = load(tmp_path, row, head="\ufeff" + HEAD)
    assert city.forms == ("Columbus, Ohio", "Columbus")


@pytest.mark.parametrize(
    ("row", "parts"),
    [
        (SEOUL.replace("seoul,", "Seoul City,", 1), ["line 2", "'id'", "small letters"]),
        (SEOUL.replace(",KR,", ",Korea,"), ["line 2", "'country'", "ISO 3166"]),
        (SEOUL.replace("seoul,Seoul", "seoul,"), ["line 2", "'name'"]),
        (SEOUL.replace("서울|서울시", "서울||서울시"), ["line 2", "'ko'", "empty form"]),
        (SEOUL.replace(",漢城,", ",汉阳,"), ["line 2", "'ambiguous'", "汉阳", "not among"]),
        (SEOUL.replace("서울>FC ", "서울 FC"), ["line 2", "'not_after'", "form>text"]),
        (SEOUL.replace("서울>대학|신문", "서울>대학|"), ["line 2", "'not_before'", "form>text"]),
        (SEOUL.replace("서울>대학", "부산>대학"), ["line 2", "'not_before'", "부산"]),
        (SEOUL + ",one more", ["line 2", "13 columns", "quotes"]),
        (f"{SEOUL}\n{SEOUL}", ["line 3", "already in line 2"]),
        ('seoul,"Seoul', ["line", "quotes"]),
    ],
)
def test_a_mistake_names_line_column_and_cure(tmp_path: Path, row: str, parts: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, row)
    sentence = str(caught.value)
    assert sentence.startswith(str(tmp_path / "cities.csv"))
    assert "\n" not in sentence
    assert [part for part in parts if part not in sentence] == []


@pytest.mark.parametrize("head", ["", "id,name", HEAD.replace("country", "land")])
def test_wrong_columns_are_told_with_the_right_ones(tmp_path: Path, head: str) -> None:
    with pytest.raises(ConfigError, match="line 1 must name the columns id,name,country"):
        load(tmp_path, SEOUL, head=head)


def test_a_file_that_is_not_utf8_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "cities.csv").write_bytes((HEAD + "\n" + SEOUL).encode("utf-16"))
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_cities(tmp_path)


def test_a_missing_file_is_told_with_its_cure(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="city-watcher init"):
        load_cities(tmp_path)


GHENT = "ghent,Ghent,BE,Ghent,根特"


@pytest.mark.parametrize("second", ["ghent2,Ghent,BE,Ghent", "ghent2,Ghent,BE", "gand,Gand,BE,Gand|GHENT"])
def test_two_cities_of_one_country_share_no_name(tmp_path: Path, second: str) -> None:
    with pytest.raises(ConfigError, match=r"line 3, column 'id': 'G.*' is a name of 'ghent' in the same country too; "):
        load(tmp_path, GHENT, second)


@pytest.mark.parametrize(
    "second", ["ghent2,Ghent,US,Ghent", "gent,Gent,BE,Gent", "ghent2,New Ghent,BE,New Ghent|Ghent,,,,,,Ghent"]
)
def test_a_name_of_two_cities_is_fine_abroad_or_where_it_needs_company(tmp_path: Path, second: str) -> None:
    assert len(load(tmp_path, GHENT, second)) == 2
