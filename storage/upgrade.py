"""Bring the schema to this version's revision. Imported only when it is needed: Alembic costs 0.1 s."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from storage.database import Database, read_revision
from storage.derived import create_derived, drop_derived
from storage.errors import StorageError
from storage.sqlite import copy_file

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x63697479
"""The advisory lock of PostgreSQL that an upgrade holds: the letters `city`."""


def upgrade(database: Database, migrations: Path = MIGRATIONS) -> bool:
    """Upgrade the schema in one transaction; return whether anything changed.

    A SQLite file that had a schema is copied first, to FILE.before-REVISION. Raise StorageError when
    the schema is newer than this version, or when a migration fails: then nothing has changed.
    """
    config = _configure(migrations)
    script = ScriptDirectory.from_config(config)
    if database.revision() == script.get_current_head():
        return False
    with database.writing() as connection:
        return _upgrade_locked(database, connection, config, script)


def rebuild(database: Database) -> None:
    """Make the views and the search index anew from the tables, in one transaction."""
    with database.writing() as connection:
        drop_derived(connection)
        create_derived(connection)


def _upgrade_locked(database: Database, connection: Connection, config: Config, script: ScriptDirectory) -> bool:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    revision, head = read_revision(connection), str(script.get_current_head())
    if revision == head:
        return False  # somebody else was first
    _refuse_newer(database, revision, script)
    if revision and database.path is not None:
        _copy_aside(database.path, head)
    _migrate(database, connection, config)
    return True


def _configure(migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _refuse_newer(database: Database, revision: str | None, script: ScriptDirectory) -> None:
    known = {one.revision for one in script.walk_revisions()}
    if revision and revision not in known:
        raise StorageError(
            f"{database.label}: a newer version of the watcher wrote it (schema {revision}); "
            "install that version, or restore an older backup."
        )


def _copy_aside(path: Path, head: str) -> None:
    target = path.with_name(f"{path.name}.before-{head}")
    try:
        copy_file(path, target)
    except OSError as error:
        raise StorageError(f"{target}: the copy before the upgrade cannot be written; free some space.") from error


def _migrate(database: Database, connection: Connection, config: Config) -> None:
    config.attributes["connection"] = connection
    try:
        drop_derived(connection)
        command.upgrade(config, "head")
        create_derived(connection)
    except DBAPIError as error:
        line = str(error.orig).strip().partition("\n")[0]
        raise StorageError(
            f"{database.label}: cannot be upgraded ({line}), and nothing was changed; please report this."
        ) from error
