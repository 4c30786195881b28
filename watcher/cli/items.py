"""`items`: what was captured."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.markup import escape

from storage.records import FullItem
from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.show import count, out, show_json, show_table
from watcher.errors import WatcherError
from watcher.settings.ties import Tie

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Look at the captured items.")


@app.callback()
def items() -> None:
    """Look at the captured items."""


@app.command("list")
def list_items(
    context: typer.Context,
    near: Annotated[bool, typer.Option("--near", help="List near misses instead.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at the most.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List captured items, or near misses, the newest first."""
    place: Place = context.obj
    with open_desk(place) as desk:
        found = desk.store.items.recent(limit=limit, captured=not near, near=near)
    if as_json:
        show_json([brief(full) for full in found])
    else:
        what = "No near miss is kept" if near else "Nothing captured yet"
        list_table(found, empty=f"{what}; `city-watcher poll` visits the feeds.")


@app.command()
def show(
    context: typer.Context,
    item: Annotated[int, typer.Argument(metavar="ID", help="The item's number, as `items list` shows it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show one item with everything that is known of it."""
    place: Place = context.obj
    with open_desk(place) as desk:
        full = desk.store.items.find(item)
        ties = desk.ties
    if full is None:
        raise WatcherError(f"there is no item {item}; `city-watcher items list` shows those there are.")
    if as_json:
        known = [tie.model_dump() for tie in _known(full, ties)]
        more = {"summary": full.item.summary, "text": full.item.text, "reasons": full.item.reasons}
        show_json({**brief(full), "ties": known, **more})
    else:
        _tell(full, ties)


def list_table(found: Sequence[FullItem], *, empty: str) -> None:
    """Print items as lines: number, day, kind, pair, title."""
    rows = [
        (
            full.item.id,
            full.item.published_at,
            full.item.feed_id or "seed",
            full.item.kind,
            ", ".join(full.values("pair")),
            full.item.title,
        )
        for full in found
    ]
    show_table(("id", "published", "feed", "kind", "pair", "title"), rows, empty=empty)


def brief(full: FullItem) -> dict[str, Any]:
    """Return an item as a list's JSON shows it."""
    row = full.item
    return {
        "id": row.id,
        "feed": row.feed_id,
        "url": row.url,
        "title": row.title,
        "language": row.language,
        "published_at": row.published_at,
        "captured_at": row.captured_at,
        "backfill": row.backfill,
        "verdict": row.verdict,
        "score": row.score,
        "kind": row.kind,
        "pairs": full.values("pair"),
        "cities": full.values("city"),
        "fields": full.values("field"),
        "story": row.story_id,
        "why": row.why,
    }


def _known(full: FullItem, ties: Mapping[str, Tie]) -> list[Tie]:
    return [ties[pair] for pair in full.values("pair") if pair in ties]


def _tell(full: FullItem, ties: Mapping[str, Tie]) -> None:
    row = full.item
    out.print(f"[bold]{escape(row.title)}[/]")
    if row.first_title != row.title:
        out.print(f"first headline: {row.first_title}", markup=False)
    facts = [
        ("verdict", f"{row.verdict}, {row.score:g} ({row.why})"),
        ("kind", row.kind),
        ("pairs", ", ".join(full.values("pair"))),
        *(("tie", f"{tie.pair}: {tie.sentence}") for tie in _known(full, ties)),
        ("cities", ", ".join(full.values("city"))),
        ("fields", ", ".join(full.values("field"))),
        ("feed", row.feed_id or "seed"),
        ("language", row.language),
        ("published", f"{row.published_at:%Y-%m-%d %H:%M} UTC" if row.published_at else row.published_raw),
        ("story", f"{row.story_id} ({row.story_why})" if row.story_id else ""),
        ("address", row.url),
        ("text", f"{count(len(row.text), 'character')} (`--json` shows it)" if row.summary and row.text else ""),
    ]
    for name, value in facts:
        if value:
            out.print(f"{name:<10} {value}", markup=False, soft_wrap=True)
    if row.summary or row.text:
        out.print(f"\n{row.summary or row.text}", markup=False)
