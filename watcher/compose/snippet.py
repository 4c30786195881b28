"""Cut the part of a summary that shows why an item counted."""

import re
from dataclasses import dataclass

from watcher.compose.clean import clean_line, clean_part
from watcher.compose.columns import columns_of, head_of, tail_of
from watcher.editions import News
from watcher.values import Reason

SNIPPET_COLUMNS = 260
BEFORE_COLUMNS = 90
HIT_COLUMNS = 80
RAW_LIMIT = 1_000  # characters looked at on either side of a reason, whatever the summary's length

_EMPTY = re.compile(
    r"[市區区縣县府町村郡]?[ぁ-ゟ與与和及跟同]*\W*|[시군구](와|과|는|은|가|이|의|에|로|에서)?\W*|(and|of|the|with)?\W*",
    re.IGNORECASE,
)
"""A suffix, a particle, or both: they count beside a name, but highlighted they tell a reader nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """Hold a part of a summary; `hit` is the reason to highlight, empty when the summary holds none."""

    before: str = ""
    hit: str = ""
    after: str = ""

    def __bool__(self) -> bool:
        """Say whether there is anything to show."""
        return bool(self.before or self.hit or self.after)


def cut_snippet(item: News) -> Snippet:
    """Return the words around the weightiest reason that stands in the summary, or the summary's beginning.

    Offsets count in the text as the feed gave it, so the text is parted first and cleaned after.
    """
    if clean_line(item.summary) in ("", clean_line(item.title)):
        return Snippet()
    reason = _best_reason(item)
    start, end = (reason.start, reason.end) if reason else (0, 0)
    before = clean_part(item.summary[max(0, start - RAW_LIMIT) : start]).lstrip(" ")
    hit = clean_part(item.summary[start:end])
    after = clean_part(item.summary[end : end + RAW_LIMIT]).rstrip(" ")
    return _fit(before, hit, after)


def _best_reason(item: News) -> Reason | None:
    """Return the weightiest reason in the summary, of equal ones the first."""
    held = [one for one in item.reasons if one.field == "summary" and 0 <= one.start < one.end <= len(item.summary)]
    telling = [one for one in held if not _EMPTY.fullmatch(item.summary[one.start : one.end])]
    return max(telling, key=lambda reason: reason.weight, default=None)


def _fit(before: str, hit: str, after: str) -> Snippet:
    """Shorten both sides until the whole stays within its columns; an ellipsis marks each cut."""
    hit = _ellipsis_after(hit, HIT_COLUMNS)
    spare = max(0, SNIPPET_COLUMNS - columns_of(hit) - columns_of(after))
    before = _ellipsis_before(before, max(BEFORE_COLUMNS, spare))
    after = _ellipsis_after(after, SNIPPET_COLUMNS - columns_of(before + hit))
    return Snippet(before=before, hit=hit, after=after)


def _ellipsis_before(text: str, columns: int) -> str:
    return text if columns_of(text) <= columns else "… " + tail_of(text, columns).lstrip(" ")


def _ellipsis_after(text: str, columns: int) -> str:
    return text if columns_of(text) <= columns else head_of(text, columns).rstrip(" ") + " …"
