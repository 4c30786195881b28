"""Let single characters be found: the last character of each CJK word becomes a token of its own.

Each pair of characters begins a token already; behind `台北 北市` the token `市` is missing. What is searched is put
together anew only where pairs stand.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

BATCH = 2_000
FIRST_CJK = "\u2e80"

ITEMS = sa.table("items", sa.column("id", sa.Integer), sa.column("folded", sa.Text))


def upgrade() -> None:
    """Add the tokens to what stands there; the search index is made anew after it."""
    connection, last = op.get_bind(), 0
    change = sa.update(ITEMS).where(ITEMS.c.id == sa.bindparam("item_id")).values(folded=sa.bindparam("tokens"))
    while rows := _read_batch(connection, last):
        last = rows[-1].id
        changed = [
            {"item_id": row.id, "tokens": tokens} for row in rows if (tokens := _add_lasts(row.folded)) != row.folded
        ]
        if changed:
            connection.execute(change, changed)


def _read_batch(connection: sa.Connection, last: int) -> list[sa.Row[tuple[int, str]]]:
    chosen = sa.select(ITEMS.c.id, ITEMS.c.folded).where(ITEMS.c.id > last).order_by(ITEMS.c.id).limit(BATCH)
    return list(connection.execute(chosen))


def _add_lasts(folded: str) -> str:
    if folded.isascii():
        return folded
    tokens = folded.split(" ")
    begins = {token[:1] for token in tokens}
    return " ".join([*tokens, *(last for last in dict.fromkeys(_lasts(tokens)) if last not in begins)])


def _lasts(tokens: list[str]) -> Iterator[str]:
    """Yield the second characters of pairs that the next token does not go on."""
    for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
        if len(token) == 2 and token[0] >= FIRST_CJK and token[1] != following[:1]:
            yield token[1]
