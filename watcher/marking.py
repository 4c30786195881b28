"""Mark: say of stored items that they are relevant or not, and let what follows from it follow."""

from collections.abc import Sequence

from storage.tables import ItemRow
from watcher.desk import Desk
from watcher.poll import tell_apart


def mark_items(desk: Desk, ids: Sequence[int], label: str) -> dict[int, ItemRow]:
    """Label items as relevant, irrelevant or (empty) not at all; return by id those that took it, as they stand then.

    What is captured by it finds its story. Seeds take no label.
    """
    marked = desk.store.labels.mark(ids, label, desk.clock())
    if any(row.captured_at for row in marked.values()):
        tell_apart(desk.store, desk.clock())
    return marked


def say_state(row: ItemRow) -> str:
    """Say what an item is now."""
    state = "captured" if row.captured_at else f"set aside as {row.verdict}"
    return f"{row.label or 'no label'}, {state}"
