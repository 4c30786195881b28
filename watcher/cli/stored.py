"""Look up a stored item as the judge reads it."""

from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.errors import WatcherError
from watcher.records import entry_from
from watcher.values import Entry


def load_entry(place: Place, item_id: int) -> tuple[Entry, str]:
    """Return an item as an entry, and a sentence on what it is; raises WatcherError when it is not there."""
    with open_desk(place) as desk:
        full = desk.store.items.find(item_id)
    if full is None:
        raise WatcherError(f"there is no item {item_id}; `city-watcher items list --all` shows those there are.")
    row = full.item
    state = "captured" if row.captured_at else "set aside"
    marked = f", marked {row.label}" if row.label else ""
    return entry_from(row), f"Item {row.id}, {state}{marked}; when it was stored it was {row.verdict} ({row.score:g})."
