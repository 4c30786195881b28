"""What a text means that is looked for: whose it is, and what must not stand beside it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from watcher.settings.cities import City
from watcher.settings.topics import Cooperation, Country, Cue, Needs, Topic
from watcher.text.fold import HAN, KANA, search_form, search_forms
from watcher.values import Kind

LETTER = "letter"
"""The sort of characters of a script that puts blanks between words (Latin, Cyrillic ...)."""

MOST_CHARACTERS = 4096
"""Of so many characters the sort is kept."""


HANGUL = re.compile("[가-힣]")
_CLOSED = re.compile(f"[{HAN}{KANA}]")
"""Characters between which blanks mean nothing."""


MOST_WORDS = 4
"""Longer Korean texts are looked for as written only."""

Guards = tuple[str, ...]


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


def gather_rules(texts: Sequence[tuple[str, tuple[Rule]]]) -> dict[str, tuple[Rule, ...]]:
    """Return the rules of each text as it looks after folding."""
    gathered: dict[str, tuple[Rule, ...]] = {}
    for key, (_, rule) in zip(search_forms([text for text, _ in texts]), texts, strict=True):
        add_rule(gathered, key, rule)
    return gathered


def add_rule(gathered: dict[str, tuple[Rule, ...]], key: str, rule: tuple[Rule]) -> None:
    """Add the rule of a folded text, in each of its spellings; a text has one rule of each owner."""
    for spelling in _spellings(key.strip()) if " " in key and HANGUL.search(key) else (key.strip(),):
        rules = gathered.setdefault(spelling, rule)
        if rules is not rule and all(other.owner is not rule[0].owner for other in rules):
            gathered[spelling] = rules + rule


def fold_guards(text: str, not_after: Guards, not_before: Guards) -> tuple[Guards, Guards]:
    """Fold the guards of a text as they look beside it."""
    before = _look_before(not_after, closed=bool(_CLOSED.match(text))) if not_after else ()
    return before, _look_behind(not_before, closed=bool(_CLOSED.match(text[-1]))) if not_before else ()


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
        if " " in (guard[:1], guard[-1:]) and HANGUL.search(guard):
            yield guard.strip()


def _spellings(key: str) -> Iterable[str]:
    """Return the ways to write a Korean text: where it has a blank, there may be none."""
    words = key.split(" ")
    if len(words) > MOST_WORDS:
        return (key,)
    gaps = product((" ", ""), repeat=len(words) - 1)
    return {"".join(map("".join, zip(words, (*gap, ""), strict=True))) for gap in gaps}
