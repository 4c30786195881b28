"""What the tests of the search share: the invented items of search.jsonl, stored, and what reads queries over them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from storing import NOW, keep, new_item

from storage.records import NewItem
from storage.store import Store
from watcher.meaning import Interpreter
from watcher.settings.cities import CityNames, cities_called, load_cities
from watcher.settings.load import packaged_config
from watcher.text.tokens import index_text

LINES = [json.loads(line) for line in Path(__file__).with_name("search.jsonl").read_text("utf-8").splitlines()]
ITEMS = [line for line in LINES if "item" in line]
QUERIES = [(line["query"], line["finds"]) for line in LINES if "query" in line]


def name_all_cities() -> CityNames:
    return cities_called(load_cities(packaged_config()))


def fill(store: Store) -> None:
    """Store the items of the file: feeds bring them, but for the seed."""
    made = [_item(line) for line in ITEMS]
    keep(store, *(new for new in made if new.item.feed_id))
    store.items.plant([new for new in made if not new.item.feed_id])


def interpreter(store: Store, names: CityNames) -> Interpreter:
    return Interpreter(search=store.search, city_names=lambda: names, feeds=("cna", "courier"))


def _item(line: dict[str, Any]) -> NewItem:
    pair = line["pair"]
    facets = [("topic", "city-exchange"), *(("field", one) for one in line["fields"])]
    if pair:
        facets += [("pair", "~".join(sorted(pair.split("~")))), *(("city", one) for one in pair.split("~"))]
    return new_item(
        line["item"],
        line["verdict"],
        feed_id=line["feed"] or None,
        title=line["title"],
        summary=line["summary"],
        language=line["lang"],
        kind=line["kind"],
        label=line["label"],
        published_at=datetime.fromisoformat(f"{line['day']}T09:00").replace(tzinfo=UTC) if line["day"] else None,
        first_seen_at=NOW,
        folded=index_text(f"{line['title']} {line['summary']}"),
        facets=tuple(facets),
    )
