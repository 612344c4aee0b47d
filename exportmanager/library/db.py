"""All that is SQLite's own: opening the database, its pragmas, its errors as sentences, copying it."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError

from exportmanager.core.errors import LibraryBusy, LibraryDamaged, NoAccess, NoRoom, ProblemForTeacher

FILE_NAME = "library.sqlite3"
_BUSY_SECONDS = 30
_STEPS = 100_000
"""Of SQLite's machine between two questions whether to stop: some milliseconds."""
_ROOM = 16 << 10
"""Kilobytes of memory for the pages of a database that is being filled."""
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF", "secure_delete=ON")
"""What is deleted is overwritten: it was about people."""


def open_engine(file: Path) -> Engine:
    """An engine on the database `file`, which is made (for this user only) where it is missing."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    url = URL.create("sqlite", database=str(file))  # not from text: a folder may be called "what?"
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver's own transactions would begin too late for a snapshot
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()
    except sqlite3.Error:
        connection.close()  # nobody else will: for the pool it was never there
        raise


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection on which every question is answered from the same moment."""
    with sentences(engine), engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema").close()  # the moment is that of the first one
        yield connection


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that writes: all of it or nothing."""
    with sentences(engine), engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


@contextlib.contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction in which tables may be made anew, and the rows that refer to them stay."""
    with engine.connect().execution_options(writes=True) as connection:
        connection.detach()  # closed afterwards, and with it the setting
        driver: Any = connection.connection.dbapi_connection
        driver.execute("PRAGMA foreign_keys=OFF").close()  # has no effect within a transaction
        with connection.begin():
            yield connection
            astray = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            assert astray is None, f"the migration left a row without what it refers to: {astray}"


def data_version(connection: Connection) -> int:
    """A number that is another one after any other connection has changed the database, in whatever process."""
    with connection.begin():  # asked within a transaction that began earlier it would stay as it was
        return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())


@contextlib.contextmanager
def sentences(engine: Engine) -> Iterator[None]:
    """Turns the database's errors into problems for a teacher."""
    try:
        yield
    except (OperationalError, InterfaceError, DatabaseError) as error:
        problem = problem_of(error.orig, Path(engine.url.database or ""))
        if problem is None:
            raise
        raise problem from error
    except sqlite3.Error as error:  # of what the driver is asked itself
        if (problem := problem_of(error, Path(engine.url.database or ""))) is None:
            raise
        raise problem from error


def problem_of(error: BaseException | None, file: Path) -> ProblemForTeacher | None:
    """What an error of the driver means to a teacher; None where it is our bug."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    details = str(error)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return LibraryBusy(
            "Another program holds the library for longer than it should.",
            "Close other windows of this program and try again.",
            details=details,
        )
    if code == sqlite3.SQLITE_FULL or (code in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN} and _is_full(file)):
        return NoRoom("The disk that holds the library is full.", "Make room on it and try again.", details=details)
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return LibraryDamaged(
            f"The library's database {file} is damaged.",
            f"Put a copy from {backup_folder(file)} or from your own backup in its place.",
            details=details,
        )
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM}:
        return NoAccess(
            f"The library's database {file} cannot be read or written.",
            "Check that its disk is connected and who may write there.",
            details=details,
        )
    return None


@contextlib.contextmanager
def interruptible(connection: Connection, check: Callable[[], None]) -> Iterator[None]:
    """While this is open, `check` is called often, also in the middle of a long statement, and may raise to end it."""
    raised: list[BaseException] = []

    def ask() -> bool:
        try:
            check()
        except BaseException as error:  # noqa: BLE001 - SQLite would swallow it; it is raised below
            raised.append(error)
        return bool(raised)

    driver: Any = connection.connection.dbapi_connection
    driver.set_progress_handler(ask, _STEPS)
    try:
        yield
    except OperationalError:
        if raised:
            raise raised[0] from None
        raise
    finally:
        driver.set_progress_handler(None, 0)


def with_room(connection: Connection) -> None:
    """Let a connection, which is to be closed afterwards, hold more of large tables in memory while it fills them."""
    for database in ("main", "temp"):
        connection.exec_driver_sql(f"PRAGMA {database}.cache_size=-{_ROOM}").close()


def write_back(engine: Engine) -> None:
    """Empty the file in which changes wait, for pages as they were are in it too. Where somebody reads, it stays."""
    with sentences(engine), engine.connect() as connection:
        connection.detach()  # closed afterwards, and with it the setting
        for pragma in ("busy_timeout=0", "wal_checkpoint(TRUNCATE)"):
            connection.connection.dbapi_connection.execute(f"PRAGMA {pragma}").close()  # type: ignore[union-attr]


def _is_full(file: Path) -> bool:
    """Whether there is no room for the files that SQLite keeps beside the database: it only says that it failed."""
    try:
        return shutil.disk_usage(file.parent).free < 1 << 20
    except OSError:
        return False


def backup_folder(file: Path) -> Path:
    """Where copies of the database go before it is changed by a newer version of the program."""
    return file.parent / "backups"


def copy_database(engine: Engine, name: str) -> Path:
    """A consistent copy of the database among the backups."""
    folder = backup_folder(Path(engine.url.database or ""))
    folder.mkdir(exist_ok=True)
    target = folder / f"{name}.sqlite3"
    number = 1
    while target.exists():
        number += 1
        target = folder / f"{name}-{number}.sqlite3"
    draft = target.with_suffix(".part")
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_RDWR | os.O_CREAT, 0o600))
    with engine.connect() as connection, contextlib.closing(sqlite3.connect(draft)) as copy:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection), "the driver is SQLite's"
        source.backup(copy)
    draft.replace(target)
    return target


def temporary_like(table: Table) -> str:
    """The statement that makes an empty table of the same columns for this connection alone, as ``staged_NAME``.

    It lies in a file of its own, so that filling it does not lock the library.
    """
    return f"CREATE TEMP TABLE staged_{table.name} AS SELECT * FROM {table.name} WHERE 0"
