"""`demo`: the whole day without internet, told step by step."""

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.cells import cell_len
from rich.markup import escape

from storage.records import FullItem
from watcher.cli.files import read_cities_called
from watcher.cli.place import Place, wall_clock
from watcher.cli.show import count, err, out, program
from watcher.cli.web import stay
from watcher.demo.account import Day, Poll
from watcher.demo.day import READER, live_day, open_lived_desk
from watcher.demo.numbers import announce
from watcher.demo.samples import Sample, load_samples
from watcher.errors import WatcherError
from watcher.judge import Judge
from watcher.judging import load_judge
from watcher.settings.load import packaged_config
from watcher.values import Failed, Fetched
from watcher.web import Site
from watcher.web.server import bind

FORMATS = {"rss": "RSS 2.0", "atom": "Atom", "rdf": "RDF"}
INDENT = "  "

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    home: Annotated[Path, typer.Option(metavar="DIR", help="Where the results go.")] = Path("var/demo"),
    serve: Annotated[bool, typer.Option("--serve", help="Show the page of that day afterwards, until Ctrl-C.")] = False,
) -> None:
    """Live one whole day on this machine, without the internet, from invented sample feeds."""
    home.mkdir(parents=True, exist_ok=True)
    _announce(load_samples())
    judge = load_judge(packaged_config())
    day = asyncio.run(live_day(home, judge, wall_clock))
    _tell_first(day)
    _tell_second(day)
    _tell_items(day)
    _tell_mail(day)
    code = conclude(day)
    if serve:
        _show_page(home, judge)
    raise typer.Exit(code)


def conclude(day: Day) -> int:
    """Compare the day with its announcement and return the exit code."""
    surprises = day.surprises()
    for surprise in surprises:
        err.print(f"[red]not as announced:[/] {escape(surprise)}", soft_wrap=True)
    if not surprises:
        out.print("\n[bold green]All of it happened as announced.[/]")
        out.print("Next: `make run` stays and watches; `city-watcher init` writes config/ to edit.")
    return 1 if surprises else 0


def say(sentence: str) -> None:
    """Print one sentence of the story."""
    out.print(f"{INDENT}{escape(sentence)}", soft_wrap=True)


def heading(text: str) -> None:
    """Print the name of the next part of the story."""
    out.print(f"\n[bold cyan]{escape(text)}[/]")


