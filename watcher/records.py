"""Turn values in flight into rows at rest, and back."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from storage.gather import IRRELEVANT
from storage.labels import RELEVANT
from storage.records import Compared, FullItem, NewItem, Rejudged, VisitRecord
from storage.seeds import Seed
from storage.tables import ItemRow, VisitRow
from watcher.cadence import due_after, learn_habit
from watcher.editions import BY_HAND, News
from watcher.feedrows import address_memory, habit_memory
from watcher.feedstate import condition_memory, identity_memory
from watcher.measure import Labelled
from watcher.moving import follow_move
from watcher.read import mark_future, pack_known
from watcher.read.article import Article, read_day
from watcher.read.furniture import title_mark
from watcher.settings.subscription import SubscriptionSettings
from watcher.stories import Told
from watcher.text.tokens import index_text
from watcher.urls import canonical_url, host_of
from watcher.values import Entry, Failed, Feed, Fetched, Judgement, Kind, Outcome, Reason, Verdict, Visit

KEY_DIGITS = 24
"""Hexadecimal digits of an item's key: 96 bits, so that two entries of one feed never share one."""

BY_HAND_KEY = "hand"
"""Begins the keys of items that somebody added; no feed has this id beside it, for theirs stand in feed_id."""


def visit_record(
    visit: Visit,
    now: datetime,
    *,
    rules: str,
    backfill: timedelta,
    subscriptions: Sequence[SubscriptionSettings] = (),
) -> VisitRecord:
    """Return all that one visit writes. `rules` is the judge's fingerprint, `subscriptions` those of watcher.toml.

    An entry older than `backfill` at its first sight is marked so.
    """
    feed, outcome = visit.feed, visit.outcome
    learned = follow_move(outcome, learn_habit(visit, now), now)
    due = due_after(outcome, learned, now, subscriptions)
    return VisitRecord(
        feed_id=feed.id,
        memory=address_memory(feed, learned)
        | _memory(visit, now)
        | condition_memory(visit, now)
        | habit_memory(learned)
        | identity_memory(visit)
        | {"due_at": due.at, "due_why": due.why, "visited_at": now},
        visit=_visit_row(visit, now),
        host_rests_until=now + due.host_rests if due.host_rests else None,
        renamed=_renamed(visit),
        items=tuple(
            _new_item(entry, judgement, feed, now, rules=rules, backfill=backfill) for entry, judgement in visit.judged
        ),
    )


def _renamed(visit: Visit) -> dict[str, str]:
    """Return the keys that items have from now on, by address, once links tell a feed's entries apart."""
    if visit.feed.identity or visit.reading.identity != "link":
        return {}
    found = {canonical_url(entry.url): item_key(visit.feed.id, entry.key) for entry in visit.entries}
    return {address: key for address, key in found.items() if address}


def seed_item(seed: Seed, judgement: Judgement, now: datetime, *, rules: str, text: str = "") -> NewItem:
    """Return a seed as an item: captured for good, about the cities that its record names.

    `text` is the user's copy of the article; without it the one that is stored stays.
    """
    pair = "~".join(sorted(seed.cities))
    facets = (
        *(("topic", topic) for topic in judgement.topics),
        *(("city", city) for city in seed.cities),
        *(("field", field) for field in seed.fields),
        ("pair", pair),
    )
    row = ItemRow(
        key=seed_key(seed),
        url=seed.url,
        canonical_url=canonical_url(seed.url) if seed.url else "",
        title=seed.title,
        first_title=seed.title,
        summary=seed.abstract,
        text=text,
        language=seed.language,
        published_at=seed.published_at,
        published_raw=seed.date.isoformat(),
        published_how="record",
        first_seen_at=now,
        captured_at=now,
        folded=index_text(f"{seed.title} {seed.abstract} {text}"),
        **_judged(judgement, rules) | {"verdict": Verdict.MATCHED, "kind": seed.kind},
    )
    return NewItem(item=row, facets=tuple(dict.fromkeys(facets)))


def seed_key(seed: Seed) -> str:
    """Return the key of the item that a seed record becomes."""
    return f"seed:{seed.id}"


def article_item(article: Article, judgement: Judgement, now: datetime, *, rules: str) -> NewItem:
    """Return an article that no record knows as a seed of its own: captured for good, whatever was judged of it."""
    written, moment = read_day(article.dates)
    row = ItemRow(
        key=item_key("seed", title_mark(article.title)),
        title=article.title,
        first_title=article.title,
        text=article.text,
        language=article.language,
        published_at=moment.at,
        published_raw=written,
        published_how=moment.how,
        first_seen_at=now,
        captured_at=now,
        folded=index_text(f"{article.title} {article.text}"),
        **_judged(judgement, rules) | {"verdict": Verdict.MATCHED},
    )
    return NewItem(item=row, facets=_facets(judgement))


def origin_of(row: ItemRow) -> str:
    """Say where an item came from: the id of its feed, `by hand`, or `seed`."""
    return row.feed_id or ("by hand" if row.key.startswith(f"{BY_HAND_KEY}:") else "seed")


def entry_from(row: ItemRow) -> Entry:
    """Return a stored item as the judge reads it."""
    return Entry(title=row.title, summary=row.summary, text=row.text, language=row.language)


def labelled_from(row: ItemRow) -> Labelled:
    """Return a stored item with what a person says of it."""
    return Labelled(id=str(row.id), entry=entry_from(row), relevant=row.label == RELEVANT, language=row.language)


