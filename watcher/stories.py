"""Tell stories apart: which items tell of the same event. Pure and reversible; the reason is kept."""

from collections.abc import Iterable
from dataclasses import dataclass

from watcher.text import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Hold what is compared of one item. `story_id` is 0 for an item that has no story yet."""

    item_id: int
    story_id: int = 0
    canonical_url: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Say which story an item belongs to, and why: `first`, `url` or `title`."""

    item_id: int
    story_id: int
    why: str


def join_stories(fresh: Iterable[Told], earlier: Iterable[Told]) -> list[Joining]:
    """Give every fresh item a story: that of the first earlier one with the same address or title."""
    known: dict[tuple[str, str], int] = {}
    for told in earlier:
        _learn(known, told, told.story_id)
    joinings = []
    for told in fresh:
        joining = _join(known, told)
        _learn(known, told, joining.story_id)
        joinings.append(joining)
    return joinings


def _join(known: dict[tuple[str, str], int], told: Told) -> Joining:
    for mark in _marks(told):
        if mark in known:
            return Joining(item_id=told.item_id, story_id=known[mark], why=mark[0])
    return Joining(item_id=told.item_id, story_id=told.item_id, why="first")


def _learn(known: dict[tuple[str, str], int], told: Told, story_id: int) -> None:
    for mark in _marks(told):
        known.setdefault(mark, story_id)


def _marks(told: Told) -> list[tuple[str, str]]:
    marks = [("url", told.canonical_url), ("title", fold(told.title))]
    return [mark for mark in marks if mark[1]]
