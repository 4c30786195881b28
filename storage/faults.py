"""What a database complains of, as one sentence with its cure."""

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError

from storage.errors import DamageError, StorageError

SQLITE_FAULTS = {
    "SQLITE_FULL": "the disk is full; free some space.",
    "SQLITE_READONLY": "cannot be written; check the permissions of the file and of its folder.",
    "SQLITE_PERM": "cannot be opened; check the permissions of the file and of its folder.",
    "SQLITE_CANTOPEN": "cannot be opened; check the permissions of the file and of its folder.",
    "SQLITE_NOTADB": "is not a database; name another file, or move this one away.",
    "SQLITE_CORRUPT": "is damaged; put your last backup in its place.",
    "SQLITE_IOERR": "the disk does not take or give the data; check that it is well and has free space.",
    "SQLITE_BUSY": "another program holds the database too long; close that program and try again.",
    "SQLITE_LOCKED": "another program holds the database too long; close that program and try again.",
}
"""By the beginning of the result code's name, https://sqlite.org/rescode.html."""

POSTGRES_FAULTS = {
    "53100": "the server's disk is full; free some space there.",
    "53": "the server has no room for more; raise its limits, such as max_connections.",
    "25006": "the server only reads; name the address of the one that writes.",
    "28": "the server refuses this user or password; correct them in the address.",
    "3D": "there is no such database; create it with `createdb`.",
    "42501": "this user may not do that; make it the owner of the database.",
    "42P01": "the tables are missing; run `city-watcher db upgrade`.",
    "XX": "the database is damaged; restore your last backup.",
    "57P": "the server is stopping or starting; try again in a minute.",
    "08": "the server does not answer; check the address, and that the server runs.",
}
"""By the beginning of the SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html."""

TABLES_MISSING = "the tables are missing; run `city-watcher db upgrade`."

DAMAGE = frozenset({SQLITE_FAULTS["SQLITE_CORRUPT"], POSTGRES_FAULTS["XX"]})


def explain_error(place: str, error: DBAPIError) -> StorageError | None:
    """Turn a database's complaint into a sentence; None when it is a defect of ours, not of the place.

    `place` names the database without user or password.
    """
    cause = error.orig
    sentence = sqlite_sentence(cause) if isinstance(cause, sqlite3.Error) else _postgres_sentence(error)
    if sentence is None and isinstance(error, OperationalError):
        sentence = f"the database refuses ({_first_line(cause)}); please report this."
    if sentence is None:
        return None
    return (DamageError if sentence in DAMAGE else StorageError)(f"{place}: {sentence}")


def sqlite_sentence(cause: sqlite3.Error) -> str | None:
    """Return what a complaint of SQLite means, with its cure; None when it is a defect of ours."""
    if str(cause).startswith("no such table"):
        return TABLES_MISSING
    return _longest_prefix(SQLITE_FAULTS, getattr(cause, "sqlite_errorname", ""))


def _postgres_sentence(error: DBAPIError) -> str | None:
    """Explain without the classes of psycopg: whoever has a file need not load it."""
    if state := getattr(error.orig, "sqlstate", None):
        return _longest_prefix(POSTGRES_FAULTS, state)
    if isinstance(error, OperationalError):
        reason = _first_line(error.orig).rpartition("failed: ")[2]
        return f"the server does not answer ({reason}); check the address, and that the server runs."
    return None


def _longest_prefix(sentences: dict[str, str], code: str) -> str | None:
    fitting = [prefix for prefix in sentences if code.startswith(prefix)]
    return sentences[max(fitting, key=len)] if fitting else None


def _first_line(cause: BaseException | None) -> str:
    return str(cause).strip().partition("\n")[0]
