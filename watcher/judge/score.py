"""Add up what counts: each phrase once, where it has beside it what it needs."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from watcher.judge.cities import Cast
from watcher.judge.find import Hit
from watcher.judge.needs import missing
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
    """Hold the addition for one topic."""

    topic: Topic
    lines: tuple[Line, ...]

    @cached_property
    def counted(self) -> tuple[Line, ...]:
        """Return the finds that count."""
        return tuple(line for line in self.lines if not line.refused)

    @property
    def total(self) -> float:
        """Return the sum of the weights."""
        return sum(line.phrase.weight for line in self.counted)

    @property
    def veto(self) -> Line | None:
        """Return the find that rejects the entry, if there is one."""
        return next((line for line in self.counted if line.phrase.veto), None)

    @property
    def verdict(self) -> Verdict:
        """Return what the topic decides."""
        if self.topic.all or (self.total >= self.topic.match and not self.veto):
            return Verdict.MATCHED
        return Verdict.NEAR if self.total >= self.topic.near and not self.veto else Verdict.REJECTED


def score_topic(topic: Topic, hits: Iterable[Hit[Phrase]], cast: Cast) -> Score:
    """Add up one topic, phrase by phrase in the order of topics.toml."""
    found: dict[int, list[Hit[Phrase]]] = {}
    for hit in hits:
        found.setdefault(id(hit.owner), []).append(hit)
    lacks = cache(lambda needs, sentence: missing(needs, sentence, cast))
    phrases = (phrase for phrase in topic.phrases if id(phrase) in found)
    lines = (line for phrase in phrases for line in _count_once(phrase, found[id(phrase)], lacks))
    return Score(topic, tuple(lines))


def speaking_sentences(topics: Iterable[Topic], hits: Iterable[Hit[Phrase]]) -> frozenset[int]:
    """Return the sentences with a phrase that alone would match: it speaks of cities itself."""
    strong = {id(phrase) for topic in topics for phrase in topic.phrases if phrase.weight >= topic.match}
    return frozenset(hit.sentence for hit in hits if id(hit.owner) in strong and not hit.refused)


def _count_once(phrase: Phrase, hits: list[Hit[Phrase]], lacks: Callable[[Needs, int], str]) -> Iterator[Line]:
    counted = False
    for hit in hits:
        refused = hit.refused or (AGAIN if counted else lacks(phrase.needs, hit.sentence))
        counted = counted or not refused
        yield Line(phrase, hit, refused)
