"""Read labelled items from a file: JSON lines {id, lang, title, text, label, ...}."""

import json
from pathlib import Path
from typing import Any

from watcher.errors import WatcherError
from watcher.measure import Labelled
from watcher.values import Entry, Kind

LABELS = {0: False, 1: True}
TEXTS = ("id", "lang", "title", "text", "kind")


def read_labelled(file: Path) -> tuple[list[Labelled], list[str]]:
    """Return the items of a file, and a sentence for each line that is none; raises WatcherError without the file."""
    items: list[Labelled] = []
    problems: list[str] = []
    for number, line in enumerate(_read_lines(file), start=1):
        if not line.strip():
            continue
        try:
            items.append(_read_item(_parse(line), number))
        except ValueError as problem:
            problems.append(f"{file}, line {number}: {problem}; mend the line, the others count.")
    return items, problems


def _read_lines(file: Path) -> list[bytes]:
    try:
        return file.read_bytes().split(b"\n")
    except FileNotFoundError:
        raise WatcherError(f"{file}: there is no such file; name one of JSON lines, or none at all.") from None
    except OSError as error:
        raise WatcherError(f"{file}: cannot be read ({error.strerror}); name a file of JSON lines.") from error


def _parse(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("this is not UTF-8") from None
    except ValueError as error:
        raise ValueError(f"this is not JSON ({error})") from None
    if not isinstance(told, dict):
        raise ValueError('this is no object such as {"title": "...", "label": 1}')
    return told


def _read_item(told: dict[str, Any], number: int) -> Labelled:
    texts = {name: _text(told, name) for name in TEXTS}
    if not (texts["title"] or texts["text"]):
        raise ValueError("it has neither 'title' nor 'text'")
    if not isinstance(told.get("label"), bool | int) or told["label"] not in LABELS:
        raise ValueError("'label' must be 1 for relevant or 0")
    if texts["kind"] and texts["kind"] not in list(Kind):
        raise ValueError(f"'{texts['kind']}' is no kind; there are {', '.join(Kind)}")
    return Labelled(
        id=texts["id"] or f"line {number}",
        entry=Entry(title=texts["title"], text=texts["text"], language=texts["lang"]),
        relevant=bool(told["label"]),
        language=texts["lang"],
        hard=_flag(told, "hard"),
        borderline=bool(_flag(told, "borderline")),
        pair=_pair(told),
        kind=texts["kind"],
    )


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    if value is None:
        return ""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ValueError(f"'{name}' must be a text")
    return str(value)


def _flag(told: dict[str, Any], name: str) -> bool | None:
    value = told.get(name)
    if value is not None and not isinstance(value, bool):
        raise ValueError(f"'{name}' must be true or false")
    return value


def _pair(told: dict[str, Any]) -> tuple[str, ...]:
    value = told.get("pair") or []
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError("'pair' must be a list of the names of two cities")
    return tuple(value) if len(set(value)) == 2 else ()
