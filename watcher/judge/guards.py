"""Fold texts that are looked for, and what must not stand beside them."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product

from watcher.text.fold import HAN, KANA, search_form

_HANGUL = re.compile("[가-힣]")
_CLOSED = re.compile(f"[{HAN}{KANA}]")
"""Characters between which blanks mean nothing."""

MOST_WORDS = 4
"""Longer Korean texts are looked for as written only."""

Guards = tuple[str, ...]


def spell(key: str) -> Iterable[str]:
    """Return the ways to write a folded text: where a Korean one has a blank, there may be none."""
    words = key.strip().split(" ")
    if not 1 < len(words) <= MOST_WORDS or not _HANGUL.search(key):
        return (key.strip(),)
    gaps = product((" ", ""), repeat=len(words) - 1)
    return {"".join(map("".join, zip(words, (*gap, ""), strict=True))) for gap in gaps}


def fold_guards(text: str, not_after: Guards, not_before: Guards) -> tuple[Guards, Guards]:
    """Fold the guards of a text as they look beside it."""
    before = _look_before(not_after, closed=bool(_CLOSED.match(text))) if not_after else ()
    return before, _look_behind(not_before, closed=bool(_CLOSED.match(text[-1]))) if not_before else ()


@lru_cache(maxsize=4096)
def _look_before(guards: Guards, *, closed: bool) -> Guards:
    """Fold what may stand before a text: before Han or kana a blank after Han or kana is gone, in Korean it may be."""
    folded = [search_form(guard) for guard in guards]
    tight = [guard[:-1] if closed and _CLOSED.match(guard[-2:-1]) and guard[-1] == " " else guard for guard in folded]
    return tuple(_optional_blanks(tight))


@lru_cache(maxsize=4096)
def _look_behind(guards: Guards, *, closed: bool) -> Guards:
    """Fold what may stand behind a text."""
    folded = [search_form(guard) for guard in guards]
    tight = [guard[1:] if closed and _CLOSED.match(guard[1:2]) and guard[0] == " " else guard for guard in folded]
    return tuple(_optional_blanks(tight))


def _optional_blanks(guards: Iterable[str]) -> Iterator[str]:
    """Return each guard, a Korean one also without the blank that parts it from its text."""
    for guard in guards:
        yield guard
        if " " in (guard[:1], guard[-1:]) and _HANGUL.search(guard):
            yield guard.strip()
