"""Judge entries by the book of rules: pure, the same entry always the same."""

from dataclasses import dataclass
from functools import cached_property

from watcher.judge.book import Book, Topic
from watcher.judge.cast import Cast
from watcher.judge.cities import cast_page
from watcher.judge.find import Finds, Found, find_all, may_matter
from watcher.judge.fingerprint import name_rules
from watcher.judge.kinds import choose_kind
from watcher.judge.needs import Lacks
from watcher.judge.page import Page
from watcher.judge.pairs import pair_cities, rank_cities
from watcher.judge.rules import Rules
from watcher.judge.score import Score, score_topic
from watcher.judge.why import Explanation, list_marks, list_reasons, list_rows, say_why
from watcher.values import Entry, Judgement, Verdict

_ORDER = (Verdict.REJECTED, Verdict.NEAR, Verdict.MATCHED)


@dataclass(slots=True)
class _Study:
    """Hold what was read on one page."""

    page: Page
    finds: Finds
    cast: Cast
    scores: list[Score]

    @property
    def best(self) -> Score:
        """Return the score of the topic that decides."""
        return max(self.scores, key=lambda score: (_ORDER.index(score.verdict), score.total))


class Judge:
    """Judge entries by a book of rules; the same entry always the same."""

    def __init__(self, book: Book) -> None:
        self._book, self._rules = book, Rules(book)
        nobody = Cast([], (), set(), set(), frozenset())
        self._bare = _conclude(_weigh(self._rules, Page(Entry()), Finds([], [], [], [], frozenset()), nobody))

    @property
    def topics(self) -> list[Topic]:
        """Return the topics that it watches for."""
        return self._rules.topics

    @cached_property
    def fingerprint(self) -> str:
        """Return the name of the rules; only what is stored needs it."""
        return name_rules(self._book)

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the ids of the fields of cooperation."""
        return tuple(area.id for area in self._book.areas)

    def judge(self, entry: Entry) -> Judgement:
        """Return the verdict with score, cities, pairs, kind, fields and reasons.

        Read are the title, the summary and the text, 4,000 characters of each. Where the phrases that occur
        could not reach `near` even if all counted, reading stops: such a judgement is bare, its score 0.
        """
        found = Found(self._rules, Page(entry))
        return _conclude(self._study(found)) if may_matter(found) else self._bare

    def explain(self, entry: Entry) -> Explanation:
        """Return the judgement, its addition, also of phrases that were found but did not count, and its marks."""
        study = self._study(Found(self._rules, Page(entry)))
        rows = (row for score in study.scores for row in list_rows(score, study.page))
        marks = list_marks(study.cast, study.finds, study.page)
        return Explanation(judgement=_conclude(study), rows=tuple(rows), marks=tuple(marks))

    def _study(self, found: Found) -> _Study:
        rules, page, finds = found.rules, found.page, find_all(found)
        speaking = {hit.sentence for hit in finds.phrases if hit.owner.strong and not hit.refused}
        return _weigh(rules, page, finds, cast_page(rules, finds, page, frozenset(speaking)))


def _weigh(rules: Rules, page: Page, finds: Finds, cast: Cast) -> _Study:
    lacks = Lacks(cast)
    return _Study(page, finds, cast, [score_topic(topic, finds.phrases, lacks) for topic in rules.topics])


def _conclude(study: _Study) -> Judgement:
    best = study.best
    points = rank_cities(study.cast, best.counted)
    pairs = pair_cities(study.cast, points)
    paired = dict.fromkeys(city for pair in pairs for city in pair.split("~"))
    return Judgement(
        verdict=best.verdict,
        score=best.total,
        kind=choose_kind(best),
        topics=tuple(score.topic.id for score in study.scores if score.verdict is Verdict.MATCHED),
        pairs=pairs,
        cities=tuple(paired | points),
        fields=tuple(sorted(study.finds.fields)),
        reasons=tuple(list_reasons(best, study.page)),
        why=say_why(best, study.page, (study.cast.names[city] for city in paired or points)),
    )
