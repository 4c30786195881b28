"""The furniture of a page: font sizes, paths, buttons above an article, and what is offered below it.

A line that might be a paragraph of the article is no furniture.
"""

import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from watcher.text.fold import fold

LONGEST_HEADING = 160
"""Characters: what is longer is a paragraph."""
LONGEST_SHORT_SENTENCE = 80
"""Characters: a longer line that ends in a full stop is a paragraph too."""
LONGEST_STEP = 40
"""Characters of one step of a path."""
LONGEST_TAIL = 15
"""Headlines that one teaser may stand above."""

_WORDS = Path(__file__).with_name("furniture.toml")
_PATH = re.compile("[>›»]")
_SENTENCE_END = re.compile(r"""[.。!?][)\]"'」』]*$""")
_UNFINISHED = re.compile(r"(?:\.\.+|…)$")


def title_mark(line: str) -> str:
    """Return what two spellings of a title share: its letters and digits, folded."""
    return "".join(character for character in fold(line) if character.isalnum())


def is_paragraph(line: str) -> bool:
    """Say whether a line is a part of an article rather than a heading, a date or a button."""
    if len(line) > LONGEST_HEADING or line.endswith("。"):
        return True
    return len(line) > LONGEST_SHORT_SENTENCE and _ends_sentence(line)


def is_furniture(line: str) -> bool:
    """Say whether a line above the text, which is no paragraph, belongs to the page and not to the article."""
    label, colon, _ = fold(line).partition(":")
    labelled = bool(colon) and title_mark(label) in _words("labels")
    return labelled or title_mark(line) in _words("lines") or _is_path(line)


def drop_teaser(lines: Sequence[str]) -> Sequence[str]:
    """Leave out a teaser below the text, with the headlines that follow it.

    Where a sentence follows it stays, and so does all that is below: the article may go on there.
    """
    end = len(lines)
    for at in range(len(lines) - 1, 0, -1):
        if _is_teaser(lines[at]):
            end = at
        elif end - at > LONGEST_TAIL or is_paragraph(lines[at]) or _ends_sentence(lines[at]):
            break
    return lines[:end]


def _ends_sentence(line: str) -> bool:
    folded = fold(line)
    return bool(_SENTENCE_END.search(folded)) and not _UNFINISHED.search(folded)


def _is_teaser(line: str) -> bool:
    label, colon, rest = fold(line).partition(":")
    whole = title_mark(line) in _words("teasers")
    return whole or bool(colon and title_mark(label) in _words("teasers") and not _ends_sentence(rest))


def _is_path(line: str) -> bool:
    """Tell a path: `Home > News` or `Home / News`, or three short steps."""
    folded = fold(line)
    steps = [step.strip() for step in _PATH.split(folded)]
    if len(steps) == 1:
        steps = [step.strip() for step in folded.split("/")]
    at_home = len(steps) > 1 and title_mark(steps[0]) in _words("homes")
    is_short = all(0 < len(step) <= LONGEST_STEP for step in steps)
    return is_short and (at_home or len(_PATH.findall(folded)) > 1)


@lru_cache(maxsize=4)
def _words(name: str) -> frozenset[str]:
    table: dict[str, list[str]] = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    return frozenset(title_mark(word) for word in table[name])
