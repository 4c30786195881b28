"""Plant the seed articles, what the collection starts from, and put the user's own copies beside them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from storage.records import FullItem, NewItem, Rejudged
from storage.seeds import Seed, load_seeds
from storage.store import Store
from storage.tables import ItemRow
from watcher.judge import Judge
from watcher.read.article import Article, read_article, read_day
from watcher.read.furniture import title_mark
from watcher.records import article_item, entry_from, rejudged, seed_item, seed_key
from watcher.values import Entry, Judgement, Verdict

COMPARED = ("title", "text", "language", "published_at")
"""Columns of a seed that make another import of it worth writing."""


class Change(StrEnum):
    """Say what a document changed."""

    NEW = "new"
    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """Hold what came of a document: the seed as it is stored now, and what the judge says of the article alone.

    `written_day` is the day as the article writes it. `differences` are sentences: where the judge or the article
    contradicts the record.
    """

    change: Change
    full: FullItem
    judgement: Judgement
    written_day: str = ""
    differences: tuple[str, ...] = ()


def plant_seeds(store: Store, judge: Judge, now: datetime) -> None:
    """Store the seed records, and judge every seed by the rules that stand; what was imported stays."""
    standing = {full.item.key: full.item for full in store.items.recent(None, seeds=True)}
    records = {seed_key(seed): seed for seed in load_seeds()}
    store.items.plant([_plant(seed, standing.get(key), judge, now) for key, seed in records.items()])
    own = [row for key, row in standing.items() if key not in records and row.rules != judge.fingerprint]
    if own:
        store.judgements.replace([_judge_again(row, judge, now) for row in own])


def lacks_seeds(store: Store) -> bool:
    """Say whether a record was never planted here."""
    standing = {full.item.key for full in store.items.recent(None, seeds=True)}
    return any(seed_key(seed) not in standing for seed in load_seeds())


def import_seed(store: Store, judge: Judge, body: bytes, now: datetime) -> Imported:
    """Put an article beside the record that has its title, or take it as a new seed; raise a `ReadProblem`.

    The same article again changes nothing; another text under the same title takes the place of the first.
    """
    records = {title_mark(seed.title): seed for seed in load_seeds()}
    article = read_article(body, records.keys())
    seed = records.get(title_mark(article.title))
    if seed:
        article = replace(article, title=seed.title, language=seed.language)
    judgement = judge.judge(Entry(title=article.title, text=article.text, language=article.language))
    new = _new_item(seed, article, judgement, now, rules=judge.fingerprint)
    change = _compare(store.items.find_by_key(new.item.key), new.item)
    if change is not Change.UNCHANGED:
        store.items.plant([new])
    full = store.items.find_by_key(new.item.key)
    assert full
    return Imported(
        change=change,
        full=full,
        judgement=judgement,
        written_day=read_day(article.dates, seed.date.year if seed else None)[0],
        differences=tuple(_list_differences(seed, article, judgement)) if seed else (),
    )


def _plant(seed: Seed, standing: ItemRow | None, judge: Judge, now: datetime) -> NewItem:
    """Judge a record by its article where it was imported, else by our abstract."""
    text = standing.text if standing else ""
    entry = Entry(title=seed.title, summary="" if text else seed.abstract, text=text, language=seed.language)
    return seed_item(seed, judge.judge(entry), now, rules=judge.fingerprint)


def _judge_again(row: ItemRow, judge: Judge, now: datetime) -> Rejudged:
    return rejudged(row, judge.judge(entry_from(row)), now, rules=judge.fingerprint, backfill=timedelta())


def _new_item(seed: Seed | None, article: Article, judgement: Judgement, now: datetime, *, rules: str) -> NewItem:
    if seed:
        return seed_item(seed, judgement, now, rules=rules, text=article.text)
    return article_item(article, judgement, now, rules=rules)


def _compare(standing: FullItem | None, new: ItemRow) -> Change:
    if standing is None:
        return Change.NEW
    if not standing.item.text:
        return Change.ADDED
    same = all(getattr(standing.item, name) == getattr(new, name) for name in COMPARED)
    return Change.UNCHANGED if same else Change.UPDATED


def _list_differences(seed: Seed, article: Article, judgement: Judgement) -> Iterator[str]:
    pair = "~".join(sorted(seed.cities))
    if judgement.verdict is not Verdict.MATCHED:
        yield f"by its text alone it would be {judgement.verdict}, and not be captured"
    if judgement.pairs != (pair,):
        yield f"the record's pair is {pair}, the judge's {', '.join(judgement.pairs) or 'none'}"
    if judgement.kind != seed.kind:
        yield f"the record's kind is {seed.kind}, the judge's {judgement.kind}"
    written, moment = read_day(article.dates, seed.date.year)
    if moment.at and moment.at.date() != seed.date:
        yield f"the record's day is {seed.date}, the article's {moment.at.date()} ({written})"