def rejudged(row: ItemRow, judgement: Judgement, now: datetime, *, rules: str, backfill: timedelta) -> Rejudged:
    """Return what a new judgement changes of a stored item.

    What is captured stays so: where it would not match any more, it keeps its judgement. What was set aside and
    marked irrelevant stays there. What is captured now and is older than `backfill` by its date, or by its first sight
    when it has none, is marked so.
    """
    matched = judgement.verdict is Verdict.MATCHED
    if row.captured_at is not None and not matched:
        return Rejudged(item=row, columns={"rules": rules})
    columns = _judged(judgement, rules)
    if row.captured_at is None and matched and row.label != IRRELEVANT:
        old = (row.published_at or row.first_seen_at) < now - backfill
        columns |= {"captured_at": now, "backfill": row.backfill or old}
    return Rejudged(item=row, columns=columns, facets=_facets(judgement))


def told_from(row: Compared) -> Told:
    """Return what is compared of an item when stories are told apart."""
    return Told(
        item_id=row.id,
        story_id=row.story_id or 0,
        canonical_url=row.canonical_url,
        title=row.first_title,
        folded=row.folded,
        language=row.language,
        at=row.published_at,
        kind=Kind(row.kind),
        pairs=row.values("pair"),
        fields=row.values("field"),
    )


def news_from(full: FullItem, names: dict[str, str]) -> News:
    """Return an item as a digest tells it; `names` gives the name of each feed id."""
    row = full.item
    return News(
        id=row.id or 0,
        story_id=row.story_id or row.id or 0,
        title=row.title,
        url=row.url,
        source=names.get(row.feed_id or "", row.feed_id or _host_by_hand(row)),
        language=row.language,
        summary=row.summary or row.text,
        published_at=row.published_at,
        captured_at=row.captured_at or row.first_seen_at,
        kind=Kind(row.kind),
        score=row.score,
        pairs=full.values("pair"),
        cities=full.values("city"),
        fields=full.values("field"),
        topics=full.values("topic"),
        reasons=tuple(Reason(**reason) for reason in row.reasons),
        why=BY_HAND if row.label == RELEVANT and row.verdict != Verdict.MATCHED else row.why,
    )


def _host_by_hand(row: ItemRow) -> str:
    return host_of(row.url) if row.key.startswith(f"{BY_HAND_KEY}:") else ""


def _memory(visit: Visit, now: datetime) -> dict[str, object]:
    """Return the columns of the feed that an outcome changes."""
    match visit.outcome:
        case Failed(problem=problem, trouble=trouble):
            return {"problem": problem, "trouble": trouble, "failures": visit.feed.failures + 1}
        case Fetched() as fetched:
            return _well(fetched, now) | {"body_hash": fetched.body_hash, "known": pack_known(visit.entries)}
        case unchanged:
            return _well(unchanged, now)


def _well(outcome: Outcome, now: datetime) -> dict[str, object]:
    assert not isinstance(outcome, Failed)
    return {
        "etag": outcome.etag,
        "last_modified": outcome.last_modified,
        "read_at": now,
        "failures": 0,
        "problem": "",
        "trouble": "",
    } | ({"full_at": now} if outcome.status == 200 else {})


def _visit_row(visit: Visit, now: datetime) -> VisitRow:
    notes = list(visit.reading.notes)
    return VisitRow.model_construct(feed_id=visit.feed.id, visited_at=now, notes=notes, **_tell_outcome(visit))


def _tell_outcome(visit: Visit) -> dict[str, Any]:
    match visit.outcome:
        case Failed(problem=problem, status=status):
            return {"outcome": "failed", "problem": problem, "status": status}
        case Fetched(body=body, status=status):
            return {"outcome": "read", "status": status, "bytes": len(body), "entries": len(visit.entries)}
        case unchanged:
            return {"outcome": "unchanged", "status": unchanged.status, "bytes": unchanged.bytes}


def _new_item(
    entry: Entry, judgement: Judgement, feed: Feed, now: datetime, *, rules: str, backfill: timedelta
) -> NewItem:
    row = ItemRow.model_construct(  # nothing is checked either way, and this costs a seventh
        key=item_key(feed.id, entry.key),
        feed_id=feed.id,
        url=entry.url,
        canonical_url=canonical_url(entry.url) if entry.url else "",
        title=entry.title,
        first_title=entry.title,
        summary=entry.summary,
        text=entry.text,
        language=entry.language or feed.language,
        published_at=entry.published_at,
        published_raw=entry.published_raw,
        published_how=mark_future(entry.published_how, entry.published_at, now),
        first_seen_at=now,
        captured_at=now if judgement.verdict is Verdict.MATCHED else None,
        backfill=entry.published_at is not None and entry.published_at < now - backfill,
        folded=index_text(f"{entry.title} {entry.summary} {entry.text}"),
        **_judged(judgement, rules),
    )
    return NewItem(item=row, facets=_facets(judgement))


def _judged(judgement: Judgement, rules: str) -> dict[str, Any]:
    """Return the columns of an item that a judgement fills."""
    return {
        "verdict": judgement.verdict,
        "score": judgement.score,
        "kind": judgement.kind,
        "why": judgement.why,
        "reasons": [asdict(reason) for reason in judgement.reasons],
        "rules": rules,
    }


def item_key(feed_id: str, entry_key: str) -> str:
    """Return the key that tells an entry of a feed from every other entry that was ever seen."""
    return f"{feed_id}:{sha256(entry_key.encode('utf-8', 'surrogatepass')).hexdigest()[:KEY_DIGITS]}"


def _facets(judgement: Judgement) -> tuple[tuple[str, str], ...]:
    named = {
        "topic": judgement.topics,
        "pair": judgement.pairs,
        "city": judgement.cities,
        "field": judgement.fields,
    }
    return tuple(dict.fromkeys((name, value) for name, values in named.items() for value in values))
