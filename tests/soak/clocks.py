"""Two clocks that the driver and the worker share: the world's, and that of the worker's machine.

    world = what it was at the last mark + (seconds since then) * pace
    machine = world + how wrong it is

A machine that sleeps wakes later: the world has gone on. A machine whose clock was stepped is wrong until it is set
right. The pace is that of a machine which keeps up; on one that does not the world waits, for otherwise a busy test
machine would look like a slow product. All numbers stand in a file that every process maps, marked by
`time.monotonic`, which all processes of a machine share. Only the driver writes; a count that is odd says that it does.
"""

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2026, 3, 8, tzinfo=UTC)
"""The clocks of America are put forward on this day, those of Europe three weeks later."""
DAY = 86_400.0
HOUR = 3_600.0

_COUNT = struct.Struct("Q")
_NUMBERS = struct.Struct("dddd")


class Clocks:
    """Tell simulated time in seconds since START; `factor` is simulated seconds in a real one at full pace."""

    def __init__(self, path: Path, factor: float = 0.0) -> None:
        self.path, self.factor = path, factor
        if not path.exists():
            path.write_bytes(_COUNT.pack(0) + _NUMBERS.pack(0.0, time.monotonic(), factor, 0.0))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _COUNT.size + _NUMBERS.size)

    def world(self) -> float:
        return self._tell()[0]

    def machine(self) -> float:
        world, wrong = self._tell()
        return world + wrong

    @property
    def wrong(self) -> float:
        """Return by how many seconds the machine's clock is wrong."""
        return self._tell()[1]

    def now(self) -> datetime:
        """Return what the worker's machine takes for the time."""
        return moment(self.machine())

    def go(self, share: float) -> None:
        """Go on at a share of the full pace."""
        self._mark(pace=share * self.factor)

    def sleep(self, seconds: float) -> None:
        """Let the world go on while the machine sleeps."""
        self._mark(slept=seconds)

    def step(self, seconds: float) -> None:
        """Set the machine's clock."""
        self._mark(stepped=seconds)

    def _tell(self) -> tuple[float, float]:
        world, marked_at, pace, wrong = self._read()
        return world + (time.monotonic() - marked_at) * pace, wrong

    def _read(self) -> tuple[float, ...]:
        while True:
            before = self._map[: _COUNT.size]
            numbers = self._map[_COUNT.size :]
            if before == self._map[: _COUNT.size] and _COUNT.unpack(before)[0] % 2 == 0:
                return _NUMBERS.unpack(numbers)

    def _mark(self, *, pace: float | None = None, slept: float = 0.0, stepped: float = 0.0) -> None:
        world, marked_at, old_pace, wrong = self._read()
        now = time.monotonic()
        world += (now - marked_at) * old_pace + slept
        count = _COUNT.unpack(self._map[: _COUNT.size])[0]
        self._map[: _COUNT.size] = _COUNT.pack(count + 1)
        self._map[_COUNT.size :] = _NUMBERS.pack(world, now, old_pace if pace is None else pace, wrong + stepped)
        self._map[: _COUNT.size] = _COUNT.pack(count + 2)


def moment(seconds: float) -> datetime:
    """Return an instant for seconds since START."""
    return START + timedelta(seconds=seconds)
