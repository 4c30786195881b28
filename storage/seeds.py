"""The seed records: the articles that the collection starts from, told in our own words."""

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from storage.errors import StorageError

SEEDS = files("storage") / "seeds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """Hold one seed record. `cities` are ids of cities.csv; `abstract` is ours, the article its publisher's."""

    id: str
    title: str
    publisher: str
    date: date
    language: str
    cities: tuple[str, ...]
    kind: str
    fields: tuple[str, ...]
    url: str
    abstract: str

    @property
    def published_at(self) -> datetime:
        """Return the first instant of its day, in UTC."""
        return datetime.combine(self.date, time(), UTC)


KEYS: dict[str, type] = {
    "id": str,
    "title": str,
    "publisher": str,
    "date": date,
    "language": str,
    "cities": tuple,
    "kind": str,
    "fields": tuple,
    "url": str,
    "abstract": str,
}
WORDS: dict[type, str] = {str: "a text", date: "a date such as 2026-03-01", tuple: "a list of words"}
MAY_BE_EMPTY = frozenset({"url", "fields"})


@cache
def load_seeds(folder: Traversable = SEEDS) -> tuple[Seed, ...]:
    """Read all seed records, once in a process, oldest article first; raise StorageError with file, key and cure."""
    records = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    seeds = [_read_seed(file) for file in records]
    return tuple(sorted(seeds, key=lambda seed: (seed.date, seed.id)))


def _read_seed(file: Traversable) -> Seed:
    try:
        record = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StorageError(f"{file}: cannot be read ({error}); mend the file.") from error
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in record.items()}
    complaint = _find_fault(values, file.name)
    if complaint:
        raise StorageError(f"{file}: {complaint}.")
    return Seed(**values | {"abstract": values["abstract"].strip()})


def _find_fault(values: dict[str, Any], name: str) -> str:
    """Return the first thing that is wrong with a record, with its cure; empty when it is well."""
    for key in values:
        if key not in KEYS:
            return f"'{key}' is not a key of a seed (known: {', '.join(KEYS)})"
    for key, kind in KEYS.items():
        fault = _find_key_fault(values, key, kind)
        if fault:
            return fault
    if f"{values['id']}.toml" != name:
        return f"'id' is {values['id']!r}; name the file {values['id']}.toml"
    if len(values["cities"]) < 2:
        return "'cities' must name two cities or more"
    return ""


def _find_key_fault(values: dict[str, Any], key: str, kind: type) -> str:
    if key not in values:
        return f"'{key}' is missing; add it"
    value = values[key]
    words = value if kind is tuple and isinstance(value, tuple) else ()
    if type(value) is not kind or any(type(word) is not str for word in words):
        return f"'{key}' must be {WORDS[kind]} (found {value!r})"
    if not value and key not in MAY_BE_EMPTY:
        return f"'{key}' is empty; fill it in"
    return ""
