"""Read who imports whom, and print it as the picture of docs/architecture.md: `python tests/draw_imports.py`."""

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

LAYERS = {
    "doors": ("__main__", "cli", "demo", "service", "web"),
    "use cases": (
        "adding",
        "background",
        "check",
        "clipping",
        "desk",
        "digest",
        "doctor",
        "export",
        "marking",
        "meaning",
        "pairs",
        "poll",
        "replay",
        "searching",
        "seeds",
        "sending",
        "unsent",
        "upkeep",
    ),
    "edges": (
        "compiling",
        "deliver",
        "feedrows",
        "feedsfile",
        "feedstate",
        "feedstory",
        "fetch",
        "judging",
        "look",
        "records",
        "workers",
    ),
    "rules": (
        "cadence",
        "choose",
        "compose",
        "feedlist",
        "filters",
        "finding",
        "freshness",
        "heartbeat",
        "judge",
        "likeness",
        "measure",
        "moving",
        "query",
        "read",
        "schedule",
        "stories",
    ),
    "words": ("editions", "errors", "settings", "spans", "text", "urls", "values", "watcher"),
    "storage": ("storage",),
}
"""Top to bottom; imports point down or stay on their floor. `watcher` is watcher/__init__.py: the version."""

OURS = ("watcher", "storage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """Hold one file: its dotted name, where it stands under the root, its lines and its syntax tree."""

    name: str
    place: str
    lines: int
    tree: ast.Module

    @property
    def part(self) -> str:
        """Return the room it belongs to."""
        return part_of(self.name)

    @property
    def layer(self) -> str:
        """Return its layer; empty when the table has no place for it."""
        return layer_of(self.name)


@cache
def nodes_of(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Return every node of a tree; walked once, for many ask."""
    return tuple(ast.walk(tree))


@cache
def imports_of(tree: ast.Module) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """Return the imports of a tree, wherever they stand."""
    return tuple(node for node in nodes_of(tree) if isinstance(node, ast.Import | ast.ImportFrom))


@cache
def tree_of(text: str) -> ast.Module:
    """Parse a text; the same one once, for the tests copy the whole tree again and again."""
    return ast.parse(text)


def part_of(name: str) -> str:
    """Return the room of a dotted name: `read` for watcher.read.dates, `storage` for all of storage."""
    package, _, rest = name.partition(".")
    return rest.partition(".")[0] or package if package == "watcher" else package


def layer_of(name: str) -> str:
    """Return the layer of a dotted name; empty for a library, and when the table has no place for it."""
    return next((layer for layer, parts in LAYERS.items() if part_of(name) in parts), "")


def read_modules(root: Path = ROOT) -> dict[str, Module]:
    """Parse every module of watcher/ and storage/, by dotted name."""
    paths = sorted(path for package in OURS for path in (root / package).rglob("*.py"))
    modules = [_parse(path, path.relative_to(root)) for path in paths]
    return {module.name: module for module in modules}


def _parse(path: Path, place: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    parts = place.with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name=name, place=place.as_posix(), lines=text.count("\n"), tree=tree_of(text))


def imported(module: Module, known: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield the line and the dotted name of everything a module imports, wherever the import stands.

    `from a import b` names a.b when that is a module of ours, else a.
    """
    for node in imports_of(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        else:
            base = _base(module, node)
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base


def _base(module: Module, node: ast.ImportFrom) -> str:
    """Return what stands after `from`, with leading dots resolved."""
    if not node.level:
        return node.module or ""
    package = module.name.split(".") + (["-"] if module.place.endswith("__init__.py") else [])
    return ".".join([*package[: -node.level], *((node.module or "").split(".") if node.module else [])])


def import_graph(modules: dict[str, Module]) -> dict[str, set[str]]:
    """Return for each module the modules of ours that it imports."""
    return {
        name: {target for _, target in imported(module, modules) if target in modules}
        for name, module in modules.items()
    }


def part_graph(modules: dict[str, Module]) -> dict[str, set[str]]:
    """Return for each part the other parts that it imports."""
    graph: dict[str, set[str]] = {module.part: set() for module in modules.values()}
    for name, targets in import_graph(modules).items():
        graph[modules[name].part] |= {modules[target].part for target in targets}
    return {part: targets - {part} for part, targets in graph.items()}


def draw(root: Path = ROOT) -> str:
    """Draw the parts in their layers as a mermaid graph; an arrow means `imports`.

    Nearly everything imports some of the words, so those arrows lead to the words as a whole.
    """
    graph = part_graph(read_modules(root))
    graph.pop("watcher", None)
    lines = ["flowchart TD"]
    for layer, parts in LAYERS.items():
        lines += _frame(layer, [part for part in parts if part in graph])
    lines += [_arrow(part, targets) for part, targets in sorted(graph.items()) if targets]
    return "\n".join(lines) + "\n"


def _frame(layer: str, parts: list[str]) -> list[str]:
    """Draw one layer: a box around its parts, but for storage, which is one part."""
    boxes = [f'    {_id(part)}["{part}"]' for part in parts]
    if layer == "storage":
        return boxes
    return [f'  subgraph {layer.replace(" ", "_")}["{layer}"]', *boxes, "  end"]


def _arrow(part: str, targets: Iterable[str]) -> str:
    words = LAYERS["words"]
    ends = {"words" if target in words and part not in words else _id(target) for target in targets}
    return f"  {_id(part)} --> {' & '.join(sorted(ends))}"


def _id(part: str) -> str:
    """Return a name that mermaid takes for an id."""
    return part.strip("_")


if __name__ == "__main__":
    sys.stdout.write(draw())
