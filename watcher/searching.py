"""Search: a page of what a query finds, and all of it as a stream. The same for terminal, page, API and export."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from storage.criteria import Criterion, Text
from storage.records import FullItem
from storage.search import Hit, Search
from watcher.errors import WatcherError
from watcher.meaning import Interpreter, Meaning
from watcher.text.tokens import cut_text

COUNTED = 1_000
"""So many hits are counted; beyond, a count is "1,000+"."""
RANKED = 500
"""Of so many hits, the newest, those come first whose title holds the whole phrase."""
LARGEST_PAGE = 200
STRIDE, WHOLE = 5_000, 500
"""An export looks for so many items at once, and holds so many of them whole."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Hold one page. `count` ends at COUNTED, `is_counted` says whether that is all; `more` leads to the next page."""

    items: tuple[FullItem, ...]
    count: int
    is_counted: bool
    more: str = ""

    @property
    def total(self) -> str:
        """Return the count as people read it: 12, or 1,000+."""
        return f"{self.count:,}" if self.is_counted else f"{COUNTED:,}+"


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """Hold where a hit stands: first those with the phrase in the title, then what was published last."""

    tier: int
    before: int
    id_down: int


def search_items(interpreter: Interpreter, query: str, limit: int, more: str = "") -> Found:
    """Return a page of what a query finds: at first those of the newest RANKED hits whose title holds the whole phrase.

    `more` is what an earlier page said of itself. What cannot be understood is a `QueryError`.
    """
    meaning, behind = interpreter.read(query), _read_place(more)
    limit = min(limit, LARGEST_PAGE)
    newest = interpreter.search.find(meaning.criterion, COUNTED + 1)
    placed = _rank(interpreter.search, meaning, newest)
    if behind is not None:
        placed = [one for one in placed if one > behind]
        if len(placed) <= limit and len(newest) > COUNTED:
            last = max(_place(newest[-1], 1), replace(behind, tier=1))
            placed += _go_on(interpreter.search, meaning, last, limit)
    shown = placed[:limit]
    return Found(
        items=tuple(interpreter.search.gather([-one.id_down for one in shown])),
        count=min(len(newest), COUNTED),
        is_counted=len(newest) <= COUNTED,
        more=_write_place(shown[-1]) if len(placed) > limit else "",
    )


def export_items(interpreter: Interpreter, query: str) -> Iterator[FullItem]:
    """Return everything that a query finds, published last first, with few items in memory at once.

    What cannot be understood is a `QueryError` before the first item is asked for. No transaction lasts while somebody
    reads: a download that stalls holds nothing.
    """
    return _walk(interpreter.search, interpreter.read(query).criterion)


def _walk(search: Search, criterion: Criterion) -> Iterator[FullItem]:
    hits = search.find(criterion, STRIDE)
    while hits:
        for start in range(0, len(hits), WHOLE):
            yield from search.gather([hit.id for hit in hits[start : start + WHOLE]])
        hits = search.find(criterion, STRIDE, hits[-1])


def newest_items(interpreter: Interpreter, query: str, limit: int) -> list[FullItem]:
    """Return what a query finds, published last first."""
    hits = interpreter.search.find(interpreter.read(query).criterion, limit)
    return interpreter.search.gather([hit.id for hit in hits])


def _rank(search: Search, meaning: Meaning, newest: Sequence[Hit]) -> list[_Place]:
    """Return the places of the newest hits, in their order."""
    titled: set[int] = set()
    if meaning.phrase is not None:
        titles = search.titles([hit.id for hit in newest[:RANKED]])
        titled = {one for one, title in titles.items() if stands_in(meaning.phrase, title)}
    return sorted(_place(hit, 0 if hit.id in titled else 1) for hit in newest)


def _go_on(search: Search, meaning: Meaning, last: _Place, limit: int) -> list[_Place]:
    """Return what stands behind the hits that were ranked, and behind `last`."""
    further = search.find(meaning.criterion, limit + 1, Hit(id=-last.id_down, at=_moment(last)))
    return [_place(hit, 1) for hit in further]


def stands_in(phrase: Text, title: str) -> bool:
    """Say whether a title holds a text, as the search looks for it."""
    words = f"{'' if phrase.open_start else ' '}{' '.join(phrase.tokens)}{'' if phrase.open_end else ' '}"
    return words in f" {' '.join(cut_text(title))} "


def _place(hit: Hit, tier: int) -> _Place:
    return _Place(tier, -((hit.at - EPOCH) // timedelta(microseconds=1)), -hit.id)


def _moment(place: _Place) -> datetime:
    return EPOCH - timedelta(microseconds=place.before)


def _write_place(place: _Place) -> str:
    return f"{place.tier}.{-place.before}.{-place.id_down}"


def _read_place(more: str) -> _Place | None:
    if not more:
        return None
    try:
        tier, at, item = (int(part) for part in more.split("."))
        place = _Place(tier, -at, -item)
        _moment(place)
        item.to_bytes(8, signed=True)  # more than a database has
    except (ValueError, OverflowError):
        raise WatcherError(f"'{more[:40]}' leads to no page; begin again with the first one.") from None
    return place
