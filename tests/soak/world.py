"""A hundred newspapers for a month: what each publishes when, edits later, and shows at any moment. All from a seed."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

from newsroom import LANGUAGES, Article, invent_summary, invent_title, render

from soak.clocks import DAY, HOUR, moment

PAST_DAYS = 5
"""What stands in the feeds at the beginning goes so far back."""
WINDOW_DAYS = 11
"""A feed shows what it usually publishes in so many days: longer than any trouble lasts."""
SMALLEST_WINDOW = 6
RATES = (0.3, 0.7, 1, 1, 2, 2, 3, 5)
"""Entries in a day."""
VISIT_MINUTES = (60, 120, 180, 180, 240, 360)
PLANTED = 0.08
EDITED = 0.06
BECOME_RELEVANT = 0.3
"""Shares: of entries that are relevant, of those that are edited, of edits that make an entry relevant."""
ENCODINGS = {"zh-Hant": "big5", "zh-Hans": "gb18030", "ja": "shift_jis", "ko": "euc-kr", "de": "iso-8859-1"}


@dataclass(frozen=True, slots=True)
class Telling:
    """How an entry reads from a moment on."""

    since: float
    title: str
    relevant: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; `at` is when it is published."""

    id: str
    url: str
    at: float
    tellings: tuple[Telling, ...]

    def told(self, at: float) -> Telling:
        return [one for one in self.tellings if one.since <= at][-1]


@dataclass(kw_only=True)
class Paper:
    """One feed. `entries` are in the order of their publication."""

    id: str
    language: str
    form: str
    encoding: str
    window: int
    every_minutes: int
    validators: str
    entries: list[Entry]
    _written: tuple[int, bytes] = field(default=(-1, b""))

    @cached_property
    def changes(self) -> list[float]:
        """When the document changes, in order."""
        return sorted({telling.since for entry in self.entries for telling in entry.tellings})

    @cached_property
    def _births(self) -> list[float]:
        return [entry.at for entry in self.entries]

    def shown(self, at: float) -> list[Entry]:
        """Return what stands in the feed, newest first."""
        published = bisect_right(self._births, at)
        return self.entries[max(0, published - self.window) : published][::-1]

    def leaves(self, number: int) -> float:
        """Return when the entry with this number falls out of the window; infinity: never."""
        successor = number + self.window
        return self.entries[successor].at if successor < len(self.entries) else float("inf")

    def revision(self, at: float) -> int:
        return bisect_right(self.changes, at)

    def document(self, at: float) -> bytes:
        """Write the feed as it is."""
        revision = self.revision(at)
        if self._written[0] != revision:
            self._written = revision, self._write(at)
        return self._written[1]

    def _write(self, at: float) -> bytes:
        articles = [
            Article(
                id=entry.id,
                url=entry.url,
                title=entry.told(at).title,
                summary=invent_summary(self.language, 300),
                published_at=moment(entry.at),
            )
            for entry in self.shown(at)
        ]
        text = render(self.form, self.id, self.language, articles)
        head = f'<?xml version="1.0" encoding="{self.encoding}"?>\n'
        return (head + text).encode(self.encoding, "xmlcharrefreplace")


def invent_papers(random: Random, count: int, days: float) -> list[Paper]:
    """Make up papers that publish from some days before the beginning until `days`."""
    return [_invent_paper(random, number, days) for number in range(count)]


def _invent_paper(random: Random, number: int, days: float) -> Paper:
    language, rate = LANGUAGES[number % len(LANGUAGES)], random.choice(RATES)
    name = f"paper-{number:03}"
    habit = {1: "no id", 2: "one id", 3: "twins"}.get(number % 25, "plain")
    form = "rss" if habit != "plain" else random.choice(("rss", "rss", "atom", "rdf"))
    window = max(SMALLEST_WINDOW, round(rate * WINDOW_DAYS))
    moments = list(_publish(random, rate, days))
    return Paper(
        id=name,
        language=language,
        form=form,
        encoding=ENCODINGS.get(language, "utf-8") if random.random() < 0.3 else "utf-8",
        window=window,
        every_minutes=random.choice(VISIT_MINUTES),
        validators=random.choices(("both", "etag", "date", "none"), (6, 2, 1, 1))[0],
        entries=[_invent_entry(random, name, language, habit, serial, at) for serial, at in enumerate(moments)],
    )


def _publish(random: Random, rate: float, days: float) -> Iterator[float]:
    """Yield moments: steadily, by day, or a whole day's news at once. No two are the same second."""
    shape, at = random.choice(("steady", "by day", "at once")), -PAST_DAYS * DAY
    while True:
        at += max(1.0, random.expovariate(rate) * DAY)
        if shape == "by day" and (at % DAY) < 7 * HOUR:
            at += 7 * HOUR
        if shape == "at once" and rate >= 1:
            at += DAY - (at % DAY)
        if at > days * DAY:
            return
        for _ in range(round(rate) if shape == "at once" and rate >= 1 else 1):
            at = float(int(at) + 1)
            yield at


def _invent_entry(random: Random, paper: str, language: str, habit: str, serial: int, at: float) -> Entry:
    relevant = random.random() < PLANTED
    tellings = [Telling(at, invent_title(random, language, serial, relevant=relevant), relevant)]
    if habit in ("plain", "no id") and random.random() < EDITED:
        relevant = relevant or random.random() < BECOME_RELEVANT
        title = invent_title(random, language, serial, relevant=relevant) + " – 2"
        tellings.append(Telling(float(int(at + random.uniform(1, 20) * HOUR)), title, relevant))
    name = {"no id": "", "one id": paper, "twins": f"{paper}-{serial // 2}"}.get(habit, f"{paper}-{serial}")
    return Entry(name, f"https://{paper}.example/n/{serial}", at, tuple(tellings))
