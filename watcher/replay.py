"""Replay: judge what is stored again, so that a new phrase finds yesterday's entry too."""

import logging
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from datetime import timedelta

from storage.gather import IRRELEVANT
from storage.tables import ItemRow
from watcher.desk import Desk
from watcher.judge import Judge
from watcher.judge.page import READ_CHARACTERS
from watcher.poll import tell_apart
from watcher.records import entry_from, rejudged
from watcher.values import Judgement, Verdict

RULES = "rules"
"""The fact that names the rules that stand: those of the service, or of the replay, that was started last."""
SHOWN = 50
"""Changes that are remembered one by one; all are counted."""
PLACES = ("city", "pair")
"""The facets whose change is told of an item that stays captured."""

log = logging.getLogger(__name__)

_ORDER = (Verdict.MATCHED, Verdict.NEAR, Verdict.REJECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Hold what other rules say of one item; `score` and `why` are the new ones, `label` is what a person said of it.

    `gained` and `lost` are cities, pairs and the kind, of an item that is captured and would be again.
    """

    id: int
    before: Verdict
    after: Verdict
    score: float
    title: str
    why: str = ""
    label: str = ""
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Replayed:
    """Add up what a replay came to: how many were judged, and how many of them are something else now.

    `kept` were captured, would not match any more, and stay. `altered` are captured, match still, and get other
    cities, pairs or kinds. `refused` would match, and stay out, for somebody marked them irrelevant. `changed` holds
    the first SHOWN changes, the newly captured before all others, then the altered.
    """

    judged: int = 0
    captured: int = 0
    near: int = 0
    rejected: int = 0
    kept: int = 0
    altered: int = 0
    refused: int = 0
    changed: list[Change] = field(default_factory=list)

    @property
    def changes(self) -> int:
        """Return how many items are, or would be, something else."""
        return self.captured + self.near + self.rejected + self.kept + self.altered + self.refused

    def add(self, change: Change, *, aside: bool) -> None:
        """Count what became of one item; `aside` says that it was set aside until now."""
        if not aside and change.after is Verdict.MATCHED:
            is_news = bool(change.gained or change.lost)
            self.altered += is_news
        else:
            is_news, is_refused = change.before is not change.after, change.label == IRRELEVANT
            self.kept += is_news and not aside
            self.captured += is_news and aside and change.after is Verdict.MATCHED and not is_refused
            self.refused += is_news and aside and change.after is Verdict.MATCHED and is_refused
            self.near += is_news and aside and change.after is Verdict.NEAR
            self.rejected += is_news and aside and change.after is Verdict.REJECTED
        if is_news:
            self.changed = sorted([*self.changed, change], key=_rank)[:SHOWN]


def enact_rules(desk: Desk, judge: Judge) -> None:
    """Note that these rules stand now."""
    desk.store.facts.note(RULES, judge.fingerprint, desk.clock())


def rules_stand(desk: Desk, judge: Judge) -> bool:
    """Say whether these rules are still the ones that were enacted last."""
    fact = desk.store.facts.find(RULES)
    return fact is None or fact.value == judge.fingerprint


def replay(desk: Desk, judge: Judge, *, apply: bool, stopping: Callable[[], bool] = lambda: False) -> Replayed:
    """Judge again everything that other rules judged, a batch at a time, and write it when `apply`.

    What is captured stays captured, and what was set aside and marked irrelevant stays there. `stopping` is asked
    before each batch.
    """
    tally = Replayed()
    for rows in desk.store.judgements.outdated(judge.fingerprint, READ_CHARACTERS):
        if stopping():
            break
        judged = [(row, judge.judge(entry_from(row))) for row in rows]
        tally.judged += len(rows)
        noted = desk.store.judgements.facets([row.id or 0 for row in rows if row.captured_at])
        taken = _write(desk, judge, judged) if apply else {row.id for row in rows}
        for row, judgement in judged:
            if row.id in taken:
                change = _compare(row, judgement, noted.get(row.id or 0))
                tally.add(change, aside=row.captured_at is None)
    return tally


def catch_up(desk: Desk, judge: Judge, stopping: Callable[[], bool]) -> bool:
    """Judge again what other rules judged, as long as ours stand; return whether nothing of it was left."""
    if not rules_stand(desk, judge):
        log.warning("other rules than ours were put in force meanwhile; restart this process with them")
        return True
    done = replay(desk, judge, apply=True, stopping=lambda: stopping() or not rules_stand(desk, judge))
    if done.judged:
        log.info("the rules changed: %d stored entries judged again, %d captured", done.judged, done.captured)
    return not done.judged


def _write(desk: Desk, judge: Judge, judged: list[tuple[ItemRow, Judgement]]) -> set[int]:
    """Keep the judgements of one batch, and give what is captured now its story."""
    now, backfill = desk.clock(), timedelta(days=desk.settings.digest.backfill_days)
    changes = [rejudged(row, one, now, rules=judge.fingerprint, backfill=backfill) for row, one in judged]
    taken = desk.store.judgements.replace(changes)
    if any("captured_at" in change.columns for change in changes):
        tell_apart(desk.store, now)
    return taken


def _compare(row: ItemRow, judgement: Judgement, noted: Set[tuple[str, str]] | None) -> Change:
    """Say what a new judgement changes; `noted` are the facets of an item that is captured."""
    old: set[str] = set()
    new: set[str] = set()
    if noted is not None and judgement.verdict is Verdict.MATCHED:
        old = {value for name, value in noted if name in PLACES} | {f"kind {row.kind}"}
        new = {*judgement.cities, *judgement.pairs, f"kind {judgement.kind}"}
    return Change(
        id=row.id or 0,
        before=Verdict(row.verdict),
        after=judgement.verdict,
        score=judgement.score,
        title=row.title,
        why=judgement.why,
        label=row.label,
        gained=tuple(sorted(new - old)),
        lost=tuple(sorted(old - new)),
    )


def _rank(change: Change) -> tuple[int, bool, float, int]:
    stays = bool(change.gained or change.lost or change.label == IRRELEVANT)
    return _ORDER.index(change.after), stays, -change.score, change.id
