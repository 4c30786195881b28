"""`pairs`: all pairs with their counts, or the timeline of one."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.search import interpreter_at
from watcher.cli.show import count, out, show_json, show_table
from watcher.pairs import Event, PairLine, Timeline, list_pairs, tell_pair

LONGEST_BAR = 40

app = typer.Typer(add_completion=False)


@app.command()
def pairs(
    context: typer.Context,
    pair: Annotated[str, typer.Argument(metavar="PAIR", help="Such as daegu~taipei, in any order and script.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at the most.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the pairs of cities of which something was told last; or tell of one what was signed, held and visited."""
    place: Place = context.obj
    with open_desk(place) as desk:
        if pair:
            _tell(tell_pair(desk, interpreter_at(desk, place), pair), limit, as_json=as_json)
        else:
            _list(list_pairs(desk, limit), as_json=as_json)


def _list(lines: Sequence[PairLine], *, as_json: bool) -> None:
    if as_json:
        show_json([_line_values(line) for line in lines])
        return
    rows = [_cells(line) for line in lines]
    show_table(("pair", "items", "first", "last", "tie"), rows, empty="No pair is stored yet.")


def _cells(line: PairLine) -> tuple[object, ...]:
    one = line.count
    return one.pair, one.items, f"{one.first_at:%Y-%m-%d}", f"{one.last_at:%Y-%m-%d}", _tie(line)


def _tell(told: Timeline, limit: int, *, as_json: bool) -> None:
    if as_json:
        show_json(_timeline_values(told, limit))
        return
    out.print(f"[bold]{told.pair}[/]  {_tie(told) or 'no known tie'}", soft_wrap=True)
    if told.span:
        first, last = told.span
        groups = ", ".join(f"{number} {group}" for group, number in told.groups.items() if number)
        said = f"{count(told.items, 'item')} from {first:%Y-%m-%d} to {last:%Y-%m-%d}: {groups}\n"
        out.print(said, markup=False, soft_wrap=True)
        _show_months(told)
    shown = told.events[:limit]
    rows = [(f"{one.at:%Y-%m-%d}", one.item.id, one.item.kind, one.items, one.item.title) for one in shown]
    show_table(("day", "id", "kind", "items", "title"), rows, empty=f"Nothing is stored of {told.pair}.")


def _show_months(told: Timeline) -> None:
    most = max(told.months.values())
    for month, items in told.months.items():
        out.print(f"{month} {items:>5} {'#' * max(1, items * LONGEST_BAR // most)}", markup=False)
    out.print()


def _tie(told: PairLine | Timeline) -> str:
    return told.tie.brief if told.tie else ""


def _line_values(line: PairLine) -> dict[str, Any]:
    one = line.count
    values = {"pair": one.pair, "items": one.items, "first_at": one.first_at, "last_at": one.last_at}
    return values | {"tie": line.tie.sentence if line.tie else None}


def _timeline_values(told: Timeline, limit: int) -> dict[str, Any]:
    first, last = told.span or (None, None)
    return {
        "pair": told.pair,
        "tie": told.tie.sentence if told.tie else None,
        "items": told.items,
        "first_at": first,
        "last_at": last,
        "groups": told.groups,
        "months": told.months,
        "events": [_event_values(event) for event in told.events[:limit]],
    }


def _event_values(event: Event) -> dict[str, Any]:
    item = event.item
    columns = {name: getattr(item, name) for name in ("id", "story_id", "title", "url", "kind")}
    return {"at": event.at, "group": event.group, "items": event.items, "feed": item.feed_id, **columns}
