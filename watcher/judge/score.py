"""Add up what counts: each phrase once, where it has beside it what it needs."""

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
    """Add up one topic: `ranks` are the places of its phrases, `lacks` tells what a phrase lacks in a sentence."""
    lines: list[Line] = []
    counted: set[int] = set()
    for hit in hits:
        phrase = hit.owner
        if id(phrase) in ranks:
            refused = hit.refused or (AGAIN if id(phrase) in counted else lacks(phrase.needs, hit.sentence))
            if not refused:
                counted.add(id(phrase))
            lines.append(Line(phrase, hit, refused))
    lines.sort(key=lambda line: ranks[id(line.phrase)])
    return Score(topic, lines, [line for line in lines if not line.refused])
