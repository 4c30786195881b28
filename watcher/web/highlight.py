"""Cut a text at the places that are marked in it, so that a page can highlight them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from unicodedata import category


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Hold a piece of a text; `sort` names what is marked there, and is empty where nothing is."""

    text: str
    sort: str = ""


Place = tuple[str, int, int]
"""A sort, and where it begins and ends."""

_JOINER = "\u200d"
_JAMO = range(0x1160, 0x1200)
"""Vowels and ends of Korean syllables that are not composed."""
_SKIN = range(0x1F3FB, 0x1F400)


def cut_pieces(text: str, marks: Iterable[Place]) -> list[Piece]:
    """Return a text in pieces; of marks in the same place the later one is seen, those of one sort become one.

    None ends within what a reader sees as one character. What lies outside of the text is left out: it may have been
    edited since.
    """
    sorts = [""]
    owners = [0] * len(text)
    for number, (sort, start, end) in enumerate(_join(_place(text, mark) for mark in marks), start=1):
        sorts.append(sort)
        owners[start:end] = [number] * (end - start)
    pieces, at = [], 0
    for owner, run in groupby(owners):
        end = at + sum(1 for _ in run)
        pieces.append(Piece(text=text[at:end], sort=sorts[owner]))
        at = end
    return pieces


def _place(text: str, mark: Place) -> Place:
    """Return where a mark stands in a text, widened to whole characters."""
    sort, start, end = mark
    start, end = min(max(start, 0), len(text)), min(max(end, 0), len(text))
    while 0 < start < end and _goes_on(text, start):
        start -= 1
    while start < end < len(text) and _goes_on(text, end):
        end += 1
    return sort, start, max(start, end)


def _join(marks: Iterable[Place]) -> list[Place]:
    """Join marks of one sort that overlap; those that only touch stay apart."""
    joined: list[Place] = []
    for sort, start, end in marks:
        over = [one for one in joined if one[0] == sort and one[1] < end and start < one[2]]
        joined = [one for one in joined if one not in over]
        joined.append((sort, min([start, *(one[1] for one in over)]), max([end, *(one[2] for one in over)])))
    return joined


def _goes_on(text: str, at: int) -> bool:
    """Say whether what stands at a place belongs to the character before it."""
    sign = text[at]
    extends = category(sign) in ("Mn", "Me", "Mc") or sign == _JOINER
    return extends or ord(sign) in _JAMO or ord(sign) in _SKIN or text[at - 1] == _JOINER
