"""The facts: single remembered values, such as the heartbeat."""

from datetime import datetime

from sqlalchemy import Connection, select

from storage.database import Database
from storage.rows import FACTS, clean_values, insert_into, model_of
from storage.tables import FactRow


class Facts:
    """Keep single values by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, name: str, value: str, now: datetime) -> None:
        """Remember a value in place of the one that stood."""
        with self._database.writing() as connection:
            new = insert_into(FACTS, connection.dialect.name)
            changes = {"value": new.excluded.value, "noted_at": new.excluded.noted_at}
            connection.execute(
                new.on_conflict_do_update(index_elements=[FACTS.c.name], set_=changes), _values(name, value, now)
            )

    def note_once(self, name: str, value: str, now: datetime) -> FactRow:
        """Remember a value unless one stands; return what stands. Of several writers the first wins."""
        with self._database.writing() as connection:
            new = insert_into(FACTS, connection.dialect.name)
            connection.execute(new.on_conflict_do_nothing(), _values(name, value, now))
            fact = _find_fact(connection, name)
        if fact is None:
            raise LookupError(f"the fact {name!r} was removed while it was noted")
        return fact

    def find(self, name: str) -> FactRow | None:
        """Return a value with the time it was noted."""
        with self._database.reading() as connection:
            return _find_fact(connection, name)


def _values(name: str, value: str, now: datetime) -> dict[str, object]:
    return clean_values({"name": name, "value": value, "noted_at": now})


def _find_fact(connection: Connection, name: str) -> FactRow | None:
    row = connection.execute(select(FACTS).where(FACTS.c.name == name)).mappings().first()
    return model_of(FactRow, row) if row else None
