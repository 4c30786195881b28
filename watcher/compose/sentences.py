"""What the sentences of a digest rest on in every language: how far it can be trusted, and what it is about."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from watcher.compose.columns import columns_of, head_of
from watcher.compose.groups import NAMELESS, Story
from watcher.editions import Edition

SUBJECT_COLUMNS = 130
GROUPS_NAMED = 3


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


def fit_subject(subject: str) -> str:
    """Cut a subject to 130 columns."""
    if columns_of(subject) <= SUBJECT_COLUMNS:
        return subject
    return head_of(subject, SUBJECT_COLUMNS - 1).rstrip(" ") + "…"
