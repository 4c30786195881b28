"""Name the rules, so that an item tells which of them judged it."""

import hashlib
import json
from collections.abc import Iterable

from watcher.settings.cities import City
from watcher.settings.topics import Topics

VERSION = 7
"""Raised when the same rules would judge otherwise than before, so that items are judged again."""


def name_rules(topics: Topics, cities: Iterable[City]) -> str:
    """Return 16 hexadecimal digits: other rules, other name."""
    rows = [(*city[:5], [*city.not_after.items()], [*city.not_before.items()]) for city in cities]
    told = json.dumps([VERSION, topics.model_dump_json(), rows], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
