"""The time of day behind a date, in 12 or 24 hours, with words or without."""

import re
from dataclasses import dataclass

_AFTERNOON = frozenset(("下午", "午後", "午后", "오후", "傍晚", "저녁", "夕方", "pm"))
_MORNING = frozenset(("上午", "午前", "오전", "凌晨", "早上", "早晨", "清晨", "새벽", "아침", "am"))
_NOON = frozenset(("中午", "낮"))
_NIGHT = frozenset(("晚上", "晚間", "晚间", "夜间", "夜間", "深夜", "밤"))
"""Twelve at night is the end of one day or the beginning of the next: nobody knows."""
_WORDS = "|".join(sorted((_AFTERNOON | _MORNING | _NOON | _NIGHT) - {"am", "pm"}))
_HALVES = rf"{_WORDS}|[ap]\.?\s?m\b\.?"
_GLUE = r"(?:[t,|\s-]|(?:at|um|a las|às|alle|à|в|ore|om|kl\.?|klo)\s)*"
_NO_HOUR = 99
_SHAPES = (
    r"(?P<hour>\d{1,2})\s?[:.h時时點点시]\s?(?P<minute>\d{1,2})(?:\s?[:.m分분]\s?(?P<second>\d{1,2})(?:[.,]\d+)?)?",
    r"(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?:[.,]\d+)?(?!\d)",
    r"(?P<hour>\d{1,2})(?=\s?(?:[h時时點点시]|uhr\b|[ap]\.?\s?m\b))",
    r"(?<=t)(?P<hour>\d\d)(?=z|[+-]\d)",
)
_CLOCKS = tuple(
    re.compile(
        rf"{_GLUE}(?P<before>{_HALVES})?\s?{shape}\s?(?:[時时點点시分분秒초]|h(?![a-z])|uhr\b|uur\b)?\s?(?P<after>{_HALVES})?(?P<rest>.*)"
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
    hour = _full_hour(int(parts["hour"]), re.sub(r"[.\s]", "", parts["before"] or parts["after"] or ""))
    minute = int(parts.get("minute") or 0)
    second = min(int(parts.get("second") or 0), 59 if parts.get("second") == "60" else 60)
    ends_day = hour == 24 and minute == second == 0
    if (hour > 23 and not ends_day) or minute > 59 or second > 59:
        return None
    return Clock(hour=hour, minute=minute, second=second, rest=parts["rest"])


def _full_hour(hour: int, half: str) -> int:
    """Turn an hour of twelve into one of 24; one that is none when nobody knows. Writers of 오후 14시 mean 14."""
    if half in _NIGHT and hour == 12:
        return _NO_HOUR
    if (half in _AFTERNOON | _NIGHT and hour < 12) or (half in _NOON and hour < 4):
        return hour + 12
    return 0 if half in _MORNING and hour == 12 else hour
