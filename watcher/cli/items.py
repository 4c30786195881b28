"""`items`: what was captured, what was not, and what people say of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any, ClassVar

import typer
from rich.markup import escape

from storage.gather import IRRELEVANT
from storage.records import FullItem
from storage.tables import ItemRow
from watcher.background import background_of
from watcher.cli import LaterCommands
from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.show import count, out, show_json, show_table
from watcher.editions import Background, News
from watcher.errors import WatcherError
from watcher.records import origin_of
from watcher.settings.ties import Tie


class ItemsCommands(LaterCommands):
    """Let looking wait for nothing that searching and marking need."""

    later: ClassVar[Mapping[str, str]] = {"search": "search", "export": "export", "add": "clip", "mark": "mark"}


app = typer.Typer(
    cls=ItemsCommands, no_args_is_help=True, add_completion=False, help="Look at the items, and mark them."
)


@app.callback()
def items() -> None:
    """Look at the items, and mark them."""


@app.command("list")
def list_items(
    context: typer.Context,
    near: Annotated[bool, typer.Option("--near", help="List near misses instead.")] = False,
    irrelevant: Annotated[bool, typer.Option("--irrelevant", help="List what was marked irrelevant.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="List everything stored, and what each is.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at the most.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List captured items, or others that are stored, the newest first."""
    place: Place = context.obj
    with open_desk(place) as desk:
        found = desk.store.items.recent(
            limit=limit,
            captured=everything or not (near or irrelevant),
            near=everything or near,
            rejected=everything,
            irrelevant=everything or irrelevant,
        )
    if as_json:
        show_json([brief(full) for full in found])
    else:
        list_table(found, empty=_say_none(near, irrelevant), states=everything or (near and irrelevant))


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
        if full is None:
            raise WatcherError(f"there is no item {item}; `city-watcher items list --all` shows those there are.")
        background = background_of(desk, full)
        ties = _known(full, desk.ties)
    if as_json:
        more = {"summary": full.item.summary, "text": full.item.text, "reasons": full.item.reasons}
        show_json({**brief(full), "ties": [asdict(tie) for tie in ties], **_beside(background), **more})
    else:
        _tell(full, ties, background)


def _say_none(near: bool, irrelevant: bool) -> str:
    if irrelevant and not near:
        return "Nothing is marked irrelevant; `city-watcher items mark 12 irrelevant` marks item 12."
    return f"{'No near miss is kept' if near else 'Nothing captured yet'}; `city-watcher poll` visits the feeds."


@app.command()
def split(
    context: typer.Context,
    ids: Annotated[list[int], typer.Argument(metavar="ID...", help="Items, as `items list` shows their numbers.")],
) -> None:
    """Take items out of their story: each becomes a story of its own, and stays one."""
    place: Place = context.obj
    with open_desk(place) as desk:
        found = {item: desk.store.items.find(item) for item in dict.fromkeys(ids)}
        for item, full in found.items():
            if full is None or full.item.captured_at is None:
                raise WatcherError(f"item {item} is not captured; `city-watcher items list` shows those that are.")
        desk.store.stories.split(list(found))
    for item in found:
        out.print(f"item {item} is a story of its own")


def list_table(found: Sequence[FullItem], *, empty: str, states: bool = False) -> None:
    """Print items as lines: number, day, feed, kind, pair, title; with `states` also what each item is."""
    rows = [
        (
            full.item.id,
            say_published(full.item),
            origin_of(full.item),
            *([_state(full.item)] if states else []),
            full.item.kind,
            ", ".join(full.values("pair")),
            full.item.title,
        )
        for full in found
    ]
    state = ("state",) if states else ()
    show_table(("id", "published", "feed", *state, "kind", "pair", "title"), rows, empty=empty)


def say_published(row: ItemRow) -> str:
    """Write the time of publication, in UTC; a day that had not come at first sight is marked in words."""
    if row.published_at and row.published_at > row.first_seen_at:
        return f"dated in the future: {row.published_at:%Y-%m-%d}"
    return f"{row.published_at:%Y-%m-%d %H:%M}" if row.published_at else ""


def _state(row: ItemRow) -> str:
    """Name what an item is, as the options of the list do."""
    if row.label == IRRELEVANT:
        return row.label
    return "captured" if row.captured_at else row.verdict


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
        "published_how": row.published_how,
        "captured_at": row.captured_at,
        "backfill": row.backfill,
        "verdict": row.verdict,
        "label": row.label,
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


def _beside(background: Background) -> dict[str, Any]:
    """Return what stands beside an item as its JSON shows it."""
    columns = ("id", "title", "url", "source", "language", "published_at")
    earlier = next(iter(background.earlier.values()), None)
    return {
        "first_mentions": [{"pair": pair, "span": span} for (_, pair), span in background.firsts.items()],
        "see_also": {column: getattr(earlier, column) for column in columns} if earlier else None,
    }


def _say_earlier(item: News) -> str:
    day = f"{item.published_at:%Y-%m-%d}" if item.published_at else ""
    return " · ".join(part for part in (f"{item.id} {item.title}", item.source, day, item.url) if part)


def _tell(full: FullItem, ties: Sequence[Tie], background: Background) -> None:
    row = full.item
    out.print(f"[bold]{escape(row.title)}[/]")
    if row.first_title != row.title:
        out.print(f"first headline: {row.first_title}", markup=False)
    facts = [
        ("verdict", f"{row.verdict}, {row.score:g} ({row.why})"),
        ("label", f"{row.label}, as somebody marked it" if row.label else ""),
        ("kind", row.kind),
        ("pairs", ", ".join(full.values("pair"))),
        *(("tie", f"{tie.pair}: {tie.sentence}") for tie in ties),
        *(("first news", f"{pair}: {span}") for (_, pair), span in background.firsts.items()),
        *(("see also", _say_earlier(item)) for item in background.earlier.values()),
        ("cities", ", ".join(full.values("city"))),
        ("fields", ", ".join(full.values("field"))),
        ("feed", origin_of(row)),
        ("language", row.language),
        ("published", f"{say_published(row)} UTC" if row.published_at else row.published_raw),
        ("story", f"{row.story_id} ({row.story_why})" if row.story_id else ""),
        ("address", row.url),
        ("text", f"{count(len(row.text), 'character')} (`--json` shows it)" if row.summary and row.text else ""),
    ]
    for name, value in facts:
        if value:
            out.print(f"{name:<10} {value}", markup=False, soft_wrap=True)
    if row.summary or row.text:
        out.print(f"\n{row.summary or row.text}", markup=False)
