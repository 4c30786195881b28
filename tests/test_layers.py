import ast
import shutil
from collections.abc import Callable, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from draw_imports import (
    LAYERS,
    OURS,
    ROOT,
    Module,
    draw,
    import_graph,
    imported,
    layer_of,
    nodes_of,
    part_graph,
    read_modules,
)

Modules = dict[str, Module]

LOADERS = ("watcher.cli", "watcher.judging")
"""The command line loads a command's module when it is called: importing sqlmodel alone costs 0.4 s. And where the
compiled rules are kept, what compiles them stays unloaded: it costs as much as the judge."""

IMPURE = (
    *("httpcore", "httpx", "smtplib", "socket", "ssl", "urllib.request"),
    *("alembic", "psycopg", "sqlalchemy", "sqlite3", "sqlmodel", "storage"),
    *("random", "secrets", "subprocess"),
)
DATABASES = ("alembic", "psycopg", "sqlalchemy", "sqlmodel")
JUDGING = {"watcher.cli.topics": DATABASES, "watcher.judging": (*DATABASES, "pydantic", "watcher.compiling")}
"""What judges needs no database, so it does not wait for its libraries either: they cost as much as the judge."""
ENVIRONMENT = ("environ", "getenv")
CLOCK_CALLS = ("now", "utcnow", "today")
CLOCK_OF_TIME = ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "localtime", "gmtime", "sleep")

MOST_LINES_OF_MODULE = 300
MOST_LINES_OF_FUNCTION = 40
MIGRATIONS = "storage/migrations/"

FORBIDDEN_BEGINNINGS = ("get_", "do_", "handle_", "process_")
PRESCRIBED = {
    "process_bind_param": "SQLAlchemy calls it on every TypeDecorator",
    "process_result_value": "SQLAlchemy calls it on every TypeDecorator",
    "get_command": "click asks a group for a command by it",
    "handle_DATA": "aiosmtpd calls it when a mail has arrived",
    "handle_async_request": "httpx asks a transport by it",
    "get_next_fire_time": "APScheduler asks a trigger by it",
    "get_route_handler": "FastAPI asks a route by it for what answers",
    "do_GET": "http.server calls it for a request",
}


def upward_imports(modules: Modules) -> Iterator[str]:
    floors = list(LAYERS)
    for module in modules.values():
        for line, target in imported(module, modules):
            layer = layer_of(target) if target.split(".")[0] in OURS else ""
            if layer and module.layer and floors.index(layer) < floors.index(module.layer):
                yield f"{module.place}:{line}: {module.layer} import {target} of the {layer}"


def homeless_modules(modules: Modules) -> Iterator[str]:
    for module in modules.values():
        if not module.layer:
            yield f"{module.place}: give {module.part} a place in the table of tests/draw_imports.py"


def cycles(modules: Modules) -> Iterator[str]:
    for graph in (import_graph(modules), part_graph(modules)):
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            yield f"a cycle: {' -> '.join(reversed(error.args[1]))}"


def late_imports(modules: Modules) -> Iterator[str]:
    for module in modules.values():
        for function in functions_of(module):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield f"{module.place}:{node.lineno}: an import inside {function.name}"
        if module.name not in LOADERS:
            for name in ("import_module", "__import__"):
                yield from (f"{module.place}:{line}: loads modules by {name}" for line in uses_of(module, name))


def impure_rules(modules: Modules) -> Iterator[str]:
    for module in modules.values():
        if module.layer == "rules":
            yield from (f"{module.place}:{line}: rules use {what}" for line, what in impurities(module, modules))
            yield from (f"{module.place}:{line}: rules read the clock" for line in clock_looks(module))


def impurities(module: Module, known: Iterable[str]) -> Iterator[tuple[int, str]]:
    for line, target in imported(module, known):
        if any(target == name or target.startswith(f"{name}.") for name in IMPURE):
            yield line, target
    for name in ENVIRONMENT:
        yield from ((line, name) for line in uses_of(module, name))


