"""Rows on their way in and out: the tables by name, dialect's INSERT, and text that every database takes."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import RowMapping, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import configure_mappers
from sqlmodel import SQLModel

from storage import tables

FEEDS, VISITS, ITEMS, FACETS, DIGESTS, DIGEST_ITEMS, DELIVERIES, FACTS = (
    SQLModel.metadata.tables[str(model.__tablename__)]
    for model in (
        tables.FeedRow,
        tables.VisitRow,
        tables.ItemRow,
        tables.FacetRow,
        tables.DigestRow,
        tables.DigestItemRow,
        tables.DeliveryRow,
        tables.FactRow,
    )
)

configure_mappers()  # the columns of a row can be read only after this, when the row was not made the slow way

BATCH = 500
"""Rows in one statement: databases end at some 32,000 parameters."""

LONGEST_INDEXED = 2000
"""Bytes: PostgreSQL refuses an index row over 2,704 bytes, and a feed may say anything."""

Model = TypeVar("Model", bound=SQLModel)
Thing = TypeVar("Thing")


def insert_into(table: Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    """Begin an INSERT that knows ON CONFLICT; `dialect` is sqlite or postgresql."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def model_of(model: type[Model], row: RowMapping) -> Model:
    """Return the row as its model, tied to no session and only to be read: that costs a seventh of making a new one."""
    return model.model_construct(**row)  # type: ignore[return-value]  # the plugin forgets which model


def values_of(row: SQLModel) -> dict[str, Any]:
    """Return what an INSERT takes of a row: all but the id, which the database gives."""
    return clean_values({name: getattr(row, name) for name in type(row).model_fields if name != "id"})


def clean_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Clean every text of a row."""
    return {name: clean_text(value) if isinstance(value, str) else value for name, value in values.items()}


def clean_text(text: str) -> str:
    """Take out NUL, which PostgreSQL refuses, and lone surrogates, which have no UTF-8."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def fit_key(key: str) -> str:
    """Return the key as it is kept; one too long for an index stands as its hash."""
    clean = clean_text(key)
    raw = clean.encode()
    return clean if len(raw) <= LONGEST_INDEXED else f"sha256:{sha256(raw).hexdigest()}"


def fit_address(address: str) -> str:
    """Return an address that is compared; one too long for an index is compared with nothing."""
    clean = clean_text(address)
    return clean if len(clean.encode()) <= LONGEST_INDEXED else ""


def is_id(number: int) -> bool:
    """Tell whether a number can be an id; PostgreSQL has no larger ones, and asking for them would fail."""
    return 0 < number < 2**31


def batches(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    """Cut things into lists of at most BATCH."""
    rest = iter(things)
    while batch := list(islice(rest, BATCH)):
        yield batch