def show_columns(rows: Sequence[Sequence[object]], *, right: Sequence[int] = ()) -> None:
    """Print rows in columns, those of `right` set to the right; a Han character takes two places of a line."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        line = INDENT
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            gap = " " * (width - cell_len(cell))
            line += f"{gap}{cell}  " if place in right else f"{cell}{gap}  "
        out.print(escape(line.rstrip()), soft_wrap=True)


def _show_page(home: Path, judge: Judge) -> None:
    """Stay with the page of the day, at the usual port or, where that is taken, at a free one."""
    with open_lived_desk(home, wall_clock) as desk:
        try:
            bound = bind(desk.settings.web.host, desk.settings.web.port)
        except WatcherError:
            bound = bind(desk.settings.web.host, 0)
        with bound:
            names = partial(read_cities_called, Place(config=packaged_config()))
            stay(Site(desk=desk, judge=judge, city_names=names), bound)


def _announce(samples: Sequence[Sample]) -> None:
    numbers, languages = announce(samples), len({sample.language for sample in samples})
    out.print("[bold]One day of city-watcher[/], without the internet. All its news is invented.\n")
    say(f"{count(numbers.feeds, 'sample newspaper')} in {languages} languages have feeds on this machine,")
    say("and a mail server waits for the digest. What has to come of it is known:")
    news = numbers.captured + numbers.captured_later
    say(f"of {numbers.entries} entries {news} are news of exchange between cities, told as {numbers.stories} stories.")


def _tell_first(day: Day) -> None:
    heading("First poll: all of it is new")
    poll, tally = day.polls[0], day.polls[0].tally
    rows: list[Sequence[object]] = [("feed", "language", "format", "entries", "captured", "near")]
    for sample in day.samples:
        recorded = poll.reports[sample.id].recorded
        entries = len(poll.reports[sample.id].visit.entries)
        rows.append((sample.name, sample.language, FORMATS[sample.format], entries, recorded.captured, recorded.near))
    rows.append((f"{tally.read} feeds read", "", "", tally.entries, tally.captured, tally.near))
    show_columns(rows, right=(3, 4, 5))
    out.print()
    for sample in day.samples:
        for remark in _remarks(sample, poll):
            say(f"{sample.name} {remark}")


def _remarks(sample: Sample, poll: Poll) -> Iterator[str]:
    """Say what was special about a visit."""
    visit = poll.reports[sample.id].visit
    if sample.encoding != "utf-8":
        yield f"is written in {sample.encoding.capitalize()}, and was read as such."
    if sample.id in poll.redirected:
        yield "has moved: the 301 of its old address was followed."
    if sample.drip_seconds:
        yield f"is slow: {sample.drip_seconds:g} s for one document, while the others are read."
    if sample.id in poll.torn:
        yield f"breaks off in an entry: the {len(visit.entries)} before it count."


def _tell_second(day: Day) -> None:
    heading("Second poll: what is new since?")
    poll = day.polls[1]
    show_columns([(sample.name, *_second_visit(poll, sample.id)) for sample in day.samples])
    out.print()
    tally = poll.tally
    say(f"{tally.unchanged} feeds are unchanged: for them nothing was parsed, judged or stored.")
    for full in day.edited:
        say(f"{day.name(full.item.feed_id or '')} edited a headline; judged again, it now counts:")
        show_columns([(f"{INDENT}was", full.item.first_title), (f"{INDENT}is", full.item.title)])
    for one, report in poll.reports.items():
        if isinstance(report.visit.outcome, Failed):
            say(f"{day.name(one)}: {report.visit.outcome.problem.partition(';')[0]}.")
            say("What that feed brought before stays, and the digest names it under Sources.")


def _second_visit(poll: Poll, feed_id: str) -> tuple[str, str]:
    """Name what a visit came to, and how that was seen."""
    visit = poll.reports[feed_id].visit
    match visit.outcome:
        case Failed():
            return "failed", "damaged, see below"
        case Fetched():
            return "read", f"{len(visit.entries) - len(visit.judged)} entries as before, {len(visit.judged)} changed"
        case _ if feed_id in poll.not_modified:
            return "unchanged", "304: the server sends nothing"
        case _:
            return "unchanged", "the same bytes again"


def _tell_items(day: Day) -> None:
    numbers = day.numbers()
    heading(
        f"The archive: {count(numbers.seeds, 'seed article')} and {numbers.captured + numbers.captured_later} items"
    )
    pairs: dict[str, list[FullItem]] = {}
    for full in day.captured:
        for pair in full.values("pair"):
            pairs.setdefault(pair, []).append(full)
    rows: list[Sequence[object]] = [("pair", "items", "languages", "kinds")]
    for pair, found in sorted(pairs.items(), key=lambda told: (-len(told[1]), told[0])):
        rows.append((pair, len(found), _list_once(found, "language"), _list_once(found, "kind")))
    show_columns(rows, right=(1,))
    out.print()
    say(f"They are {numbers.stories} stories: one event counts once, in whatever language.")
    say(f"{numbers.near_left} entries came near; they are set aside for two weeks.")
    say("One event, as it was told:")
    show_columns([(INDENT + full.item.language, full.item.title) for full in day.most_told()])


def _list_once(found: Sequence[FullItem], column: str) -> str:
    return " ".join(sorted({getattr(full.item, column) for full in found}))


def _tell_mail(day: Day) -> None:
    heading(f"The digest: {count(len(day.mails), 'mail')} to {READER}")
    say(day.subject)
    out.print()
    rows = (
        ("digest.html", "open it in a browser"),
        ("digest.eml", "open it in a mail program"),
        ("watcher.db", f"{program()} --database sqlite:///{day.home}/watcher.db items list"),
    )
    show_columns([(day.home / name, use) for name, use in rows])
