"""Two clocks that the driver and the worker share: the world's, and that of the worker's machine.

    world = START + (seconds since the origin) * factor + what was slept
    machine = world + how wrong it is

A machine that sleeps wakes later: the world has gone on. A machine whose clock was stepped is wrong until it is set
right. Both numbers stand in a file of 16 bytes that every process maps; the origin is `time.monotonic`, which all
processes of a machine share.
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

_NUMBERS = struct.Struct("dd")


class Clocks:
    """Tell simulated time in seconds since START; `factor` is simulated seconds in a real one."""

    def __init__(self, path: Path, origin: float, factor: float) -> None:
        self.path, self.origin, self.factor = path, origin, factor
        if not path.exists():
            path.write_bytes(_NUMBERS.pack(0.0, 0.0))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _NUMBERS.size)

    def world(self) -> float:
        return (time.monotonic() - self.origin) * self.factor + self._numbers()[0]

    def machine(self) -> float:
        return self.world() + self._numbers()[1]

    def now(self) -> datetime:
        """Return what the worker's machine takes for the time."""
        return moment(self.machine())

    def sleep(self, seconds: float) -> None:
        """Let the world go on while the machine sleeps."""
        slept, wrong = self._numbers()
        self._map[:] = _NUMBERS.pack(slept + seconds, wrong)

    def step(self, seconds: float) -> None:
        """Set the machine's clock."""
        slept, wrong = self._numbers()
        self._map[:] = _NUMBERS.pack(slept, wrong + seconds)

    def _numbers(self) -> tuple[float, float]:
        slept, wrong = _NUMBERS.unpack(self._map)
        return slept, wrong


def moment(seconds: float) -> datetime:
    """Return an instant for seconds since START."""
    return START + timedelta(seconds=seconds)
