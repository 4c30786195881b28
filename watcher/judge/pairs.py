"""Tell which cities an entry is about, and which two of them meet."""

from collections.abc import Iterable
from itertools import combinations

from watcher.judge.cast import Cast
from watcher.judge.score import Line

TITLE_POINTS = 3
ACT_POINTS = 2
MOST_SENTENCES = 3
MOST_EQUAL = 3
"""Three cities that are equal make three pairs; more make pairs with one of them only."""


def rank_cities(cast: Cast, lines: Iterable[Line]) -> dict[str, int]:
    """Give each city points for standing in the title, acting, and standing beside what counted."""
    sentences = {line.hit.sentence for line in lines}
    near = sentences | {sentence + 1 for sentence in sentences}
    points: dict[str, int] = {}
    for city, places in cast.places.items():
        beside = len(places & near)
        if beside or 0 in places:
            titled, acting = (0 in places) * TITLE_POINTS, (city in cast.acting) * ACT_POINTS
            points[city] = titled + acting + min(beside, MOST_SENTENCES)
    return points


def pair_cities(cast: Cast, points: dict[str, int]) -> tuple[str, ...]:
    """Return the best pair of two countries, and every other that is as good; ids sorted, joined by ~.

    Where many are equal, the city that comes first is taken for the one that meets the others.
    """
    pairs = [(one, other) for one, other in combinations(points, 2) if not cast.homes[one] & cast.homes[other]]
    totals = {pair: points[pair[0]] + points[pair[1]] for pair in pairs}
    most = max(totals.values(), default=0)
    best = [pair for pair in pairs if totals[pair] == most]
    if len(best) > MOST_EQUAL:
        hub = max(best[0], key=lambda city: (points[city], city == best[0][0]))
        best = [pair for pair in best if hub in pair]
    return tuple("~".join(sorted(pair)) for pair in best)
