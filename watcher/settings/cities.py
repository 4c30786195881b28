"""cities.csv: who. One city a row, its names in all scripts, and where a name means something else."""

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from watcher.settings.base import Strict
from watcher.settings.table import Mistake, load_table
from watcher.text.fold import fold

FILE = "cities.csv"
LANGUAGES = ("en", "zh_hant", "zh_hans", "ja", "ko", "local")
COLUMNS = ("id", "name", "country", *LANGUAGES, "ambiguous", "not_after", "not_before", "note")

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CODE = re.compile(r"[A-Z]{2}")

Guards = dict[str, tuple[str, ...]]


class City(Strict):
    """Hold one city: `forms` are its names in every language, the usual one of each language first.

    `ambiguous` forms count only in company. `not_after` and `not_before` map a form to what must not
    stand right before and right after it. `country` is an ISO 3166 code.
    """

    id: str
    name: str
    country: str
    forms: tuple[str, ...]
    ambiguous: tuple[str, ...] = ()
    not_after: Guards = Field(default={})
    not_before: Guards = Field(default={})


def load_cities(folder: Path) -> tuple[City, ...]:
    """Read cities.csv; a mistake is a `ConfigError` that names line, column and cure."""
    owners: dict[tuple[str, str], str] = {}

    def read(values: dict[str, str]) -> City:
        city = _read_city(values)
        _refuse_namesake(city, owners)
        return city

    return load_table(folder / FILE, COLUMNS, read, lambda city: city.id)


def _refuse_namesake(city: City, owners: dict[tuple[str, str], str]) -> None:
    """Raise Mistake where another city of the country has a name of this one that needs no company in either."""
    for form in city.forms:
        owner = owners.setdefault((city.country, fold(form)), city.id) if form not in city.ambiguous else city.id
        if owner != city.id:
            cure = "join the two rows, or write the name under 'ambiguous' in both"
            raise Mistake("id", f"'{form}' is a name of '{owner}' in the same country too; {cure}.")


def _read_city(values: dict[str, str]) -> City:
    forms = tuple(dict.fromkeys(form for language in LANGUAGES for form in _split(values, language)))
    return City(
        id=_match(values, "id", _SLUG, "use small letters, digits and hyphens, such as new-taipei."),
        name=_match(values, "name", re.compile(r".*\S.*"), "write the name that readers see."),
        country=_match(values, "country", _CODE, "use the two letters of ISO 3166, such as TW."),
        forms=forms or (values["name"],),
        ambiguous=_known_forms("ambiguous", _split(values, "ambiguous"), forms),
        not_after=dict(_read_guards(values, "not_after", forms)),
        not_before=dict(_read_guards(values, "not_before", forms)),
    )


def _match(values: dict[str, str], column: str, pattern: re.Pattern[str], cure: str) -> str:
    if not pattern.fullmatch(values[column]):
        raise Mistake(column, f"'{values[column]}' cannot stand here; {cure}")
    return values[column]


def _split(values: dict[str, str], column: str) -> tuple[str, ...]:
    """Split `a|b`; a form must leave something after folding."""
    forms = tuple(values[column].split("|")) if values[column] else ()
    for form in forms:
        if not any(character.isalnum() for character in fold(form)):
            raise Mistake(column, f"'{values[column]}' holds an empty form; remove a '|'.")
    return forms


def _known_forms(column: str, named: tuple[str, ...], forms: tuple[str, ...]) -> tuple[str, ...]:
    for form in named:
        if form not in forms:
            raise Mistake(column, f"'{form}' is not among the city's names; add it there or remove it here.")
    return named


def _read_guards(values: dict[str, str], column: str, forms: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Read `form>text|text;form>text`."""
    for part in filter(None, values[column].split(";")):
        form, arrow, texts = part.partition(">")
        if not arrow or not all(texts.split("|")):
            raise Mistake(column, f"'{part}' is not a guard; write form>text|text.")
        _known_forms(column, (form,), forms)
        yield form, tuple(texts.split("|"))
