"""A new user in an empty folder: `init`, `feeds import`, `poll`, `feeds list`, each a command of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from real.documents import Found
from real.newsstand import Newsstand

SOME_FAILED = 1


class User:
    """Runs commands in a folder, asking nobody but the newsstand."""

    def __init__(self, home: Path) -> None:
        self.home = home
        kept = {key: value for key, value in os.environ.items() if not key.startswith("CITY_WATCHER_")}
        self.environment = kept | {"CITY_WATCHER_FETCH__ALLOW_PRIVATE": "127.0.0.1"}

    def import_all(self, stand: Newsstand) -> None:
        """Write the configuration and put the documents in the place of its feeds."""
        self.run("init")
        (self.home / "config" / "feeds.toml").write_text("# the newsstand\n")
        addresses = (f"{stand.address}{path} {name}\n" for path, name in stand.names.items())
        (self.home / "addresses.txt").write_text("".join(addresses), encoding="utf-8")
        self.run("feeds", "import", "addresses.txt")

    def poll_all(self) -> dict[str, Any]:
        """Visit all of them and return the sum."""
        told: dict[str, Any] = json.loads(self.run("poll", "--all", "--json"))
        return told

    def look(self, stand: Newsstand) -> dict[str, Found]:
        """Return what is remembered of each document, by its name."""
        rows = json.loads(self.run("feeds", "list", "--json"))
        by_path = {row["url"].removeprefix(stand.address): row for row in rows}
        return {
            name: Found(entries=by_path[path]["entries"], problem=by_path[path]["problem"])
            for path, name in stand.names.items()
        }

    def run(self, *words: str) -> str:
        """Run a command; one that cannot start ends everything with what it said."""
        command = [sys.executable, "-m", "watcher", *words]
        done = subprocess.run(command, cwd=self.home, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode > SOME_FAILED:
            raise SystemExit(done.stderr.strip())
        return done.stdout
