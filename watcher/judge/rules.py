"""Open the book of rules: build what finds its texts, and looks up what they mean."""

from functools import cached_property

from ahocorasick_rs import AhoCorasick

from watcher.judge.book import Book
from watcher.judge.gazetteer import Gazetteer
from watcher.judge.patterns import NamePatterns, compile_patterns
from watcher.judge.rule import Meaning, Owners


class Rules:
    """Hold everything that judging needs: one automaton of all texts, what each of them means, the names of cities.

    `meanings` are by the numbers that the automaton tells; `least` is the lowest `near` of all topics. `homes` leads a
    country's code to that of the country it counts as. `never` are words that are no name of a city, `never_ends` those
    of them in Han, `endings` such as are none when alone, `names` how other names look; `datelines`, `capitals`,
    `provinces` and `titles` are those of `[names]`.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self.topics = book.topics
        self.homes = book.homes
        self.never = frozenset(book.names.never)
        self.never_ends = tuple(book.names.never_ends)
        self.endings = frozenset(book.names.endings)
        self.titles = frozenset(book.names.titles)
        self.provinces = frozenset(book.names.provinces)
        self.capitals = frozenset(book.names.capitals)
        self.datelines = tuple(book.names.datelines)
        self.least = min((topic.near for topic in book.topics), default=0)
        self.automaton = AhoCorasick(book.texts)
        self.meanings = _Meanings(book.texts, Owners(book))

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """Return what finds names of cities; made for the first page that asks."""
        return Gazetteer(self._book, self.meanings.owners)

    @cached_property
    def names(self) -> NamePatterns:
        """Return how names look that cities.csv does not know; made for the first page that asks."""
        return compile_patterns(self._book.names)


class _Meanings(dict[int, Meaning]):
    """Hold what the texts mean that were met, by their number."""

    def __init__(self, texts: dict[str, str], owners: Owners) -> None:
        super().__init__()
        self._texts, self.owners = [*texts.items()], owners

    def __missing__(self, number: int) -> Meaning:
        """Find out what a text means."""
        meaning = self[number] = self.owners.mean(*self._texts[number])
        return meaning
