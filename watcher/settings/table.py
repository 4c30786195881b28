"""Read a table of the configuration, a CSV file, and say where a row is wrong."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from watcher.errors import ConfigError
from watcher.settings.base import load_text

Row = TypeVar("Row")


class Mistake(Exception):
    """Carry what is wrong in which column, until the row's line is known."""

    def __init__(self, column: str, problem: str) -> None:
        super().__init__(problem)
        self.column = column


def load_table(
    path: Path,
    columns: Sequence[str],
    read_row: Callable[[Sequence[str]], Row],
    name_row: Callable[[Row], str],
    finish: Callable[[Sequence[Row]], Iterable[Row]] = tuple,
) -> tuple[Row, ...]:
    """Read every row with `read_row`, which takes a value for each column; cells that are left out are empty.

    No two rows may have the same name. `finish` has the last word on all rows; the Mistake that it raises belongs to
    the row that it had in hand. A `Mistake` becomes a `ConfigError` that names file, line, column and cure.
    """
    lines: dict[str, int] = {}
    found = _read_rows(path, columns, read_row, name_row, lines)
    done: list[Row] = []
    try:
        for row in finish(found):
            done.append(row)
    except Mistake as mistake:
        raise _complain(path, list(lines.values())[len(done)], mistake) from None
    return tuple(done)


def _read_rows(
    path: Path,
    columns: Sequence[str],
    read_row: Callable[[Sequence[str]], Row],
    name_row: Callable[[Row], str],
    lines: dict[str, int],
) -> list[Row]:
    """Read every row, and note by its name in which line it ends."""
    rows = csv.reader(io.StringIO(load_text(path), newline=""), strict=True)
    found: list[Row] = []
    try:
        _check_columns(path, columns, next(rows, ()))
        for row in filter(None, rows):
            found.append(read_row(_fill(row, columns)))
            _refuse_double(name_row(found[-1]), columns[0], lines, rows.line_num)
    except Mistake as mistake:
        raise _complain(path, rows.line_num, mistake) from None
    except csv.Error as error:
        raise ConfigError(f"{path}: line {rows.line_num}: {error}; mend the quotes of that line.") from None
    return found


def _complain(path: Path, line: int, mistake: Mistake) -> ConfigError:
    return ConfigError(f"{path}: line {line}, column '{mistake.column}': {mistake}")


def _check_columns(path: Path, columns: Sequence[str], found: Sequence[str]) -> None:
    if tuple(found) != tuple(columns):
        raise ConfigError(f"{path}: line 1 must name the columns {','.join(columns)}; put them in that order.")


def _fill(row: Sequence[str], columns: Sequence[str]) -> Sequence[str]:
    if len(row) > len(columns):
        raise Mistake(columns[0], f"the row has more than {len(columns)} columns; put values with a comma in quotes.")
    return row if len(row) == len(columns) else [*row, *[""] * (len(columns) - len(row))]


def _refuse_double(name: str, column: str, lines: dict[str, int], line: int) -> None:
    if name in lines:
        raise Mistake(column, f"'{name}' is already in line {lines[name]}; join the two rows, or mend one of them.")
    lines[name] = line