def clock_looks(module: Module) -> Iterator[int]:
    for node in nodes_of(module.tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) if name in CLOCK_CALLS:
                yield node.lineno
            case ast.Attribute(value=ast.Name(id="time"), attr=name) if name in CLOCK_OF_TIME:
                yield node.lineno
            case ast.ImportFrom(module="time", names=names) if any(alias.name in CLOCK_OF_TIME for alias in names):
                yield node.lineno


def late_judging(modules: Modules) -> Iterator[str]:
    for start, unwanted in JUDGING.items():
        for name in reached(modules, start):
            for line, target in imported(modules[name], modules):
                if target.startswith(unwanted):
                    yield f"{modules[name].place}:{line}: {start} waits for {target}"


def reached(modules: Modules, start: str) -> set[str]:
    """Return what Python loads when it imports a module: all that it imports, and the packages around that."""
    graph, found, left = import_graph(modules), set[str](), [start]
    while left:
        name = left.pop()
        if name in modules and name not in found:
            found.add(name)
            left += [name.rpartition(".")[0], *graph[name]]
    return found


def long_modules(modules: Modules) -> Iterator[str]:
    for module in modules.values():
        if module.lines > MOST_LINES_OF_MODULE and not module.place.startswith(MIGRATIONS):
            yield f"{module.place}: {module.lines} lines"


def long_functions(modules: Modules) -> Iterator[str]:
    for module in modules.values():
        for function in functions_of(module):
            lines = (function.end_lineno or 0) - function.lineno + 1
            if lines > MOST_LINES_OF_FUNCTION and not module.place.startswith(MIGRATIONS):
                yield f"{module.place}:{function.lineno}: {function.name} has {lines} lines"


def vague_names(modules: Modules) -> Iterator[str]:
    for module in modules.values():
        for function in functions_of(module):
            if function.name.lstrip("_").startswith(FORBIDDEN_BEGINNINGS) and function.name not in PRESCRIBED:
                yield f"{module.place}:{function.lineno}: {function.name} says too little"


