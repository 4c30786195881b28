"""How commands speak: tables on a terminal, plain lines in a pipe, JSON when asked."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest
from shutil import which

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from watcher.cli.lines import plain

out = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
err = Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())


def show_json(value: object) -> None:
    """Print one JSON document, Han and Hangul as they are."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=plain))


def show_table(
    columns: Sequence[str], rows: Sequence[Sequence[object]], *, empty: str, notes: Sequence[str] = ()
) -> None:
    """Print rows as a table on a terminal and as tab-separated lines in a pipe; `empty` when there are none.

    The last column takes the room that is left and is cut with an ellipsis. `notes`, one for each row, stand below the
    last cell on a terminal, and in a pipe behind it.
    """
    if not rows:
        err.print(empty, markup=False)
    elif out.is_terminal:
        table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0), expand=True)
        for column in columns[:-1]:
            table.add_column(column, overflow="fold")
        table.add_column(columns[-1], ratio=1, no_wrap=True, overflow="ellipsis")
        for row, note in zip_longest(rows, notes, fillvalue=""):
            cells = [escape(_cell(cell)) for cell in row]
            table.add_row(*cells[:-1], cells[-1] + (f"\n[dim]{escape(note)}[/]" if note else ""))
        out.print(table)
    else:
        for row, note in zip_longest(rows, notes, fillvalue=""):
            print("\t".join(_cell(cell).replace("\t", " ") for cell in (*row, *([note] if notes else ()))))


def program() -> str:
    """Return the word that starts this program here: its name, or its path where the name would not be found."""
    return "city-watcher" if which("city-watcher") or "/" not in sys.argv[0] else sys.argv[0]


def doubt_network(statuses: Sequence[int | None]) -> str:
    """Return what to say when of several feeds none was reached, so that each status is None; else nothing."""
    is_dead = len(statuses) > 1 and all(status is None for status in statuses)
    return "No feed could be reached: is this machine's network well?" if is_dead else ""


def count(number: int, noun: str) -> str:
    """Write a number with its noun: 1 feed, 2 feeds."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def size(octets: int) -> str:
    """Write a number of bytes as people read it, in thousands: 12 kB, 3.4 MB."""
    amount, unit = float(octets), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.1f} {unit}" if unit != "bytes" and amount < 10 else f"{amount:.0f} {unit}"


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)
