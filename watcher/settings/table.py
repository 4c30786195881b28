"""Read a table of the configuration, a CSV file, and say where a row is wrong."""

import csv
import io
from collections.abc import Callable, Sequence
from itertools import zip_longest
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
    path: Path, columns: Sequence[str], read_row: Callable[[dict[str, str]], Row], name_row: Callable[[Row], str]
) -> tuple[Row, ...]:
    """Read every row with `read_row`, which takes its values by column; cells that are left out are empty.

    No two rows may have the same name. A `Mistake` of `read_row` becomes a `ConfigError` that names file, line,
    column and cure.
    """
    rows = csv.reader(io.StringIO(load_text(path), newline=""), strict=True)
    found: list[Row] = []
    lines: dict[str, int] = {}
    try:
        _check_columns(path, columns, next(rows, ()))
        for row in filter(None, rows):
            found.append(read_row(_fill(row, columns)))
            _refuse_double(name_row(found[-1]), columns[0], lines, rows.line_num)
    except Mistake as mistake:
        raise ConfigError(f"{path}: line {rows.line_num}, column '{mistake.column}': {mistake}") from None
    except csv.Error as error:
        raise ConfigError(f"{path}: line {rows.line_num}: {error}; mend the quotes of that line.") from None
    return tuple(found)


def _check_columns(path: Path, columns: Sequence[str], found: Sequence[str]) -> None:
    if tuple(found) != tuple(columns):
        raise ConfigError(f"{path}: line 1 must name the columns {','.join(columns)}; put them in that order.")


def _fill(row: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    if len(row) == len(columns):
        return dict(zip(columns, row, strict=True))
    if len(row) > len(columns):
        raise Mistake(columns[0], f"the row has more than {len(columns)} columns; put values with a comma in quotes.")
    return dict(zip_longest(columns, row, fillvalue=""))


def _refuse_double(name: str, column: str, lines: dict[str, int], line: int) -> None:
    if name in lines:
        raise Mistake(column, f"'{name}' is already in line {lines[name]}; join the two rows, or mend one of them.")
    lines[name] = line
