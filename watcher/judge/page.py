"""An entry as one folded text, with the way back to what was written."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from watcher.text.fold import Folded, search_form, trace_fold
from watcher.values import Entry

FIELDS = ("title", "summary", "text")
READ_CHARACTERS = 4000
"""How much of each field is read: news says early what it is about."""

SIDE_CHARACTERS = 80
"""How much beside a find is looked at: names are short, and datelines stand at the beginning."""

_SENTENCE_END = re.compile(r"[\n。!?;]+|\.(?<=\w{3}\.)\.*(?=[ \"')\]])")


@dataclass(frozen=True, slots=True)
class Block:
    """Hold one line of one field: where it begins in the field (`at`) and in the page (`start`)."""

    field: str
    written: str
    at: int
    start: int


@dataclass(frozen=True, slots=True)
class Place:
    """Hold where something was written: `start` and `end` are offsets in the original `field`."""

    field: str
    start: int
    end: int
    written: str


class Page:
    """Hold the fields of an entry as one folded text, a line for each line of the original.

    `text` is what is searched. Sentence 0 is the title.
    """

    def __init__(self, entry: Entry) -> None:
        self.blocks: list[Block] = []
        self.text = ""
        self._folded: dict[int, Folded] = {}
        self._places: dict[tuple[int, int], Place] = {}
        for name in FIELDS:
            self._add(name, getattr(entry, name)[:READ_CHARACTERS])

    def _add(self, field: str, text: str) -> None:
        at = 0
        for line in text.split("\n"):
            if line.strip():
                self.blocks.append(Block(field, line, at, len(self.text)))
                self.text += search_form(line) + "\n"
            at += len(line) + 1

    def sentence_at(self, offset: int) -> int:
        """Return the number of the sentence that holds an offset."""
        return 0 if offset < self._title_end else bisect_right(self._ends, offset) + 1

    def place(self, start: int, end: int) -> Place:
        """Return where a find stands in what was written."""
        if (start, end) not in self._places:
            block, first, last = self._trace(start, end)
            self._places[start, end] = Place(block.field, block.at + first, block.at + last, block.written[first:last])
        return self._places[start, end]

    def sides(self, start: int, end: int) -> tuple[str, str]:
        """Return what was written right before and after a find in the same line, SIDE_CHARACTERS of it."""
        block, first, last = self._trace(start, end)
        return block.written[max(0, first - SIDE_CHARACTERS) : first], block.written[last : last + SIDE_CHARACTERS]

    def _trace(self, start: int, end: int) -> tuple[Block, int, int]:
        block = self.blocks[bisect_right(self._starts, start) - 1]
        if block.start not in self._folded:
            line = self.text[block.start : self.text.index("\n", block.start)]
            self._folded[block.start] = trace_fold(block.written, line)
        return block, *self._folded[block.start].span(start - block.start, end - block.start)

    @cached_property
    def _starts(self) -> list[int]:
        return [block.start for block in self.blocks]

    @cached_property
    def _title_end(self) -> int:
        return next((block.start for block in self.blocks if block.field != FIELDS[0]), len(self.text))

    @cached_property
    def _ends(self) -> list[int]:
        return [found.end() for found in _SENTENCE_END.finditer(self.text, self._title_end)]
