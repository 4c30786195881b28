"""Add up what counts: each phrase once, where it has beside it what it needs."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from watcher.judge.find import Hit
from watcher.settings.topics import Needs, Phrase, Topic
from watcher.values import Verdict

AGAIN = "counts once"


class Line(NamedTuple):
    """Hold one find of a phrase; `refused` says why it does not count, and is empty where it does."""

    phrase: Phrase
    hit: Hit[Phrase]
    refused: str = ""


@dataclass(frozen=True)
class Score:
    """Hold the addition for one topic: all finds, and those that count, in the order of topics.toml."""

    topic: Topic
    lines: list[Line]
    counted: list[Line]

    @cached_property
    def total(self) -> float:
        """Return the sum of the weights."""
        return sum(line.phrase.weight for line in self.counted)

    @property
    def veto(self) -> Line | None:
        """Return the find that rejects the entry, if there is one."""
        return next((line for line in self.counted if line.phrase.veto), None)

    @cached_property
    def verdict(self) -> Verdict:
        """Return what the topic decides."""
        if self.topic.all or (self.total >= self.topic.match and not self.veto):
            return Verdict.MATCHED
        return Verdict.NEAR if self.total >= self.topic.near and not self.veto else Verdict.REJECTED


def score_topic(
    topic: Topic, ranks: Mapping[int, int], hits: Iterable[Hit[Phrase]], lacks: Callable[[Needs, int], str]
) -> Score:
    """Add up one topic: `ranks` are the places of its phrases, `lacks` tells what a phrase lacks in a sentence.

    Each phrase counts once. Of finds in one another the longest counts, unless the inner one weighs more; for the
    hits come in the order of the text, of those that begin together the longest first.
    """
    lines: list[Line] = []
    counted: set[int] = set()
    outer: list[Hit[Phrase]] = []
    reach = 0
    for hit in hits:
        phrase = hit.owner
        if id(phrase) not in ranks:
            continue
        refused = hit.refused or lacks(phrase.needs, hit.sentence)
        if not refused and hit.end <= reach:
            refused = _is_inside(hit, outer)
        if not refused:
            outer = [hit] if hit.start >= reach else [*outer, hit]
            reach = max(reach, hit.end)
            refused = AGAIN if id(phrase) in counted else ""
            counted.add(id(phrase))
        lines.append(Line(phrase, hit, refused))
    lines.sort(key=lambda line: ranks[id(line.phrase)])
    return Score(topic, lines, [line for line in lines if not line.refused])


def _is_inside(hit: Hit[Phrase], outer: Iterable[Hit[Phrase]]) -> str:
    """Say in which longer find that weighs as much this one lies."""
    for one in outer:
        longer = one.end >= hit.end and one.end - one.start > hit.end - hit.start
        if longer and _heft(one.owner) >= _heft(hit.owner):
            return f"inside '{one.owner.label}'"
    return ""


def _heft(phrase: Phrase) -> float:
    return math.inf if phrase.veto else abs(phrase.weight)
