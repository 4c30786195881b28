"""The documents of a folder, and what is known to be true of each: here its number of entries.

What else should be held against them (ids, links, titles, dates) is a field of `Truth` and a line in `compare`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST = "manifest.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a document holds, counted by somebody else; None where nobody did."""

    entries: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file of the folder."""

    name: str
    path: Path
    truth: Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the watcher made of a document."""

    entries: int
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where the two do not agree."""

    document: str
    what: str
    expected: object
    found: object
    problem: str = ""


def list_documents(folder: Path) -> list[Document]:
    """Name the documents of the manifest; without one every file, but hidden ones and Markdown."""
    manifest = folder / MANIFEST
    if manifest.exists():
        lines = manifest.read_text("utf-8").splitlines()
        return [_from_line(folder, json.loads(line)) for line in lines if line.strip()]
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix != ".md")
    return [Document(name=path.name, path=path, truth=Truth()) for path in files if not path.name.startswith(".")]


def _from_line(folder: Path, line: dict[str, Any]) -> Document:
    return Document(name=line["file"], path=folder / line["file"], truth=Truth(entries=line.get("entries")))


def compare(documents: Sequence[Document], found: Mapping[str, Found]) -> Iterator[Difference]:
    """Yield where the watcher found something else; of an uncounted document only that it could not be read."""
    for document in documents:
        one, true = found[document.name], document.truth
        if true.entries is None:
            if one.problem:
                yield _differ(document, "read", "some", one.entries, one)
        elif one.entries != true.entries:
            yield _differ(document, "entries", true.entries, one.entries, one)


def _differ(document: Document, what: str, expected: object, found: object, one: Found) -> Difference:
    return Difference(document=document.name, what=what, expected=expected, found=found, problem=one.problem)
