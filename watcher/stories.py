"""Tell stories apart: which items tell of the same event. Pure; the reason is kept.

Two events as one story is the worse mistake: where it is in doubt, an item stays a story of its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, lru_cache

from watcher.likeness import likeness, shared_part
from watcher.text.fold import fold
from watcher.text.tokens import index_text
from watcher.values import Kind

WEEK = timedelta(days=7)
"""The same title or text a week later or more is another event: the report of every month, of every year."""
CLOSE = timedelta(hours=36)
"""Within this time reports of one event appear: the evening's, the next day's, those of other time zones."""
AFTERWARDS = timedelta(days=3)
"""Within this time reports of one event follow, when kind and fields of cooperation are the same too."""
ALIKE = 0.5
"""The likeness of two texts that are one report (measured; see docs/architecture.md)."""
UNLIKE = 0.3
"""Reports of one event in one language share this part of their words, or more (measured)."""
VAGUE = frozenset({"trade"})
"""Fields of cooperation that official prose names at every event."""
MEETING = frozenset({Kind.FORUM, Kind.VISIT, Kind.AGREEMENT, Kind.MOU, Kind.REAFFIRMATION, Kind.PROGRAMME})
"""What happens on one occasion: guests come, a forum opens, papers are signed, a programme begins."""
TIE = frozenset({Kind.AGREEMENT, Kind.REAFFIRMATION, Kind.ANNIVERSARY, Kind.TERMINATION})
"""What becomes of a tie: whoever tells of its end or its birthday tells of the agreement too."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """Hold what is compared of one item. `story_id` is 0 for an item that has no story yet.

    `folded` holds the pieces of title, summary and text, joined by blanks; `at` is when it was published, if known.
    """

    item_id: int
    story_id: int = 0
    canonical_url: str = ""
    title: str = ""
    folded: str = ""
    language: str = ""
    at: datetime | None = None
    kind: Kind = Kind.OTHER
    pairs: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """Return the pieces of title, summary and text."""
        return tuple(self.folded.split())

    @cached_property
    def body(self) -> tuple[str, ...]:
        """Return the pieces of summary and text: copies of one report bear many titles."""
        return self.pieces[len(index_text(self.title).split()) :]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Say which story an item belongs to, and why: `first`, `url`, `title`, `text` or `pair`."""

    item_id: int
    story_id: int
    why: str


@dataclass(slots=True)
class _Shelf:
    """Hold what was told already, found by address, by folded title, and by pair ("" for those that name none)."""

    urls: dict[str, int] = field(default_factory=dict)
    titles: dict[str, list[Told]] = field(default_factory=lambda: defaultdict(list))
    pairs: dict[str, list[Told]] = field(default_factory=lambda: defaultdict(list))
    stories: dict[int, int] = field(default_factory=dict)

    def add(self, told: Told, story_id: int) -> None:
        self.stories[told.item_id] = story_id
        if told.canonical_url:
            self.urls.setdefault(told.canonical_url, story_id)
        if told.title:
            self.titles[_mark(told.title)].append(told)
        for pair in told.pairs or ("",):
            self.pairs[pair].append(told)

    def story_of(self, told: Told) -> int:
        return self.stories[told.item_id]


def join_stories(fresh: Iterable[Told], earlier: Iterable[Told]) -> list[Joining]:
    """Give every fresh item a story: that of an earlier one with the same address, title, text, or pair and time."""
    shelf = _Shelf()
    for told in earlier:
        shelf.add(told, told.story_id)
    joinings = []
    for told in fresh:
        joining = _join(shelf, told)
        shelf.add(told, joining.story_id)
        joinings.append(joining)
    return joinings


def _join(shelf: _Shelf, told: Told) -> Joining:
    for why, story_id in _ways(shelf, told):
        if story_id:
            return Joining(item_id=told.item_id, story_id=story_id, why=why)
    return Joining(item_id=told.item_id, story_id=told.item_id, why="first")


def _ways(shelf: _Shelf, told: Told) -> Iterator[tuple[str, int]]:
    """Yield each way to a story, the surest first, with the story it leads to, or 0."""
    yield "url", shelf.urls.get(told.canonical_url, 0)
    yield "title", _by_title(shelf, told)
    yield "text", _by_text(shelf, told)
    yield "pair", _by_pair(shelf, told)


def _by_title(shelf: _Shelf, told: Told) -> int:
    same = shelf.titles.get(_mark(told.title), ())
    return next((shelf.story_of(one) for one in same if _may_be_copies(one, told)), 0)


@lru_cache(maxsize=4096)
def _mark(title: str) -> str:
    """Fold a title; those of the week are looked at again at every capture."""
    return fold(title)


def _by_text(shelf: _Shelf, told: Told) -> int:
    """Find the story of the first text that is nearly this one, among those of its pairs and those without any."""
    found = shelf.pairs.values() if not told.pairs else (shelf.pairs.get(pair, ()) for pair in (*told.pairs, ""))
    compared = (one for told_before in found for one in told_before if _may_be_copies(one, told))
    return next((shelf.story_of(one) for one in compared if likeness(one.body, told.body) >= ALIKE), 0)


def _may_be_copies(one: Told, other: Told) -> bool:
    """Say whether neither pairs nor dates speak against it that two items are copies of one report."""
    if one.pairs and other.pairs and not one.pairs & other.pairs:
        return False
    return one.at is None or other.at is None or abs(one.at - other.at) < WEEK


def _by_pair(shelf: _Shelf, told: Told) -> int:
    """Find the one story of the pair that tells of the same kind at the same time; where two would do, none.

    A page about several pairs joins nothing so, nor does one without a date.
    """
    stories: dict[int, list[Told]] = defaultdict(list)
    for one in shelf.pairs.get(min(told.pairs), ()) if _is_sure(told) else ():
        stories[shelf.story_of(one)].append(one)
    fitting = [story_id for story_id, members in stories.items() if _fits(told, members)]
    return fitting[0] if len(fitting) == 1 else 0


def _is_sure(told: Told) -> bool:
    return len(told.pairs) == 1 and told.at is not None


def _fits(told: Told, members: Iterable[Told]) -> bool:
    """Say whether a member tells of the same event, and none speaks against it."""
    members = list(members)
    fields = frozenset().union(*(one.fields for one in members)) - VAGUE
    if told.fields - VAGUE and fields and not told.fields & fields:
        return False
    if any(_same_language(one, told) and shared_part(one.pieces, told.pieces) < UNLIKE for one in members):
        return False
    return any(_is_sure(one) and _same_event(one, told) for one in members)


def _same_language(one: Told, other: Told) -> bool:
    """Say whether two items are in one language; the two scripts of Chinese are folded into one."""
    return bool(one.language) and one.language.partition("-")[0] == other.language.partition("-")[0]


def _same_event(one: Told, other: Told) -> bool:
    """Compare kinds and fields of two items of one pair: the less they agree, the nearer in time they must be."""
    assert one.at
    assert other.at
    apart, shared, named = abs(one.at - other.at), one.fields & other.fields - VAGUE, one.fields | other.fields
    alike = len(shared) * 2 >= len(named) > 0
    if one.kind == other.kind != Kind.OTHER:
        return apart <= (AFTERWARDS if alike else CLOSE)
    kinds = {one.kind, other.kind}
    may_be_one = not named and (kinds <= MEETING or kinds <= TIE or Kind.OTHER in kinds)
    return apart <= CLOSE and (alike or may_be_one)
