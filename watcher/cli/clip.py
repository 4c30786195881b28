"""`items add`: capture a page by hand."""

import asyncio
from typing import Annotated

import typer

from watcher.cli.items import brief
from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.show import err, out, show_json
from watcher.clipping import Clipping, clip_page
from watcher.desk import Desk
from watcher.fetch import Fetcher
from watcher.judge import Judge
from watcher.judging import load_judge

app = typer.Typer(add_completion=False)


@app.command()
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="The address of an article.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Fetch a page and capture it by hand, whatever the rules say of it; the next digest tells it."""
    place: Place = context.obj
    judge = load_judge(place.folder)
    with open_desk(place, make=True) as desk, err.status("fetching ..."):
        clipping = asyncio.run(_clip(desk, judge, url))
    if as_json:
        alone = clipping.judgement
        rules = {"verdict": alone.verdict, "score": alone.score, "why": alone.why}
        show_json({**brief(clipping.full), "new": clipping.is_new, "rules_alone": rules})
    else:
        _tell(clipping)


async def _clip(desk: Desk, judge: Judge, url: str) -> Clipping:
    async with Fetcher(desk.settings.fetch, desk.settings.contact, clock=desk.clock) as fetcher:
        return await clip_page(desk, judge, fetcher, url)


def _tell(clipping: Clipping) -> None:
    row, alone = clipping.full.item, clipping.judgement
    known = "known already, now marked relevant" if row.label else "known already, as a seed article"
    done = "captured by hand" if clipping.is_new else known
    day = f"{row.published_at:%Y-%m-%d}" if row.published_at else "no date found"
    out.print(f"item {row.id}, {done}: {row.title}", markup=False, soft_wrap=True)
    facts = (
        day,
        row.language or "language not told",
        ", ".join(clipping.full.values("pair")) or "no pair found",
        row.kind,
    )
    out.print(" · ".join(facts), markup=False, soft_wrap=True)
    out.print(f"by the rules alone: {alone.verdict}, {alone.score:g} ({alone.why})", markup=False, soft_wrap=True)
