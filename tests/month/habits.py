"""Feeds with different habits: when each publishes what, and how its server answers. All from a seed."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from watcher.values import Entry, Failed, Pace, Trouble

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = 3600.0
DAY = 24 * HOUR
WEEK = 7 * DAY
NOTHING = Pace()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One feed. `births` are when its entries appear, in seconds from the beginning; it shows the last `window`."""

    id: str
    habit: str
    births: tuple[float, ...]
    window: int
    mood: Callable[[float, Random], Failed | None] = lambda at, random: None
    pace: Pace = NOTHING

    def shown(self, at: float) -> range:
        """Return the numbers of the entries that stand in the feed."""
        born = bisect_right(self.births, at)
        return range(max(0, born - self.window), born)

    def leaves(self, number: int) -> float:
        """Return when an entry falls out of the feed; infinity: never."""
        follower = number + self.window
        return self.births[follower] if follower < len(self.births) else float("inf")

    def entry(self, number: int) -> Entry:
        """Return one entry as the reader gives it back."""
        name = f"{self.id}-{number}"
        published_at = START + timedelta(seconds=int(self.births[number]))
        title = f"Report {number} of {self.id}"
        return Entry(key=name, id=name, url=f"https://news.example/{name}", title=title, published_at=published_at)


@dataclass(frozen=True, slots=True)
class Habit:
    """How a kind of feed publishes: a share of all feeds, moments of publication, entries shown."""

    share: int
    births: Callable[[Random, float], Iterator[float]]
    window: tuple[int, int]
    mood: Callable[[float, Random], Failed | None] = lambda at, random: None
    paces: tuple[Pace, ...] = (NOTHING,)


def invent_sources(random: Random, count: int, days: float) -> list[Source]:
    """Make up `count` feeds, each habit with its share; each published for three weeks before the beginning."""
    kinds = [name for name, habit in HABITS.items() for _ in range(habit.share)]
    chosen = [kinds[number * len(kinds) // count] for number in range(count)]
    return [_invent(random, f"{kind.replace(' ', '-')}-{number:03}", kind, days) for number, kind in enumerate(chosen)]


def _invent(random: Random, name: str, kind: str, days: float) -> Source:
    habit = HABITS[kind]
    births = tuple(sorted(at for at in habit.births(random, days * DAY) if at < days * DAY))
    window, pace = random.randint(*habit.window), random.choice(habit.paces)
    return Source(id=name, habit=kind, births=births, window=window, mood=habit.mood, pace=pace)


def _steady(least: float, most: float) -> Callable[[Random, float], Iterator[float]]:
    """Publish at any time, so many entries a day."""

    def births(random: Random, end: float) -> Iterator[float]:
        rate = random.uniform(least, most) / DAY
        at = -3 * WEEK
        while (at := at + random.expovariate(rate)) < end:
            yield at

    return births


def _office(random: Random, end: float) -> Iterator[float]:
    """Publish on weekdays from 8 to 18 only; the month begins on a Sunday."""
    for at in _steady(24, 100)(random, end):
        if 8 * HOUR <= at % DAY < 18 * HOUR and 1 <= at % WEEK // DAY <= 5:
            yield at


def _batch(random: Random, end: float) -> Iterator[float]:
    """Publish the whole day's news at once."""
    hour, many = random.uniform(0, 24) * HOUR, random.randint(4, 12)
    for day in range(-21, round(end / DAY)):
        yield from (day * DAY + hour + number for number in range(many))


def _weekly(random: Random, end: float) -> Iterator[float]:
    """Publish once a week, within an hour."""
    hour, many = random.uniform(0, 7) * DAY, random.randint(4, 10)
    for week in range(-3, round(end / WEEK) + 1):
        yield from (week * WEEK + hour + random.uniform(0, HOUR) for _ in range(many))


def _bursts(random: Random, end: float) -> Iterator[float]:
    """Be silent for days, then publish more in some hours than the feed can show."""
    at = -3 * WEEK
    while (at := at + random.uniform(2, 6) * DAY) < end:
        length = random.uniform(4, 10) * HOUR
        yield from (at + random.uniform(0, length) for _ in range(random.randint(20, 40)))


def _ends(random: Random, end: float) -> Iterator[float]:
    """Fall silent for good in the middle."""
    stop = random.uniform(0.2, 0.6) * end
    yield from (at for at in _steady(3, 20)(random, end) if at < stop)


def _always(trouble: Trouble, **more: timedelta) -> Callable[[float, Random], Failed | None]:
    return lambda at, random: Failed(problem=trouble, trouble=trouble, **more)


def _sometimes(share: float, trouble: Trouble, **more: timedelta) -> Callable[[float, Random], Failed | None]:
    failed = Failed(problem=trouble, trouble=trouble, **more)
    return lambda at, random: failed if random.random() < share else None


def _away(at: float, random: Random) -> Failed | None:
    """Be away for a day in the second week."""
    return Failed(problem="away", trouble=Trouble.DOWN) if 9 * DAY < at < 10 * DAY else None


HABITS = {
    "busy": Habit(20, _steady(30, 200), (30, 100)),
    "steady": Habit(40, _steady(2, 20), (10, 40)),
    "slow": Habit(30, _steady(0.15, 1), (10, 20)),
    "office hours": Habit(25, _office, (15, 30)),
    "daily batch": Habit(15, _batch, (20, 30)),
    "weekly": Habit(10, _weekly, (12, 20)),
    "bursts": Habit(15, _bursts, (10, 25)),
    "falls silent": Habit(10, _ends, (10, 30)),
    "asks for patience": Habit(
        10,
        _steady(2, 12),
        (20, 40),
        paces=(
            Pace(ttl=timedelta(hours=6)),
            Pace(fresh_for=timedelta(hours=2)),
            Pace(skip_hours=(0, 1, 2, 3, 4, 5), skip_days=(6,)),
        ),
    ),
    "shaky": Habit(5, _steady(2, 12), (20, 40), mood=_sometimes(0.2, Trouble.DOWN)),
    "away for a day": Habit(5, _steady(2, 12), (20, 40), mood=_away),
    "overrun": Habit(2, _steady(2, 12), (20, 40), mood=_sometimes(0.5, Trouble.BUSY, retry_after=timedelta(hours=1))),
    "blocked": Habit(5, _steady(2, 12), (20, 40), mood=_always(Trouble.BLOCKED)),
    "gone": Habit(5, _steady(2, 12), (20, 40), mood=_always(Trouble.GONE)),
    "ended": Habit(3, _steady(2, 12), (20, 40), mood=_always(Trouble.ENDED)),
}
"""Shares are of 200."""
