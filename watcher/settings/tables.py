"""The `[[...]]` tables of a TOML file as lines of text: find them, cut some out, add some. Pure.

All else stays byte for byte. tomlkit's own removal was tried: it takes the comment above the next table along and
leaves the one above its own, and it spells every header as the first one.
"""

import io
import re
import tomllib
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLines:
    """Hold a table's values and where it stands: from line `first`, its header, up to `end`; lines count from 0."""

    first: int
    end: int
    values: dict[str, Any]


def find_tables(text: str, name: str) -> list[TableLines]:
    """Return the tables `[[name]]` of a valid TOML text in their order; one in an inline list is not among them."""
    lines = _split(text)
    header = re.compile(rf"""[ \t]*\[\[[ \t]*(["']?){re.escape(name)}\1[ \t]*\]\]""")
    starts = [number for number, line in enumerate(lines) if header.match(line)]
    found: list[TableLines] = []
    first: int | None = None
    for start, stop in pairwise([*starts, len(lines)]):
        first = start if first is None else first
        table = _parse(lines[first:stop])
        if table is not None:  # else the next header stands inside a text of several lines
            found.append(TableLines(first=first, end=_find_end(lines, first, stop), values=table[name][0]))
            first = None
    return found


def find_line(text: str, loc: Sequence[int | str]) -> int | None:
    """Return the line, counted from 1, where the value at `loc` begins, else the table around it; None without one.

    The text, which is valid, is halved again and again: of two valid beginnings the longer one holds no less.
    """
    lines = _split(text)
    held = find_held(tomllib.loads(text), loc)
    without, within = 0, len(lines)
    while held and (whole := _find_whole(lines, without, within)):
        end, data = whole
        without, within = (without, end) if find_held(data, held) == held else (end, within)
    return without + 1 if held else None


def find_held(data: Any, loc: Sequence[int | str]) -> Sequence[int | str]:
    """Return as much of a place as the data holds."""
    for depth, step in enumerate(loc):
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return loc[:depth]
    return loc


def _find_whole(lines: Sequence[str], low: int, high: int) -> tuple[int, dict[str, Any]] | None:
    """Return how many lines, near the middle of the two numbers, are valid alone, and what they say."""
    middle = (low + high) // 2
    ends = (end for end in (*range(middle, low, -1), *range(middle + 1, high)) if _may_begin(lines[end]))
    parsed = ((end, _parse(lines[:end])) for end in ends)
    return next(((end, data) for end, data in parsed if data is not None), None)


def _may_begin(line: str) -> bool:
    """Say whether a key or a header may begin here: that spares us to parse a long list after each of its lines."""
    return "=" in line or line.lstrip().startswith("[")


def cut_tables(text: str, name: str, numbers: Set[int]) -> str:
    """Return the text without the tables of these numbers.

    With a table go the comment lines that touch it: those right above its header, and those right below its last
    line, as far as they do not touch the next header. The comment that begins the file is its heading and stays. One
    blank line above goes too, so that cutting undoes adding.
    """
    lines, tables = _split(text), find_tables(text, name)
    gone = {line for number in numbers for line in _belonging(lines, tables, number)}
    left = "".join(line for number, line in enumerate(lines) if number not in gone)
    if len(lines) - 1 in gone and not text.endswith("\n"):
        return left.removesuffix("\n").removesuffix("\r")
    return left


def add_tables(text: str, tables: Iterable[str]) -> str:
    """Return the text with tables behind it, a blank line before each; each comes as lines that end in a newline.

    Line ends are those of the text, and a text whose last line has none still has none.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    added = "\n".join(tables).replace("\n", newline)
    if not text or not added:
        return text or added
    return text + newline + added if text.endswith("\n") else text + 2 * newline + added.removesuffix(newline)


def _belonging(lines: Sequence[str], tables: Sequence[TableLines], number: int) -> range:
    table = tables[number]
    floor = tables[number - 1].end if number else 0
    first = table.first - _count_comments(reversed(lines[floor : table.first]))
    if first == 0:
        first = table.first
    below = table.end + _count_comments(lines[table.end :])
    touches_next = number + 1 < len(tables) and below == tables[number + 1].first
    end = table.end if touches_next else below
    if first and not lines[first - 1].strip():
        return range(first - 1, end)
    return range(first, end + 1 if not first and end < len(lines) and not lines[end].strip() else end)


def _count_comments(lines: Iterable[str]) -> int:
    return sum(1 for _ in takewhile(lambda line: line.lstrip().startswith("#"), lines))


def _find_end(lines: Sequence[str], first: int, stop: int) -> int:
    """Step back over blank lines and comments; what looks like one may end a text of several lines."""
    while _is_quiet(lines[stop - 1]) and _parse(lines[first : stop - 1]) is not None:
        stop -= 1
    return stop


def _is_quiet(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _parse(lines: Sequence[str]) -> dict[str, Any] | None:
    try:
        return tomllib.loads("".join(lines))
    except tomllib.TOMLDecodeError:
        return None


def _split(text: str) -> list[str]:
    """Split at newlines only: a text may hold other characters that end lines elsewhere."""
    return list(io.StringIO(text, newline="\n"))
