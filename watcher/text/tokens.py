"""Cut text into the words of the search: Latin words whole, CJK as overlapping pairs of characters."""

import re

from watcher.text.fold import HAN, HANGUL, KANA, fold

_RUN = re.compile(rf"(?P<cjk>[{HAN}{KANA}{HANGUL}]+)|[^\W_{HAN}{KANA}{HANGUL}]+")
_HANGUL_GAP = re.compile(rf"(?<=[{HANGUL}]) (?=[{HANGUL}])")


def search_tokens(text: str) -> list[str]:
    """Return what to look for: each word of a query on its own, so that blanks mean "and"."""
    return [token for word in text.split() for token in _cut(fold(word))]


def index_text(text: str) -> str:
    """Return the tokens of a text, joined by blanks, to be stored and searched.

    Korean writers differ in where they put blanks (자매도시, 자매 도시): pairs across a blank are added.
    """
    folded = fold(text)
    tokens = _cut(folded)
    across = [folded[gap.start() - 1] + folded[gap.end()] for gap in _HANGUL_GAP.finditer(folded)]
    return " ".join(tokens + across)


def _cut(folded: str) -> list[str]:
    tokens: list[str] = []
    for run in _RUN.finditer(folded):
        tokens.extend(_pairs(run.group()) if run["cjk"] else [run.group()])
    return tokens


def _pairs(run: str) -> list[str]:
    """Return overlapping pairs; a single character alone is one token."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]
