"""Check feeds for `feeds check`: choose them, visit them, print what was found."""

import asyncio
import difflib
from collections.abc import Sequence
from dataclasses import asdict

from rich.progress import Progress

from watcher.check import check_feeds
from watcher.cli.files import read_settings
from watcher.cli.place import Place
from watcher.cli.show import count, doubt_network, err, out, show_json, show_table
from watcher.errors import ConfigError
from watcher.finding import Finding, State
from watcher.settings.feeds import FILE, FeedSettings, load_feeds


def check(place: Place, names: Sequence[str], *, everything: bool, as_json: bool) -> bool:
    """Visit the enabled feeds, the named ones or all, print what was found; True when every feed is well."""
    feeds = choose_feeds(place, names, everything=everything)
    findings = _visit(place, feeds, quiet=as_json)
    if as_json:
        show_json([asdict(finding) for finding in findings])
    else:
        _tell(findings)
        _show_notes(findings)
        _show_first(findings if names else ())
    return all(finding.state is State.WELL for finding in findings)


def choose_feeds(place: Place, names: Sequence[str], *, everything: bool) -> list[FeedSettings]:
    """Return the feeds that are meant; a name that is no id is a ConfigError."""
    known = {feed.id: feed for feed in load_feeds(place.folder)}
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            cure = f"did you mean '{near[0]}'?" if near else "`city-watcher feeds list` shows those there are."
            raise ConfigError(f"{place.folder / FILE}: there is no feed '{name}'; {cure}")
    if names:
        return [known[name] for name in dict.fromkeys(names)]
    return [feed for feed in known.values() if feed.enabled or everything]


def _visit(place: Place, feeds: Sequence[FeedSettings], *, quiet: bool) -> list[Finding]:
    with Progress(console=err, transient=True, disable=quiet or not err.is_terminal) as progress:
        bar = progress.add_task("visiting", total=len(feeds))
        visits = check_feeds(feeds, read_settings(place), place.clock, lambda finding: progress.advance(bar))
        return asyncio.run(visits)


def _tell(findings: Sequence[Finding]) -> None:
    """Print the findings: in a pipe one line each, on a terminal a table and the sentences below it."""
    empty = f"No feed is enabled in {FILE}."
    if out.is_terminal:
        show_table(("id", "state", "status", "format", "entries", "newest", "language"), _cells(findings), empty=empty)
        for finding in findings:
            if finding.sentence:
                out.print(f"{finding.id}: {finding.sentence}.", markup=False)
    else:
        show_table((), [_line(finding) for finding in findings], empty=empty)
    well = sum(finding.state is State.WELL for finding in findings)
    if findings:
        err.print(f"{well} of {count(len(findings), 'feed')} well.", markup=False)
    if doubt := doubt_network([finding.status for finding in findings]):
        err.print(doubt, markup=False)


def _show_notes(findings: Sequence[Finding]) -> None:
    """Show what was odd about documents that could be read: a selector without a find, a sitemap that was left out."""
    for finding in findings:
        for note in finding.notes:
            err.print(f"{finding.id}: {note}.", markup=False, highlight=False)


def _show_first(findings: Sequence[Finding]) -> None:
    """Show the first entries of the feeds that were asked for by name: whether selectors and dates are right."""
    for finding in findings:
        for line in finding.first:
            err.print(f"{finding.id}: {line}", markup=False, highlight=False)


def _cells(findings: Sequence[Finding]) -> list[tuple[object, ...]]:
    return [
        (
            finding.id,
            finding.state,
            finding.status,
            " ".join(filter(None, (finding.format, finding.encoding))),
            finding.entries,
            f"{finding.newest_at:%Y-%m-%d}" if finding.newest_at else "",
            finding.language,
        )
        for finding in findings
    ]


def _line(finding: Finding) -> tuple[object, ...]:
    """Return everything that was found, the sentence last."""
    return (
        finding.id,
        finding.state,
        finding.status,
        finding.format,
        finding.encoding,
        finding.entries,
        finding.newest_at,
        finding.language,
        finding.found_at,
        finding.sentence,
    )
