"""The worker's heartbeat as the driver feels it. While it fails without a reason, the world waits for it."""

import time
from collections.abc import Callable

from soak.clocks import HOUR, Clocks

FEEL_SECONDS = 0.25
LATE = HOUR
"""Simulated. A machine on which a tick takes so long is not the one that we pretend to have."""
SLOW = 0.05
"""The share of the full pace at which the world waits: a clock that stood still would show no new beat."""
PATIENCE = 120.0
"""Real seconds after which the worker is not slow but dead."""


class Pulse:
    """Feel the pulse of one worker after the other; `read_beat` returns the heartbeat's note, None when it cannot."""

    def __init__(self, clocks: Clocks, read_beat: Callable[[], object | None]) -> None:
        self.clocks, self.read_beat = clocks, read_beat
        self.slow_seconds = 0.0
        self.rest()

    def rest(self) -> None:
        """Expect no beat: there is no worker, or no database; the next beat is the first."""
        self._beat: object | None = None
        self._first_at: float | None = None
        self._last_at = self.clocks.world()
        self._felt_at = self._slow_since = 0.0
        self.clocks.go(1.0)

    @property
    def steady_seconds(self) -> float:
        """Return for how many real seconds it has beaten; 0 while it is late."""
        return 0.0 if self._first_at is None or self._slow_since else time.monotonic() - self._first_at

    def feel(self) -> None:
        """Look for a new beat now and then, and set the pace by it."""
        now = time.monotonic()
        if now - self._felt_at < FEEL_SECONDS:
            return
        self._felt_at, beat = now, self.read_beat()
        if beat is not None and beat != self._beat:
            if self._beat is not None:
                self._first_at = self._first_at or now
                self._last_at = self.clocks.world()
            self._beat = beat
        self._set_pace(now, late=self.clocks.world() - self._last_at > LATE)

    def _set_pace(self, now: float, *, late: bool) -> None:
        if late and not self._slow_since:
            self._slow_since = now
            self.clocks.go(SLOW)
        elif self._slow_since and not late:
            self.slow_seconds += now - self._slow_since
            self._slow_since = 0.0
            self.clocks.go(1.0)
        elif late and now - self._slow_since > PATIENCE:
            raise RuntimeError(
                f"The worker lives, its database too, but its heart has not beaten for {PATIENCE:.0f} s."
            )
