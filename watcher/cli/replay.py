"""`topics replay`: what these rules say of everything that is stored."""

from dataclasses import asdict
from typing import Annotated

import typer

from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.show import count, err, out, show_json, show_table
from watcher.judging import load_judge
from watcher.replay import Change, Replayed, enact_rules
from watcher.replay import replay as judge_again

app = typer.Typer(add_completion=False)


@app.command()
def replay(
    context: typer.Context,
    apply: Annotated[bool, typer.Option("--apply", help="Write it; without it nothing is changed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Judge again what was stored under other rules: say what would change, or change it."""
    place: Place = context.obj
    judge = load_judge(place.folder)
    with open_desk(place) as desk, err.status("Judging again ..."):
        if apply:
            enact_rules(desk, judge)
        done = judge_again(desk, judge, apply=apply)
    if as_json:
        show_json(asdict(done) | {"applied": apply})
    else:
        _tell(done, apply)


def _tell(done: Replayed, apply: bool) -> None:
    if not done.judged:
        out.print("Everything stored was judged by these rules already.")
        return
    rows = [(one.id, _tell_change(one), f"{one.score:g}", one.title) for one in done.changed]
    unchanged = "No verdict changes, and no captured item gets other cities, pairs or kinds."
    show_table(("id", "change", "score", "title"), rows, empty=unchanged, notes=[one.why for one in done.changed])
    if more := done.changes - len(done.changed):
        out.print(f"... and {more} more")
    out.print(
        f"\n{done.judged} stored entries judged again: {done.captured} newly captured, "
        f"{done.near} near, {done.rejected} rejected; {done.kept} captured before no longer match and stay."
    )
    if done.altered:
        get = "get" if apply else "would get"
        out.print(f"{count(done.altered, 'captured item')} {get} other cities, pairs or kinds.")
    if done.refused:
        out.print(f"{done.refused} would match and stay out: they are marked irrelevant.")
    if not apply:
        out.print("Nothing was written; `city-watcher topics replay --apply` does it.")


def _tell_change(change: Change) -> str:
    """Name the two verdicts, or what an item that stays captured gets and what it gives up."""
    if not (change.gained or change.lost):
        return f"{change.before} -> {change.after}" + (f", marked {change.label}" if change.label else "")
    return ", ".join([f"+ {one}" for one in change.gained] + [f"- {one}" for one in change.lost])
