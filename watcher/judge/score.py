"""Add up what counts: each phrase once, where it has beside it what it needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from watcher.judge.book import Sought, Topic
from watcher.judge.find import Hit
from watcher.values import Verdict

AGAIN = "counts once"


@dataclass(slots=True)
class Line:
    """Hold one find of a phrase; `refused` says why it does not count, and is empty where it does."""

    phrase: Sought
    hit: Hit[Sought]
    refused: str


@dataclass(slots=True)
class Score:
    """Hold the addition for one topic: all finds in the order of the text, those that count in that of topics.toml.

    `total` is the sum of the weights; `veto` the find that rejects the entry, if there is one.
    """

    topic: Topic
    lines: list[Line]
    counted: list[Line]
    total: float
    veto: Line | None
    verdict: Verdict


def score_topic(topic: Topic, hits: Iterable[Hit[Sought]], lacks: Mapping[tuple[str, int], str]) -> Score:
    """Add up one topic; `lacks` tells what a phrase lacks in a sentence."""
    lines = _refuse_lines([hit for hit in hits if hit.owner.topic == topic.id], lacks)
    counted = sorted([line for line in lines if not line.refused], key=by_rank)
    total = sum([line.phrase.weight for line in counted])
    veto = next((line for line in counted if line.phrase.veto), None)
    return Score(topic, lines, counted, total, veto, _decide(topic, total, vetoed=veto is not None))


def _refuse_lines(hits: Iterable[Hit[Sought]], lacks: Mapping[tuple[str, int], str]) -> list[Line]:
    """Return the finds with the reason why they do not count.

    Each phrase counts once. Of finds in one another the longest counts, unless the inner one weighs more; for the
    hits come in the order of the text, of those that begin together the longest first.
    """
    lines: list[Line] = []
    counted: set[int] = set()
    outer: list[Hit[Sought]] = []
    reach = 0
    for hit in hits:
        phrase = hit.owner
        refused = hit.refused or lacks[phrase.needs, hit.sentence]
        if not refused and hit.end <= reach:
            refused = _is_inside(hit, outer)
        if not refused:
            outer = [hit] if hit.start >= reach else [*outer, hit]
            reach = max(reach, hit.end)
            refused = AGAIN if phrase.rank in counted else ""
            counted.add(phrase.rank)
        lines.append(Line(phrase, hit, refused))
    return lines


def _is_inside(hit: Hit[Sought], outer: Iterable[Hit[Sought]]) -> str:
    """Say in which longer find that weighs as much this one lies."""
    length, heft = hit.end - hit.start, hit.owner.heft
    for one in outer:
        if one.end >= hit.end and one.end - one.start > length and one.owner.heft >= heft:
            return f"inside '{one.owner.label}'"
    return ""


def by_rank(line: Line) -> int:
    """Return the place of a find in the addition: that of its phrase in topics.toml."""
    return line.phrase.rank


def _decide(topic: Topic, total: float, *, vetoed: bool) -> Verdict:
    if topic.all or (total >= topic.match and not vetoed):
        return Verdict.MATCHED
    return Verdict.NEAR if total >= topic.near and not vetoed else Verdict.REJECTED
