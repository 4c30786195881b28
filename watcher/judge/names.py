"""Read the names of cities that cities.csv does not know, where only a city's name can stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter

from watcher.judge.book import Country, Cue
from watcher.judge.find import MOST_FINDS, Finds, Hit, stands_free
from watcher.judge.page import Page
from watcher.judge.rules import Rules

SHORTEST_LATIN = 3
SHORTEST_CJK = 2
"""Characters that a name has at least: SF is no name to keep."""

LONGEST_CJK = 13
"""How far before a cue a name in Han, kana or Hangul may begin, and the character before it."""

MOST_WORDS = 3
"""Words that a name in Latin letters has at most."""

FIRST_CJK = "\u2e80"
"""No character of Han, kana or Hangul syllables comes before this one."""

Span = tuple[int, int]
"""Where a name begins and ends in the page; empty where there is none."""

_NOWHERE = (0, 0)

_WORD = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w'’-]*\w"
_FIRST_WORD = re.compile(_WORD)
_LAST_WORD = re.compile(f"{_WORD}$")
_OPENING = " \"'“‘("
_POSSESSIVE = re.compile(r"['’]s?$")
_OWNS = ("'", "’")


@dataclass(slots=True)
class Name:
    """Hold a name as it was written, its place in the page, and whether it acts as a city somewhere."""

    written: str
    start: int
    end: int
    acts: bool


def unknown_names(rules: Rules, finds: Finds, page: Page) -> list[Name]:
    """Return the names beside cues with `names = true`, beside their country ("Toride, Japan"), and of towns (X県Y市).

    A name that was read once is a name wherever it stands on the page.
    """
    known = {hit.start for hit in finds.cities} | {-hit.end for hit in finds.cities}
    cues = [cue for cue in finds.cues if cue.owner.names and known.isdisjoint(_beside(cue))]
    acting = [_beside_cue(rules, cue, page) for cue in cues if cue.owner.acts]
    told = [_beside_cue(rules, cue, page) for cue in cues if not cue.owner.acts]
    told += [*_beside_countries(rules, finds.countries, page), *_in_towns(rules, page)]
    spans = {page.text[start:end]: (start, end) for start, end in (*told, *acting) if end - start >= SHORTEST_CJK}
    if not spans:
        return []
    keys = {page.text[start:end] for start, end in acting}
    names: list[Name] = []
    for key, span in spans.items():
        if not _is_none(key, rules):
            written, acts = page.place(*span).written, key in keys
            names += [Name(written, start, start + len(key), acts) for start in _everywhere(key, page)]
    return sorted(names[:MOST_FINDS], key=attrgetter("start"))


def _beside(cue: Hit[Cue]) -> tuple[int, int]:
    """Return where a name begins right after a cue, or (negative) ends right before it."""
    return (-cue.start, 1 - cue.start) if cue.owner.city == "before" else (cue.end, cue.end + 1)


def _beside_cue(rules: Rules, cue: Hit[Cue], page: Page) -> Span:
    if cue.owner.city == "before":
        return _name_before(cue.start, page, rules)
    return _words_after(cue.end, page, rules)


def _beside_countries(rules: Rules, countries: list[Hit[Country]], page: Page) -> list[Span]:
    """Return the names before their country ("Toride, Japan"), then those right after it."""
    text, capitals = page.text, page.capitals
    before = [
        _words_before(country.start - 2, page, rules)
        for country in countries
        if text.endswith(", ", 0, country.start) and not capitals.startswith(_OWNS, country.end)
    ]
    after = [rules.names.country.match(text, country.end) for country in countries]
    return before + [found.span(found.lastindex or 0) for found in after if found]


def _in_towns(rules: Rules, page: Page) -> Iterator[Span]:
    for pattern in (rules.names.county, rules.names.town):
        yield from (found.span(1) for found in pattern.finditer(page.text))


def _is_none(key: str, rules: Rules) -> bool:
    """Tell whether a name is none: a word that is never one, or Han characters that end with such a word."""
    return key in rules.never or key in rules.endings or (not key.isascii() and key.endswith(rules.never_ends))


def _everywhere(key: str, page: Page) -> Iterator[int]:
    """Return where a name begins, wherever it is no part of a longer word."""
    start = page.text.find(key)
    while start >= 0:
        if stands_free(page.text, start, start + len(key)):
            yield start
        start = page.text.find(key, start + len(key))


def _name_before(end: int, page: Page, rules: Rules) -> Span:
    """Return the name that ends there, in Latin letters, Han, katakana or Hangul."""
    if page.text[end - 1] < FIRST_CJK:
        return _words_before(end, page, rules)
    found = rules.names.before.search(page.text, max(page.line_start(end), end - LONGEST_CJK), end)
    if not found:
        return _words_before(end, page, rules)
    if "ァ" <= found[1][0] <= "ヺ":
        return _after_country(found.start(), end, page, rules), end
    starts = [start.end() for start in rules.names.start.finditer(page.text, *found.span())]
    return max([found.start(), *starts]), end


def _after_country(start: int, end: int, page: Page, rules: Rules) -> int:
    """Return where a name in katakana begins: ロシア・ネベリスク behind its country, ル・アーヴル as a whole."""
    head, dot, _ = page.text[start:end].partition("・")
    return start + len(head) + 1 if dot and head in rules.never else start


def _words_before(end: int, page: Page, rules: Rules) -> Span:
    """Return the capitalised words that end there, but for the 's of a possessive."""
    text, start = page.capitals, page.line_start(end)
    end = start + len(text[start:end].rstrip(_OPENING))
    words: list[Span] = []
    while len(words) < MOST_WORDS and (found := _LAST_WORD.search(text, max(start, text.rfind(" ", start, end)), end)):
        word = _without_possessive(page, *found.span())
        if page.text[slice(*word)] in rules.never or (words and word[1] < found.end()):
            break
        words.insert(0, word)
        end = found.start() - 1
    return _latin_name(words, page)


def _words_after(start: int, page: Page, rules: Rules) -> Span:
    """Return the capitalised words that begin there, but for the 's of a possessive."""
    words: list[Span] = []
    start += len(page.text[start : start + 2]) - len(page.capitals[start : start + 2].lstrip(_OPENING))
    while len(words) < MOST_WORDS and (found := _FIRST_WORD.match(page.capitals, start)):
        word = _without_possessive(page, *found.span())
        if page.text[slice(*word)] in rules.never:
            break
        words.append(word)
        if word[1] < found.end():
            break
        start = found.end() + (page.text[found.end()] == " ")
    return _latin_name(words, page)


def _without_possessive(page: Page, start: int, end: int) -> Span:
    owns = _POSSESSIVE.search(page.capitals, start, end)
    return start, owns.start() if owns else end


def _latin_name(words: list[Span], page: Page) -> Span:
    """Return the place of all words together, if they can be a name."""
    if not words:
        return _NOWHERE
    start, end = words[0][0], words[-1][1]
    return (start, end) if end - start >= SHORTEST_LATIN and not page.capitals[start:end].isupper() else _NOWHERE