def functions_of(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in nodes_of(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def uses_of(module: Module, name: str) -> Iterator[int]:
    for node in nodes_of(module.tree):
        match node:
            case ast.Name(id=used) | ast.Attribute(attr=used) | ast.alias(name=used) if used == name:
                yield node.lineno


Check = Callable[[Modules], Iterator[str]]
CHECKS: tuple[Check, ...] = (
    homeless_modules, upward_imports, cycles, late_imports, late_judging, impure_rules, long_modules, long_functions,
    vague_names,
)  # fmt: skip


@pytest.fixture(scope="module")
def modules() -> Modules:
    return read_modules()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_tree_keeps_its_rules(modules: Modules, check: Check) -> None:
    assert list(check(modules)) == []


def test_there_is_a_tree_to_look_at(modules: Modules) -> None:
    assert {"watcher.cli", "watcher.values", "storage.tables"} <= modules.keys()


PLANTS: list[tuple[Check, str, str, str]] = [
    (upward_imports, "watcher/errors.py", "from watcher.cli import main", "words import watcher.cli of the doors"),
    (upward_imports, "watcher/cadence.py", "import watcher.poll", "rules import watcher.poll of the use cases"),
    (upward_imports, "watcher/text/__init__.py", "from ..read import x", "words import watcher.read of the rules"),
    (upward_imports, "storage/tables.py", "from watcher import errors", "storage import watcher.errors of the words"),
    (homeless_modules, "watcher/helpers.py", "", "watcher/helpers.py: give helpers a place"),
    (cycles, "watcher/errors.py", "from watcher.settings import base", "watcher.errors -> watcher.settings.base"),
    (cycles, "watcher/text/__init__.py", "import watcher.settings.watcher", "a cycle: "),
    (late_imports, "watcher/poll.py", "def late():\n    import json", "an import inside late"),
    (late_imports, "watcher/poll.py", "import importlib\nimportlib.import_module('json')", "loads modules by"),
    (late_judging, "watcher/cli/lines.py", "import psycopg", "watcher.cli.topics waits for psycopg"),
    (late_judging, "storage/errors.py", "from storage import faults", "watcher.cli.topics waits for sqlalchemy.exc"),
    (late_judging, "storage/__init__.py", "import sqlmodel", "watcher.cli.topics waits for sqlmodel"),
    (late_judging, "watcher/settings/load.py", "import pydantic", "watcher.judging waits for pydantic"),
    (impure_rules, "watcher/cadence.py", "import httpx", "rules use httpx"),
    (impure_rules, "watcher/cadence.py", "from sqlalchemy.orm import Session", "rules use sqlalchemy.orm"),
    (impure_rules, "watcher/cadence.py", "from storage.tables import FeedRow", "rules use storage.tables"),
    (impure_rules, "watcher/cadence.py", "import os\nhere = os.environ['HOME']", "rules use environ"),
    (impure_rules, "watcher/cadence.py", "from os import getenv", "rules use getenv"),
    (impure_rules, "watcher/cadence.py", "then = datetime.now(UTC)", "rules read the clock"),
    (impure_rules, "watcher/cadence.py", "import time\nthen = time.time()", "rules read the clock"),
    (impure_rules, "watcher/cadence.py", "from time import monotonic", "rules read the clock"),
    (long_modules, "watcher/errors.py", "\n" * 300, "watcher/errors.py: "),
    (long_functions, "watcher/errors.py", "def talk():\n" + "    print()\n" * 40, "talk has 41 lines"),
    (vague_names, "watcher/errors.py", "def _process_data(): ...", "_process_data says too little"),
]


@pytest.mark.parametrize(("check", "place", "text", "complaint"), PLANTS, ids=[plant[2][:40] for plant in PLANTS])
def test_a_planted_fault_is_found(
    tmp_path: Path, modules: Modules, check: Check, place: str, text: str, complaint: str
) -> None:
    plant(tmp_path, place, text)
    found = list(check(modules | read_modules(tmp_path)))
    assert any(complaint in one for one in found), found


def test_an_import_that_points_up_is_found_in_a_copy_of_the_tree(tmp_path: Path) -> None:
    for package in OURS:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    assert list(upward_imports(read_modules(tmp_path))) == []
    plant(tmp_path, "watcher/judge/__init__.py", "from watcher.fetch import Fetcher")
    assert ["rules import watcher.fetch of the edges" in one for one in upward_imports(read_modules(tmp_path))] == [
        True
    ]


def plant(root: Path, place: str, text: str) -> None:
    """Append a fault to one file of the tree under `root`."""
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    standing = (ROOT / place).read_text(encoding="utf-8") if (ROOT / place).exists() else ""
    path.write_text(f"{standing}\n{text}\n", encoding="utf-8")


def test_every_exception_for_a_name_is_needed(modules: Modules) -> None:
    names = {function.name for module in modules.values() for function in functions_of(module)}
    assert PRESCRIBED.keys() - names == set()


def test_the_picture_shows_every_part_and_every_import(modules: Modules) -> None:
    picture = draw()
    arrows = dict(line.split(" --> ") for line in picture.splitlines() if " --> " in line)
    for part, targets in part_graph(modules).items():
        assert part == "watcher" or f'["{part}"]' in picture
        inside = part in LAYERS["words"]
        seen = {"words" if one in LAYERS["words"] and not inside else one for one in targets}
        assert part == "watcher" or seen == set(arrows.get(f"  {part.strip('_')}", "").split(" & ")) - {""}


def test_the_picture_changes_with_an_import(tmp_path: Path) -> None:
    (tmp_path / "watcher").mkdir()
    (tmp_path / "watcher" / "poll.py").write_text("from watcher import cadence\nfrom watcher import errors\n")
    (tmp_path / "watcher" / "cadence.py").touch()
    (tmp_path / "watcher" / "errors.py").touch()
    assert "  poll --> cadence & words\n" in draw(tmp_path)
