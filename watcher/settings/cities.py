"""cities.csv: who. One city a row, its names in all scripts, and where a name means something else."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from watcher.settings.load import CITIES_FILE
from watcher.settings.table import Mistake, load_table
from watcher.text.fold import fold, search_forms

LANGUAGES = ("en", "zh_hant", "zh_hans", "ja", "ko", "local")
COLUMNS = ("id", "name", "country", *LANGUAGES, "ambiguous", "not_after", "not_before", "note")
HEADS = {
    "id": (re.compile(r"[a-z0-9]+(-[a-z0-9]+)*"), "use small letters, digits and hyphens, such as new-taipei."),
    "name": (re.compile(r".*\S.*"), "write the name that readers see."),
    "country": (re.compile(r"[A-Z]{2}"), "use the two letters of ISO 3166, such as TW."),
}
"""What the first columns hold, and the cure where they do not."""

_HEAD = re.compile("\0".join(pattern.pattern for pattern, _ in HEADS.values()))
_NO_LETTER = re.compile(r"^[\W_]*$", re.M)
_FIRST, _LAST = len(HEADS), len(HEADS) + len(LANGUAGES)
_ZH_HANT = COLUMNS.index("zh_hant")

Guards = Mapping[str, tuple[str, ...]]

UNGUARDED: Guards = MappingProxyType({})

CityNames = Mapping[str, tuple[str, ...]]
"""Folded names of cities, in every language, and the ids that each may mean."""


class City(NamedTuple):
    """Hold one city: `forms` are its names in every language, the usual one of each language first.

    `ambiguous` forms count only in company. `not_after` and `not_before` map a form to what must not
    stand right before and right after it. `country` is an ISO 3166 code. `zh_hant` is the usual
    name in Traditional Chinese, empty where nobody wrote one down.
    """

    id: str
    name: str
    country: str
    forms: tuple[str, ...]
    ambiguous: tuple[str, ...] = ()
    not_after: Guards = UNGUARDED
    not_before: Guards = UNGUARDED
    zh_hant: str = ""


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


def load_cities(folder: Path) -> tuple[City, ...]:
    """Read cities.csv; a mistake is a `ConfigError` that names line, column and cure."""
    return load_table(folder / CITIES_FILE, COLUMNS, _read_city, itemgetter(0), finish=_finish)


def _read_city(values: Sequence[str]) -> City:
    if not _HEAD.fullmatch("\0".join(values[:_FIRST])):
        _refuse_head(values)
    forms = dict.fromkeys("|".join(filter(None, values[_FIRST:_LAST])).split("|"))
    named = tuple(forms) if "" not in forms else _own_name(values)
    city, name, country = values[:_FIRST]
    ambiguous, not_after, not_before = values[_LAST:-1]
    return City(
        city,
        name,
        country,
        named,
        _known_forms("ambiguous", tuple(ambiguous.split("|")), forms) if ambiguous else (),
        dict(_read_guards(not_after, "not_after", forms)) if not_after else UNGUARDED,
        dict(_read_guards(not_before, "not_before", forms)) if not_before else UNGUARDED,
        zh_hant=values[_ZH_HANT].partition("|")[0],
    )


def _refuse_head(values: Sequence[str]) -> None:
    """Raise the Mistake of the first of these columns that is wrong."""
    for value, (column, (pattern, cure)) in zip(values, HEADS.items(), strict=False):
        if not pattern.fullmatch(value):
            raise Mistake(column, f"'{value}' cannot stand here; {cure}")


def _own_name(values: Sequence[str]) -> tuple[str, ...]:
    """Return the name of a city that has no other forms; an empty form among others is a Mistake."""
    for column, value in zip(LANGUAGES, values[_FIRST:_LAST], strict=True):
        if value and "" in value.split("|"):
            raise Mistake(column, f"'{value}' holds an empty form; remove a '|'.")
    return (values[1],)


def _known_forms(column: str, named: tuple[str, ...], forms: Container[str]) -> tuple[str, ...]:
    for form in named:
        if form not in forms:
            raise Mistake(column, f"'{form}' is not among the city's names; add it there or remove it here.")
    return named


def _read_guards(value: str, column: str, forms: Container[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Read `form>text|text;form>text`."""
    for part in filter(None, value.split(";")):
        form, arrow, texts = part.partition(">")
        if not arrow or not all(texts.split("|")):
            raise Mistake(column, f"'{part}' is not a guard; write form>text|text.")
        _known_forms(column, (form,), forms)
        yield form, tuple(texts.split("|"))


def _finish(cities: Sequence[City]) -> Iterator[City]:
    """Fold all forms at once, which is ten times as fast, and check what shows only then."""
    keys = search_forms([form for city in cities for form in city.forms])
    has_empty = bool(_NO_LETTER.search("\n".join(keys)))
    owners: dict[str, dict[str, str]] = {}
    start = 0
    for city in cities:
        own = tuple(keys[start : start + len(city.forms)])
        owned = owners.setdefault(city.country, {})
        if city.ambiguous or has_empty or {*map(owned.setdefault, own, repeat(city.id))} != {city.id}:
            _check_keys(city, own, owned)
        start += len(own)
        yield city


def _check_keys(city: City, keys: Sequence[str], owned: dict[str, str]) -> None:
    """Raise Mistake for a form without letters, and where another city of the country has a name of this one.

    A name may be that of two where it needs company in one of them.
    """
    for form, key in zip(city.forms, keys, strict=True):
        if _NO_LETTER.fullmatch(key):
            raise Mistake("id", f"of the form '{form}' folding leaves no letter; write a name.")
        owner = city.id if form in city.ambiguous else owned.setdefault(key, city.id)
        if owner != city.id:
            cure = "join the two rows, or write the name under 'ambiguous' in both"
            raise Mistake("id", f"'{form}' is a name of '{owner}' in the same country too; {cure}.")
