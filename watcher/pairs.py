"""Pairs: all of them with their counts, and the timeline of one: what was signed, held and visited, month by month."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from storage.pairs import PairCount, PairItem
from storage.rows import clean_text
from watcher.desk import Desk
from watcher.errors import WatcherError
from watcher.meaning import Interpreter
from watcher.settings.ties import Tie
from watcher.values import Kind

AGREEMENTS = frozenset({Kind.AGREEMENT, Kind.MOU, Kind.REAFFIRMATION, Kind.TERMINATION})
GROUPS = {"agreements": AGREEMENTS, "forums": {Kind.FORUM}, "visits": {Kind.VISIT}}
OTHERS = "others"
_JOINS = re.compile(r"\s*[,，、;；&＆/／·・↔–—]\s*|\s+(?:and|und|et|y|e|with|-)\s+")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PairLine:
    """Hold one line of the list of pairs."""

    count: PairCount
    tie: Tie | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Hold one story of a pair: its first item, when it was published, and how many items tell of it.

    `group` is agreements, forums, visits or others.
    """

    item: PairItem
    group: str
    items: int

    @property
    def at(self) -> datetime:
        """Return when it was first told of."""
        return self.item.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Hold all that is stored of a pair: its events, the newest first, and the items of each month that has some.

    `groups` counts the events by group, `months` the items by month of UTC (2026-02), the oldest first.
    """

    pair: str
    tie: Tie | None = None
    events: tuple[Event, ...] = ()
    groups: dict[str, int] = field(default_factory=dict)
    months: dict[str, int] = field(default_factory=dict)
    oldest: PairItem | None = None
    newest: PairItem | None = None

    @property
    def items(self) -> int:
        """Return how many items there are."""
        return sum(self.months.values())

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """Return when the first and the last item were published; None without any."""
        return (self.oldest.at, self.newest.at) if self.oldest and self.newest else None


def list_pairs(desk: Desk, limit: int) -> list[PairLine]:
    """Return the pairs of which something was told last."""
    return [PairLine(count=one, tie=desk.ties.get(one.pair)) for one in desk.store.pairs.counts(limit)]


def page_pairs(desk: Desk, limit: int, skip: int) -> list[PairLine]:
    """Return a page of the same, quickly: fewer where they have very many items."""
    return [PairLine(count=one, tie=desk.ties.get(one.pair)) for one in desk.store.pairs.page(limit, skip)]


def list_by_name(desk: Desk, limit: int, after: str = "") -> tuple[list[PairLine], bool]:
    """Return pairs in the order of their names, behind one of them, and whether more follow."""
    found, follow = desk.store.pairs.by_name(limit, after)
    return [PairLine(count=one, tie=desk.ties.get(one.pair)) for one in found], follow


def find_pair(interpreter: Interpreter, name: str) -> str:
    """Return the pair whose cities are called so, in any order and script; of several the first that is known.

    What names no pair is a `WatcherError`.
    """
    name = clean_text(name)
    if interpreter.search.is_known("pair", name):
        return name
    try:
        pairs = interpreter.pairs_called(spell_pair(name))
    except ValueError as problem:
        raise WatcherError(f"{name}: {problem}{'' if str(problem).endswith('?') else '.'}") from None
    return next((pair for pair in pairs if interpreter.search.is_known("pair", pair)), pairs[-1])


def tell_pair(desk: Desk, interpreter: Interpreter, name: str) -> Timeline:
    """Return the timeline of a pair, whose cities may be called by any of their names; see `find_pair`."""
    pair = find_pair(interpreter, name)
    return draw_timeline(pair, desk.store.pairs.items([pair]), desk.ties.get(pair))


def spell_pair(name: str) -> str:
    """Return the names of two cities with ~ between them: people join them by a comma, a dash, a word or a blank."""
    for joined in () if "~" in name else (_JOINS, _BLANKS):
        cities = joined.split(name.strip())
        if len(cities) == 2 and all(cities):
            return "~".join(cities)
    return name


def draw_timeline(pair: str, items: Sequence[PairItem], tie: Tie | None = None) -> Timeline:
    """Join items, published last first, into events and count them."""
    stories: dict[int, list[PairItem]] = {}
    for item in items:
        stories.setdefault(item.story_id, []).append(item)
    events = [Event(item=story[-1], group=_group(story), items=len(story)) for story in stories.values()]
    events.sort(key=lambda event: (event.at, event.item.id), reverse=True)
    tally = Counter(event.group for event in events)
    return Timeline(
        pair=pair,
        tie=tie,
        events=tuple(events),
        groups={group: tally[group] for group in (*GROUPS, OTHERS)},
        months=dict(sorted(Counter(f"{item.at:%Y-%m}" for item in items).items())),
        oldest=items[-1] if items else None,
        newest=items[0] if items else None,
    )


def _group(story: Sequence[PairItem]) -> str:
    """Name the first group that any item of a story belongs to."""
    kinds = {item.kind for item in story}
    return next((group for group, members in GROUPS.items() if kinds & members), OTHERS)
