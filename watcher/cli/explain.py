"""`topics explain`: how a text is judged, with its finds in place and the addition below."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from watcher.cli.place import Place
from watcher.cli.show import out, show_json, show_table
from watcher.cli.stored import load_entry
from watcher.cli.topics import answer
from watcher.errors import WatcherError
from watcher.judge import SORTS, Explanation, Row
from watcher.judge.page import FIELDS
from watcher.judging import load_judge
from watcher.values import Entry, Verdict

STYLES = dict(zip(SORTS, ("bold green", "bold red", "yellow", "bold cyan", "underline", "italic"), strict=True))
"""How each sort of find looks, in the order of the legend."""

VERDICTS = {Verdict.MATCHED: "bold green", Verdict.NEAR: "bold yellow", Verdict.REJECTED: "bold red"}
COLUMNS = ("found", "phrase", "weight", "sum", "why it does not count")

app = typer.Typer(add_completion=False)


@app.command()
def explain(
    context: typer.Context,
    text: Annotated[
        list[str],
        typer.Argument(metavar="TEXT...|ID", help="A headline or any text; an item's number; - reads a text."),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show how a text or a stored item is judged: what was found where, and what each find adds."""
    place: Place = context.obj
    entry, said = _read(text, place)
    explanation = load_judge(place.folder).explain(entry)
    if as_json:
        show_json(_as_json(entry, explanation))
        return
    if said:
        out.print(said, markup=False)
    if out.is_terminal:
        for painted in paint(entry, explanation):
            out.print(painted, end="\n\n")
        _show_addition(explanation.rows)
    else:
        show_table(COLUMNS, [_cells(row) for row in explanation.rows], empty="No phrase of topics.toml was found.")
    _show_verdict(explanation)


def _read(words: list[str], place: Place) -> tuple[Entry, str]:
    """Return what is to be judged, and what is to be said of it: the first line of a text is its title."""
    if len(words) == 1 and words[0].isascii() and words[0].isdecimal():
        return load_entry(place, int(words[0]))
    told = sys.stdin.buffer.read().decode("utf-8-sig", "replace") if words == ["-"] else " ".join(words)
    if not told.strip():
        raise WatcherError('there is no text; write one, such as `city-watcher topics explain "Taipei and Prague"`.')
    title, _, rest = told.strip().partition("\n")
    return Entry(title=title.strip(), text=rest.strip()), ""


def paint(entry: Entry, explanation: Explanation) -> Iterator[Text]:
    """Yield each field of an entry with its finds in place, then what the styles mean that occur."""
    seen = set[str]()
    for field in (one for one in FIELDS if getattr(entry, one)):
        text = Text(getattr(entry, field), style="bold" if field == "title" else "")
        for sort, start, end in explanation.places(field):
            text.stylize(STYLES[sort], start, end)
            seen.add(sort)
        yield text
    if seen:
        words = [(sort, style) for sort, style in STYLES.items() if sort in seen]
        yield Text.assemble(("found: ", "dim"), *(part for word in words for part in (word, "  ")))


def _show_addition(rows: Iterable[Row]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for column in COLUMNS:
        table.add_column(column, justify="right" if column in ("weight", "sum") else "left", overflow="fold")
    for row in rows:
        style = STYLES[row.sort] if row.counted else "dim"
        table.add_row(*(Text(cell, style=style) for cell in _cells(row)))
    out.print(table if table.row_count else "No phrase of topics.toml was found.")


def _cells(row: Row) -> tuple[str, ...]:
    """Return the cells of a line of the addition."""
    weight = f"{row.weight:+g}" if row.weight else "kind" if not row.note else ""
    return row.written, row.phrase, weight if row.counted else "", f"{row.total:g}", row.note


def _show_verdict(explanation: Explanation) -> None:
    judgement = explanation.judgement
    out.print()
    verdict = (str(judgement.verdict), VERDICTS[judgement.verdict])
    out.print(Text.assemble(verdict, f" {judgement.score:g}: {judgement.why}"), soft_wrap=True)
    facts = {
        "pairs": judgement.pairs,
        "cities": judgement.cities,
        "kind": (judgement.kind,),
        "fields": judgement.fields,
    }
    for name, values in facts.items():
        if values:
            out.print(f"{name:<8}{', '.join(values)}", markup=False, soft_wrap=True)


def _as_json(entry: Entry, explanation: Explanation) -> dict[str, object]:
    """Return what was judged, the judgement, every line of the addition, and the marks."""
    return {
        **{field: getattr(entry, field) for field in FIELDS},
        **answer(explanation.judgement),
        "why": explanation.judgement.why,
        "rows": [asdict(row) for row in explanation.rows],
        "marks": [asdict(mark) for mark in explanation.marks],
    }
