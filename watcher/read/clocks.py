"""The time of day behind a date, in 12 or 24 hours, with words or without."""

import re
from dataclasses import dataclass

_AFTERNOON = ("下午", "午後", "午后", "오후", "晚上", "pm", "p.m.")
_MORNING = ("上午", "午前", "오전", "凌晨", "早上", "am", "a.m.")
_HALVES = "|".join(re.escape(word) for word in (*_AFTERNOON, *_MORNING))
_GLUE = r"(?:[t,\s-]|(?:at|um|a las|às|alle|à|в)\s)*"
_SHAPES = (
    r"(?P<hour>\d{1,2})\s?[:.h時时點点시]\s?(?P<minute>\d{1,2})(?:\s?[:.m分분]\s?(?P<second>\d{1,2})(?:[.,]\d+)?)?",
    r"(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?:[.,]\d+)?(?!\d)",
    r"(?P<hour>\d{1,2})(?=\s?(?:[h時时點点시]|uhr\b|[ap]\.?m\b))",
)
_CLOCKS = tuple(
    re.compile(
        rf"{_GLUE}(?P<before>{_HALVES})?\s?{shape}\s?(?:[時时點点시分분秒초]|h(?![a-z])|uhr\b)?\s?(?P<after>{_HALVES})?(?P<rest>.*)"
    )
    for shape in _SHAPES
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Hold a time of day; `hour` may be 24 (the end of the day), `rest` is what stood behind it: the zone."""

    hour: int
    minute: int
    second: int
    rest: str


def read_clock(text: str) -> Clock | None:
    """Read a time of day at the beginning of a text in lower case; None when there is none that exists."""
    for shape in _CLOCKS:
        if found := shape.match(text):
            clock = _make_clock(found)
            if clock is not None:
                return clock
    return None


def _make_clock(found: re.Match[str]) -> Clock | None:
    parts = found.groupdict()
    hour = _full_hour(int(parts["hour"]), parts["before"] or parts["after"] or "")
    minute = int(parts.get("minute") or 0)
    second = min(int(parts.get("second") or 0), 59 if parts.get("second") == "60" else 60)
    ends_day = hour == 24 and minute == second == 0
    if (hour > 23 and not ends_day) or minute > 59 or second > 59:
        return None
    return Clock(hour=hour, minute=minute, second=second, rest=parts["rest"])


def _full_hour(hour: int, half: str) -> int:
    """Turn an hour of twelve into one of 24. Writers of 오후 14시 mean 14."""
    if half in _AFTERNOON and hour < 12:
        return hour + 12
    return 0 if half in _MORNING and hour == 12 else hour
