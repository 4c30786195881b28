"""`seeds`: the articles that the collection starts from."""

from pathlib import Path
from typing import Annotated, Any

import typer

from storage.database import is_missing
from watcher.cli.files import read_settings
from watcher.cli.items import brief
from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.show import count, err, out, show_json, show_table
from watcher.desk import Desk
from watcher.errors import ReadProblem
from watcher.judge import Judge
from watcher.judging import load_judge
from watcher.poll import prepare_visits, tell_apart
from watcher.read.article import LARGEST_FILE
from watcher.seeds import Change, Imported, import_seed, lacks_seeds

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Look at the seed articles, and import your own.")

TOLD = {
    Change.NEW: "new seed",
    Change.ADDED: "text put beside seed",
    Change.UPDATED: "text renewed of seed",
    Change.UNCHANGED: "unchanged: seed",
}


@app.callback()
def seeds() -> None:
    """Look at the seed articles, and import your own copies."""


@app.command("list")
def list_seeds(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the seed articles with their pairs and kinds, and say how much text of each is there."""
    place: Place = context.obj
    judge = load_judge(place.folder)
    with open_desk(place, make=is_missing(read_settings(place).database.get_secret_value())) as desk:
        if lacks_seeds(desk.store):
            prepare_visits(desk, judge)
        found = desk.store.items.recent(None, seeds=True)
    if as_json:
        show_json([{**brief(full), "characters": len(full.item.text)} for full in found])
        return
    rows = [
        (
            full.item.id,
            full.item.published_at,
            full.item.kind,
            ", ".join(full.values("pair")),
            count(len(full.item.text), "character") if full.item.text else "no text",
            full.item.title,
        )
        for full in found
    ]
    show_table(("id", "published", "kind", "pair", "text", "title"), rows, empty="There are no seeds.")


@app.command("import")
def import_seeds(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Articles, each a text or HTML file.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Put your own copies of articles beside the seeds with their titles, or take them as new seeds.

    A file that cannot be read is told, and ends the command with 1; the others are imported all the same.
    """
    place: Place = context.obj
    judge = load_judge(place.folder)
    with open_desk(place, make=True) as desk:
        prepare_visits(desk, judge)
        results = [(file, _import(desk, judge, file)) for file in files]
        tell_apart(desk.store, desk.clock())
    if as_json:
        show_json([{"file": str(file), **_facts(result)} for file, result in results])
    else:
        for file, result in results:
            _tell(file, result)
    raise typer.Exit(1 if any(isinstance(result, str) for _, result in results) else 0)


def _import(desk: Desk, judge: Judge, file: Path) -> Imported | str:
    """Import one file; what is wrong with it is a sentence."""
    try:
        return import_seed(desk.store, judge, _load(file), desk.clock())
    except ReadProblem as problem:
        return str(problem)


def _load(file: Path) -> bytes:
    try:
        if file.exists() and not file.is_file():
            raise ReadProblem("this is not a file; name files, one by one")
        with file.open("rb") as opened:
            body = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise ReadProblem(f"cannot be read ({error.strerror}); check name and rights") from error
    if len(body) > LARGEST_FILE:
        raise ReadProblem(f"larger than {LARGEST_FILE // 1_000_000} MB; save the article alone, as plain text or HTML")
    return body


def _facts(result: Imported | str) -> dict[str, Any]:
    """Return what came of a file as JSON shows it; `judged` is what the judge says of the article alone."""
    if isinstance(result, str):
        return {"problem": result}
    row, judged = result.full.item, result.judgement
    return {
        "change": result.change,
        "id": row.id,
        "title": row.title,
        "published_at": row.published_at,
        "written_day": result.written_day,
        "language": row.language,
        "characters": len(row.text),
        "kind": row.kind,
        "pairs": result.full.values("pair"),
        "judged": {"verdict": judged.verdict, "score": judged.score, "kind": judged.kind, "pairs": judged.pairs},
        "differences": result.differences,
    }


def _tell(file: Path, result: Imported | str) -> None:
    if isinstance(result, str):
        err.print(f"{file}: {result}.", markup=False)
        return
    row, judged = result.full.item, result.judgement
    out.print(f"{file}: {TOLD[result.change]} {row.id}, {row.title}", markup=False)
    facts = [_day(result), row.kind, *result.full.values("pair"), row.language, count(len(row.text), "character")]
    out.print(f"    {' · '.join(fact for fact in facts if fact)}", markup=False)
    alone = [f"{judged.verdict}, {judged.score:g} points", judged.kind, *judged.pairs]
    out.print(f"    judged by its text: {' · '.join(alone)}", markup=False)
    for difference in result.differences:
        out.print(f"    differs: {difference}", markup=False)


def _day(result: Imported) -> str:
    row, written = result.full.item, result.written_day
    day = f"{row.published_at:%Y-%m-%d}" if row.published_at else "no date"
    return f"{day} (written: {written})" if written else day
