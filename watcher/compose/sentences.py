"""What the sentences of a digest rest on in every language: how far it can be trusted, and what it is about."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from watcher.compose.columns import columns_of, head_of
from watcher.compose.groups import NAMELESS, Story
from watcher.editions import Edition, FeedHealth

SUBJECT_COLUMNS = 130
GROUPS_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Hold a sentence; `english` is its end where that is English in a digest of another language."""

    text: str = ""
    english: str = ""

    def __str__(self) -> str:
        """Return the whole sentence."""
        return self.text + self.english


class Mood(StrEnum):
    """Say how far a digest can be trusted: a quiet day and a broken watcher must look different."""

    WELL = "well"
    WEAK = "weak"  # fewer than half of the feeds were read
    BROKEN = "broken"  # none was read
    BARE = "bare"  # there is none to read


def judge_mood(edition: Edition) -> Mood:
    """Say how well the feeds behind an edition are."""
    if edition.feeds_total == 0:
        return Mood.BARE
    if edition.feeds_read == 0:
        return Mood.BROKEN
    return Mood.WEAK if edition.feeds_read * 2 < edition.feeds_total else Mood.WELL


def largest_groups(groups: Mapping[str, Sequence[Story]]) -> tuple[dict[str, int], int]:
    """Return the largest groups with their stories counted, and how many stories are in the others."""
    places = (name for name in groups if name not in NAMELESS)
    named = sorted(places, key=lambda name: -len(groups[name]))[:GROUPS_NAMED]
    rest = sum(len(told) for name, told in groups.items() if name not in named)
    return {name: len(groups[name]) for name in named}, rest


def count_states(unwell: Iterable[FeedHealth], order: Iterable[str]) -> dict[str, int]:
    """Count feeds by their state, in an order of states; one that the order does not know comes last."""
    counts = Counter(feed.state for feed in unwell)
    return {state: counts[state] for state in dict.fromkeys((*order, *counts)) if counts[state]}


def fit_subject(subject: str) -> str:
    """Cut a subject to 130 columns."""
    if columns_of(subject) <= SUBJECT_COLUMNS:
        return subject
    return head_of(subject, SUBJECT_COLUMNS - 1).rstrip(" ") + "…"
