"""Say why an entry was judged as it was: in one plain sentence, and as an addition."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from watcher.judge.cast import Cast
from watcher.judge.find import Finds
from watcher.judge.page import Page
from watcher.judge.score import Line, Score, by_rank
from watcher.values import Judgement, Reason, Verdict

MOST_NAMED = 4
"""More phrases or cities than this are summed up."""

SORTS = ("counts", "speaks against", "does not count", "city", "cue", "country")
"""The sorts of finds, what matters most first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Hold one line of the addition: a phrase that was found, as written, and what it brought.

    `needs` is what the phrase needs beside it; `total` is the sum so far, within its topic; `note` says why the phrase
    does not count, or "veto".
    """

    topic: str
    phrase: str
    written: str
    field: str
    start: int
    end: int
    needs: str
    weight: float
    total: float
    counted: bool
    note: str = ""

    @property
    def sort(self) -> str:
        """Return the one of SORTS that it belongs to."""
        if not self.counted:
            return "does not count"
        return "speaks against" if self.weight < 0 or self.note else "counts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Hold a place in the original that the judge looked at: a `city`, a `cue` beside one, or a `country`."""

    what: str
    name: str
    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Hold a judgement, the rows of its addition, topic by topic in the order of topics.toml, and its marks."""

    judgement: Judgement
    rows: tuple[Row, ...]
    marks: tuple[Mark, ...] = ()

    def places(self, field: str) -> list[tuple[str, int, int]]:
        """Return sort, start and end of every find in a field, what matters most last: it is drawn over the others."""
        finds = [(mark.what, mark.start, mark.end) for mark in self.marks if mark.field == field]
        finds += [(row.sort, row.start, row.end) for row in self.rows if row.field == field]
        return sorted(finds, key=lambda find: -SORTS.index(find[0]))


def say_why(score: Score, page: Page, cities: Iterable[str]) -> str:
    """Return such as: “sister city” and “mayor” with Daegu and Taipei: 5 points, 3 are needed."""
    if score.topic.all:
        return f"The topic '{score.topic.id}' takes everything."
    if score.veto:
        return f"Vetoed by {_quote(score.veto, page)}."
    found = _join_quotes([line for line in score.counted if line.phrase.weight > 0], page)
    against = _join_quotes([line for line in score.counted if line.phrase.weight < 0], page)
    named = _join(list(cities))
    parts = (found or "Nothing that counts", named and f" with {named}", against and f", against it {against}")
    return f"{''.join(parts)}: {_count_points(score)}"


def list_reasons(score: Score, page: Page) -> Iterator[Reason]:
    """Return what counted, with its place in the original; a weight of 0 told the kind or vetoed."""
    for line in score.counted:
        place = page.place(line.hit.start, line.hit.end)
        yield Reason(
            topic=score.topic.id,
            phrase=line.phrase.label,
            field=place.field,
            start=place.start,
            end=place.end,
            weight=line.phrase.weight,
        )


def list_rows(score: Score, page: Page) -> Iterator[Row]:
    """Return every find of the topic's phrases, with the sum so far."""
    total = 0.0
    for line in sorted(score.lines, key=by_rank):
        place = page.place(line.hit.start, line.hit.end)
        total += 0 if line.refused else line.phrase.weight
        yield Row(
            topic=score.topic.id,
            phrase=line.phrase.label,
            written=place.written,
            field=place.field,
            start=place.start,
            end=place.end,
            needs=line.phrase.needs,
            weight=line.phrase.weight,
            total=total,
            counted=not line.refused,
            note=line.refused or ("veto" if line.phrase.veto else ""),
        )


def list_marks(cast: Cast, finds: Finds, page: Page) -> Iterator[Mark]:
    """Return the cities that count as such, the cues and the countries, each in the order of the text."""
    cities = (("city", one.name, one.start, one.end) for one in cast.mentions)
    cues = (("cue", one.owner.label, one.start, one.end) for one in finds.cues)
    countries = (("country", one.country, one.start, one.end) for one in cast.countries)
    for what, name, start, end in (*cities, *cues, *countries):
        place = page.place(start, end)
        yield Mark(what=what, name=name, field=place.field, start=place.start, end=place.end)


def _count_points(score: Score) -> str:
    total = f"{score.total:g} point{'' if score.total == 1 else 's'}"
    near = "near the " if score.verdict is Verdict.NEAR else ""
    that = "that " if near else ""
    return f"{total}, {near}{score.topic.match:g} {that}{'is' if score.topic.match == 1 else 'are'} needed."


def _quote(line: Line, page: Page) -> str:
    return f"“{page.place(line.hit.start, line.hit.end).written}”"


def _join_quotes(lines: list[Line], page: Page) -> str:
    """Quote what was found, the same word once: it may have counted for two phrases."""
    found: dict[str, Line] = {}
    for line in lines:
        found.setdefault(page.text[line.hit.start : line.hit.end], line)
    shown = [_quote(line, page) for line in list(found.values())[:MOST_NAMED]]
    return _join(shown + [""] * (len(found) - len(shown)))


def _join(words: list[str]) -> str:
    """Join as in speech: a, b and c; what is too much is counted."""
    if len(words) > MOST_NAMED:
        words = [*words[: MOST_NAMED - 1], f"{len(words) - MOST_NAMED + 1} more"]
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
