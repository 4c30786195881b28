"""The gazetteer finds the names of cities wherever one stands, in every script, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from watcher.judge.book import City as Named
from watcher.judge.compile import compile_book
from watcher.judge.find import stands_free
from watcher.judge.gazetteer import Gazetteer
from watcher.judge.page import Page
from watcher.judge.rule import Owners
from watcher.settings.cities import City
from watcher.settings.topics import Topics
from watcher.text.fold import search_forms
from watcher.values import Entry

NAMES = (
    "San Francisco", "San José", "San", "Oslo", "O'Fallon", "'s-Hertogenbosch", "Łódź", "lyonnaise", "Lyon", "Αθήνα",
    "台北", "台北市", "新台北", "堺", "大阪", "サンフランシスコ", "サン", "サンノゼ", "서울", "서울시", "산 세바스티안", "괌",
)  # fmt: skip
CITIES = [City(id=f"city-{number}", name=name, country="XX", forms=(name,)) for number, name in enumerate(NAMES)]
BOOK = compile_book(Topics(), CITIES)
GAZETTEER = Gazetteer(BOOK, Owners(BOOK))
KEYS = {city.id: key for city, key in zip(CITIES, search_forms(NAMES), strict=True)}

PIECES = (
    *NAMES,
    *(name.upper() for name in NAMES),
    " ",
    ", ",
    "-",
    "'",
    "a",
    "X",
    "9",
    "市",
    "ン",
    "の",
    "가",
    "\n",
    "_",
)


def found(text: str) -> set[tuple[str, int]]:
    """Return which city is found where, of names that stand free."""
    page = Page(Entry(text=text))
    places = [(rule.owner, start, end) for meaning, start, end in GAZETTEER.find(page) for rule in meaning.rules]
    free = [(city, start) for city, start, end in places if stands_free(page.text, start, end)]
    return {(city.id, start) for city, start in free if isinstance(city, Named)}


def scan(text: str) -> set[tuple[str, int]]:
    """Return the same by looking for every name in every place."""
    page = Page(Entry(text=text))
    places = [
        (city, start, start + len(key))
        for city, key in KEYS.items()
        for start in range(len(page.text))
        if page.text.startswith(key, start)
    ]
    named = {(city, start) for city, start, end in places if stands_free(page.text, start, end)}
    written = {city.id: city.name for city in CITIES}
    return {
        (city, start)
        for city, start in named
        if not page.capitals[start].islower() or not page.capitals[start].isascii() or written[city][0].islower()
    }


@given(some.lists(some.sampled_from(PIECES), max_size=12).map("".join))
def test_it_finds_what_looking_for_every_name_everywhere_finds(text: str) -> None:
    assert found(text) >= scan(text)
    assert {start for _, start in found(text) - scan(text)} <= {start for _, start in scan(text.upper())}


@pytest.mark.parametrize(
    ("text", "cities"),
    [
        ("The mayor of San José met San Francisco's", ["San José", "San Francisco"]),
        ("saint sand sander Sandy", []),
        ("une délégation lyonnaise", ["lyonnaise"]),
        ("a delegation from 's-Hertogenbosch and O'Fallon", ["'s-Hertogenbosch", "O'Fallon"]),
        ("新台北市と堺", ["新台北", "台北市", "台北", "堺"]),
        ("サンノゼ", ["サンノゼ"]),
        ("산 세바스티안과 괌", ["산 세바스티안", "괌"]),
    ],
)
def test_names_are_found_in_their_script_and_case(text: str, cities: list[str]) -> None:
    ids = {city.name: city.id for city in CITIES}
    names = {city for city, _ in found(text)}
    assert names - {ids["San"]} == {ids[name] for name in cities}


def test_of_names_that_begin_together_the_longest_comes_first() -> None:
    places = [(start, end) for _, start, end in GAZETTEER.find(Page(Entry(text="台北市 서울시 San Francisco")))]
    assert places == sorted(places, key=lambda place: (place[0], -place[1]))
    assert len(places) == 6
