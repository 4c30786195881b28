"""The one way into the database: transactions that read, and transactions that write."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import URL, Connection, Engine, create_engine, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from storage.errors import StorageError
from storage.faults import explain_error
from storage.sqlite import BEGIN, claim_file, find_obstacle, frozen_address, is_frozen, open_sqlite, prepare_file

HEAD = "0008"
"""The schema revision of this version: the newest one in storage/migrations/versions."""

OURS = frozenset({"alembic_version", "feeds", "items"})
CONNECT_SECONDS = 10


class Database:
    """Hold the connections to one database. Every thread may use it.

    `label` names the database without user or password; `path` is None on a server.
    """

    def __init__(self, engine: Engine, label: str, path: Path | None) -> None:
        self.label = label
        self.path = path
        self._engine = engine
        self._reader, self._writer = _split_engine(engine)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`; raise StorageError with its cure.

        A missing file is made, with its folder, for its owner only. What is not ours is not touched. A file that
        cannot be written, nor its folder, is read as it stands.
        """
        address = _read_address(url)
        path = Path(address.database or "") if address.get_backend_name() == "sqlite" else None
        if path is None:
            database = cls(_open_postgres(address), _name_server(address), None)
        else:
            prepare_file(path)
            database = cls(open_sqlite(frozen_address(path) if is_frozen(path) else address), str(path), path)
        database._make_sure()
        return database

    def _make_sure(self) -> None:
        try:
            self._refuse_foreign()
            if self.path is not None:
                with self._explained():
                    claim_file(self.path, self._engine)
        except BaseException:
            self.close()
            raise

    def _refuse_foreign(self) -> None:
        with self.reading() as connection:
            tables = set(inspect(connection).get_table_names())
        if tables and not tables >= OURS:
            raise StorageError(
                f"{self.label}: holds the tables of another program; give the watcher a database of its own."
            )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one moment of the database; raise StorageError."""
        with self._explained(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that writes: all of it is kept at the end, or nothing; raise StorageError."""
        with self._explained(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn the complaints of every driver into StorageError; the boundary of this package."""
        try:
            yield
        except DBAPIError as error:
            explained = explain_error(self.label, error)
            if explained is None:
                raise
            raise explained from error

    def revision(self) -> str | None:
        """Return the revision of the schema; None for an empty database."""
        with self.reading() as connection:
            return read_revision(connection)

    def is_current(self) -> bool:
        """Say whether the schema is that of this version; when not, call `storage.upgrade.upgrade`."""
        return self.revision() == HEAD

    def obstacle(self) -> str:
        """Say why not much can be written into a SQLite file just now; empty when it can. Waits for nobody."""
        found = find_obstacle(self.path) if self.path else ""
        return f"{self.label}: {found}" if found else ""

    def close(self) -> None:
        """Close all connections that are not in use."""
        self._engine.dispose()


def sqlite_file(url: str) -> Path | None:
    """Return the file that a URL names; None for a server."""
    address = _read_address(url)
    return Path(address.database or "") if address.get_backend_name() == "sqlite" else None


def is_missing(url: str) -> bool:
    """Say whether a URL names a file that is no database yet: it is not there, or it is empty."""
    file = sqlite_file(url)
    try:
        return file is not None and file.stat().st_size == 0 and file.is_file()
    except FileNotFoundError:
        return True
    except OSError:
        return False  # to open it will say what is wrong


def read_revision(connection: Connection) -> str | None:
    """Return the revision of the schema; None for an empty database. Needs no Alembic."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _read_address(url: str) -> URL:
    """Read a URL; its errors name no part of it, for it may hold a password."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise StorageError("the database address cannot be read; write one such as sqlite:///var/watcher.db.") from None
    backend = address.drivername.partition("+")[0]
    if backend == "sqlite":
        return _absolute(address)
    if backend in ("postgresql", "postgres"):
        return _postgres_address(address)
    raise StorageError(f"{backend}: is not a database we know; use sqlite:///FILE or postgresql://HOST/NAME.")


def _absolute(address: URL) -> URL:
    """Fix the file's place now: a later change of folder must not move it."""
    if not address.database or address.database == ":memory:":
        raise StorageError("sqlite: the address names no file; write one such as sqlite:///var/watcher.db.")
    return address.set(database=str(Path(address.database).expanduser().absolute()))


def _postgres_address(address: URL) -> URL:
    if "@" in (address.host or ""):
        raise StorageError("the password of the database address holds an @; write it as %40 there.")
    return address.set(drivername="postgresql+psycopg")


def _name_server(address: URL) -> str:
    port = f":{address.port}" if address.port else ""
    return f"postgresql://{address.host or 'localhost'}{port}/{address.database or ''}"


def _open_postgres(address: URL) -> Engine:
    arguments = {"connect_timeout": CONNECT_SECONDS, "application_name": "city-watcher"}
    return create_engine(address, pool_pre_ping=True, connect_args=arguments)


def _split_engine(engine: Engine) -> tuple[Engine, Engine]:
    """Return the reader and the writer; both share the connections."""
    if engine.dialect.name == "sqlite":
        return engine, engine.execution_options(**{BEGIN: "BEGIN IMMEDIATE"})
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True), engine
