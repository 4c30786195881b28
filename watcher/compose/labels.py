"""Name pairs, cities, kinds, times and numbers as a reader would."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from watcher.compose.clean import clean_title
from watcher.values import Kind

LABEL_LIMIT = 100  # characters; a city's name may come from a feed
_SLUG = re.compile("[a-z]+(-[a-z]+)*")
_KINDS = {Kind.MOU: "MOU", Kind.OTHER: ""}


def place_label(place: str, names: Mapping[str, str], mark: str = " ~ ") -> str:
    """Name a city or a pair: `shanghai~taipei` is `Shanghai ~ Taipei`; `names` are what cities are called, by id."""
    label = mark.join(names.get(city) or _city_label(city) for city in place.split("~"))
    return clean_title(label, LABEL_LIMIT)


def _city_label(city: str) -> str:
    """Name a city that no file names: the id `new-taipei` is `New Taipei`; a name kept as written stays."""
    return city.replace("-", " ").title() if _SLUG.fullmatch(city) else city


def kind_label(kind: Kind) -> str:
    """Name a kind; `other` has no name, for it tells a reader nothing."""
    return _KINDS.get(kind, kind.value.capitalize())


def day_label(day: str) -> str:
    """Name an ISO day: `Thursday 14 May 2026`."""
    then = date.fromisoformat(day)
    return f"{then:%A} {then.day} {then:%B %Y}"


def short_day(day: str) -> str:
    """Name an ISO day for a subject line: `14 May 2026`."""
    then = date.fromisoformat(day)
    return f"{then.day} {then:%B %Y}"


def local_day(at: datetime, zone: str) -> str:
    """Return the ISO day of an instant on the clocks of `zone`; midnight in UTC is a day that has no hour."""
    local = at if at.astimezone(UTC).time() == time() else at.astimezone(ZoneInfo(zone))
    return local.date().isoformat()


def time_label(at: datetime, zone: str, year: int) -> str:
    """Name an instant on the clock of `zone`: `Thu 14 May 09:30`, with the year unless it is `year`."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b} {'' if local.year == year else f'{local.year} '}{local:%H:%M}"


def count_of(number: int, one: str, many: str = "") -> str:
    """Count things: `1 story`, `1,200 items`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
