"""Compile topics and cities into one automaton and the rules behind each of its texts."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick

from watcher.settings.cities import City
from watcher.settings.topics import Cooperation, Country, Cue, Phrase, Topics
from watcher.text.fold import search_form

VERSION = 2
"""Raised when the same rules would judge otherwise than before, so that items are judged again."""

MOST_WORDS = 4
"""Longer Korean texts are looked for as written only."""

T = TypeVar("T")

_HANGUL = re.compile("[가-힣]")


@dataclass(frozen=True, slots=True, eq=False)
class Rule(Generic[T]):
    """Hold one text to look for: whose it is, as written, and the guards as they look after folding."""

    owner: T
    written: str
    not_after: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    ambiguous: bool = False


Meanings = dict[int, list[Rule[T]]]
"""What the automaton's texts mean, by their number."""


@dataclass(slots=True, eq=False)
class Rules:
    """Hold everything compiled: one automaton, and what its texts mean.

    `homes` leads a country's code to that of the country it counts as; `never` are folded words that are no
    name of a city, `ends` and `titles` those of `[names]`. `least` is the lowest `near` of all topics.
    """

    topics: Topics
    fingerprint: str
    homes: dict[str, str]
    never: frozenset[str]
    ends: re.Pattern[str]
    titles: frozenset[str]
    least: float
    keys: dict[str, int] = field(default_factory=dict, repr=False)
    phrases: Meanings[Phrase] = field(default_factory=dict, repr=False)
    cities: Meanings[City] = field(default_factory=dict, repr=False)
    cues: Meanings[Cue] = field(default_factory=dict, repr=False)
    countries: Meanings[Country] = field(default_factory=dict, repr=False)
    fields: Meanings[Cooperation] = field(default_factory=dict, repr=False)
    automaton: AhoCorasick = field(init=False, repr=False)

    def add(self, meanings: Meanings[T], rule: Rule[T]) -> None:
        """Look for a rule's text, in each of its spellings."""
        for key in _spellings(rule.written):
            rules = meanings.setdefault(self.keys.setdefault(key, len(self.keys)), [])
            if all(other.owner is not rule.owner for other in rules):
                rules.append(rule)


def compile_rules(topics: Topics, cities: Iterable[City]) -> Rules:
    """Gather all texts, equal ones once, and build the automaton."""
    cities = tuple(cities)
    rules = Rules(
        topics,
        _fingerprint(topics, cities),
        homes={code: country.id for country in topics.countries for code in country.same},
        never=_never_names(topics),
        ends=re.compile(f"[{re.escape(topics.names.ends)}]" if topics.names.ends else "(?!)"),
        titles=frozenset(topics.names.titles),
        least=min((topic.near for topic in topics.topics), default=0),
    )
    _add_topics(rules, topics)
    for city in cities:
        _add_city(rules, city)
    rules.automaton = AhoCorasick(list(rules.keys))
    return rules


def _never_names(topics: Topics) -> frozenset[str]:
    countries = (word for country in topics.countries for word in country.text)
    return frozenset(search_form(word) for word in (*topics.names.never, *countries))


def _add_topics(rules: Rules, topics: Topics) -> None:
    for phrase in (phrase for topic in topics.topics for phrase in topic.phrases):
        for text in phrase.text:
            rules.add(rules.phrases, _guarded(phrase, text, phrase.not_after, phrase.not_before))
    for cue in topics.cues:
        for text in cue.text:
            rules.add(rules.cues, _guarded(cue, text, cue.not_after, cue.not_before))
    for country in topics.countries:
        for text in country.text:
            rules.add(rules.countries, Rule(country, text))
    for area in topics.fields:
        for text in area.text:
            rules.add(rules.fields, Rule(area, text))


def _add_city(rules: Rules, city: City) -> None:
    for form in city.forms:
        after, before = city.not_after.get(form, ()), city.not_before.get(form, ())
        rules.add(rules.cities, _guarded(city, form, after, before, ambiguous=form in city.ambiguous))


def _guarded(
    owner: T, text: str, not_after: Iterable[str], not_before: Iterable[str], *, ambiguous: bool = False
) -> Rule[T]:
    """Fold each guard as it looks beside the text: a blank inside CJK is gone there, in Korean it may be."""
    key = search_form(text)
    after = tuple(_optional_blanks(search_form(guard + text).removesuffix(key) for guard in not_after))
    before = tuple(_optional_blanks(search_form(text + guard).removeprefix(key) for guard in not_before))
    return Rule(owner, text, after, before, ambiguous)


def _optional_blanks(guards: Iterable[str]) -> Iterator[str]:
    """Return each guard, a Korean one also without the blank that parts it from its text."""
    for guard in guards:
        yield guard
        if _HANGUL.search(guard) and guard != guard.strip():
            yield guard.strip()


def _spellings(text: str) -> set[str]:
    """Return the ways to write a text; where Korean puts a blank, it may be missing."""
    key = search_form(text).strip()
    words = key.split(" ")
    if not _HANGUL.search(key) or len(words) > MOST_WORDS:
        return {key}
    gaps = product((" ", ""), repeat=len(words) - 1)
    return {"".join(map("".join, zip(words, (*gap, ""), strict=True))) for gap in gaps}


def _fingerprint(topics: Topics, cities: Iterable[City]) -> str:
    """Name these rules: other rules, other name."""
    content = [VERSION, topics.model_dump(mode="json"), [city.model_dump(mode="json") for city in cities]]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
