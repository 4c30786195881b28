"""Item: everything that is known of one item, and what a person may say of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from storage.gather import IRRELEVANT
from storage.labels import NO_LABEL, RELEVANT
from storage.records import FullItem
from storage.seeds import load_seeds
from storage.tables import ItemRow
from watcher.background import background_of
from watcher.compose.words import ENGLISH
from watcher.desk import Desk
from watcher.errors import WatcherError
from watcher.judge import Explanation, Row
from watcher.marking import mark_items
from watcher.records import entry_from, origin_of, seed_key
from watcher.settings.watcher import WatcherSettings
from watcher.values import Kind, Reason, Verdict
from watcher.web.highlight import Piece, cut_pieces
from watcher.web.items import name_state
from watcher.web.session import check_form
from watcher.web.site import Here
from watcher.web.templating import show

router = APIRouter()

CHARACTERS_SHOWN = 20_000
SHOWN = ("counts", "speaks against", "city")
"""What is marked in the text of an item: what counted, and whom it is about."""
JOINED = {
    "first": "the first of the story",
    "url": "the same address",
    "title": "the same headline",
    "text": "nearly the same text",
    "pair": "the same pair at the same time",
    "split": "taken out of another story",
}
"""How an item came into its story, in words."""
DONE = {
    RELEVANT: "Marked relevant: it is captured, and the next digest tells it if none has.",
    IRRELEVANT: "Marked irrelevant: digests, lists and the views leave it out.",
    "unmarked": "The mark is taken off: the item is again what the rules say of it.",
    "split": "The item is a story of its own now, and stays one.",
}
"""What a page says after something was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Hold one line of an addition: what was written, for which phrase, and what it brought."""

    written: str
    phrase: str
    weight: float
    total: float
    note: str = ""
    counted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Hold a text of an item in pieces; `is_cut` where it goes on."""

    name: str
    pieces: list[Piece]
    is_cut: bool = False


@router.get("/items/{item}", include_in_schema=False)
def item_page(request: Request, site: Here, item: str, done: str = "") -> Response:
    """Show one item."""
    desk, full = site.desk, find_item(site.desk, item)
    row, explanation = full.item, site.judge.explain(entry_from(full.item))
    return show(
        request,
        "item.html",
        area="/items",
        full=full,
        row=row,
        source=name_source(desk, row),
        state=name_state(row),
        leaves_at=leaves_at(row, desk.settings),
        kind=ENGLISH.kind(Kind(row.kind)),
        readings=tuple(read_texts(row, explanation)),
        sums=add_up(row, explanation),
        is_today=says_the_same(row, explanation),
        judged=explanation.judgement,
        ties=[desk.ties[pair] for pair in full.values("pair") if pair in desk.ties],
        background=background_of(desk, full),
        feeds=desk.feed_names(),
        cities=desk.city_names.get("en", {}),
        joined=JOINED,
        said=DONE.get(done, ""),
        is_seed=origin_of(row) == "seed",
    )


@router.post("/items/{item}/mark", dependencies=[Depends(check_form)], include_in_schema=False)
def mark(site: Here, item: str, label: Annotated[str, Form()] = "") -> Response:
    """Mark an item relevant, irrelevant, or not at all."""
    number = find_item(site.desk, item).item.id or 0
    if label not in (RELEVANT, IRRELEVANT, NO_LABEL):
        raise WatcherError("An item is marked relevant or irrelevant; use the buttons on its page.")
    if not mark_items(site.desk, [number], label):
        raise WatcherError("This is a seed article; seeds are no news and take no mark.")
    return RedirectResponse(f"/items/{number}?done={label or 'unmarked'}", 303)


@router.post("/items/{item}/split", dependencies=[Depends(check_form)], include_in_schema=False)
def split(site: Here, item: str) -> Response:
    """Take an item out of its story, for good."""
    row = find_item(site.desk, item).item
    if row.captured_at is None:
        raise WatcherError("This item is not captured, so it is in no story.")
    site.desk.store.stories.split([row.id or 0])
    return RedirectResponse(f"/items/{row.id}?done=split", 303)


def find_item(desk: Desk, number: str) -> FullItem:
    """Return the item of an address; what is none is a 404."""
    is_number = number.isascii() and number.isdecimal() and len(number) < 20
    full = desk.store.items.find(int(number)) if is_number else None
    if full is None:
        raise HTTPException(404, f"There is no item {number[:20]}; it may have been set aside and gone.")
    return full


def name_source(desk: Desk, row: ItemRow) -> str:
    """Name the feed or the publisher of an item."""
    publishers = {seed_key(seed): seed.publisher for seed in load_seeds()} if row.feed_id is None else {}
    return desk.feed_names().get(row.feed_id or "") or publishers.get(row.key) or origin_of(row)


def leaves_at(row: ItemRow, settings: WatcherSettings) -> object:
    """Return when an item that was set aside is purged; None for what stays."""
    kept = timedelta(days=settings.keep.set_aside_days)
    return row.first_seen_at + kept if row.captured_at is None else None


def read_texts(row: ItemRow, explanation: Explanation) -> Sequence[Reading]:
    """Return title, summary and text with what was found in them, by the rules of today.

    What is stored of reasons may be of an earlier wording: their places would be wrong in this one.
    """
    texts = {"title": row.title, "summary": row.summary, "text": row.text}
    return [_read(name, text, explanation) for name, text in texts.items() if text]


def _read(name: str, text: str, explanation: Explanation) -> Reading:
    shown = text[:CHARACTERS_SHOWN]
    places = [place for place in explanation.places(name) if place[0] in SHOWN]
    return Reading(name=name, pieces=cut_pieces(shown, places), is_cut=len(shown) < len(text))


def says_the_same(row: ItemRow, explanation: Explanation) -> bool:
    """Say whether the rules of today find in the text of today what is stored of the item.

    Of what is rejected not all need be stored: the judge leaves a page early that cannot match.
    """
    if row.verdict == Verdict.REJECTED == explanation.judgement.verdict:
        return True
    return [Reason(**reason) for reason in row.reasons] == list(explanation.judgement.reasons)


def add_up(row: ItemRow, explanation: Explanation) -> list[Sum]:
    """Return the addition that led to the score: that of today with all its lines, or what is stored of it."""
    if says_the_same(row, explanation):
        deciding = {reason.topic for reason in explanation.judgement.reasons}
        return [_sum(one) for one in explanation.rows if one.topic in deciding or not deciding]
    sums, total = list[Sum](), 0.0
    for reason in row.reasons:
        total += reason["weight"]
        sums.append(Sum(written="", phrase=reason["phrase"], weight=reason["weight"], total=total))
    return sums


def _sum(row: Row) -> Sum:
    return Sum(
        written=row.written, phrase=row.phrase, weight=row.weight, total=row.total, note=row.note, counted=row.counted
    )
