"""Read the names of cities that cities.csv does not know, where only a city's name can stand."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from watcher.judge.find import MOST_FINDS, Finds, stands_free
from watcher.judge.page import Page
from watcher.judge.rules import Rules
from watcher.text.fold import HAN, search_form

SHORTEST_LATIN = 3
SHORTEST_CJK = 2
"""Characters that a name has at least: SF is no name to keep."""

_WORD = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w'’-]*\w"
_WORDS_BEFORE = re.compile(rf"({_WORD}(?: {_WORD}){{0,2}}) ?[\"'“‘(]?$")
_WORDS_AFTER = re.compile(rf" ?[\"'“‘]?({_WORD}(?: {_WORD}){{0,2}})")
_CJK_BEFORE = re.compile("([ァ-ヺー・]{2,12}|[\u4e00-\u9fff々ヶ]{2,6}|[가-힣]{2,5})$")
_OF_A_COUNTY = re.compile(f"(?<=[县省])([{HAN}]{{2,4}})(?=市)")
_POSSESSIVE = re.compile(r"['’]s?$")
_OWNS = ("'", "’")


@dataclass(frozen=True, slots=True)
class Name:
    """Hold a name as it was written, its place in the page, and whether it acts as a city somewhere."""

    written: str
    start: int
    end: int
    acts: bool


def unknown_names(rules: Rules, finds: Finds, page: Page) -> list[Name]:
    """Return the names beside cues that have `names = true`, before a country ("Toride, Japan"), and in X県Y市.

    A name that was read once is a name wherever it stands on the page.
    """
    acting = dict(_beside_cues(rules, finds, page, acts=True))
    told = _beside_cues(rules, finds, page, acts=False), _before_countries(rules, finds, page), _in_counties(page)
    names = {key: written for names in told for key, written in names} | acting
    places = (
        Name(written, start, start + len(key), acts=key in acting)
        for key, written in names.items()
        for start in _everywhere(key, page)
    )
    return sorted(islice(places, MOST_FINDS), key=lambda name: name.start)


def _beside_cues(rules: Rules, finds: Finds, page: Page, *, acts: bool) -> Iterator[tuple[str, str]]:
    for cue in finds.cues:
        if cue.owner.names and cue.owner.acts is acts:
            before, after = page.sides(cue.start, cue.end)
            yield from _keyed(_name_before(before, rules) if cue.owner.city == "before" else _name_after(after, rules))


def _before_countries(rules: Rules, finds: Finds, page: Page) -> Iterator[tuple[str, str]]:
    for country in finds.countries:
        if page.text.endswith(", ", 0, country.start):
            before, after = page.sides(country.start, country.end)
            yield from _keyed("" if after.startswith(_OWNS) else _words_before(before.removesuffix(", "), rules))


def _in_counties(page: Page) -> Iterator[tuple[str, str]]:
    for found in _OF_A_COUNTY.finditer(page.text):
        yield found[1], page.place(*found.span(1)).written


def _keyed(name: str) -> Iterator[tuple[str, str]]:
    """Return a name with what is searched for, if it is long enough to be one."""
    if len(name) >= SHORTEST_CJK:
        yield search_form(name), name


def _everywhere(key: str, page: Page) -> Iterator[int]:
    """Return where a name begins, wherever it is no part of a longer word."""
    start = page.text.find(key)
    while start >= 0:
        if stands_free(page.text, start, start + len(key)):
            yield start
        start = page.text.find(key, start + len(key))


def _name_before(text: str, rules: Rules) -> str:
    """Return the name that ends the text, in Latin letters, Han, katakana or Hangul."""
    found = _CJK_BEFORE.search(text)
    return rules.ends.split(found[1])[-1] if found else _words_before(text, rules)


def _words_before(text: str, rules: Rules) -> str:
    """Return the capitalised words that end the text."""
    found = _WORDS_BEFORE.search(text)
    words = [_POSSESSIVE.sub("", word) for word in found[1].split()] if found else []
    return _latin_name(reversed(list(_until(reversed(words), rules))))


def _name_after(text: str, rules: Rules) -> str:
    """Return the capitalised words that begin the text."""
    found = _WORDS_AFTER.match(text)
    return _latin_name(_until(_POSSESSIVE.sub("", found[1]).split(), rules)) if found else ""


def _latin_name(words: Iterable[str]) -> str:
    name = " ".join(words)
    return name if len(name) >= SHORTEST_LATIN and not name.isupper() else ""


def _until(words: Iterable[str], rules: Rules) -> Iterator[str]:
    """Return the words up to the first that is never part of a name."""
    for word in words:
        if search_form(word) in rules.never:
            return
        yield word
