"""Measure, cut and wrap text by the columns it takes in a terminal; a wide character takes two."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

COLUMNS = 78

_OPENING = re.escape("（(「『【《〈〔［[{“‘")
_CLOSING = re.escape("、。，．,.;:!?！？；：）)」』】》〉〕］]}”’…ー々")
# Han and kana may break anywhere; Hangul is written with blanks, so it breaks like Latin.
_LOOSE = "\u2e80-\u30ff\u31c0-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\U00020000-\U0003fffd"
_PIECES = re.compile(
    rf" +|[{_OPENING}]*(?:(?![{_OPENING}{_CLOSING}])[{_LOOSE}]|[^ {_LOOSE}]+)[{_CLOSING}]*|[{_OPENING}{_CLOSING}]+"
)


def columns_of(text: str) -> int:
    """Count the columns of a line without controls."""
    return len(text) if text.isascii() else sum(map(_WIDTHS.__getitem__, text))


def wrap_line(text: str, first: str = "", rest: str | None = None) -> str:
    """Wrap a line to 78 columns; `first` and `rest` stand before the first and all further lines.

    Closing punctuation never begins a line (kinsoku, JIS X 4051); a word too long for a line is broken.
    """
    indent = columns_of(first)
    if indent + columns_of(text) <= COLUMNS and not text[:1].isspace():
        return (first + text).rstrip()
    rest = " " * indent if rest is None else rest
    lines, line, free, room = [], first, COLUMNS - indent, COLUMNS - columns_of(rest)
    for piece, width in _short_pieces(text, min(free, room)):
        if width > free and not piece.isspace() and line not in (first, rest):
            lines.append(line.rstrip())
            line, free = rest, room
        if line != rest or not piece.isspace():
            line, free = line + piece, free - width
    return "\n".join([*lines, line.rstrip()])


def head_of(text: str, columns: int) -> str:
    """Return the beginning of a line in at most so many columns, cut between words where it can be."""
    return "".join(_fitting(_short_pieces(text[: 2 * columns], columns), columns))


def tail_of(text: str, columns: int) -> str:
    """Return the end of a line in at most so many columns, cut between words where it can be."""
    pieces = list(_short_pieces(text[-2 * columns :], columns))
    return "".join(reversed(list(_fitting(reversed(pieces), columns))))


def spread_line(left: str, right: str) -> str:
    """Set two texts at both ends of a line, or in two lines when they are too long for one."""
    if not right:
        return wrap_line(left)
    gap = COLUMNS - columns_of(left) - columns_of(right)
    return f"{left}{' ' * gap}{right}" if gap > 1 else f"{wrap_line(left)}\n{right}"


def _fitting(pieces: Iterable[tuple[str, int]], columns: int) -> Iterator[str]:
    for piece, width in pieces:
        columns -= width
        if columns < 0:
            return
        yield piece


def _short_pieces(text: str, room: int) -> Iterator[tuple[str, int]]:
    """Yield words, blanks and single ideographs in order with their columns, none wider than `room`."""
    for piece in _PIECES.findall(text):
        width = _width_of(piece)
        if width <= room:
            yield piece, width
        else:
            yield from _broken(piece, room)


def _broken(piece: str, room: int) -> Iterator[tuple[str, int]]:
    part, width = "", 0
    for character in piece:
        if width + _WIDTHS[character] > room:
            yield part, width
            part, width = "", 0
        part, width = part + character, width + _WIDTHS[character]
    yield part, width


@lru_cache(maxsize=10_000)
def _width_of(piece: str) -> int:
    """Count the columns of a piece; few pieces make up most of a text."""
    return columns_of(piece)


class _Widths(dict[str, int]):
    """Remember the width of every character that was met; there are not more than a million."""

    def __missing__(self, character: str) -> int:
        is_wide = unicodedata.east_asian_width(character) in "WF"
        is_mark = unicodedata.category(character) in ("Mn", "Me", "Cf")
        self[character] = width = 2 if is_wide else 0 if is_mark else 1
        return width


_WIDTHS = _Widths()
