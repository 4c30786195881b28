"""The service: one tick that never waits, and a clean end.

Every few seconds the tick starts each job that is not still running from an earlier tick. A job that is
slow (a stuck feed, a mail server that hangs, a database that is away) delays nothing but itself.
"""

import asyncio
import logging
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from storage.errors import DamageError, StorageError
from watcher.deliver import Channel
from watcher.desk import Desk
from watcher.digest import open_due
from watcher.heartbeat import HEARTBEAT, STOPPED
from watcher.poll import Poller
from watcher.replay import catch_up
from watcher.sending import send_due
from watcher.upkeep import keep_house

DRAIN = timedelta(seconds=20)
"""How long visits and mails under way may take after a request to stop."""
REPLAY_EVERY = timedelta(days=1)
"""How often we look for what other rules judged: a process that still has older ones may have stored it."""

STEP = timedelta(minutes=1)
"""A wall clock that is off by more than this between two looks was set, or the machine slept."""

DATABASE = "database"
"""The cause that all jobs share: its trouble is told once, not once for each job."""
AWAY = "all that needs it is tried again at the next tick"
WHY_UNSENT = "; `city-watcher digest list` says why"
DAMAGED = "stop the service for that, and start it again afterwards"
"""What no job takes back: what reaches no spoilt page works, and the next look at one fails."""

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Service:
    """Poll on schedule, open digests, send them, judge again when the rules changed, and say that we live."""

    poller: Poller
    desk: Desk
    channels: Mapping[str, Channel]
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    running: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    complaints: dict[str, set[str]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    damaged: bool = False
    replayed_at: datetime | None = None

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT, then drain."""
        scheduler = AsyncIOScheduler(timezone="UTC")
        every = timedelta(seconds=self.desk.settings.tick_seconds)
        tick = scheduler.add_job(self.tick, Steady(every), coalesce=True, max_instances=1, misfire_grace_time=None)
        self._listen()
        scheduler.start()
        await self._watch_clock(tick, every.total_seconds())
        scheduler.pause()
        await self._drain()
        with suppress(StorageError):  # a heartbeat grows old by itself
            await self._beat(STOPPED)
        scheduler.shutdown(wait=False)

    async def _watch_clock(self, tick: Job, seconds: float) -> None:
        """Until we stop, look whether the wall clock was set: APScheduler would wait for as long as it was set back."""
        loop, clock = asyncio.get_running_loop(), self.desk.clock
        ahead = clock().timestamp() - loop.time()
        while not await self._stops_within(seconds):
            before, ahead = ahead, clock().timestamp() - loop.time()
            step = timedelta(seconds=round(ahead - before))
            if abs(step) > STEP:
                way = "back" if step < timedelta() else "ahead, or this machine slept,"
                log.warning("the clock was set %s by %s; the work goes on", way, abs(step))
                tick.modify(next_run_time=clock())

    async def _stops_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)
        return self.stopping.is_set()

    async def tick(self) -> None:
        """Start every job that is not still running; wait for none."""
        for name, job in self._jobs().items():
            if not self.stopping.is_set() and name not in self.running:
                self.running[name] = asyncio.create_task(self._guard(name, job), name=name)

    def _jobs(self) -> dict[str, Callable[[], Awaitable[object]]]:
        return {
            "beat": self._beat,
            "visits": self.poller.start_due,
            "digests": self._digest,
            "sending": self._send,
            "replay": self._replay,
            "upkeep": self._keep,
        }

    async def _guard(self, name: str, job: Callable[[], Awaitable[object]]) -> None:
        """Run one job; what goes wrong in it is logged once, and tried again at the next tick."""
        try:
            await job()
        except StorageError as problem:
            self.refused.add(name)
            self.damaged |= isinstance(problem, DamageError)
            self._complain(DATABASE, problem, DAMAGED if self.damaged else AWAY)
            log.debug("%s", name, exc_info=True)
        except Exception as problem:
            self._complain(name, problem, "tried again at the next tick")
            log.debug("%s", name, exc_info=True)
        else:
            self._settle(name)
        finally:
            del self.running[name]

    def _complain(self, cause: str, problem: Exception, hope: str) -> None:
        """Log a problem when it is a new one: a database that is away must not fill the log."""
        said, told = str(problem).rstrip("."), self.complaints.setdefault(cause, set())
        if said not in told:
            log.error("%s: %s; %s", cause, said, hope)
        told.add(said)

    def _settle(self, name: str) -> None:
        """Log that a job works again; the database does when it refuses no job any more."""
        self.refused.discard(name)
        causes = (name,) if self.refused or self.damaged else (name, DATABASE)
        for cause in causes:
            if self.complaints.pop(cause, None):
                log.info("%s: works again", cause)

    async def _beat(self, value: str = "") -> None:
        await asyncio.to_thread(self.desk.store.facts.note, HEARTBEAT, value, self.desk.clock())

    async def _digest(self) -> None:
        opened = await asyncio.to_thread(open_due, self.desk)
        if opened:
            log.info("digests opened: %d", opened)

    async def _send(self) -> None:
        states = Counter(await asyncio.to_thread(send_due, self.desk, self.channels, self.stopping.is_set))
        if states["pending"]:  # one that was tried may stand for many that wait for the same server
            states["pending"] = (await asyncio.to_thread(self.desk.store.deliveries.counts))["pending"]
        for state, count in sorted(states.items()):
            level, cure = (logging.INFO, "") if state in {"sent", "pending"} else (logging.WARNING, WHY_UNSENT)
            log.log(level, "deliveries: %d %s%s", count, state, cure)

    async def _replay(self) -> None:
        """Look once after the start, then once a day; the next tick goes on while something was found."""
        now = self.desk.clock()
        if self.replayed_at is not None and now - self.replayed_at < REPLAY_EVERY:
            return
        if await asyncio.to_thread(catch_up, self.desk, self.poller.judge, self.stopping.is_set):
            self.replayed_at = now

    async def _keep(self) -> None:
        purged = await asyncio.to_thread(keep_house, self.desk)
        if purged:
            log.info("upkeep: %d set-aside items and %d visits were purged", purged.items, purged.visits)

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stopping.set)

    async def _drain(self) -> None:
        """Let what is under way end; the lease covers what does not."""
        log.info("stopping; visits under way: %d", self.poller.stop())
        jobs = [asyncio.create_task(self.poller.finish(DRAIN)), *self.running.values()]
        await asyncio.wait(jobs, timeout=DRAIN.total_seconds() + 2)
        log.info("stopped")


class Steady(BaseTrigger):  # type: ignore[misc] # apscheduler has no types
    """Fire at once, then again and again, counted from the last time.

    APScheduler's own interval lists every tick that a step of the clock passed over: 350 million of them on a
    machine that starts in 1970 and then hears the time.
    """

    def __init__(self, every: timedelta) -> None:
        self.every = every

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """Return when to fire; APScheduler asks."""
        return now + self.every if previous else now
