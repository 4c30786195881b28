"""Remember items by their key: what is new is inserted, what is known is brought up to date."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, case, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from storage.gather import IRRELEVANT
from storage.records import NewItem, Recorded
from storage.rows import FACETS, ITEMS, batches, clean_text, fit_address, fit_key, insert_into, values_of

Insert = sqlite.Insert | postgresql.Insert
Upsert = ReturningInsert[Any]

TEXTS = ("title", "summary", "text", "language", "folded")
JUDGEMENT = ("verdict", "score", "kind", "why", "reasons", "rules")
PUBLISHED = ("published_at", "published_raw", "published_how")
RECORD = ("url", "canonical_url", "title", "summary", "language", *PUBLISHED, *JUDGEMENT)
MATCHED = "matched"
NEAR = "near"


def upsert_items(connection: Connection, items: Sequence[NewItem]) -> Recorded:
    """Insert or update items in the connection's transaction; return what is new, captured and near.

    A known item takes the new texts, judgement and facets. What it keeps: first title, first sight, a known
    date, label, backfill, and the moment of its capture. A captured item that an edit would no longer match
    keeps its judgement and facets too: what is captured is never un-captured.
    """
    counts = [_upsert_batch(connection, batch) for batch in _batches_by_key(items)]
    return Recorded(
        kept=True,
        new=sum(one.new for one in counts),
        captured=sum(one.captured for one in counts),
        near=sum(one.near for one in counts),
    )


def rename_items(connection: Connection, feed_id: str, keys: Mapping[str, str]) -> None:
    """Give items of a feed, by their canonical address, other keys; of several the newest, none that is taken."""
    for address, key in keys.items():
        there = select(func.max(ITEMS.c.id)).where(
            ITEMS.c.feed_id == feed_id, ITEMS.c.canonical_url == fit_address(address)
        )
        taken = select(ITEMS.c.id).where(ITEMS.c.key == fit_key(key)).exists()
        free = and_(ITEMS.c.id == there.scalar_subquery(), ~taken)
        connection.execute(update(ITEMS).where(free).values(key=fit_key(key)))


def plant_items(connection: Connection, items: Sequence[NewItem]) -> int:
    """Insert or refresh seeds in the connection's transaction; return how many are new.

    Everything that their record says is taken over; an imported text stays until another one comes.
    """
    planted = 0
    for batch in _batches_by_key(items):
        planted += len(batch) - len(_known_items(connection, batch))
        stored = connection.execute(_plant_statement(connection.dialect.name), _values(batch)).mappings().all()
        replace_facets(connection, {row["id"]: batch[row["key"]].facets for row in stored})
    return planted


def _batches_by_key(items: Sequence[NewItem]) -> Iterable[dict[str, NewItem]]:
    """Cut items into batches by key, sorted so that two writers never wait for each other in a ring.

    The first of two with one key counts: a statement may touch a row only once.
    """
    first: dict[str, NewItem] = {}
    for new in items:
        first.setdefault(fit_key(new.item.key), new)
    return (dict(batch) for batch in batches(sorted(first.items(), key=lambda pair: pair[0])))


def _upsert_batch(connection: Connection, batch: Mapping[str, NewItem]) -> Recorded:
    known = _known_items(connection, batch)
    stored = connection.execute(_upsert_statement(connection.dialect.name), _values(batch)).mappings().all()
    items = {row["id"]: batch[row["key"]] for row in stored if row["verdict"] == batch[row["key"]].item.verdict}
    replace_facets(connection, {item_id: new.facets for item_id, new in items.items()})
    return _count_changes(stored, known)


def _known_items(connection: Connection, keys: Iterable[str]) -> dict[str, RowMapping]:
    chosen = select(ITEMS.c.key, ITEMS.c.verdict, ITEMS.c.captured_at).where(ITEMS.c.key.in_(list(keys)))
    return {row["key"]: row for row in connection.execute(chosen.with_for_update()).mappings()}


def _values(batch: Mapping[str, NewItem]) -> list[dict[str, Any]]:
    return [
        values_of(new.item) | {"key": key, "canonical_url": fit_address(new.item.canonical_url)}
        for key, new in batch.items()
    ]


def _count_changes(stored: Sequence[RowMapping], known: Mapping[str, RowMapping]) -> Recorded:
    captured = {key for key, row in known.items() if row["captured_at"] is not None}
    near = {key for key, row in known.items() if row["verdict"] == NEAR}
    return Recorded(
        kept=True,
        new=len(stored) - len(known),
        captured=sum(row["captured_at"] is not None and row["key"] not in captured for row in stored),
        near=sum(row["verdict"] == NEAR and row["key"] not in near for row in stored),
    )


@cache
def _upsert_statement(dialect: str) -> Upsert:
    statement = insert_into(ITEMS, dialect)
    stays = and_(ITEMS.c.captured_at.is_not(None), statement.excluded.verdict != MATCHED)
    changes = (
        _take(statement, TEXTS)
        | _take_unless(statement, JUDGEMENT, stays)
        | _take_unless(statement, PUBLISHED, ITEMS.c.published_at.is_not(None))
        | {"captured_at": _captured(statement)}
    )
    return _on_known_key(statement, changes)


@cache
def _plant_statement(dialect: str) -> Upsert:
    statement = insert_into(ITEMS, dialect)
    has_text = and_(ITEMS.c.text != "", statement.excluded.text == "")
    changes = _take(statement, RECORD) | _take_unless(statement, ("text", "folded"), has_text)
    return _on_known_key(statement, changes)


def _captured(statement: Insert) -> ColumnElement[Any]:
    """Capture what matches now; what somebody marked irrelevant stays set aside."""
    captured = func.coalesce(ITEMS.c.captured_at, statement.excluded.captured_at)
    return case((ITEMS.c.label == IRRELEVANT, ITEMS.c.captured_at), else_=captured)


def _take(statement: Insert, names: Sequence[str]) -> dict[str, ColumnElement[Any]]:
    return {name: statement.excluded[name] for name in names}


def _take_unless(statement: Insert, names: Sequence[str], kept: ColumnElement[bool]) -> dict[str, ColumnElement[Any]]:
    return {name: case((kept, ITEMS.c[name]), else_=statement.excluded[name]) for name in names}


def _on_known_key(statement: Insert, changes: Mapping[str, ColumnElement[Any]]) -> Upsert:
    """Return the rows as they stand after it: a rowcount would be -1 with psycopg."""
    upsert = statement.on_conflict_do_update(index_elements=[ITEMS.c.key], set_=dict(changes))
    return upsert.returning(ITEMS.c.id, ITEMS.c.key, ITEMS.c.verdict, ITEMS.c.captured_at)


def replace_facets(connection: Connection, items: Mapping[int, Sequence[tuple[str, str]]]) -> None:
    """Make the facets of these items, by id, exactly those, in the connection's transaction."""
    rows = [
        {"item_id": item_id, "name": name, "value": clean_text(value)}
        for item_id, facets in items.items()
        for name, value in dict.fromkeys(facets)
    ]
    connection.execute(delete(FACETS).where(FACETS.c.item_id.in_(list(items))))
    if rows:
        connection.execute(insert_into(FACETS, connection.dialect.name).on_conflict_do_nothing(), rows)
