"""Compile topics.toml and cities.csv into the book of rules: all texts folded, and numbered whose they are."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from watcher.judge.book import TITLE_NEEDS, Area, Book, Claim, Country, Cue, Names, Sought
from watcher.judge.book import City as Named
from watcher.judge.book import Topic as Aim
from watcher.judge.gazetteer import LETTER
from watcher.judge.guards import fold_guards, spell
from watcher.settings.cities import City
from watcher.settings.topics import Cooperation, Phrase, Topic, Topics, Wording
from watcher.text.fold import HAN, search_form, search_forms

_HAN = re.compile(f"[{HAN}]+")
_WORD = re.compile(f"{LETTER}+")

SHORT = 0.5
"""A tie beside which no second city and no other country stand falls so short of a match, but speaks of cities, too."""

HEAD = 2
"""By so many characters names are found that stand in no words: in Han, kana or Hangul."""

FIRST_UNSPACED = "\u1100"

Numbers = dict[Claim, int]
"""All claims, each with its number."""


def compile_book(topics: Topics, cities: Sequence[City]) -> Book:
    """Return the rules as the judge needs them."""
    phrases = [phrase for topic in topics.topics for phrase in topic.phrases]
    wordings: list[Wording | Cooperation] = [*phrases, *topics.cues, *topics.countries, *topics.fields]
    numbers = {Claim(owner): owner for owner in range(len(wordings) + len(cities))}
    plain = len(numbers)
    gathered = _gather(_claim_texts(wordings), numbers)
    entitled = {number for claim, number in numbers.items() if _is_for_titles(claim, phrases)}
    titles = {text: claims for text, claims in gathered.items() if entitled.issuperset(map(int, claims.split()))}
    texts = {text: claims for text, claims in gathered.items() if text not in titles}
    forms = _gather(_claim_forms(cities, len(wordings)), numbers)
    small = [form for city in cities for form in city.forms if "a" <= form[0] <= "z"]
    families = _gather_families(forms)
    heads = {_head(key) for key in search_forms(small)}.union(head for head in families if not _WORD.match(head))
    homes = {code: country.id for country in topics.countries for code in country.same}
    return Book(
        topics=[Aim(one.id, one.name, one.match, one.near, one.all, len(one.phrases)) for one in topics.topics],
        phrases=[*_seek_phrases(topics.topics)],
        cues=[Cue(cue.label, cue.lang, cue.city, cue.names, cue.acts, cue.own) for cue in topics.cues],
        countries=[Country(homes.get(country.id, country.id), country.label) for country in topics.countries],
        areas=[Area(area.id) for area in topics.fields],
        cities=[Named(city.id, city.name, city.country, _small(city.forms)) for city in cities],
        claims=[*numbers][plain:],
        names=_fold_names(topics),
        homes=homes,
        latin={text: claims for text, claims in texts.items() if text.isascii()},
        others={text: claims for text, claims in texts.items() if not text.isascii()},
        latin_titles={text: claims for text, claims in titles.items() if text.isascii()},
        other_titles={text: claims for text, claims in titles.items() if not text.isascii()},
        words={head: names for head, names in families.items() if head not in heads},
        heads={head: names for head, names in families.items() if head in heads},
    )


def _is_for_titles(claim: Claim, phrases: Sequence[Phrase]) -> bool:
    return claim.owner < len(phrases) and phrases[claim.owner].needs in TITLE_NEEDS


def _seek_phrases(topics: Iterable[Topic]) -> Iterator[Sought]:
    for topic in topics:
        for rank, phrase in enumerate(topic.phrases):
            yield Sought(
                label=phrase.label,
                topic=topic.id,
                rank=rank,
                weight=phrase.weight,
                heft=math.inf if phrase.veto else abs(phrase.weight),
                needs=phrase.needs,
                kind=phrase.kind or "",
                veto=phrase.veto,
                helps=phrase.weight > 0,
                strong=phrase.weight >= topic.match - SHORT and phrase.needs not in TITLE_NEEDS,
            )


def _small(forms: Iterable[str]) -> tuple[str, ...]:
    return tuple(form for form in forms if form[0].islower())


def _claim_texts(wordings: Iterable[Wording | Cooperation]) -> Iterator[tuple[str, Claim]]:
    for owner, wording in enumerate(wordings):
        plain = Claim(owner)
        guards = (wording.not_after, wording.not_before) if isinstance(wording, Wording) else ((), ())
        for text in wording.text:
            yield text, Claim(owner, *fold_guards(text, *guards)) if any(guards) else plain


def _claim_forms(cities: Iterable[City], first: int) -> Iterator[tuple[str, Claim]]:
    for owner, city in enumerate(cities, start=first):
        plain = Claim(owner)
        special = {*city.ambiguous, *city.not_after, *city.not_before}
        for form in city.forms:
            yield form, _claim_form(city, form, owner) if form in special else plain


def _claim_form(city: City, form: str, owner: int) -> Claim:
    guards = fold_guards(form, city.not_after.get(form, ()), city.not_before.get(form, ()))
    return Claim(owner, *guards, ambiguous=form in city.ambiguous)


def _gather(claimed: Iterable[tuple[str, Claim]], numbers: Numbers) -> dict[str, str]:
    """Return each text as it looks after folding, in all its spellings, with its claims: of each owner the first."""
    pairs = [*claimed]
    gathered: dict[str, dict[int, int]] = {}
    for key, (_, claim) in zip(search_forms([text for text, _ in pairs]), pairs, strict=True):
        number = numbers.setdefault(claim, len(numbers))
        for spelling in spell(key):
            gathered.setdefault(spelling, {}).setdefault(claim.owner, number)
    return {key: " ".join(map(str, owners.values())) for key, owners in gathered.items()}


def _gather_families(names: Mapping[str, str]) -> dict[str, str]:
    """Return names by what they begin with, the longest first, each with its numbers."""
    families: dict[str, list[str]] = {}
    for name in sorted(names, key=len, reverse=True):
        families.setdefault(_head(name), []).append(f"{name}\t{names[name]}")
    return {head: "\n".join(lines) for head, lines in families.items()}


def _head(name: str) -> str:
    """Return the first word of a name, or what it begins with where words have no blanks between them."""
    if name < FIRST_UNSPACED and (word := _WORD.match(name)):
        return word[0]
    return name[:1] if name[1:2] == " " else name[:HEAD]


def _fold_names(topics: Topics) -> Names:
    names = topics.names
    never = sorted({*search_forms([*names.never, *(word for country in topics.countries for word in country.text)])})
    return Names(
        never=tuple(never),
        never_ends=tuple(word for word in never if _HAN.fullmatch(word)),
        endings=_fold_all(names.endings),
        ends=search_form(names.ends),
        before=_fold_all(names.before),
        towns=search_form(names.towns),
        no_town_after=search_form(names.no_town_after),
        no_town_before=search_form(names.no_town_before),
        provinces=search_form(names.provinces),
        titles=search_form(names.titles),
        datelines=_fold_all(names.datelines),
        capitals=names.capitals,
    )


def _fold_all(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(search_form, words))
