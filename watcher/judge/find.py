"""Find in one pass where a page says what the rules look for."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any, Generic, TypeVar

from watcher.judge.book import TITLE_NEEDS, Area, City, Country, Cue, Sought
from watcher.judge.page import Page
from watcher.judge.rule import EDGES, LETTER, Guards, Met
from watcher.judge.rules import Rules

T = TypeVar("T")

_KANA = re.compile("[ぁ-ゖァ-ヺ]")

MOST_FINDS = 100
"""Cities, cues and countries beyond these are left out: they are compared with one another, and no news has more."""

NEEDS_ONE_PLACE = ("nothing", "city")
"""A phrase that needs more counts only where two places are named, of which cities.csv or a country is one."""


@dataclass(slots=True)
class Hit(Generic[T]):
    """Hold one find: `start` and `end` are offsets in the page. `refused` says why it cannot count.

    `ambiguous`: the name of a city that counts in company only.
    """

    owner: T
    start: int
    end: int
    sentence: int
    refused: str
    ambiguous: bool = False


@dataclass(slots=True)
class Finds:
    """Hold all finds of a page by what they are, in the order of the text; of the fields only which there are."""

    phrases: list[Hit[Sought]]
    cities: list[Hit[City]]
    cues: list[Hit[Cue]]
    countries: list[Hit[Country]]
    fields: frozenset[str]


class Found:
    """Hold where texts and names stand on a page, whatever they mean there."""

    def __init__(self, rules: Rules, page: Page) -> None:
        self.rules, self.page = rules, page
        self.texts = rules.find(page)

    @cached_property
    def names(self) -> list[Met]:
        """Find the names of cities; most pages need none of them."""
        return self.rules.gazetteer.find(self.page)


def may_matter(found: Found) -> bool:
    """Tell whether the phrases that occur could reach `near` if all of them counted: mostly they cannot.

    Where neither a country nor a city of cities.csv is named, those that need two places cannot count.
    """
    rules, title_end = found.rules, found.page.title_end
    total = alone = 0.0
    seen: set[Sought] = set()
    for meaning, start, _ in found.texts:
        for phrase in meaning.helping:
            if phrase in seen or (start >= title_end and phrase.needs in TITLE_NEEDS):
                continue
            seen.add(phrase)
            total += phrase.weight
            if phrase.needs in NEEDS_ONE_PLACE:
                alone += phrase.weight
    if total < rules.least or alone >= rules.least:
        return alone >= rules.least
    return any(meaning.land for meaning, _, _ in found.texts) or bool(found.names)


def find_all(found: Found) -> Finds:
    """Sort what was found by what it means; leave out what is part of another word or guarded."""
    page, hits = found.page, _sort_hits(found)
    cues = [hit for hit in hits[Cue] if not hit.refused]
    if any(hit.owner.lang == "ja" for hit in cues) and not _KANA.search(page.text):
        cues = [hit for hit in cues if hit.owner.lang != "ja"]
    return Finds(
        phrases=hits[Sought],
        cities=_longest(_whole_names(_find_cities(found), hits[Cue], page))[:MOST_FINDS],
        cues=cues[:MOST_FINDS],
        countries=_longest(hits[Country])[:MOST_FINDS],
        fields=frozenset([hit.owner.id for hit in hits[Area]]),
    )


def stands_free(text: str, start: int, end: int) -> bool:
    """Tell whether a find is no part of a longer word; Han, hiragana and Hangul have no such edges."""
    head, tail = EDGES[text[start]], EDGES[text[end - 1]]
    return not (head and EDGES[text[start - 1]] == head) and not (tail and EDGES[text[end]] == tail)


def _sort_hits(found: Found) -> dict[type, list[Hit[Any]]]:
    """Return the finds by what they are, in the order of the text, of those that begin together the longest first.

    Of what is guarded phrases are kept, for they are explained, and cues, for no name begins inside one.
    """
    hits: dict[type, list[Hit[Any]]] = {sort: [] for sort in (Sought, Cue, Country, Area)}
    text, borders = found.page.text, found.page.borders
    longest_first = found.texts[::-1]
    for meaning, start, end in sorted(longest_first, key=itemgetter(1)):
        head, tail = meaning.head, meaning.tail
        if (head and EDGES[text[start - 1]] == head) or (tail and EDGES[text[end]] == tail):
            continue
        sentence = bisect_right(borders, start)
        for sort, owner, not_after, not_before, _, title_only in meaning.rules:
            if title_only and sentence:
                continue
            refused = ""
            if (not_after and text.endswith(not_after, 0, start)) or (not_before and text.startswith(not_before, end)):
                if sort is Country:
                    continue
                refused = _say_guard(not_after, not_before, text, start, end)
            hits[sort].append(Hit(owner, start, end, sentence, refused))
    return hits


def _find_cities(found: Found) -> list[Hit[Any]]:
    """Return where cities are named and no guard forbids it, of those that begin together the longest first."""
    hits: list[Hit[Any]] = []
    page, text = found.page, found.page.text
    for meaning, start, end in found.names:
        if stands_free(text, start, end):
            sentence = page.sentence_at(start)
            for _, city, not_after, not_before, ambiguous, _ in meaning.rules:
                if not (text.endswith(not_after, 0, start) or text.startswith(not_before, end)):
                    hits.append(Hit(city, start, end, sentence, "", ambiguous))
    return hits


def _say_guard(not_after: Guards, not_before: Guards, text: str, start: int, end: int) -> str:
    """Say which guard forbids the place."""
    for guard in not_after:
        if text.endswith(guard, 0, start):
            return f"not after '{guard}'"
    return f"not before '{next(guard for guard in not_before if text.startswith(guard, end))}'"


def _longest(hits: list[Hit[T]]) -> list[Hit[T]]:
    """Keep the longest of the finds that lie in one another; equal ones all."""
    kept: list[Hit[T]] = []
    first = last = -1
    for hit in hits:
        if hit.end > last or (hit.start == first and hit.end == last):
            kept.append(hit)
            first, last = hit.start, hit.end
    return kept


def _whole_names(names: list[Hit[City]], cues: list[Hit[Cue]], page: Page) -> list[Hit[City]]:
    """Leave out names that begin inside a cue and end behind it: no 長与 in 市長与."""
    if not names:
        return names
    text = page.text
    taken = {at for cue in cues if EDGES[text[cue.start]] != LETTER for at in range(cue.start + 1, cue.end)}
    return [hit for hit in names if _is_whole(hit, page) and (hit.start not in taken or hit.end - 1 in taken)]


def _is_whole(hit: Hit[City], page: Page) -> bool:
    """Tell whether a name does not begin inside a Korean word, nor is a Latin one in small letters (nice, mobile).

    But adjectives that cities.csv has in small letters are names (lyonnaise, zaragozana).
    """
    head = page.text[hit.start]
    if EDGES[head] == LETTER:
        small = page.capitals[hit.start].islower()
        return not small or page.capitals[hit.start : hit.end] in hit.owner.small
    return not ("가" <= head <= "힣" and "가" <= page.text[hit.start - 1] <= "힣")
