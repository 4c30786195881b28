"""The two databases: where they are, how they fall out for a while, and what stands in them."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import text
from storing import Postgres, open_server

from storage.database import Database

HOLDER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


class Soaked(Protocol):
    """A database that can be taken away."""

    url: str

    def hold(self) -> None:
        """Let nobody write, or not even read."""

    def free(self) -> None:
        """Give it back."""


class SqliteFile:
    """A file that another process locks."""

    def __init__(self, path: Path) -> None:
        self.path, self.url = path, f"sqlite:///{path}"
        self._holder: subprocess.Popen[str] | None = None

    def hold(self) -> None:
        command = [sys.executable, "-c", HOLDER, str(self.path)]
        self._holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._holder.stdout
        self._holder.stdout.readline()

    def free(self) -> None:
        if self._holder is not None:
            self._holder.communicate()
            self._holder = None


class PostgresServer:
    """A server that is stopped at once, as if its machine failed."""

    def __init__(self, server: Postgres) -> None:
        self.url = server.address
        self._server = server
        self._down = False

    def hold(self) -> None:
        self._server.stop(signal.SIGQUIT)
        self._down = True

    def free(self) -> None:
        if self._down:
            self._server.start()
            self._down = False


@contextmanager
def open_database(home: Path, *, postgres: bool) -> Iterator[Soaked]:
    """Yield an empty database, and leave no process behind."""
    if postgres:
        with open_server() as server:
            yield PostgresServer(server)
        return
    file = SqliteFile(home / "watcher.db")
    try:
        yield file
    finally:
        file.free()


def read_rows(url: str, statement: str) -> list[dict[str, Any]]:
    """Ask the database itself, past the product."""
    with closing(Database.open(url)) as database, database.reading() as connection:
        return [dict(row) for row in connection.execute(text(statement)).mappings()]
