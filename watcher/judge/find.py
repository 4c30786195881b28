"""Find in one pass where a page says what the rules look for."""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from watcher.judge.page import Page
from watcher.judge.rules import Meanings, Rule, Rules
from watcher.settings.cities import City
from watcher.settings.topics import Cooperation, Country, Cue, Phrase

T = TypeVar("T")

_HANGUL = re.compile("[가-힣]")

MOST_FINDS = 100
"""Cities, cues and countries beyond these are left out: they are compared with one another, and no news has more."""

Found = list[tuple[int, int, int]]
"""The automaton's answer: number of the text, start, end."""


class Hit(NamedTuple, Generic[T]):
    """Hold one find: `start` and `end` are offsets in the page. `refused` says why it cannot count."""

    rule: Rule[T]
    start: int
    end: int
    sentence: int
    refused: str = ""

    @property
    def owner(self) -> T:
        """Return what was found."""
        return self.rule.owner


@dataclass(frozen=True, slots=True)
class Finds:
    """Hold all finds of a page by what they are, in the order of the text."""

    phrases: list[Hit[Phrase]]
    cities: list[Hit[City]]
    cues: list[Hit[Cue]]
    countries: list[Hit[Country]]
    fields: list[Hit[Cooperation]]


def find_texts(rules: Rules, page: Page) -> Found:
    """Find in one pass every place of every text, whatever it means there."""
    return rules.automaton.find_matches_as_indexes(page.text, overlapping=True)


def may_matter(rules: Rules, found: Found) -> bool:
    """Tell whether the phrases that occur could reach `near` if all of them counted: mostly they cannot."""
    numbers = {number for number, _, _ in found if number in rules.phrases}
    phrases = {id(rule.owner): rule.owner.weight for number in numbers for rule in rules.phrases[number]}
    return sum(weight for weight in phrases.values() if weight > 0) >= rules.least


def find_all(rules: Rules, page: Page, found: Found) -> Finds:
    """Sort what was found by what it means; leave out what is part of another word or guarded."""
    free = [place for place in found if stands_free(page.text, place[1], place[2])]
    free.sort(key=lambda place: (place[1], -place[2]))
    return Finds(
        phrases=list(_mark_inner(_hits(rules.phrases, free, page), page, _phrase_heft)),
        cities=_longest(_whole(_hits(rules.cities, free, page), page), page)[:MOST_FINDS],
        cues=[hit for hit in _hits(rules.cues, free, page) if not hit.refused][:MOST_FINDS],
        countries=_longest(_hits(rules.countries, free, page), page)[:MOST_FINDS],
        fields=_hits(rules.fields, free, page),
    )


def is_letter(character: str) -> bool:
    """Tell whether a character belongs to a script that puts blanks between words (Latin, Cyrillic ...)."""
    return character.isalnum() and (character < "\u1100" or "\u1e00" <= character < "\u2000")


def stands_free(text: str, start: int, end: int) -> bool:
    """Tell whether a find is no part of a longer word; Han, hiragana and Hangul have no such edges."""
    head, tail = _edge(text[start]), _edge(text[end - 1])
    return not (head and start and _edge(text[start - 1]) == head) and not (tail and _edge(text[end]) == tail)


@lru_cache(maxsize=4096)
def _edge(character: str) -> str:
    """Name the sort of character that grows together with its like into words."""
    if "\u30a1" <= character <= "\u30fa" or character == "\u30fc":
        return "katakana"
    return "letter" if is_letter(character) else ""


def _hits(meanings: Meanings[T], free: Found, page: Page) -> list[Hit[T]]:
    """Return the finds of one sort, guarded ones marked as refused."""
    hits: list[Hit[T]] = []
    for number, start, end in free:
        if rules := meanings.get(number):
            sentence = page.sentence_at(start)
            hits += [Hit(rule, start, end, sentence, _guard(rule, page.text, start, end)) for rule in rules]
    return hits


def _guard(rule: Rule[T], text: str, start: int, end: int) -> str:
    """Say which guard forbids the place."""
    for guard in rule.not_after:
        if text.endswith(guard, 0, start):
            return f"not after '{guard}'"
    for guard in rule.not_before:
        if text.startswith(guard, end):
            return f"not before '{guard}'"
    return ""


def _mark_inner(hits: Iterable[Hit[T]], page: Page, heft: Callable[[T], float]) -> Iterator[Hit[T]]:
    """Refuse what lies inside a longer find that weighs as much: there the longest counts.

    Finds come in the order of the text, of those that begin together the longest first.
    """
    outer: list[Hit[T]] = []
    for hit in hits:
        outer = [one for one in outer if one.end >= hit.end]
        longer = (one for one in outer if one.end - one.start > hit.end - hit.start)
        heavier = next((one for one in longer if heft(one.owner) >= heft(hit.owner)), None)
        if heavier and not hit.refused:
            yield hit._replace(refused=f"inside '{page.text[heavier.start : heavier.end]}'")
            continue
        if not hit.refused:
            outer.append(hit)
        yield hit


def _longest(hits: Iterable[Hit[T]], page: Page) -> list[Hit[T]]:
    """Keep the longest of the finds that lie in one another."""
    return [hit for hit in _mark_inner(hits, page, _same_heft) if not hit.refused]


def _phrase_heft(phrase: Phrase) -> float:
    return math.inf if phrase.veto else abs(phrase.weight)


def _same_heft(_: object) -> float:
    return 0


def _whole(hits: Iterable[Hit[City]], page: Page) -> Iterator[Hit[City]]:
    """Leave out names that begin inside a Korean word, and Latin names in small letters (nice, mobile)."""
    for hit in hits:
        head = page.text[hit.start]
        inside = hit.start and _HANGUL.match(head) and _HANGUL.match(page.text[hit.start - 1])
        if not inside and not (is_letter(head) and page.place(hit.start, hit.end).written[0].islower()):
            yield hit
