"""Tell how alike two texts are: exact, by the pieces that the search is made of, words and pairs of CJK characters."""

from collections.abc import Sequence
from itertools import pairwise

FEWEST = 30
"""Pieces that a text must have to be compared: below that, phrases that everybody uses make texts alike."""
LONGEST = 200
"""Pieces that are compared: a feed that cuts its texts shows about so many."""


def likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """Return which part of their neighbouring pieces two texts share (Jaccard), 0 to 1; 0 where one is too short.

    Both are cut to the length of the shorter: feeds cut the same report at different places.
    """
    length = min(len(one), len(other), LONGEST)
    if length < FEWEST:
        return 0.0
    first, second = (set(pairwise(pieces[:length])) for pieces in (one, other))
    return len(first & second) / len(first | second)


def shared_part(one: Sequence[str], other: Sequence[str]) -> float:
    """Return which part of the pieces of the shorter text the other one has too, 0 to 1; 0 where one is empty."""
    first, second = set(one), set(other)
    return len(first & second) / (min(len(first), len(second)) or 1)
