"""Find in one pass where a page says what the rules look for."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

from watcher.judge.page import Page
from watcher.judge.rules import Rule, Rules, edge, is_letter
from watcher.settings.cities import City
from watcher.settings.topics import Cooperation, Country, Cue, Phrase

T = TypeVar("T")

_KANA = re.compile("[ぁ-ゖァ-ヺ]")

MOST_FINDS = 100
"""Cities, cues and countries beyond these are left out: they are compared with one another, and no news has more."""

Found = list[tuple[int, int, int]]
"""The automaton's answer: number of the text, start, end."""


class Hit(NamedTuple, Generic[T]):
    """Hold one find: `start` and `end` are offsets in the page. `refused` says why it cannot count."""

    owner: T
    start: int
    end: int
    sentence: int
    refused: str
    ambiguous: bool


@dataclass(frozen=True, slots=True)
class Finds:
    """Hold all finds of a page by what they are, in the order of the text; of the fields only which there are."""

    phrases: list[Hit[Phrase]]
    cities: list[Hit[City]]
    cues: list[Hit[Cue]]
    countries: list[Hit[Country]]
    fields: frozenset[str]


def find_texts(rules: Rules, page: Page) -> Found:
    """Find in one pass every place of every text, whatever it means there."""
    return rules.automaton.find_matches_as_indexes(page.text, overlapping=True)


def may_matter(rules: Rules, page: Page, found: Found) -> bool:
    """Tell whether the phrases that occur could reach `near` if all of them counted: mostly they cannot."""
    total = 0.0
    seen: set[int] = set()
    for number, start, _ in found:
        for phrase in rules.helping.get(number, ()):
            if phrase.needs == "two_in_title" and start >= page.title_end:
                continue
            total += 0 if id(phrase) in seen else phrase.weight
            seen.add(id(phrase))
        if total >= rules.least:
            return True
    return total >= rules.least


def find_all(rules: Rules, page: Page, found: Found) -> Finds:
    """Sort what was found by what it means; leave out what is part of another word or guarded."""
    hits = _sort_hits(rules, page, found)
    taken = {at for cue in hits[Cue] if not is_letter(page.text[cue.start]) for at in range(cue.start + 1, cue.end)}
    japanese = bool(_KANA.search(page.text))
    return Finds(
        phrases=hits[Phrase],
        cities=_longest(hit for hit in hits[City] if _is_whole(hit, page) and not _crosses(hit, taken))[:MOST_FINDS],
        cues=[hit for hit in hits[Cue] if not hit.refused and (japanese or hit.owner.lang != "ja")][:MOST_FINDS],
        countries=_longest(hits[Country])[:MOST_FINDS],
        fields=frozenset(hit.owner.id for hit in hits[Cooperation]),
    )


def stands_free(text: str, start: int, end: int) -> bool:
    """Tell whether a find is no part of a longer word; Han, hiragana and Hangul have no such edges."""
    head, tail = edge(text[start]), edge(text[end - 1])
    return not (head and edge(text[start - 1]) == head) and not (tail and edge(text[end]) == tail)


def _sort_hits(rules: Rules, page: Page, found: Found) -> dict[type, list[Hit[Any]]]:
    """Return the finds by what they are, in the order of the text, of those that begin together the longest first."""
    hits: dict[type, list[Hit[Any]]] = {sort: [] for sort in (Phrase, City, Cue, Country, Cooperation)}
    text, borders = page.text, page.borders
    longest_first = found[::-1]
    for number, start, end in sorted(longest_first, key=itemgetter(1)):
        head, tail = rules.heads[number], rules.tails[number]
        if (head and edge(text[start - 1]) == head) or (tail and edge(text[end]) == tail):
            continue
        sentence = bisect_right(borders, start)
        for rule in rules.meanings[number]:
            if rule.title_only and sentence:
                continue
            refused = _guard(rule, text, start, end) if rule.not_after or rule.not_before else ""
            hits[rule.sort].append(Hit(rule.owner, start, end, sentence, refused, rule.ambiguous))
    return hits


def _guard(rule: Rule, text: str, start: int, end: int) -> str:
    """Say which guard forbids the place."""
    if text.endswith(rule.not_after, 0, start):
        return f"not after '{next(guard for guard in rule.not_after if text.endswith(guard, 0, start))}'"
    if text.startswith(rule.not_before, end):
        return f"not before '{next(guard for guard in rule.not_before if text.startswith(guard, end))}'"
    return ""


def _longest(hits: Iterable[Hit[T]]) -> list[Hit[T]]:
    """Keep the longest of the finds that lie in one another; equal ones all."""
    kept: list[Hit[T]] = []
    for hit in hits:
        if not hit.refused and (not kept or hit.end > kept[-1].end or hit[1:3] == kept[-1][1:3]):
            kept.append(hit)
    return kept


def _is_whole(hit: Hit[City], page: Page) -> bool:
    """Tell whether a name does not begin inside a Korean word, nor is a Latin one in small letters (nice, mobile).

    But adjectives that cities.csv has in small letters are names (lyonnaise, zaragozana).
    """
    head = page.text[hit.start]
    if "가" <= head <= "힣":
        return not "가" <= page.text[hit.start - 1] <= "힣"
    small = is_letter(head) and page.capitals[hit.start].islower()
    return not small or page.capitals[hit.start : hit.end] in hit.owner.forms


def _crosses(hit: Hit[City], taken: set[int]) -> bool:
    """Tell whether a name begins inside a cue and ends behind it: no 長与 in 市長与."""
    return hit.start in taken and hit.end - 1 not in taken
