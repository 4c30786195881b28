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

_SENTENCE_END = re.compile(r"[\n。!?;.](?:(?<!\.)[\n。!?;]*|(?<=\w{3}\.)\.*(?=[ \"')\]]))")
_WIDE = re.compile("[Ａ-Ｚａ-ｚ]")
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


@dataclass(slots=True)
class Block:
    """Hold one line of one field: where it begins in the field (`at`) and in the page (`start`, to `end`)."""

    field: str
    written: str
    at: int
    start: int
    end: int


@dataclass(slots=True)
class Place:
    """Hold where something was written: `start` and `end` are offsets in the original `field`."""

    field: str
    start: int
    end: int
    written: str


class Page:
    """Hold the fields of an entry as one folded text, a line for each line of the original.

    `text` is what is searched, and every line of it ends with a line end. Sentence 0 is the title.
    """

    def __init__(self, entry: Entry) -> None:
        self.blocks: list[Block] = []
        self.text = ""
        self._starts: list[int] = []
        self._folded: dict[int, Folded] = {}
        self._places: dict[tuple[int, int], Place] = {}
        self._add(FIELDS[0], entry.title[:READ_CHARACTERS])
        self.title_end = len(self.text)
        """Where the title ends."""
        self._add(FIELDS[1], entry.summary[:READ_CHARACTERS])
        self._add(FIELDS[2], entry.text[:READ_CHARACTERS])

    def _add(self, field: str, text: str) -> None:
        at = 0
        for line in text.split("\n"):
            if line and not line.isspace():
                start = len(self.text)
                self.text += search_form(line) + "\n"
                self._starts.append(start)
                self.blocks.append(Block(field, line, at, start, len(self.text) - 1))
            at += len(line) + 1

    @cached_property
    def borders(self) -> list[int]:
        """Return where sentences end, that of the title first; so many as lie before an offset is its sentence."""
        return [self.title_end, *[found.end() for found in _SENTENCE_END.finditer(self.text, self.title_end)]]

    @cached_property
    def capitals(self) -> str:
        """Return the text with its capital letters, character for character."""
        return "".join(f"{self._with_capitals(block)}\n" for block in self.blocks)

    def sentence_at(self, offset: int) -> int:
        """Return the number of the sentence that holds an offset."""
        return bisect_right(self.borders, offset)

    def line_start(self, offset: int) -> int:
        """Return where the line begins that holds an offset."""
        return self.text.rfind("\n", 0, offset) + 1

    def place(self, start: int, end: int) -> Place:
        """Return where a find stands in what was written."""
        if known := self._places.get((start, end)):
            return known
        block = self.blocks[bisect_right(self._starts, start) - 1]
        folded = self._folded.get(block.start) or self._trace(block)
        first, last = folded.span(start - block.start, end - block.start)
        place = Place(block.field, block.at + first, block.at + last, block.written[first:last])
        self._places[start, end] = place
        return place

    def _trace(self, block: Block) -> Folded:
        folded = trace_fold(block.written, self.text[block.start : block.end])
        self._folded[block.start] = folded
        return folded

    def _with_capitals(self, block: Block) -> str:
        if len(block.written) == block.end - block.start:
            return block.written.translate(_NARROW) if _WIDE.search(block.written) else block.written
        if block.written == block.written.lower():
            return self.text[block.start : block.end]
        folded = self._folded.get(block.start) or self._trace(block)
        return "".join(
            character.upper() if block.written[at].isupper() and len(character.upper()) == 1 else character
            for character, at in zip(folded.text, folded.offsets, strict=True)
        )
