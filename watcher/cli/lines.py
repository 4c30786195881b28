"""JSON lines: what a program reads needs no library that draws on a terminal."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any


def show_lines(values: Iterable[Mapping[str, Any]]) -> None:
    """Print one JSON object a line, Han and Hangul as they are."""
    for value in values:
        print(json.dumps(value, ensure_ascii=False, default=plain))


def plain(value: object) -> str:
    """Return a value that JSON does not know as a text: a time in ISO 8601."""
    return value.isoformat() if isinstance(value, datetime) else str(value)
