"""A new user in an empty folder: `init`, `feeds import`, `poll`, `feeds list`, as they are typed."""

import io
import json
import os
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from real.documents import Found
from real.newsstand import Newsstand
from watcher.cli import CANNOT_START, main


@contextmanager
def clean_environment() -> Iterator[None]:
    """Take everything away that would configure the watcher; let it ask loopback."""
    before = dict(os.environ)
    for key in [key for key in before if key.startswith("CITY_WATCHER_")]:
        del os.environ[key]
    os.environ["CITY_WATCHER_FETCH__ALLOW_PRIVATE"] = "127.0.0.1"
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class User:
    """Runs commands in a folder, in this process: to start one for each would take longer than all they do."""

    def __init__(self, home: Path) -> None:
        self.home = home

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

    def read(self, stand: Newsstand) -> dict[str, list[dict[str, str]]]:
        """Return the entries of each document, by its name, as `feeds read` prints them."""
        names = {f"{stand.address}{path}": name for path, name in stand.names.items()}
        entries: dict[str, list[dict[str, str]]] = {name: [] for name in names.values()}
        for line in map(json.loads, self.run("feeds", "read", *names).splitlines()):
            if "problem" not in line:
                entries[names[line["source"]]].append(line)
        return entries

    def run(self, *words: str) -> str:
        """Run a command and return what it printed; one that cannot start ends everything with what it said."""
        said, complained = io.StringIO(), io.StringIO()
        with clean_environment(), chdir(self.home), redirect_stdout(said), redirect_stderr(complained):
            try:
                main(list(words))
            except SystemExit as ended:
                code = ended.code
        if code == CANNOT_START:
            raise SystemExit(complained.getvalue().strip())
        return said.getvalue()
