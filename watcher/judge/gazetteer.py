"""The names of all cities, found where one may begin: at a word, or at two characters that begin a name."""

import re
from operator import itemgetter

from ahocorasick_rs import AhoCorasick

from watcher.judge.book import Book
from watcher.judge.page import Page
from watcher.judge.rule import Meaning, Met, Owners

LETTER = "[^\\W_\u1100-\u1dff\u2000-\U0010ffff]"
"""A character of a script that puts blanks between words, as a pattern."""

Family = list[tuple[str, Meaning]]
"""Names that share a head, the longest first, with what they mean."""


class Gazetteer:
    """Hold names as they look after folding with what they mean, in families that share a head.

    A head is the first word of a name, or its first two characters in scripts that put no blanks between words.
    Of words capitalised ones are looked up; all other heads the automaton finds, which is ten times as quickly
    built as one of whole names.
    """

    def __init__(self, book: Book, owners: Owners) -> None:
        self._words, self._heads = book.words, [*book.heads]
        self._automaton = AhoCorasick(self._heads)
        self._capitalised = re.compile(f"{LETTER}(?<![a-z]){LETTER}*")
        self._families = _Families({**book.words, **book.heads}, owners)

    def find(self, page: Page) -> list[Met]:
        """Find every name on a page, in the order of the text, of those that begin together the longest first."""
        text, families = page.text, self._families
        found = [
            (start, -len(name), meaning)
            for start, head in (*self._find_heads(text), *self._find_words(page))
            for name, meaning in families[head]
            if text.startswith(name, start)
        ]
        found.sort(key=itemgetter(0, 1))
        return [(meaning, start, start - shortness) for start, shortness, meaning in found]

    def _find_heads(self, text: str) -> list[tuple[int, str]]:
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return [(start, self._heads[number]) for number, start, _ in found]

    def _find_words(self, page: Page) -> list[tuple[int, str]]:
        text, words = page.text, [word.span() for word in self._capitalised.finditer(page.capitals)]
        return [(start, text[start:end]) for start, end in words if text[start:end] in self._words]


class _Families(dict[str, Family]):
    """Hold the families that were met, by their heads."""

    def __init__(self, names: dict[str, str], owners: Owners) -> None:
        super().__init__()
        self._names, self._owners = names, owners

    def __missing__(self, head: str) -> Family:
        """Read the names of a head."""
        lines = [line.split("\t") for line in self._names[head].split("\n")]
        family = self[head] = [(name, self._owners.mean(name, numbers)) for name, numbers in lines]
        return family
