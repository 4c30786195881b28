"""The worker as the driver sees it: a process that is started, killed, asked to end, and measured."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from soak.clocks import Clocks

STOP_SECONDS = 30.0
"""The service promises less."""
TAG = "CITY_WATCHER_TEST_SOAK"
"""Marks every process of a run in its environment."""


class Victim:
    """One worker at a time. `started_at` is real time."""

    def __init__(self, home: Path, clocks: Clocks, database: str) -> None:
        self.home, self.clocks, self.database = home, clocks, database
        self.started_at = 0.0
        self.starts = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def age(self) -> float:
        """Return for how many real seconds it has lived; 0 when it does not."""
        return time.monotonic() - self.started_at if self.is_alive else 0.0

    @property
    def ended_by_itself(self) -> bool:
        ours = (None, 0, -signal.SIGKILL, -signal.SIGTERM)
        return self._process is not None and self._process.poll() not in ours

    def start(self) -> None:
        words = (self.home / "config", self.database, self.clocks.path)
        paths = os.pathsep.join(path for path in sys.path if path)
        with (self.home / "worker.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "soak.worker", *map(str, words)],
                stdin=subprocess.PIPE,
                stderr=log,
                env=os.environ | {"PYTHONPATH": paths, TAG: str(self.home), "CITY_WATCHER_WEB__ENABLED": "false"},
                start_new_session=True,
            )
        self.started_at = time.monotonic()
        self.starts += 1

    def kill(self) -> bool:
        """Kill it as nothing can prepare for; return whether it lived."""
        alive = self.is_alive
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        return alive

    def stop(self) -> bool:
        """Ask it to end and wait for that; return whether it ended in time."""
        if self._process is None:
            return True
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        return True

    def megabytes(self) -> float | None:
        """Return its resident memory."""
        if self._process is None:
            return None
        command = ["ps", "-o", "rss=", "-p", str(self._process.pid)]
        told = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
        return int(told) / 1024 if told else None


def count_processes(home: Path) -> int:
    """Count the processes of this run that still live; 0 where there is no /proc."""
    mark = f"{TAG}={home}".encode()
    found = 0
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            found += mark in environment.read_bytes().split(b"\0")
    return found
