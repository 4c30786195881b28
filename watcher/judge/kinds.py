"""Tell what sort of event an entry tells of."""

from watcher.judge.score import Score
from watcher.values import Kind

RANK = (
    Kind.TERMINATION,
    Kind.REAFFIRMATION,
    Kind.FORUM,
    Kind.ANNIVERSARY,
    Kind.AGREEMENT,
    Kind.MOU,
    Kind.VISIT,
    Kind.PROGRAMME,
    Kind.OTHER,
)
"""Of two kinds with equal points the first: a visit to a forum is a forum."""


def choose_kind(score: Score) -> Kind:
    """Return the kind of the phrase that says most: in the title, or enough alone."""
    points: dict[Kind, int] = {}
    for line in score.counted:
        if kind := line.phrase.kind:
            said = 1 + (line.hit.sentence == 0) + (line.phrase.weight >= score.topic.match)
            points[kind] = max(points.get(kind, 0), said)
    ranked = sorted(points, key=lambda kind: (-points[kind], RANK.index(kind)))
    return ranked[0] if ranked else Kind.OTHER
