"""`topics`: what counts, and why."""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import typer

from watcher.cli import LaterCommands
from watcher.cli.lines import show_lines
from watcher.cli.place import Place
from watcher.errors import WatcherError
from watcher.judging import load_judge
from watcher.values import Entry, Judgement, Verdict


class TopicsCommands(LaterCommands):
    """Let judging wait for no database."""

    later: ClassVar[Mapping[str, str]] = {"explain": "explain", "score": "score", "replay": "replay"}


app = typer.Typer(
    cls=TopicsCommands, no_args_is_help=True, add_completion=False, help="Try the rules: what counts, and why."
)


@app.callback()
def topics() -> None:
    """Try the rules: what counts, and why."""


@app.command()
def judge(context: typer.Context) -> None:
    """Judge JSON lines {id, lang, title, text, url, date} from standard input, one answer a line."""
    place: Place = context.obj
    judge = load_judge(place.folder)
    for asked in _asked():
        entry = Entry(
            id=str(asked.get("id", "")),
            title=str(asked.get("title") or ""),
            text=str(asked.get("text") or ""),
            url=str(asked.get("url") or ""),
            language=str(asked.get("lang") or ""),
        )
        show_lines([{"id": asked.get("id"), **answer(judge.judge(entry))}])


def _asked() -> Iterator[dict[str, Any]]:
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
        except ValueError as error:
            raise WatcherError(
                f"standard input, line {number}: this is not JSON ({error}); one object a line."
            ) from error
        if not isinstance(asked, dict):
            raise WatcherError(f'standard input, line {number}: expected an object such as {{"title": ...}}.')
        yield asked


def answer(judgement: Judgement) -> dict[str, Any]:
    """Return a judgement as JSON shows it."""
    return {
        "matched": judgement.verdict is Verdict.MATCHED,
        "verdict": judgement.verdict,
        "score": judgement.score,
        "cities": judgement.cities,
        "pairs": judgement.pairs,
        "kind": judgement.kind,
        "fields": judgement.fields,
        "reasons": [
            {
                "topic": reason.topic,
                "phrase": reason.phrase,
                "field": reason.field,
                "start": reason.start,
                "end": reason.end,
                "weight": reason.weight,
            }
            for reason in judgement.reasons
        ],
    }
