"""Tell what sort of event an entry tells of."""

from collections import Counter

from watcher.judge.score import AGAIN, Line, Score
from watcher.values import Kind

OCCASIONS = (Kind.TERMINATION, Kind.REAFFIRMATION, Kind.FORUM, Kind.ANNIVERSARY)
"""What a report is about even where it tells as much of a visit or a paper: a visit to a forum is a forum."""

IN_PASSING = 4
"""An occasion is mentioned in passing where something else is said so many times as much."""

OTHERS = (Kind.AGREEMENT, Kind.MOU, Kind.VISIT, Kind.OTHER, Kind.PROGRAMME)
"""Of these the one that is said most often, and of equals the first."""


def choose_kind(score: Score) -> Kind:
    """Return the kind of the phrase that says most: in the title, or enough alone; of equals an occasion first.

    What is looked for in titles only is not raised twice.
    """
    most: dict[str, int] = {}
    often: Counter[str] = Counter()
    for line in score.lines:
        if (kind := line.phrase.kind) and line.refused in ("", AGAIN):
            said = 1 + (line.hit.sentence == 0) + _is_strong(line)
            most[kind] = max(most.get(kind, 0), said)
            often[kind] += said
    best = [kind for kind in (*OCCASIONS, *OTHERS) if kind in most and most[kind] == max(most.values())]
    if not best:
        return Kind.OTHER
    first, oftenest = best[0], max(best, key=lambda kind: often[kind])
    return first if first in OCCASIONS and often[oftenest] < IN_PASSING * often[first] else oftenest


def _is_strong(line: Line) -> bool:
    """Tell whether a phrase is enough alone; a tie renewed says more than the tie, however little the word weighs."""
    return line.phrase.strong or line.phrase.kind == Kind.REAFFIRMATION
