"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1)."""

import html
import json
from typing import Any

from watcher.errors import ReadProblem
from watcher.read.source import Fields

VERSION = "jsonfeed.org/version/"


def read_json(text: str) -> tuple[str, str, list[Fields]]:
    """Return title, language and the fields of every item; raise a `ReadProblem` for JSON that is no feed."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReadProblem("this begins like JSON but is not valid JSON; tell the site, or use its RSS feed") from error
    if not isinstance(document, dict) or VERSION not in _word(document, "version"):
        raise ReadProblem("this is JSON but not a JSON Feed; look on the site for the address of its RSS or Atom feed")
    items = document.get("items")
    found = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return _word(document, "title"), _word(document, "language"), [_fields(item) for item in found]


def _fields(item: dict[str, Any]) -> Fields:
    content = _word(item, "content_html") or html.escape(_word(item, "content_text"), quote=False)
    return Fields(
        id=_word(item, "id"),
        link=_word(item, "url") or _word(item, "external_url"),
        title=_word(item, "title"),
        summary=_word(item, "summary"),
        texts=(content,),
        language=_word(item, "language"),
        dates=(_word(item, "date_published"), _word(item, "date_modified")),
    )


def _word(table: dict[str, Any], name: str) -> str:
    """Return a text, or a number as one: some feeds number their items."""
    value = table.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)
