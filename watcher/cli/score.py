"""`topics score`: how right the rules are on labelled items."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Annotated, Any

import typer

from watcher.cli.labelled import read_labelled
from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.show import count, err, out, show_json, show_table
from watcher.errors import WatcherError
from watcher.judge.page import READ_CHARACTERS
from watcher.judging import load_judge
from watcher.measure import (
    Draw,
    Interval,
    Labelled,
    Rates,
    Verdicted,
    bootstrap,
    count_kinds,
    count_matched,
    count_pairs,
    count_rates,
    group_verdicts,
)
from watcher.records import labelled_from
from watcher.settings.cities import load_cities

SEED = 20_260_301
"""The same items always give the same intervals."""
MISTAKES = {"fp": "matches, and is labelled irrelevant", "fn": "does not match, and is labelled relevant"}

app = typer.Typer(add_completion=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Hold what was measured: the rates of each group with their intervals, and shares such as (5, 64)."""

    groups: dict[str, tuple[Rates, dict[str, Interval | None]]]
    shares: dict[str, tuple[int, int]]


@app.command()
def score(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="JSON lines {id, lang, title, text, label, ...}.")
    ] = None,
    show: Annotated[str, typer.Option(metavar="fp,fn", help="Show the items that are judged wrongly.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure the rules on labelled items: those of FILE, else the stored ones that `items mark` has labelled."""
    place: Place = context.obj
    shown = _read_mistakes(show)
    problems: list[str] = []
    entries: int | None = None
    if file:
        labelled, problems = read_labelled(file)
    else:
        labelled, entries = _read_stored(place)
    judge = load_judge(place.folder)
    verdicts = [Verdicted(labelled=one, judgement=judge.judge(one.entry)) for one in labelled]
    measured = _measure(verdicts, place.folder)
    for problem in problems:
        err.print(problem, markup=False)
    wrong = [one for one in verdicts if one.wrong in shown]
    (_tell_json if as_json else _tell)(measured, wrong, entries)
    if problems:
        raise typer.Exit(1)


def _read_mistakes(words: str) -> list[str]:
    """Read `fp,fn`."""
    named = [word.strip() for word in words.split(",") if word.strip()]
    for word in named:
        if word not in MISTAKES:
            raise WatcherError(f"--show knows no '{word}'; write fp (false alarms), fn (missed), or fp,fn.")
    return named


def _read_stored(place: Place) -> tuple[list[Labelled], int]:
    """Return the stored items that are labelled, and how many entries are stored; seeds are none of either."""
    with open_desk(place) as desk:
        rows = desk.store.labels.labelled(READ_CHARACTERS)
        return [labelled_from(row) for row in rows], desk.store.labels.count_entries()


def _measure(verdicts: Sequence[Verdicted], folder: Path) -> Measured:
    groups = {name: count_rates(chosen) for name, chosen in group_verdicts(verdicts).items()}
    shares = {
        f"{'hard' if hard else 'plain'} {'positives' if relevant else 'negatives'} matched": count_matched(
            verdicts, relevant=relevant, hard=hard
        )
        for relevant in (False, True)
        for hard in (True, False)
    }
    shares["found items with the right pair"] = count_pairs(verdicts, load_cities(folder))
    shares["found items with the right kind"] = count_kinds(verdicts)
    return Measured(
        groups={name: (rates, bootstrap(rates, fixed_chance())) for name, rates in groups.items()},
        shares={name: share for name, share in shares.items() if share[1]},
    )


def fixed_chance() -> Draw:
    """Return a chance that is the same every time."""
    random = Random(SEED)
    return lambda weights, number: random.choices(range(len(weights)), weights, k=number)


def _tell(measured: Measured, wrong: Sequence[Verdicted], entries: int | None) -> None:
    rates, _ = measured.groups["all"]
    if not rates.items:
        err.print("Nothing is labelled; `city-watcher items mark 12 irrelevant` labels item 12, or name a file.")
        return
    rows = [
        (
            name,
            one.items,
            one.tp,
            one.fn,
            one.fp,
            *(_tell_rate(one, within, key) for key in ("precision", "recall", "f1")),
        )
        for name, (one, within) in measured.groups.items()
    ]
    show_table(("group", "items", "found", "missed", "false alarms", "precision", "recall", "F1"), rows, empty="")
    out.print()
    for name, (part, whole) in measured.shares.items():
        out.print(f"{name:<32} {part} of {whole}")
    if entries is not None:
        out.print(_tell_alarms(rates, entries))
    out.print("In brackets: where 95 of 100 such samples would lie, by 1,000 resamples of these items.")
    if wrong:
        out.print()
        lines = [(one.wrong, one.labelled.id, one.labelled.language, _title(one)) for one in wrong]
        show_table(("wrong", "id", "lang", "title"), lines, empty="", notes=[one.judgement.why for one in wrong])


def _tell_rate(rates: Rates, within: dict[str, Interval | None], name: str) -> str:
    value, interval = getattr(rates, name), within[name]
    return f"{value:.3f} ({interval[0]:.2f}-{interval[1]:.2f})" if value is not None and interval else "-"


def _tell_alarms(rates: Rates, entries: int) -> str:
    """Say how many false alarms there are for each 1,000 entries; what nobody labelled cannot be one."""
    alarms = count(rates.fp, "false alarm")
    return (
        f"{count(rates.items, 'item')} of {entries:,} stored entries (without the seeds) labelled; as far as labelled "
        f"{alarms}, {_per_thousand(rates, entries):.1f} per 1,000 entries."
    )


def _per_thousand(rates: Rates, entries: int) -> float:
    return 1000 * rates.fp / entries if entries else 0.0


def _title(verdict: Verdicted) -> str:
    entry = verdict.labelled.entry
    return entry.title or entry.summary or entry.text


def _tell_json(measured: Measured, wrong: Sequence[Verdicted], entries: int | None) -> None:
    told: dict[str, Any] = {
        "groups": {name: _rates_json(*both) for name, both in measured.groups.items()},
        "shares": {name: {"items": part, "of": whole} for name, (part, whole) in measured.shares.items()},
    }
    if entries is not None:
        alarms = _per_thousand(measured.groups["all"][0], entries)
        told |= {"entries": entries, "false_alarms_per_1000": alarms}
    told["wrong"] = [
        {"wrong": one.wrong, "id": one.labelled.id, "lang": one.labelled.language, "title": _title(one)}
        | {"verdict": one.judgement.verdict, "score": one.judgement.score, "why": one.judgement.why}
        for one in wrong
    ]
    show_json(told)


def _rates_json(rates: Rates, within: dict[str, Interval | None]) -> dict[str, Any]:
    named = {name: getattr(rates, name) for name in within}
    return {"items": rates.items, **asdict(rates), **named, **{f"{name}_95": one for name, one in within.items()}}
