"""Cut text into the words of the search: Latin words whole, CJK as overlapping pairs of characters."""

import re

from watcher.text.fold import HAN, HANGUL, KANA, fold

LONGEST = 200_000
"""Characters that are searched of one text: a search index of PostgreSQL ends at 1 MB."""

_RUN = re.compile(rf"(?P<cjk>[{HAN}{KANA}{HANGUL}]+)|[^\W_{HAN}{KANA}{HANGUL}]+")
_CJK = re.compile(f"[{HAN}{KANA}{HANGUL}]+")
_HANGUL_GAP = re.compile(rf"(?<=[{HANGUL}]) (?=[{HANGUL}])")


def cut_text(text: str) -> list[str]:
    """Return the tokens of a text in their order."""
    return _cut(fold(text))


def is_piece(token: str) -> bool:
    """Tell whether a token may be a part of a longer one in another text: a single CJK character that stood alone."""
    return len(token) == 1 and _CJK.fullmatch(token) is not None


def index_text(text: str) -> str:
    """Return the tokens of a text, joined by blanks, to be stored and searched.

    Korean writers differ in where they put blanks (자매도시, 자매 도시): pairs across a blank are added. So are last
    characters of CJK words, for no token begins with them, and a single character is looked for as a beginning.
    """
    folded = fold(text)
    tokens = _cut(folded)
    across = [folded[gap.start() - 1] + folded[gap.end()] for gap in _HANGUL_GAP.finditer(folded)]
    begins = {token[0] for token in tokens}
    lasts = dict.fromkeys(run.group()[-1] for run in _CJK.finditer(folded))
    indexed = " ".join([*tokens, *across, *(last for last in lasts if last not in begins)])
    return indexed if len(indexed) <= LONGEST else indexed[:LONGEST].rpartition(" ")[0]


def _cut(folded: str) -> list[str]:
    tokens: list[str] = []
    for run in _RUN.finditer(folded):
        tokens.extend(_pairs(run.group()) if run["cjk"] else [run.group()])
    return tokens


def _pairs(run: str) -> list[str]:
    """Return overlapping pairs; a single character alone is one token."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]
