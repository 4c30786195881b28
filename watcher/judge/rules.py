"""Compile topics and cities into one automaton and the rules behind each of its texts."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from watcher.judge.patterns import NamePatterns, compile_patterns
from watcher.settings.cities import City
from watcher.settings.topics import Cooperation, Country, Cue, Phrase, Topics
from watcher.text.fold import HAN, search_form

VERSION = 3
"""Raised when the same rules would judge otherwise than before, so that items are judged again."""

MOST_WORDS = 4
"""Longer Korean texts are looked for as written only."""

_HANGUL = re.compile("[가-힣]")
_HAN = re.compile(f"[{HAN}]+")

Owner = Phrase | City | Cue | Country | Cooperation


class Rule(NamedTuple):
    """Hold what a text means: whose it is, of which sort, and the guards as they look after folding."""

    sort: type[Owner]
    owner: Owner
    not_after: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    ambiguous: bool = False


class Meaning(NamedTuple):
    """Hold what one text means: the edges at which it would be part of a longer word, and its rules."""

    head: str
    tail: str
    rules: list[Rule]


@dataclass(slots=True, eq=False)
class Rules:
    """Hold everything compiled: one automaton, and what its texts mean, by their number.

    `helping` are the phrases that have points to give, `strong` the ids of those that match alone, `ranks` for
    each topic the places of its phrases. `least` is the lowest `near` of all topics.
    `homes` leads a country's code to that of the country it counts as; `never` are folded words that are no name
    of a city, `never_ends` those of them in Han, `names` how other names look, `datelines`, `provinces` and `titles`
    those of `[names]`.
    """

    topics: Topics
    fingerprint: str
    homes: dict[str, str]
    never: frozenset[str]
    never_ends: tuple[str, ...]
    names: NamePatterns
    datelines: tuple[str, ...]
    provinces: frozenset[str]
    titles: frozenset[str]
    least: float
    strong: frozenset[int]
    ranks: tuple[dict[int, int], ...]
    keys: dict[str, int] = field(default_factory=dict, repr=False)
    meanings: list[Meaning] = field(default_factory=list, repr=False)
    helping: dict[int, list[Phrase]] = field(default_factory=dict, repr=False)
    automaton: AhoCorasick = field(init=False, repr=False)

    def add(self, text: str, rule: Rule) -> None:
        """Look for a text, in each of its spellings."""
        for key in _spellings(text):
            number = self.keys.setdefault(key, len(self.keys))
            if number == len(self.meanings):
                self.meanings.append(Meaning(edge(key[0]), edge(key[-1]), []))
            rules = self.meanings[number].rules
            if not rules or all(other.owner is not rule.owner for other in rules):
                rules.append(rule)
                if isinstance(rule.owner, Phrase) and rule.owner.weight > 0:
                    self.helping.setdefault(number, []).append(rule.owner)


def compile_rules(topics: Topics, cities: Iterable[City]) -> Rules:
    """Gather all texts, equal ones once, and build the automaton."""
    cities = tuple(cities)
    rules = Rules(
        topics,
        _fingerprint(topics, cities),
        homes={code: country.id for country in topics.countries for code in country.same},
        never=_never_names(topics),
        never_ends=tuple(word for word in _never_names(topics) if _HAN.fullmatch(word)),
        names=compile_patterns(topics.names),
        titles=frozenset(topics.names.titles),
        provinces=frozenset(search_form(topics.names.provinces)),
        datelines=tuple(map(search_form, topics.names.datelines)),
        least=min((topic.near for topic in topics.topics), default=0),
        strong=frozenset(
            id(phrase) for topic in topics.topics for phrase in topic.phrases if phrase.weight >= topic.match
        ),
        ranks=tuple({id(phrase): rank for rank, phrase in enumerate(topic.phrases)} for topic in topics.topics),
    )
    _add_topics(rules, topics)
    for city in cities:
        _add_city(rules, city)
    rules.automaton = AhoCorasick(list(rules.keys))
    return rules


def is_letter(character: str) -> bool:
    """Tell whether a character belongs to a script that puts blanks between words (Latin, Cyrillic ...)."""
    return character.isalnum() and (character < "\u1100" or "\u1e00" <= character < "\u2000")


@lru_cache(maxsize=4096)
def edge(character: str) -> str:
    """Name the sort of character that grows together with its like into words; Han, hiragana and Hangul do not."""
    if "\u30a1" <= character <= "\u30fa" or character == "\u30fc":
        return "katakana"
    return "letter" if is_letter(character) else ""


def _never_names(topics: Topics) -> frozenset[str]:
    countries = (word for country in topics.countries for word in country.text)
    return frozenset(search_form(word) for word in (*topics.names.never, *countries))


def _add_topics(rules: Rules, topics: Topics) -> None:
    wordings: list[Phrase | Cue | Country] = [phrase for topic in topics.topics for phrase in topic.phrases]
    for wording in (*wordings, *topics.cues, *topics.countries):
        for text in wording.text:
            _add_guarded(rules, wording, text, wording.not_after, wording.not_before)
    for area in topics.fields:
        for text in area.text:
            rules.add(text, Rule(Cooperation, area))


def _add_city(rules: Rules, city: City) -> None:
    for form in city.forms:
        after, before = city.not_after.get(form, ()), city.not_before.get(form, ())
        _add_guarded(rules, city, form, after, before, ambiguous=form in city.ambiguous)


def _add_guarded(
    rules: Rules,
    owner: Phrase | Cue | Country | City,
    text: str,
    not_after: Iterable[str],
    not_before: Iterable[str],
    *,
    ambiguous: bool = False,
) -> None:
    """Fold each guard as it looks beside the text: a blank inside CJK is gone there, in Korean it may be."""
    key = search_form(text) if not_after or not_before else ""
    after = tuple(_optional_blanks(search_form(guard + text).removesuffix(key) for guard in not_after))
    before = tuple(_optional_blanks(search_form(text + guard).removeprefix(key) for guard in not_before))
    rules.add(text, Rule(type(owner), owner, after, before, ambiguous))


def _optional_blanks(guards: Iterable[str]) -> Iterator[str]:
    """Return each guard, a Korean one also without the blank that parts it from its text."""
    for guard in guards:
        yield guard
        if _HANGUL.search(guard) and guard != guard.strip():
            yield guard.strip()


def _spellings(text: str) -> Iterable[str]:
    """Return the ways to write a text; where Korean puts a blank, it may be missing."""
    key = search_form(text).strip()
    words = key.split(" ")
    if len(words) == 1 or len(words) > MOST_WORDS or not _HANGUL.search(key):
        return (key,)
    gaps = product((" ", ""), repeat=len(words) - 1)
    return {"".join(map("".join, zip(words, (*gap, ""), strict=True))) for gap in gaps}


def _fingerprint(topics: Topics, cities: Iterable[City]) -> str:
    """Name these rules: other rules, other name."""
    digest = hashlib.sha256(json.dumps([VERSION, topics.model_dump(mode="json")], sort_keys=True).encode())
    for city in cities:
        digest.update(repr(city).encode())
    return digest.hexdigest()[:16]
