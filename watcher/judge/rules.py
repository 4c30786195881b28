"""Open the book of rules: build what finds its texts, and looks up what they mean."""

from functools import cached_property
from operator import itemgetter

from ahocorasick_rs import AhoCorasick

from watcher.judge.book import Book
from watcher.judge.gazetteer import Gazetteer
from watcher.judge.page import Page
from watcher.judge.patterns import NamePatterns, compile_patterns
from watcher.judge.rule import Meaning, Met, Owners


class Rules:
    """Hold everything that judging needs: what finds texts and names of cities, and what these mean.

    What only some pages need is made for the first of them. `least` is the lowest `near` of all topics. `homes` leads a
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
        self._owners = Owners(book)
        self._latin = _Texts(book.latin, self._owners)
        self._latin_titles = _Texts(book.latin_titles, self._owners)

    def find(self, page: Page) -> list[Met]:
        """Find all texts on a page, in the order of their ends; one in ASCII holds none of the others."""
        text, title = page.text, page.text[: page.title_end]
        found = [*self._latin.find(text), *self._latin_titles.find(title)]
        if not text.isascii():
            found += self._others.find(text)
        if not title.isascii():
            found += self._other_titles.find(title)
        return sorted(found, key=itemgetter(2))

    @cached_property
    def _others(self) -> "_Texts":
        return _Texts(self._book.others, self._owners)

    @cached_property
    def _other_titles(self) -> "_Texts":
        return _Texts(self._book.other_titles, self._owners)

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """Return what finds names of cities."""
        return Gazetteer(self._book, self._owners)

    @cached_property
    def names(self) -> NamePatterns:
        """Return how names look that cities.csv does not know."""
        return compile_patterns(self._book.names)


class _Texts(dict[int, Meaning]):
    """Find texts in one pass, and hold what those mean that were met, by their numbers."""

    def __init__(self, texts: dict[str, str], owners: Owners) -> None:
        super().__init__()
        self._texts, self._owners = [*texts.items()], owners
        self._automaton = AhoCorasick(texts)

    def __missing__(self, number: int) -> Meaning:
        """Find out what a text means."""
        meaning = self[number] = self._owners.mean(*self._texts[number])
        return meaning

    def find(self, page: str) -> list[Met]:
        """Return what every text on a page means, with its start and its end."""
        found = self._automaton.find_matches_as_indexes(page, overlapping=True)
        return [(self[number], start, end) for number, start, end in found]
