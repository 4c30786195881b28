"""Compile topics and cities into one automaton and the rules behind each of its texts."""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat

from ahocorasick_rs import AhoCorasick

from watcher.judge.gazetteer import Gazetteer, gather_names
from watcher.judge.patterns import NamePatterns, compile_patterns
from watcher.judge.rule import EDGES, Rule, Sought, fold_guards, gather_rules
from watcher.settings.cities import City
from watcher.settings.topics import Cooperation, Country, Cue, Phrase, Topic, Topics, Wording
from watcher.text.fold import HAN, search_form, search_forms

_HAN = re.compile(f"[{HAN}]+")

SHORT = 0.5
"""A tie beside which no second city and no other country stand falls so short of a match, but speaks of cities, too."""


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Hold everything compiled: the names of cities, one automaton of all other texts, and what these mean, by number.

    `heads` and `tails` are the edges at which a text would be part of a longer word.
    `helping` are the phrases that have points to give; `least` is the lowest `near` of all topics;
    `countries` are the texts that name a country.
    `homes` leads a country's code to that of the country it counts as; `never` are folded words that are no name
    of a city, `never_ends` those of them in Han, `endings` such as are none when alone, `names` how other names
    look, `datelines`, `capitals`, `provinces` and `titles` those of `[names]`.
    """

    topics: Topics
    homes: dict[str, str]
    never: frozenset[str]
    endings: frozenset[str]
    never_ends: tuple[str, ...]
    names: NamePatterns
    capitals: frozenset[str]
    datelines: tuple[str, ...]
    provinces: frozenset[str]
    titles: frozenset[str]
    least: float
    meanings: list[tuple[Rule, ...]]
    heads: list[str]
    tails: list[str]
    helping: dict[int, list[Sought]]
    countries: frozenset[int]
    automaton: AhoCorasick
    gazetteer: Gazetteer


def compile_rules(topics: Topics, cities: Iterable[City]) -> Rules:
    """Gather all texts, equal ones once, and build what finds them."""
    texts = gather_rules(list(_topic_texts(topics)))
    never = _never_names(topics)
    return Rules(
        topics,
        homes={code: country.id for country in topics.countries for code in country.same},
        never=never,
        endings=frozenset(map(search_form, topics.names.endings)),
        never_ends=tuple(word for word in never if _HAN.fullmatch(word)),
        names=compile_patterns(topics.names),
        titles=frozenset(search_form(topics.names.titles)),
        provinces=frozenset(search_form(topics.names.provinces)),
        capitals=frozenset(topics.names.capitals),
        datelines=tuple(map(search_form, topics.names.datelines)),
        least=min((topic.near for topic in topics.topics), default=0),
        meanings=list(texts.values()),
        heads=[EDGES[key[0]] for key in texts],
        tails=[EDGES[key[-1]] for key in texts],
        helping=dict(_helping_phrases(texts.values())),
        countries=frozenset(_country_numbers(texts.values())),
        automaton=AhoCorasick(list(texts)),
        gazetteer=gather_names(cities),
    )


def _never_names(topics: Topics) -> frozenset[str]:
    countries = (word for country in topics.countries for word in country.text)
    return frozenset(search_forms((*topics.names.never, *countries)))


def _topic_texts(topics: Topics) -> Iterator[tuple[str, tuple[Rule]]]:
    for topic in topics.topics:
        for rank, phrase in enumerate(topic.phrases):
            yield from _wording_texts(phrase, _seek(phrase, topic, rank), title_only=phrase.needs == "two_in_title")
    wordings: list[Cue | Country] = [*topics.cues, *topics.countries]
    for wording in wordings:
        yield from _wording_texts(wording, wording)
    for area in topics.fields:
        yield from zip(area.text, repeat((Rule(Cooperation, area),)))


def _wording_texts(
    wording: Wording, owner: Sought | Cue | Country, *, title_only: bool = False
) -> Iterator[tuple[str, tuple[Rule]]]:
    if not (wording.not_after or wording.not_before):
        yield from zip(wording.text, repeat((Rule(type(owner), owner, title_only=title_only),)))
        return
    for text in wording.text:
        guards = fold_guards(text, wording.not_after, wording.not_before)
        yield text, (Rule(type(owner), owner, *guards, title_only=title_only),)


def _seek(phrase: Phrase, topic: Topic, rank: int) -> Sought:
    return Sought(
        label=phrase.label,
        topic=topic,
        rank=rank,
        weight=phrase.weight,
        heft=math.inf if phrase.veto else abs(phrase.weight),
        needs=phrase.needs,
        kind=phrase.kind,
        veto=phrase.veto,
        helps=phrase.weight > 0,
        strong=phrase.weight >= topic.match - SHORT and phrase.needs != "two_in_title",
    )


def _helping_phrases(meanings: Iterable[tuple[Rule, ...]]) -> Iterator[tuple[int, list[Sought]]]:
    for number, rules in enumerate(meanings):
        if len(rules) == 1 and rules[0].sort is not Sought:
            continue
        phrases = [rule.owner for rule in rules if isinstance(rule.owner, Sought) and rule.owner.helps]
        if phrases:
            yield number, phrases


def _country_numbers(meanings: Iterable[tuple[Rule, ...]]) -> Iterator[int]:
    for number, rules in enumerate(meanings):
        if any(rule.sort is Country for rule in rules):
            yield number
