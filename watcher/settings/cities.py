"""cities.csv: who. One city a row, its names in all scripts, and where a name means something else."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from watcher.settings.table import Mistake, load_table
from watcher.text.fold import fold

FILE = "cities.csv"
LANGUAGES = ("en", "zh_hant", "zh_hans", "ja", "ko", "local")
COLUMNS = ("id", "name", "country", *LANGUAGES, "ambiguous", "not_after", "not_before", "note")

_NAME = re.compile(r".*\S.*")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CODE = re.compile(r"[A-Z]{2}")

Guards = Mapping[str, tuple[str, ...]]

UNGUARDED: Guards = MappingProxyType({})

CityNames = Mapping[str, tuple[str, ...]]
"""Folded names of cities, in every language, and the ids that each may mean."""


class City(NamedTuple):
    """Hold one city: `forms` are its names in every language, the usual one of each language first.

    `ambiguous` forms count only in company. `not_after` and `not_before` map a form to what must not
    stand right before and right after it. `country` is an ISO 3166 code. `zh_hant` is its usual name in Traditional
    Chinese, empty where nobody wrote one down.
    """

    id: str
    name: str
    country: str
    forms: tuple[str, ...]
    ambiguous: tuple[str, ...] = ()
    not_after: Guards = UNGUARDED
    not_before: Guards = UNGUARDED
    zh_hant: str = ""


def load_cities(folder: Path) -> tuple[City, ...]:
    """Read cities.csv; a mistake is a `ConfigError` that names line, column and cure."""
    owners: dict[tuple[str, str], str] = {}
    return load_table(folder / FILE, COLUMNS, lambda values: _read_city(values, owners), lambda city: city.id)


def cities_called(cities: Iterable[City]) -> CityNames:
    """Return which ids each name may mean, folded; an id is a name too."""
    found: dict[str, tuple[str, ...]] = {}
    for city in cities:
        for name in {fold(form) for form in (city.id, city.name, *city.forms)}:
            found[name] = (*found.get(name, ()), city.id)
    return found


def city_names(cities: Iterable[City]) -> dict[str, dict[str, str]]:
    """Return what the cities are called in a digest, by its language and their ids."""
    named = tuple(cities)
    return {
        "en": {city.id: city.name for city in named},
        "zh-Hant": {city.id: city.zh_hant or city.name for city in named},
    }


def _read_city(values: dict[str, str], owners: dict[tuple[str, str], str]) -> City:
    forms = _read_forms(values)
    city = City(
        id=_match(values, "id", _SLUG, "use small letters, digits and hyphens, such as new-taipei."),
        name=_match(values, "name", _NAME, "write the name that readers see."),
        country=_match(values, "country", _CODE, "use the two letters of ISO 3166, such as TW."),
        forms=tuple(forms) or (values["name"],),
        ambiguous=_known_forms("ambiguous", tuple(values["ambiguous"].split("|")), forms)
        if values["ambiguous"]
        else (),
        not_after=dict(_read_guards(values, "not_after", forms)) if values["not_after"] else UNGUARDED,
        not_before=dict(_read_guards(values, "not_before", forms)) if values["not_before"] else UNGUARDED,
        zh_hant=values["zh_hant"].partition("|")[0],
    )
    _refuse_namesake(city, forms or {city.name: fold(city.name)}, owners)
    return city


def _refuse_namesake(city: City, forms: dict[str, str], owners: dict[tuple[str, str], str]) -> None:
    """Raise Mistake where another city of the country has a name of this one that needs no company in either."""
    for form, folded in forms.items():
        owner = owners.setdefault((city.country, folded), city.id) if form not in city.ambiguous else city.id
        if owner != city.id:
            cure = "join the two rows, or write the name under 'ambiguous' in both"
            raise Mistake("id", f"'{form}' is a name of '{owner}' in the same country too; {cure}.")


def _match(values: dict[str, str], column: str, pattern: re.Pattern[str], cure: str) -> str:
    if not pattern.fullmatch(values[column]):
        raise Mistake(column, f"'{values[column]}' cannot stand here; {cure}")
    return values[column]


def _read_forms(values: dict[str, str]) -> dict[str, str]:
    """Read the names in all languages, each with its folded form, which must not be empty."""
    forms: dict[str, str] = {}
    for language in LANGUAGES:
        for form in values[language].split("|") if values[language] else ():
            if form not in forms:
                forms[form] = fold(form)
                if not any(map(str.isalnum, forms[form])):
                    raise Mistake(language, f"'{values[language]}' holds an empty form; remove a '|'.")
    return forms


def _known_forms(column: str, named: tuple[str, ...], forms: Container[str]) -> tuple[str, ...]:
    for form in named:
        if form not in forms:
            raise Mistake(column, f"'{form}' is not among the city's names; add it there or remove it here.")
    return named


def _read_guards(values: dict[str, str], column: str, forms: Container[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Read `form>text|text;form>text`."""
    for part in filter(None, values[column].split(";")):
        form, arrow, texts = part.partition(">")
        if not arrow or not all(texts.split("|")):
            raise Mistake(column, f"'{part}' is not a guard; write form>text|text.")
        _known_forms(column, (form,), forms)
        yield form, tuple(texts.split("|"))
