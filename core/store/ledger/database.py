"""The database of a ledger: SQLite in one file, or PostgreSQL by its URL; one writer at a time, whoever it is."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import DataError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).parent / "migrations"
NEWEST = "2"  # the last of the migrations
_WAIT_SECONDS = 60.0
_NO_ADDRESS = "is no address of a ledger. Give a path, or postgresql://user@host/name."
_NO_POSTGRESQL = 'PostgreSQL needs one more package: pip install --editable ".[postgresql]", in the clone.'
_WRITES = "plumbline_writes"
# Any number that nobody else locks by: the letters "plumb".
_LOCK = 0x706C756D62


class LedgerError(DataError):
    """The ledger cannot be used, or what stands in it was changed."""


class Database:
    """One ledger's database. Any thread may call it."""

    def __init__(self, url: str) -> None:
        """Of a URL as SQLAlchemy reads it, or of a path, which is taken for SQLite. Raises LedgerError."""
        self.shown = re.sub("//[^/]*@", "//***@", url)
        self.file: Path | None = None
        with self.translated():
            self._engine = self._made(url)

    def _made(self, url: str) -> Engine:
        from sqlalchemy import URL, create_engine, event, make_url
        from sqlalchemy.exc import ArgumentError

        try:
            is_path = "://" not in url  # and then no letter of it means anything but itself
            parsed = URL.create("sqlite", database=str(Path(url).absolute())) if is_path else make_url(url)
        except (ArgumentError, ValueError):
            raise LedgerError(f"{self.shown} {_NO_ADDRESS}") from None
        self.shown = parsed.render_as_string(hide_password=True)
        if parsed.drivername in ("postgresql", "postgres"):
            try:
                return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
            except ImportError:
                raise LedgerError(_NO_POSTGRESQL) from None
        if parsed.drivername != "sqlite" or not parsed.database:
            raise LedgerError(f"{self.shown} {_NO_ADDRESS}")
        self.file = Path(parsed.database)
        self.shown = str(self.file)
        engine = create_engine(parsed, connect_args={"timeout": _WAIT_SECONDS})
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        return engine

    def exists(self) -> bool:
        """Whether there is a ledger at this address, however old its form."""
        if self.file is not None and not self.file.is_file():
            return False
        with self.reading() as connection:
            return bool(_version(connection))

    def prepare(self) -> None:
        """Make the tables where there are none, or bring older ones to what this version reads. Raises LedgerError."""
        if self.file is not None:
            with self.translated():
                self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                if not self.file.exists():
                    os.close(os.open(self.file, os.O_CREAT | os.O_WRONLY, 0o600))
        with self.reading() as connection:
            found = _version(connection)
        if found == NEWEST:
            return
        if found and (not found.isdigit() or int(found) > int(NEWEST)):
            raise LedgerError(f"{self.shown} was written by a newer Plumbline. Open it with that one.")
        with self.writing() as connection:
            _migrate(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose reads see one moment."""
        # SQLite reads so by itself; PostgreSQL would see what others commit between two statements.
        level = {} if self.file is not None else {"isolation_level": "REPEATABLE READ"}
        with (
            self.translated(),
            self._engine.connect().execution_options(**level) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection that nobody else writes beside; what was written stays only where the block ends well."""
        from sqlalchemy import text

        with (
            self.translated(),
            self._engine.connect().execution_options(**{_WRITES: True}) as connection,
            connection.begin(),
        ):
            if self.file is None:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection

    def overwrite_erased(self) -> None:
        """Let nothing of what was erased stay in the files of the database, as far as it tells where it keeps them."""
        from sqlalchemy import text

        with self.translated(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM entries" if self.file is None else "PRAGMA wal_checkpoint(TRUNCATE)"))

    def damage(self) -> str:
        """What SQLite finds wrong with its own file, in its words; empty where nothing, or where a server keeps it."""
        from sqlalchemy import text

        if self.file is None:
            return ""
        with self.reading() as connection:
            found = connection.execute(text("PRAGMA integrity_check(1)")).scalar()
        return "" if found == "ok" else str(found)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Say in words what a database or a disk refuses, as a LedgerError."""
        from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

        try:
            yield
        except OSError as problem:
            raise LedgerError(
                f"The ledger {self.shown} cannot be written ({problem.strerror}). Free some space, or choose a folder"
                " that can be written to."
            ) from None
        except (SQLAlchemyError, NoSuchModuleError) as problem:
            said = " ".join(str(getattr(problem, "orig", None) or problem).split())
            raise LedgerError(f"The ledger {self.shown} cannot be used: {said}. {_advice(said)}") from None


def _prepare(connection: Any, _: object) -> None:
    """What every connection to SQLite begins with. A commit is on the disk before it returns."""
    connection.isolation_level = None  # transactions are begun by `_begin` alone
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten, and not only forgotten
    cursor.close()


def _begin(connection: Connection) -> None:
    is_writing = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def _version(connection: Connection) -> str:
    """The migration that the tables are at; empty where there are none."""
    from sqlalchemy import inspect, text

    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, "head")


def _advice(said: str) -> str:
    if "readonly" in said or "read-only" in said or "unable to open" in said:
        return "Choose a folder that can be written to."
    if "full" in said or "disk I/O" in said:
        return "Free some space on the disk and try again."
    if "malformed" in said or "not a database" in said:
        return "The file is damaged: put the last export or backup back."
    return "Look whether its address is right and its server runs."
