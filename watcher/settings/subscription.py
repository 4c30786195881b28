"""[[subscription]] of watcher.toml: who gets which digest when."""

import difflib
import re
from collections.abc import Collection, Iterator
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from watcher.errors import ConfigError
from watcher.settings.base import Strict
from watcher.settings.feeds import Zone
from watcher.settings.languages import known_languages

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""In the order in which Python counts them."""


def mail_address(value: str) -> str:
    """Accept a bare mail address; an empty text stands for none."""
    if value and not re.fullmatch(r"[^@\s<>\"]+@[^@\s<>\"]+", value):
        raise ValueError("is not a mail address; write one such as 'desk@city.example'")
    return value


def name_weekday(value: Any) -> Any:
    """Accept a day of the week in full or by its first three letters; return it in full."""
    if isinstance(value, str):
        for day in WEEKDAYS:
            if value.lower() in (day, day[:3]):
                return day
        raise ValueError("is not a day of the week; write one such as 'monday' or 'mon'")
    return value


def sort_pair(value: str) -> str:
    """Accept two cities joined by `~`, in any order; return them sorted."""
    cities = sorted(city.strip() for city in value.split("~"))
    if len(cities) != 2 or not all(cities) or cities[0] == cities[1]:
        raise ValueError("is not a pair; write two ids of cities.csv, such as 'daegu~taipei'")
    return "~".join(cities)


def one_language(value: str) -> str:
    """Accept one language tag."""
    if not value or " " in value:
        raise ValueError('is not one language; write each in quotes of its own, such as ["en", "zh-Hant"]')
    return known_languages(value)


Address = Annotated[str, AfterValidator(mail_address)]
Weekday = Annotated[str, BeforeValidator(name_weekday)]
Pair = Annotated[str, AfterValidator(sort_pair)]
Language = Annotated[str, AfterValidator(one_language)]


class SubscriptionSettings(Strict):
    """Hold one `[[subscription]]`. An empty list means everything, or every day."""

    id: str = Field(default="daily", pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)
    title: str = "City exchange"
    recipients: tuple[Address, ...] = ()
    channel: Literal["auto", "smtp", "file"] = "auto"
    at: time = time(7, 0)
    zone: Zone = "UTC"
    weekdays: tuple[Weekday, ...] = ()
    when_empty: Literal["nothing", "note"] = "nothing"
    heading_language: Literal["en", "zh-Hant"] = "en"
    topics: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = ()
    cities: tuple[str, ...] = ()
    languages: tuple[Language, ...] = ()
    minimum_score: float = Field(default=0, ge=0, allow_inf_nan=False)

    @field_validator("at", mode="before")
    @classmethod
    def _is_clock_time(cls, value: Any) -> Any:
        if isinstance(value, str) and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            raise ValueError("is not a time of day; write one such as '07:00'")
        return value

    @property
    def days(self) -> frozenset[int]:
        """Return the days of the week on which it leaves, Monday being 0; never none."""
        return frozenset(map(WEEKDAYS.index, self.weekdays or WEEKDAYS))


def refuse_unknown_names(
    path: Path, subscription: SubscriptionSettings, topics: Collection[str], cities: Collection[str]
) -> None:
    """Raise ConfigError for a topic or a city that no file knows: such a digest would stay empty without a word.

    `topics` are the ids of topics.toml, `cities` those of cities.csv.
    """
    for key, name, file, known in _list_names(subscription, topics, cities):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            cure = f"did you mean '{near[0]}'?" if near else f"write an id that stands in {file}, or add it there."
            place = f'{path}: subscription "{subscription.id}": {key!r}'
            raise ConfigError(f"{place} names '{name}', which is no id of {file}; {cure}")


def _list_names(
    subscription: SubscriptionSettings, topics: Collection[str], cities: Collection[str]
) -> Iterator[tuple[str, str, str, Collection[str]]]:
    for topic in subscription.topics:
        yield "topics", topic, "topics.toml", topics
    for pair in subscription.pairs:
        for city in pair.split("~"):
            yield "pairs", city, "cities.csv", cities
    for city in subscription.cities:
        yield "cities", city, "cities.csv", cities
