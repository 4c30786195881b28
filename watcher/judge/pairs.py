"""Tell which cities an entry is about, and which two of them meet."""

from collections.abc import Iterable
from itertools import combinations

from watcher.judge.cities import Cast
from watcher.judge.score import Line

TITLE_POINTS = 3
ACT_POINTS = 2
MOST_SENTENCES = 3


def rank_cities(cast: Cast, lines: Iterable[Line]) -> dict[str, int]:
    """Give each city points for standing in the title, acting, and standing beside what counted."""
    sentences = {line.hit.sentence for line in lines}
    near = sentences | {sentence + 1 for sentence in sentences}
    points: dict[str, int] = {}
    for city in dict.fromkeys(mention.city for mention in cast.mentions):
        mentions = [mention for mention in cast.mentions if mention.city == city]
        places = {mention.sentence for mention in mentions}
        if places & (near | {0}):
            acts = any(mention.acts for mention in mentions)
            points[city] = (0 in places) * TITLE_POINTS + acts * ACT_POINTS + min(len(places & near), MOST_SENTENCES)
    return points


def pair_cities(cast: Cast, points: dict[str, int]) -> tuple[str, ...]:
    """Return the best pair of two countries, and every other that is as good; ids sorted, joined by ~."""
    countries = {mention.city: mention.country for mention in cast.mentions}
    pairs = [
        (points[one] + points[other], "~".join(sorted((one, other))))
        for one, other in combinations(points, 2)
        if _are_abroad(countries[one], countries[other])
    ]
    best = max((total for total, _ in pairs), default=0)
    return tuple(pair for total, pair in pairs if total == best)


def _are_abroad(one: str, other: str) -> bool:
    """Tell whether two countries differ; an unknown one may be any."""
    return one != other or not one
