"""Cut a text at the places that are marked in it, so that a page can highlight them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Hold a piece of a text; `sort` names what is marked there, and is empty where nothing is."""

    text: str
    sort: str = ""


def cut_pieces(text: str, marks: Iterable[tuple[str, int, int]]) -> list[Piece]:
    """Return a text in pieces; of marks (sort, start, end) in the same place the later one is seen.

    What lies outside of the text is left out: it may have been edited since.
    """
    sorts = [""]
    owners = [0] * len(text)
    for number, (sort, start, end) in enumerate(marks, start=1):
        sorts.append(sort)
        marked = slice(max(start, 0), max(end, 0))
        owners[marked] = [number] * len(owners[marked])
    pieces, at = [], 0
    for owner, run in groupby(owners):
        end = at + sum(1 for _ in run)
        pieces.append(Piece(text=text[at:end], sort=sorts[owner]))
        at = end
    return pieces
