"""Spans of time in the words of people."""

from datetime import datetime, timedelta

_UNITS = ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute"))


def span_words(span: timedelta) -> str:
    """Say how long something takes, rounded: a minute, 3 hours, 2 days. From two of a unit on it is that unit."""
    for unit, word in _UNITS:
        if span >= unit * 1.95 or (unit * 0.95 <= span <= unit * 1.05):
            return _count(round(span / unit), word)
    return _count(round(span / timedelta(minutes=1)), "minute") if span >= timedelta(seconds=30) else "a moment"


def ago(then: datetime | None, now: datetime) -> str:
    """Say how long ago (or in how long) in one short word: `5 min ago`, `in 2 h`."""
    if then is None:
        return "never"
    seconds = int((now - then).total_seconds())
    word = _span(abs(seconds))
    if seconds < 0:
        return f"in {word}"
    return f"{word} ago" if word else "now"


def _span(seconds: int) -> str:
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return ""


def _count(number: int, word: str) -> str:
    one = "an" if word == "hour" else "a"
    return f"{one} {word}" if number == 1 else f"{number} {word}s"
