"""The names of all cities, found where one may begin: at a word, or at two characters that begin a name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import repeat

from ahocorasick_rs import AhoCorasick

from watcher.judge.page import Page
from watcher.judge.rule import Rule, add_rule, fold_guards
from watcher.settings.cities import City
from watcher.text.fold import search_forms

HEAD = 2
"""By so many characters names are found that stand in no words: in Han, kana or Hangul."""

FIRST_UNSPACED = "\u1100"
_UNSPACED = "\u1100-\u1dff\u2000-\U0010ffff"
_LETTER = f"[^\\W_{_UNSPACED}]"
_WORD = re.compile(f"{_LETTER}+")
_CAPITALISED = re.compile(f"{_LETTER}(?<![a-z]){_LETTER}*")

Named = tuple[tuple[Rule, ...], int, int]
"""What a name means, and where it starts and ends."""

Family = tuple[str, ...]
"""Names that share a head, the longest first."""


@dataclass(frozen=True, slots=True, eq=False)
class Gazetteer:
    """Hold names as they look after folding with what they mean, in families that share a head.

    A head is the first word of a name, or its first two characters in scripts that put no blanks between words.
    In `words` capitalised words are looked up; all other heads the automaton finds, which tells the number of the
    family in `heads`: it is ten times as quickly built as one of whole names.
    """

    names: dict[str, tuple[Rule, ...]]
    words: dict[str, Family]
    heads: list[Family]
    automaton: AhoCorasick

    def find(self, page: Page) -> list[Named]:
        """Find every name on a page, in the order of the text, of those that begin together the longest first."""
        text, names = page.text, self.names
        found = [
            (start, -len(name), name)
            for start, family in (*self._find_heads(text), *self._find_words(page))
            if text.startswith(family, start)
            for name in family
            if text.startswith(name, start)
        ]
        return [(names[name], start, start - shortness) for start, shortness, name in sorted(found)]

    def _find_heads(self, text: str) -> list[tuple[int, Family]]:
        found = self.automaton.find_matches_as_indexes(text, overlapping=True)
        return [(start, self.heads[number]) for number, start, _ in found]

    def _find_words(self, page: Page) -> list[tuple[int, Family]]:
        text, words = page.text, [word.span() for word in _CAPITALISED.finditer(page.capitals)]
        return [(start, self.words[text[start:end]]) for start, end in words if text[start:end] in self.words]


def gather_names(cities: Iterable[City]) -> Gazetteer:
    """Gather the names of all cities as they look after folding; one name may be that of several."""
    names: dict[str, tuple[Rule, ...]] = {}
    small: set[str] = set()
    for city in cities:
        keys = city.keys or search_forms(city.forms)
        for form, key, rule in zip(city.forms, keys, _city_rules(city), strict=False):
            if key in names or not key.isalpha():
                add_rule(names, key, rule)
            else:
                names[key] = rule
            if "a" <= form[0] <= "z":
                small.add(_head(key))
    words = _gather_families(names)
    heads = {head: words.pop(head) for head in [head for head in words if head in small or not _WORD.match(head)]}
    return Gazetteer(names, words, [*heads.values()], AhoCorasick(heads))


def _gather_families(names: Iterable[str]) -> dict[str, Family]:
    families: dict[str, list[str]] = {}
    for name in names:
        families.setdefault(_head(name), []).append(name)
    for family in families.values():
        if len(family) > 1:
            family.sort(key=len, reverse=True)
    return dict(zip(families, map(tuple, families.values()), strict=True))


def _head(name: str) -> str:
    """Return the first word of a name, or what it begins with where words have no blanks between them."""
    if name < FIRST_UNSPACED and (word := _WORD.match(name)):
        return word[0]
    return name[:1] if name[1:2] == " " else name[:HEAD]


def _city_rules(city: City) -> Iterable[tuple[Rule]]:
    """Return the rule of each name of a city; most share one, for thousands of objects take time to make."""
    plain = (Rule(City, city),)
    if not city.ambiguous and not city.not_after and not city.not_before:
        return repeat(plain)
    return (_guarded_rule(city, form) or plain for form in city.forms)


def _guarded_rule(city: City, form: str) -> tuple[Rule] | None:
    after, before = city.not_after.get(form, ()), city.not_before.get(form, ())
    if after or before or form in city.ambiguous:
        return (Rule(City, city, *fold_guards(form, after, before), ambiguous=form in city.ambiguous),)
    return None
