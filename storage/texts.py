"""How the two databases look for texts: SQLite in items_fts, PostgreSQL in the index `items_folded`."""

from dataclasses import replace
from math import prod
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    TextClause,
    and_,
    bindparam,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
)

from storage.criteria import Criterion, Every, Some, Text
from storage.derived import SEARCHED
from storage.rows import ITEMS

ID: ColumnElement[int] = literal_column("+items.id", Integer())
"""The id, so that SQLite does not begin with it but walks in order."""
RARE = 12_000
"""So many items are looked up one by one in 0.1 s."""
EXPECT = text(f"EXPLAIN (FORMAT JSON) SELECT 1 FROM items WHERE {SEARCHED} @@ to_tsquery('simple', :ask)")
NONE: ColumnElement[int] = literal_column("0")
FTS = table("items_fts", column("rowid", Integer))


def is_text(criterion: Criterion) -> bool:
    """Say whether a tree asks for nothing but texts, so that one look into the index answers it."""
    match criterion:
        case Text():
            return not _hangs(criterion)
        case Every(parts=parts) | Some(parts=parts):
            return bool(parts) and all(map(is_text, parts))
        case _:
            return False


def holds(connection: Connection, texts: Criterion) -> ColumnElement[bool]:
    """Return the condition that an item holds a text, or the texts of a tree (see `is_text`)."""
    return (_held_sqlite if connection.dialect.name == "sqlite" else _held_postgres)(connection, texts)


def is_rare(connection: Connection, texts: Criterion) -> bool:
    """Say whether PostgreSQL expects so few items to hold the texts that it should begin with them."""
    total = _expected(connection, text("EXPLAIN (FORMAT JSON) SELECT 1 FROM items"))
    return total * _share(connection, texts, max(total, 1)) <= RARE


def _held_sqlite(connection: Connection, texts: Criterion) -> ColumnElement[bool]:
    """Look the id up among those that items_fts finds; making that set costs less than 0.1 s for most of 500,000."""
    matching = literal_column("items_fts").op("MATCH")(bindparam(None, _ask_sqlite(texts)))
    held = ID.in_(select(FTS.c.rowid).where(matching))
    return and_(held, _stands(ITEMS, func.instr, texts)) if _hangs(texts) else held


def _held_postgres(connection: Connection, texts: Criterion) -> ColumnElement[bool]:
    """Ask the index for what is rare, and look through the text itself for what is not.

    OFFSET 0 lets it begin with the index: to test a row by it costs 0.1 ms, to look through the text 3 us (measured).
    """
    indexed = literal_column(SEARCHED).op("@@")(func.to_tsquery("simple", _ask_postgres(texts)))
    if not is_rare(connection, texts) or _are_many(connection, indexed):
        return _stands(ITEMS, func.strpos, texts)
    held = ITEMS.alias("held")
    return ITEMS.c.id.in_(select(held.c.id).where(indexed, _stands(held, func.strpos, texts)).offset(NONE))


def _are_many(connection: Connection, indexed: ColumnElement[bool]) -> bool:
    """Say whether the index has more than RARE: two cities that stand together more often than by chance, say."""
    first = select(literal_column("1")).select_from(ITEMS).where(indexed).limit(RARE + 1).subquery()
    return (connection.scalar(select(func.count()).select_from(first)) or 0) > RARE


def _share(connection: Connection, texts: Criterion, total: int) -> float:
    """Return which part of the items PostgreSQL expects: the tokens of one text come together, texts by chance."""
    match texts:
        case Text(tokens=tokens):
            asks = {_ask_postgres(replace(texts, tokens=(one,), open_start=False)) for one in tokens[_hangs(texts) :]}
            return min(_expected(connection, EXPECT, ask=ask) / total for ask in asks)
        case Every(parts=parts):
            return prod(_share(connection, part, total) for part in parts)
        case Some(parts=parts):
            return min(sum(_share(connection, part, total) for part in parts), 1)
    raise TypeError(f"{texts!r} is no text")


def _expected(connection: Connection, explain: TextClause, **values: str) -> int:
    """Return how many items the statistics of PostgreSQL let it expect."""
    [plan] = connection.execute(explain, values).scalar_one()
    return int(plan["Plan"]["Plan Rows"])


def _hangs(criterion: Criterion) -> bool:
    """Tell whether a text begins inside a token and goes on: no index finds its beginning."""
    return isinstance(criterion, Text) and criterion.open_start and len(criterion.tokens) > 1


def _stands(items: FromClause, find: Any, texts: Criterion) -> ColumnElement[bool]:
    """Look through what is searched, which is tokens with blanks between them."""
    match texts:
        case Text(tokens=tokens, open_start=open_start, open_end=open_end):
            words = f"{'' if open_start else ' '}{' '.join(tokens)}{'' if open_end else ' '}"
            return cast(ColumnElement[bool], find(literal(" ") + items.c.folded + literal(" "), words) > 0)
        case Every(parts=parts):
            return and_(*(_stands(items, find, part) for part in parts))
        case Some(parts=parts):
            return or_(*(_stands(items, find, part) for part in parts))
    raise TypeError(f"{texts!r} is no text")


def _ask_sqlite(texts: Criterion) -> str:
    """Write a query of FTS5: each text a phrase, https://sqlite.org/fts5.html#fts5_phrases."""
    match texts:
        case Text(tokens=tokens, open_end=open_end):
            words = " ".join(tokens[_hangs(texts) :]).replace('"', '""')
            return f'"{words}"{"*" if open_end else ""}'
        case Every(parts=parts):
            return f"({' AND '.join(map(_ask_sqlite, parts))})"
        case Some(parts=parts):
            return f"({' OR '.join(map(_ask_sqlite, parts))})"
    raise TypeError(f"{texts!r} is no text")


def _ask_postgres(texts: Criterion) -> str:
    """Write a tsquery that asks for all tokens of a text; whether they stand together is looked up in the text."""
    match texts:
        case Text(tokens=tokens, open_end=open_end):
            words = ["'" + token.replace("\\", "").replace("'", "''") + "'" for token in tokens[_hangs(texts) :]]
            return f"({' & '.join(words)}{':*' if open_end else ''})"
        case Every(parts=parts):
            return f"({' & '.join(map(_ask_postgres, parts))})"
        case Some(parts=parts):
            return f"({' | '.join(map(_ask_postgres, parts))})"
    raise TypeError(f"{texts!r} is no text")
