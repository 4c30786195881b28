"""Turn numbers into what a template draws as an SVG: bars from the left to the right. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

STEP, BAR, HEIGHT = 10, 8, 100
"""The room of a bar, its width, and the height of the highest one, in units of the drawing: it is stretched to fit."""
LEAST = 3
"""So high is the lowest bar that is not 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Hold one bar, its foot at HEIGHT; `layer` tells what it counts where a chart counts several things."""

    label: str
    x: int
    y: int
    layer: str = ""

    @property
    def height(self) -> int:
        """Return how high it is."""
        return HEIGHT - self.y


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Hold a drawing: `title` says in words what it shows, `first` and `last` what stands at both ends."""

    title: str
    first: str
    last: str
    width: int
    bars: tuple[Bar, ...]


def draw_bars(title: str, labels: Sequence[str], layers: Mapping[str, Sequence[int]]) -> Chart:
    """Draw a bar for each label, those of the later layers before those of the earlier; all have one scale."""
    most = max((value for values in layers.values() for value in values), default=0)
    bars = (
        Bar(label=f"{label}: {value:,} {layer}".strip(), x=place * STEP, y=_top(value, most), layer=layer)
        for layer, values in layers.items()
        for place, (label, value) in enumerate(zip(labels, values, strict=True))
        if value
    )
    first, last = (labels[0], labels[-1]) if labels else ("", "")
    return Chart(title=title, first=first, last=last, width=max(len(labels), 1) * STEP, bars=tuple(bars))


def draw_months(what: str, counts: Mapping[str, int], months: Sequence[str]) -> Chart:
    """Draw what is counted in each of the months (2026-02), which stand in their order."""
    values = [counts.get(month, 0) for month in months]
    busiest = max(months, key=lambda month: counts.get(month, 0), default="")
    most = f", the most in {busiest}: {counts[busiest]:,}" if counts.get(busiest) else ""
    title = f"{what} by month, {months[0]} to {months[-1]}: {sum(values):,}{most}" if months else what
    return draw_bars(title, months, {"": values})


def months_between(first: str, last: str, limit: int) -> list[str]:
    """Return the months from the first to the last; of more than `limit` the last ones."""
    begin, end = (_number(month) for month in (first, last))
    return [_name(number) for number in range(max(begin, end - limit + 1), end + 1)]


def months_until(now: date | datetime, count: int) -> list[str]:
    """Return so many months, the last of which is that of `now`."""
    month = f"{now:%Y-%m}"
    return months_between("0001-01", month, count)


def _top(value: int, most: int) -> int:
    return HEIGHT - max(LEAST, value * HEIGHT // most)


def _number(month: str) -> int:
    year, number = month.split("-")
    return int(year) * 12 + int(number) - 1


def _name(number: int) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}"
