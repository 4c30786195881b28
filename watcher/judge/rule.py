"""What a text means that is looked for: whose it is, and what must not stand beside it."""

from dataclasses import dataclass
from typing import NamedTuple

from watcher.judge.book import TITLE_NEEDS, Area, Book, City, Claim, Country, Cue, Sought

LETTER = "letter"
"""The sort of characters of a script that puts blanks between words (Latin, Cyrillic ...)."""

MOST_CHARACTERS = 4096
"""Of so many characters the sort is kept."""

Guards = tuple[str, ...]
Owner = Sought | City | Cue | Country | Area


class Rule(NamedTuple):
    """Hold what a text means: whose it is, of which sort, and the guards as they look after folding.

    `title_only`: elsewhere it means nothing, and is not even told.
    """

    sort: type[Owner]
    owner: Owner
    not_after: Guards
    not_before: Guards
    ambiguous: bool
    title_only: bool


@dataclass(slots=True)
class Meaning:
    """Hold the rules of a text, and the edges at which it would be part of a longer word.

    `helping` are those of its phrases that have points to give; `land`: it names a country.
    """

    rules: list[Rule]
    head: str
    tail: str
    helping: list[Sought]
    land: bool


Met = tuple[Meaning, int, int]
"""What a text or a name on a page means, and where it starts and ends."""


class Owners:
    """Hold whose the texts of a book are; a rule is made when its text is met, for most are never met."""

    def __init__(self, book: Book) -> None:
        self._wordings: list[Owner] = [*book.phrases, *book.cues, *book.countries, *book.areas]
        self._cities, self._claims = book.cities, book.claims

    def mean(self, text: str, numbers: str) -> Meaning:
        """Return what a text means that has the claims of these numbers."""
        rules = [self._rule(int(number)) for number in numbers.split()]
        return Meaning(
            rules,
            head=EDGES[text[0]],
            tail=EDGES[text[-1]],
            helping=[rule.owner for rule in rules if isinstance(rule.owner, Sought) and rule.owner.helps],
            land=any(rule.sort is Country for rule in rules),
        )

    def _rule(self, number: int) -> Rule:
        above = number - len(self._wordings) - len(self._cities)
        owner, not_after, not_before, ambiguous = Claim(number) if above < 0 else Claim(*self._claims[above])
        return _make_rule(self._owner(owner), tuple(not_after), tuple(not_before), ambiguous)

    def _owner(self, number: int) -> Owner:
        wordings = self._wordings
        return wordings[number] if number < len(wordings) else City(*self._cities[number - len(wordings)])


def _make_rule(owner: Owner, not_after: Guards, not_before: Guards, ambiguous: bool) -> Rule:
    title_only = isinstance(owner, Sought) and owner.needs in TITLE_NEEDS
    return Rule(type(owner), owner, not_after, not_before, ambiguous, title_only)


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
