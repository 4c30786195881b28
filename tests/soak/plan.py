"""What goes wrong when, all from a seed: feeds, the mail server, the database, the clock, and the worker itself."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from soak.clocks import DAY, HOUR

FEED_MOODS = ("500", "403", "404", "429", "html", "empty", "cut", "short", "hang", "drip")
MAIL_MOODS = ("refuse", "rcpt450", "mute", "hang", "data452", "drop", "greet421")
"""mute: takes the mail and never says so. drop: hangs up after the final dot and has nothing."""
ILL_FEEDS = 0.3
HOURS_BETWEEN_KILLS = 15.0
KILL_AT_250 = 0.25
"""How often the very moment after a mail was taken is the worker's last."""
ENDS = {"kill": 0.2, "kill at work": 0.6, "term": 0.2}
MOST_HOURS_DOWN = 4.0
NETWORK_DOWN = 6 * HOUR
LOCK_HOURS = (1.5, 4.0)
LONG_LOCK_HOURS = 14.0
"""More than the ten real seconds after which SQLite gives up."""
SHORT_RUN_DAYS = 12
SLEEP_DAYS = 50 / 24
"""So long the machine sleeps once in every run."""


@dataclass(frozen=True, slots=True)
class Span:
    """Something that is so from a moment to another. `who` is empty where it concerns all."""

    at: float
    until: float
    mood: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens at a moment: kill, kill at work, term, sleep or step, by so many seconds."""

    at: float
    what: str
    seconds: float = 0.0


@dataclass(kw_only=True)
class Plan:
    """All troubles of a run; after `end` there are none."""

    end: float
    feeds: list[Span]
    mail: list[Span]
    database: list[Span]
    events: list[Event]
    moved_at: dict[str, float] = field(default_factory=dict)

    def feed_mood(self, paper: str, at: float) -> str:
        return next((span.mood for span in self.feeds if span.at <= at < span.until and span.who in ("", paper)), "")

    def mail_mood(self, at: float) -> str:
        return _mood(self.mail, at)

    def database_mood(self, at: float) -> str:
        return _mood(self.database, at)


def make_plan(random: Random, papers: Sequence[str], days: float, digests: Sequence[float]) -> Plan:
    """Plan the troubles of `days`; `digests` are the moments at which one is due, in order."""
    end = days * DAY
    ill = random.sample(papers, round(len(papers) * ILL_FEEDS))
    feeds = [_ill(random, paper, FEED_MOODS[number % len(FEED_MOODS)], end) for number, paper in enumerate(ill)]
    cut_off = random.uniform(0.2, 0.8) * end
    network = Span(cut_off, cut_off + NETWORK_DOWN, "500")
    broken = Span(0.1 * end, 0.1 * end + DAY, "500", papers[0])
    return Plan(
        end=end,
        feeds=[broken, network, *feeds],
        mail=list(_mail_spans(random, end, digests)),
        database=list(_database_spans(random, end)),
        events=sorted([*_kills(random, end), *_clock_steps(random, days, digests)], key=lambda event: event.at),
        moved_at={papers[-1]: 0.3 * end},
    )


def _mood(spans: Sequence[Span], at: float) -> str:
    return next((span.mood for span in spans if span.at <= at < span.until), "")


def _ill(random: Random, paper: str, mood: str, end: float) -> Span:
    at = random.uniform(0, end - DAY)
    return Span(at, at + random.uniform(0.2, 1) * DAY, mood, paper)


def _mail_spans(random: Random, end: float, digests: Sequence[float]) -> Iterator[Span]:
    """Every second or third digest meets a mail server that is not well."""
    moods, at = random.sample(MAIL_MOODS, len(MAIL_MOODS)), random.uniform(0.2, 1) * DAY
    number = 0
    while (place := bisect_left(digests, at)) < len(digests) and digests[place] < end - DAY / 2:
        start = digests[place] - HOUR
        span = Span(start, start + random.uniform(2, 10) * HOUR, moods[number % len(moods)])
        yield span
        number += 1
        at = span.until + random.uniform(0.1, 0.9) * DAY


def _database_spans(random: Random, end: float) -> Iterator[Span]:
    at, longest = random.uniform(0.3, 1) * DAY, True
    while at < end - DAY / 2:
        hours = LONG_LOCK_HOURS if longest else random.uniform(*LOCK_HOURS)
        yield Span(at, at + hours * HOUR, "held")
        longest = False
        at += (hours + random.uniform(20, 60)) * HOUR


def _kills(random: Random, end: float) -> Iterator[Event]:
    at = random.expovariate(1) * HOURS_BETWEEN_KILLS * HOUR
    while at < end:
        down = random.uniform(0, MOST_HOURS_DOWN) * HOUR
        yield Event(at, random.choices(list(ENDS), list(ENDS.values()))[0], down)
        at += (random.expovariate(1) * HOURS_BETWEEN_KILLS + 3) * HOUR


def _clock_steps(random: Random, days: float, digests: Sequence[float]) -> Iterator[Event]:
    """The clock goes wrong by so many hours and is set right later; the machine sleeps two days.

    It is set back soon after a digest was opened: what is captured next seems older than that digest. A clock that is
    50 hours ahead makes every feed due 50 hours late when it is set right: only in long runs.
    """
    wrong = [(2, 9), (-2, 9)] + ([(50, 6), (2, 20), (-2, 20)] if days >= SHORT_RUN_DAYS else [])
    random.shuffle(wrong)
    share = days * DAY / (len(wrong) + 2)
    for number, (hours, lasting) in enumerate(wrong):
        at = (number + random.uniform(0, 0.3)) * share
        first = at if hours > 0 else _soon_after(digests, at)
        second = first + lasting * HOUR if hours < 0 else _soon_after(digests, first + lasting * HOUR)
        yield Event(first, "step", hours * HOUR)
        yield Event(second, "step", -hours * HOUR)
    yield Event((len(wrong) + 0.2) * share, "sleep", SLEEP_DAYS * DAY)


def _soon_after(digests: Sequence[float], at: float) -> float:
    return digests[bisect_left(digests, at)] + HOUR / 4
