"""Tell which countries a page names, and in which of them a name lies."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from watcher.judge.book import City, Country
from watcher.judge.find import Hit
from watcher.judge.page import Page
from watcher.judge.rules import Rules
from watcher.text.fold import ANY_HAN

ABROAD = "*"
"""The country code of words that mean "abroad, wherever"."""

JAPAN, KOREA, CHINESE = frozenset({"JP"}), frozenset({"KR"}), frozenset({"CN", "HK", "MO", "TW"})
"""The countries at home in a script of their own."""

BESIDE_BEFORE = 12
BESIDE_AFTER = 20
"""How far a country may stand before or after a name to tell where it lies, in characters."""

BREAK = re.compile("[,;:。、\n]")
"""What parts a name from the words that belong to it."""

_TOWN = re.compile(
    r" (?:\w+ )?(?:city|town|village|municipality|port|borough|district|county|seaport|resort|mayor|council)\b"
    r"|[的の]?[小古港大]?(?:城市|城镇|小镇|港市|都市|港町|古都|町の|市の)"
    r"| (?:소도시|도시|항구도시|항구 도시|자매도시)"
)
"""What stands after a country where one of its towns is meant."""

_KANA = re.compile("[ぁ-ゖァ-ヺ]")
_HANGUL = re.compile("[가-힣]")


class Abroad(NamedTuple):
    """Hold one place where a country is named.

    `part`: by one of its provinces, which are named at home, too. `town`: one of its towns is meant ("the Japanese
    town", 독일 소도시), whether the page tells its name or not.
    """

    country: str
    sentence: int
    start: int
    end: int
    part: bool = False
    town: bool = False


def name_countries(rules: Rules, hits: Iterable[Hit[Country]], page: Page) -> list[Abroad]:
    """Return the places where countries are named, those that count as another country under its code."""
    return [
        Abroad(
            country=hit.owner.id,
            sentence=hit.sentence,
            start=hit.start,
            end=hit.end,
            part=page.text[hit.end - 1] in rules.provinces,
            town=bool(_TOWN.match(page.text, hit.end)),
        )
        for hit in hits
    ]


def homes_of(page: Page) -> frozenset[str]:
    """Return the countries whose script a page is written in; none for scripts of many countries."""
    if _KANA.search(page.text):
        return JAPAN
    if _HANGUL.search(page.text):
        return KOREA
    return CHINESE if ANY_HAN.search(page.text) else frozenset()


@dataclass(frozen=True, slots=True)
class Lands:
    """Hold what tells where a name lies: the countries of the page, and its cities, which may stand between."""

    countries: tuple[Abroad, ...]
    cities: list[Hit[City]]
    page: Page

    def country_of(self, start: int, end: int) -> str:
        """Return the country named right beside a name: "Toride, Japan", "the Russian city of Kaliningrad"."""
        gaps = [
            (max(abroad.start - end, start - abroad.end), abroad.country)
            for abroad in self.countries
            if abroad.country != ABROAD and self._lies_beside(abroad, start, end)
        ]
        return min(gaps)[1] if gaps else ""

    def _lies_beside(self, abroad: Abroad, start: int, end: int) -> bool:
        """Tell whether a country stands shortly before a name, on it, or after it behind a comma or bracket."""
        text = self.page.text
        if abroad.end > start:
            return abroad.start < end or (abroad.start - end <= BESIDE_AFTER and text[end] in ",(")
        if start - abroad.end > BESIDE_BEFORE or BREAK.search(text, abroad.end, start):
            return False
        return not any(abroad.end <= city.start and city.end <= start for city in self.cities)
