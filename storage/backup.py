"""A copy of the database while it is in use, believed only after it was opened and checked."""

from contextlib import closing
from pathlib import Path
from shlex import quote

from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url

from storage.check import find_damage
from storage.database import Database
from storage.errors import StorageError
from storage.sqlite import copy_file, frozen_address, open_sqlite
from storage.stats import count_rows

LASTING = ("feeds", "captured", "digests", "digest_items", "deliveries")
"""What never becomes less: a copy holds at least as much of it as the database held before."""


def back_up(database: Database, path: Path, target: Path) -> dict[str, int]:
    """Copy the SQLite file at `path` to a private new file and check the copy; return its rows by table.

    Raise StorageError when the target stands already or cannot be written, or when the copy is not well; then
    nothing of it is left.
    """
    if target.exists():
        raise StorageError(f"{target}: stands already; name another file.")
    before = count_rows(database)
    unproved = target.with_name(f"{target.name}.unproved")
    try:
        copy_file(path, unproved)
        rows = _prove(unproved, database.revision(), before)
        if rows is None:
            raise StorageError(f"{target}: the copy was not well and is not kept; `city-watcher db check` says more.")
        unproved.rename(target)
    except OSError as error:
        raise StorageError(f"{target}: cannot be written ({error}); choose another place.") from error
    finally:
        unproved.unlink(missing_ok=True)
    return rows


def dump_command(url: str, target: Path | None) -> str:
    """Return the command line that copies a PostgreSQL database to a file; it names no password."""
    address = make_url(url)
    words = {**address.translate_connect_args(username="user", database="dbname"), **address.query, "password": None}
    file = target or Path(f"{address.database}.dump")
    return f"pg_dump --format=custom --file={quote(str(file))} --dbname={quote(make_conninfo('', **words))}"


def _prove(copy: Path, revision: str | None, before: dict[str, int]) -> dict[str, int] | None:
    """Open the copy, changing nothing in it, and return its rows by table; None when it is not well."""
    with closing(Database(open_sqlite(frozen_address(copy)), str(copy), None)) as opened:
        try:
            rows = count_rows(opened)
            if find_damage(opened) or opened.revision() != revision:
                return None
        except StorageError:
            return None
    return rows if all(rows[name] >= before[name] for name in LASTING) else None
