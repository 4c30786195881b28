"""Drive a run: do to the worker what the plan says, look on, and hand over the evidence."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from threading import Timer
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from soak.book import Evidence, Item
from soak.clocks import DAY, HOUR, Clocks, moment
from soak.databases import Soaked, read_rows
from soak.plan import KILL_AT_250, Event, Plan
from soak.post import Mail, Post, read_mail
from soak.pulse import Pulse
from soak.site import Site
from soak.victim import Victim, count_processes
from soak.world import Paper
from storage.errors import StorageError
from watcher.schedule import due_instant
from watcher.settings.subscription import SubscriptionSettings

DRAIN_DAYS = 2.5
"""So long all is well in the end: back-off, the digest after it, and its mail."""
LOOK_SECONDS = 0.03
WELL_SECONDS = 1.5
"""A worker whose heart has beaten for so long, with its database, has had time for everything that is due."""
GROWN_SECONDS = 6.0
"""A worker this old has loaded and seen everything; its memory is measured."""
HARVEST = 6 * HOUR
LONGEST_GRIP = 0.2
"""Seconds from the sending of a document to a kill at work: it strikes while it is read, judged or stored."""
DUE_FOR = 4 * HOUR
"""A digest must be there when it was due so long by the clock of a worker that was well."""
LAST_SKIPPED = 3
"""Days after a step of two days that have no digest of their own."""

HEARTBEAT = "SELECT value, noted_at FROM facts WHERE name = 'heartbeat'"
ITEMS = "SELECT id, key, url, title, captured_at FROM items WHERE feed_id IS NOT NULL"


@dataclass(kw_only=True)
class Driver:
    """Hold everything of a run."""

    random: Random
    papers: list[Paper]
    plan: Plan
    clocks: Clocks
    site: Site
    post: Post
    database: Soaked
    victim: Victim
    subscriptions: tuple[SubscriptionSettings, ...]
    armed: float | None = None
    resume_at: float = 0.0
    held_at: float | None = None
    freed_at: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    troubles: list[tuple[float, float]] = field(default_factory=list)
    items: dict[int, Item] = field(default_factory=dict)
    memory: list[tuple[float, float]] = field(default_factory=list)
    health: list[tuple[float, float]] = field(default_factory=lambda: [(0.0, 0.0)])
    due: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))

    def __post_init__(self) -> None:
        self.pulse = Pulse(self.clocks, self._read_beat)

    def run(self) -> Evidence:
        """Live through the plan, then through the days in which all is well."""
        self.site.on_news, self.post.on_taken = self._after_news, self._after_mail
        try:
            self._live(self.plan.end)
            self._live(self.plan.end + DRAIN_DAYS * DAY)
            self.counts["SIGTERM that took too long"] += not self.victim.stop()
        finally:
            self.victim.kill()
            self.database.free()
        self._harvest()
        return self._evidence()

    def _live(self, until: float) -> None:
        at = next_harvest = self.clocks.world()
        events = [event for event in self.plan.events if at <= event.at < until]
        while (now := self.clocks.world()) < until:
            while events and events[0].at <= now:
                self._happen(events.pop(0))
            self._mind_database(now)
            self._mind_worker(now)
            if self.victim.is_alive and self.held_at is None:
                self.pulse.feel()
            self._note_health(now - at)
            at = now
            if now >= next_harvest:
                self._harvest()
                self._measure()
                next_harvest = now + HARVEST
            time.sleep(LOOK_SECONDS)

    def _happen(self, event: Event) -> None:
        match event.what:
            case "sleep":
                self.clocks.sleep(event.seconds)
            case "step":
                self.clocks.step(event.seconds)
            case "kill":
                self._kill("killed at random", event.seconds)
                return
            case "kill at work":
                self.armed = event.seconds
                return
            case "term" if self.victim.is_alive:
                self.resume_at = self.clocks.world() + event.seconds
                self.counts["SIGTERM that took too long"] += not self.victim.stop()
            case _:
                return
        self.counts[event.what] += 1

    def _kill(self, why: str, down: float = 0.0) -> None:
        if self.clocks.world() < self.plan.end and self.victim.kill():
            now = time.monotonic()
            self.resume_at = self.clocks.world() + down
            self.troubles.append((now, now))
            self.counts[why] += 1

    def _after_news(self) -> None:
        down, self.armed = self.armed, None
        if down is not None:
            Timer(self.random.uniform(0, LONGEST_GRIP), self._kill, ("killed after a document", down)).start()

    def _after_mail(self) -> None:
        if self.random.random() < KILL_AT_250:
            self._kill("killed after a 250")

    def _mind_worker(self, now: float) -> None:
        """Start the worker again when it has ended and its time has come."""
        if self.victim.is_alive or now < self.resume_at:
            return
        self.counts["ended by itself"] += self.victim.ended_by_itself
        self.victim.start()
        self.pulse.rest()

    def _mind_database(self, now: float) -> None:
        """Take the database away and give it back as the plan says."""
        wanted = self.plan.database_mood(now) != ""
        if wanted and self.held_at is None:
            self.held_at = time.monotonic()
            self.database.hold()
            self.counts["database outages"] += 1
        if not wanted and self.held_at is not None:
            self.database.free()
            self.freed_at = time.monotonic()
            self.troubles.append((self.held_at, self.freed_at))
            self.held_at = None
            self.pulse.rest()

    @property
    def is_well(self) -> bool:
        """Say whether the worker could do everything for a while now."""
        return self.victim.is_alive and self.held_at is None and self.pulse.steady_seconds > WELL_SECONDS

    def _note_health(self, passed: float) -> None:
        """Add up for how long the worker was well, and what digest was due meanwhile by its clock."""
        if not self.is_well:
            return
        passed = min(passed, HOUR)
        self.health.append((self.clocks.world(), self.health[-1][1] + passed))
        for subscription in self.subscriptions:
            self.due[subscription.id, newest_due(subscription, self.clocks.machine())] += passed

    def _harvest(self) -> None:
        """Remember what is stored by now, for set-aside items are purged; while the database is away, later."""
        if self.held_at is not None or not self.victim.starts:
            return
        with suppress(StorageError, SQLAlchemyError):
            for row in read_rows(self.database.url, ITEMS):
                captured = row.pop("captured_at") is not None
                self.items[row["id"]] = Item(**row, captured=captured)

    def _read_beat(self) -> object | None:
        with suppress(StorageError, SQLAlchemyError):
            return next((str(row) for row in read_rows(self.database.url, HEARTBEAT)), None)
        return None

    def _measure(self) -> None:
        """Note the memory of a worker that has run for a while."""
        if self.victim.age > GROWN_SECONDS and (size := self.victim.megabytes()):
            self.memory.append((self.clocks.world(), size))

    def _evidence(self) -> Evidence:
        digests = read_rows(self.database.url, "SELECT subscription, day FROM digests")
        deliveries = read_rows(self.database.url, "SELECT message_id, state FROM deliveries")
        return Evidence(
            end=self.clocks.world(),
            papers=self.papers,
            served=self.site.served,
            health=self.health,
            items=self.items.values(),
            told={one.id: self._boxes(one) for one in self.subscriptions},
            deliveries={row["message_id"]: row["state"] for row in deliveries},
            digests=[(row["subscription"], row["day"]) for row in digests],
            days_due={one.id: list(self._days_due(one)) for one in self.subscriptions},
            skipped_days=frozenset(self._skipped_days()),
            troubles=self.troubles,
            memory=self.memory,
            processes_left=count_processes(self.victim.home),
        )

    def _boxes(self, subscription: SubscriptionSettings) -> dict[str, list[Mail]]:
        """Return what each recipient got; a subscription without any writes into the folder."""
        if subscription.recipients:
            return {
                name: [mail for mail in self.post.mails if mail.recipient == name] for name in subscription.recipients
            }
        files = sorted((self.victim.home / "digests").glob(f"*-{subscription.id}*.eml"))
        return {"the folder": [read_mail(file.read_bytes(), "the folder", 0.0, confirmed=True) for file in files]}

    def _days_due(self, subscription: SubscriptionSettings) -> Iterator[str]:
        """Yield the days whose digest must be there, from the first that was due under the driver's eyes."""
        first = newest_due(subscription, self.health[1][0])
        for (name, day), seconds in self.due.items():
            if name == subscription.id and day > first and seconds >= DUE_FOR:
                yield day

    def _skipped_days(self) -> Iterator[str]:
        """Yield the days that a clock far ahead has had before their time."""
        for event in self.plan.events:
            if event.what == "step" and event.seconds > DAY:
                first = moment(event.at).date()
                yield from ((first + timedelta(days=more)).isoformat() for more in range(-1, LAST_SKIPPED + 1))


def newest_due(subscription: SubscriptionSettings, machine: float) -> str:
    """Return the local day whose digest was due last by a clock."""
    now = moment(machine)
    today = now.astimezone(ZoneInfo(subscription.zone)).date()
    due = due_instant(today, subscription.at, subscription.zone) <= now
    return (today if due else today - timedelta(days=1)).isoformat()


def digest_moments(subscriptions: tuple[SubscriptionSettings, ...], days: float) -> list[float]:
    """Return when digests are due in the first `days`, in seconds since the beginning."""
    start = moment(0)
    wanted = [date.fromordinal(start.date().toordinal() + number) for number in range(-1, int(days) + 1)]
    due = [(due_instant(day, one.at, one.zone) - start).total_seconds() for one in subscriptions for day in wanted]
    return sorted(at for at in due if 0 < at < days * DAY)
