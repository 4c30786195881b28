"""`items mark`: say of stored items that they are relevant, or that they are not."""

from collections.abc import Sequence
from typing import Annotated

import typer

from storage.gather import IRRELEVANT
from storage.labels import NO_LABEL, RELEVANT
from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.show import err, out
from watcher.desk import Desk
from watcher.errors import WatcherError
from watcher.marking import mark_items, say_state

LABELS = (RELEVANT, IRRELEVANT)
USAGE = "`city-watcher items mark 12 irrelevant`"

app = typer.Typer(add_completion=False)


@app.command()
def mark(
    context: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="ID... relevant|irrelevant", help="The items' numbers, as `items list` shows them, and the label."
        ),
    ],
    undo: Annotated[bool, typer.Option("--undo", help="Take the label off again; none need be named.")] = False,
) -> None:
    """Mark items: irrelevant ones stay out of digests, lists and views; relevant ones are captured if they were not."""
    named, label = _read_words(words, undo)
    place: Place = context.obj
    with open_desk(place) as desk:
        marked = mark_items(desk, [int(one) for one in named if _is_number(one)], label)
        missing = [one for one in named if not _is_number(one) or int(one) not in marked]
        for row in marked.values():
            out.print(f"{row.id}  {say_state(row)}: {row.title}", markup=False)
        for one in missing:
            err.print(_explain(desk, one), markup=False)
    if missing:
        raise typer.Exit(1)


def _read_words(words: Sequence[str], undo: bool) -> tuple[list[str], str]:
    """Return the numbers and the label; `--undo` takes a label off, whichever is named."""
    *named, label = words if words[-1] in LABELS or not undo else [*words, NO_LABEL]
    if label not in (*LABELS, NO_LABEL):
        raise WatcherError(f"'{label}' is no label; write relevant or irrelevant behind the numbers, such as {USAGE}.")
    if not named:
        raise WatcherError(f"no item is named; write its number before the label, such as {USAGE}.")
    return list(dict.fromkeys(named)), NO_LABEL if undo else label


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal()


def _explain(desk: Desk, word: str) -> str:
    """Say why an item was not marked."""
    if _is_number(word) and desk.store.items.find(int(word)):
        return f"item {word} is a seed article; seeds are no news and take no label."
    return f"there is no item {word}; `city-watcher items list --all` shows those there are."
