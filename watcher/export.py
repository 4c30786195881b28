"""Export: items as CSV that a spreadsheet opens inertly, or as JSON lines. A line at a time."""

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import StringIO

from storage.records import FullItem

BOM = "\ufeff"
"""Some spreadsheets read a CSV without it as something else than UTF-8."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula, https://owasp.org/www-community/attacks/CSV_Injection."""
LISTS = ("pairs", "cities", "topics", "fields")
COLUMNS = (
    *("id", "title", "url", "feed", "language", "published_at", "captured_at", "verdict", "label", "score", "kind"),
    *LISTS,
    *("story", "why", "summary", "text"),
)

Values = dict[str, object]


def export_values(full: FullItem) -> Values:
    """Return what an export says of an item, by COLUMNS; times as ISO 8601 in UTC."""
    row = full.item
    facets = {"pairs": "pair", "cities": "city", "topics": "topic", "fields": "field"}
    named: Values = {name: getattr(row, name) for name in COLUMNS if hasattr(row, name)}
    named |= {name: list(full.values(facet)) for name, facet in facets.items()}
    named |= {"feed": row.feed_id, "story": row.story_id or row.id}
    return {name: _plain(named[name]) for name in COLUMNS}


def json_lines(items: Iterable[FullItem]) -> Iterator[str]:
    """Yield a JSON object for each item."""
    for full in items:
        yield json.dumps(export_values(full), ensure_ascii=False) + "\n"


def csv_lines(items: Iterable[FullItem], *, bom: bool = False) -> Iterator[str]:
    """Yield the heading, then a row for each item (RFC 4180); lists are joined by "; ".

    A text that a spreadsheet might take for a formula gets an apostrophe in front.
    """
    yield (BOM if bom else "") + _row(COLUMNS)
    for full in items:
        yield _row([_cell(value) for value in export_values(full).values()])


def _row(cells: Iterable[object]) -> str:
    written = StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, list):
        value = "; ".join(value)
    if isinstance(value, str) and value.lstrip(" \n").startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
