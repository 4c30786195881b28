"""Compile topics and cities into one automaton and the rules behind each of its texts."""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product, repeat
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from watcher.judge.patterns import NamePatterns, compile_patterns
from watcher.settings.cities import City
from watcher.settings.topics import Cooperation, Country, Cue, Needs, Phrase, Topic, Topics, Wording
from watcher.text.fold import HAN, KANA, search_form, search_forms
from watcher.values import Kind

MOST_WORDS = 4
"""Longer Korean texts are looked for as written only."""

LETTER = "letter"
"""The sort of characters of a script that puts blanks between words (Latin, Cyrillic ...)."""

MOST_CHARACTERS = 4096
"""Of so many characters the sort is kept."""

_HANGUL = re.compile("[가-힣]")
_HAN = re.compile(f"[{HAN}]+")
_CLOSED = re.compile(f"[{HAN}{KANA}]")
"""Characters between which blanks mean nothing."""

Guards = tuple[str, ...]


SHORT = 0.5
"""A tie beside which no second city and no other country stand falls so short of a match, but speaks of cities, too."""


@dataclass(slots=True, eq=False)
class Sought:
    """Hold a phrase as the inner loops need it: to read a field of a model of the settings takes six times as long.

    `rank` is its place in its topic, `heft` what it weighs against a find inside its own: a veto more than all.
    `helps`: it has points to give; `strong`: enough of them to match alone, or
    almost.
    """

    label: str
    topic: Topic
    rank: int
    weight: float
    heft: float
    needs: Needs
    kind: Kind | None
    veto: bool
    helps: bool
    strong: bool


Owner = Sought | City | Cue | Country | Cooperation


class Rule(NamedTuple):
    """Hold what a text means: whose it is, of which sort, and the guards as they look after folding.

    `title_only`: elsewhere it means nothing, and is not even told.
    """

    sort: type[Owner]
    owner: Owner
    not_after: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    ambiguous: bool = False
    title_only: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Hold everything compiled: one automaton, and what its texts mean, by their number.

    `heads` and `tails` are the edges at which a text would be part of a longer word.
    `helping` are the phrases that have points to give; `least` is the lowest `near` of all topics.
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
    automaton: AhoCorasick


def compile_rules(topics: Topics, cities: Iterable[City]) -> Rules:
    """Gather all texts, equal ones once, and build the automaton."""
    wanted = [*_topic_texts(topics), *(text for city in cities for text in _city_texts(city))]
    texts = _gather_rules(wanted)
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
        automaton=AhoCorasick(list(texts)),
    )


class _Edges(dict[str, str]):
    """Name the sort of a character that grows together with its like into words; Han, hiragana and Hangul do not.

    Filled as characters are met: looked up at both ends of all that is found, a function would take twice as long.
    """

    def __missing__(self, character: str) -> str:
        edge = _edge(character)
        if len(self) < MOST_CHARACTERS:
            self[character] = edge
        return edge


EDGES = _Edges()


def _edge(character: str) -> str:
    if "\u30a1" <= character <= "\u30fa" or character == "\u30fc":
        return "katakana"
    has_blanks_between = character < "\u1100" or "\u1e00" <= character < "\u2000"
    return LETTER if character.isalnum() and has_blanks_between else ""


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
        guards = _fold_guards(text, wording.not_after, wording.not_before)
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


def _city_texts(city: City) -> Iterator[tuple[str, tuple[Rule]]]:
    """Return the names of a city; most share one rule, for thousands of objects take time to make."""
    plain = (Rule(City, city),)
    if not city.ambiguous and not city.not_after and not city.not_before:
        yield from zip(city.forms, repeat(plain))
        return
    for form in city.forms:
        after, before = city.not_after.get(form, ()), city.not_before.get(form, ())
        if after or before or form in city.ambiguous:
            yield form, (Rule(City, city, *_fold_guards(form, after, before), ambiguous=form in city.ambiguous),)
        else:
            yield form, plain


def _gather_rules(wanted: list[tuple[str, tuple[Rule]]]) -> dict[str, tuple[Rule, ...]]:
    """Return the rules of each text as it looks after folding, one for each owner, in each of its spellings."""
    texts: dict[str, tuple[Rule, ...]] = {}
    for folded, (_, rule) in zip(search_forms([text for text, _ in wanted]), wanted, strict=True):
        key = folded.strip()
        for spelling in _spellings(key) if " " in key and _HANGUL.search(key) else (key,):
            rules = texts.setdefault(spelling, rule)
            if rules is not rule and all(other.owner is not rule[0].owner for other in rules):
                texts[spelling] = rules + rule
    return texts


def _helping_phrases(meanings: Iterable[tuple[Rule, ...]]) -> Iterator[tuple[int, list[Sought]]]:
    for number, rules in enumerate(meanings):
        if len(rules) == 1 and rules[0].sort is not Sought:
            continue
        phrases = [rule.owner for rule in rules if isinstance(rule.owner, Sought) and rule.owner.helps]
        if phrases:
            yield number, phrases


def _fold_guards(text: str, not_after: Guards, not_before: Guards) -> tuple[Guards, Guards]:
    """Fold the guards of a text as they look beside it."""
    before = _look_before(not_after, closed=bool(_CLOSED.match(text)))
    return before, _look_behind(not_before, closed=bool(_CLOSED.match(text[-1])))


@lru_cache(maxsize=4096)
def _look_before(guards: Guards, *, closed: bool) -> Guards:
    """Fold what may stand before a text: before Han or kana a blank after Han or kana is gone, in Korean it may be."""
    folded = [search_form(guard) for guard in guards]
    tight = [guard[:-1] if closed and _CLOSED.match(guard[-2:-1]) and guard[-1] == " " else guard for guard in folded]
    return tuple(_optional_blanks(tight))


@lru_cache(maxsize=4096)
def _look_behind(guards: Guards, *, closed: bool) -> Guards:
    """Fold what may stand behind a text."""
    folded = [search_form(guard) for guard in guards]
    tight = [guard[1:] if closed and _CLOSED.match(guard[1:2]) and guard[0] == " " else guard for guard in folded]
    return tuple(_optional_blanks(tight))


def _optional_blanks(guards: Iterable[str]) -> Iterator[str]:
    """Return each guard, a Korean one also without the blank that parts it from its text."""
    for guard in guards:
        yield guard
        if " " in (guard[:1], guard[-1:]) and _HANGUL.search(guard):
            yield guard.strip()


def _spellings(key: str) -> Iterable[str]:
    """Return the ways to write a Korean text: where it has a blank, there may be none."""
    words = key.split(" ")
    if len(words) > MOST_WORDS:
        return (key,)
    gaps = product((" ", ""), repeat=len(words) - 1)
    return {"".join(map("".join, zip(words, (*gap, ""), strict=True))) for gap in gaps}
