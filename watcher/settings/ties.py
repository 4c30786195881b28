"""ties.csv: who is tied to whom already. Two cities a row, their relation, since when, and who says so."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from watcher.settings.load import packaged_config
from watcher.settings.table import Mistake, load_table

FILE = "ties.csv"
COLUMNS = ("city_a", "city_b", "relation", "since", "source", "note")

_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
_FORMS = {4: "{then:%Y}", 7: "{then:%b %Y}", 10: "{then.day} {then:%b %Y}"}
"""How a person reads a date that is written in so many characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """Hold what is known of two cities: ids of cities.csv, sorted; `relation` in the plural, such as `sister cities`.

    `since` is a year, a month or a day (2010, 2010-11, 2010-11-04), empty where nobody says.
    """

    city_a: str
    city_b: str
    relation: str
    since: str = ""
    source: str
    note: str = ""

    @property
    def pair(self) -> str:
        """Return the two ids as a pair: `daegu~taipei`."""
        return f"{self.city_a}~{self.city_b}"

    @property
    def sentence(self) -> str:
        """Say it in a few words: `sister cities since 4 Nov 2010 (source)`."""
        return self._say(self.source)

    @property
    def brief(self) -> str:
        """Say the same with no more of a source on the web than its host."""
        return self._say(self.publisher)

    @property
    def publisher(self) -> str:
        """Return the source, of one on the web no more than its host."""
        return urlsplit(self.source).hostname or self.source

    def _say(self, source: str) -> str:
        since = f" since {_say_date(self.since)}" if self.since else ""
        note = f"; {self.note}" if self.note else ""
        return f"{self.relation}{since}{note} ({source})"


def load_ties(folder: Path, cities: Collection[str]) -> dict[str, Tie]:
    """Read ties.csv; return the ties by pair. `cities` are the ids of cities.csv.

    A mistake is a `ConfigError` that names line, column and cure. A folder that was written before there were ties
    has no such file: those of the package stand in, as far as its cities are known.
    """
    own = folder / FILE
    if own.exists():
        return _load(own, cities)
    shipped = _load(packaged_config() / FILE, None)
    return {pair: tie for pair, tie in shipped.items() if tie.city_a in cities and tie.city_b in cities}


def _load(path: Path, cities: Collection[str] | None) -> dict[str, Tie]:
    ties = load_table(
        path, COLUMNS, lambda values: _read_tie(dict(zip(COLUMNS, values, strict=True)), cities), lambda tie: tie.pair
    )
    return {tie.pair: tie for tie in ties}


def _pair_of(tie: Tie) -> str:
    return tie.pair


def _read_tie(values: dict[str, str], cities: Collection[str] | None) -> Tie:
    for column in ("city_a", "city_b"):
        if cities is not None and values[column] not in cities:
            raise Mistake(column, f"'{values[column]}' is no id of cities.csv; add the city there or remove this row.")
    if values["city_a"] == values["city_b"]:
        raise Mistake(
            "city_b", f"'{values['city_b']}' cannot be tied to itself; name the other city or remove the row."
        )
    for column, cure in (("relation", "write one such as sister cities."), ("source", "say who tells of it.")):
        if not values[column].strip():
            raise Mistake(column, f"nothing stands here; {cure}")
    if values["since"] and _read_date(values["since"]) is None:
        raise Mistake("since", f"'{values['since']}' is no date; write 2010, 2010-11 or 2010-11-04, or leave it empty.")
    first, second = sorted((values["city_a"], values["city_b"]))
    return Tie(**values | {"city_a": first, "city_b": second})


def _read_date(text: str) -> date | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(f"{text}-01-01"[: len("2010-11-04")])
    except ValueError:
        return None


def _say_date(text: str) -> str:
    return _FORMS[len(text)].format(then=_read_date(text))
