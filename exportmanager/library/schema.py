"""Brings the database to this version's tables, and refuses one that a newer version wrote."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from exportmanager.core.errors import LibraryBusy, LibraryDamaged, LibraryTooNew
from exportmanager.core.locks import held
from exportmanager.library.db import backup_folder, copy_database, migrating, sentences

HEAD = "0005"
"""The newest revision in `migrations/versions`; written here so that a start need not load Alembic to find it."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_WAIT = 60.0


def prepare(engine: Engine, folder: Path) -> None:
    """Make or migrate the tables, after copying the database. Raises `LibraryTooNew`, `LibraryDamaged`."""
    with sentences(engine):
        if _revision(engine) == HEAD:
            return
        with held(folder / "migration.lock", _patience()):
            revision = _revision(engine)  # another process may have done it while this one waited
            if revision == HEAD:
                return
            _upgrade(engine, revision)


def _revision(engine: Engine) -> str | None:
    """The revision that the database is at; None for an empty one."""
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        if not names:
            return None
        if "alembic_version" not in names:
            raise LibraryDamaged(
                f"{engine.url.database} is a database of another program.", "Choose another folder for the library."
            )
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if revision is None:
            raise LibraryDamaged(
                f"The library's database {engine.url.database} does not say which version wrote it.",
                f"Put a copy from {backup_folder(Path(engine.url.database or ''))} or your own backup in its place.",
            )
        return str(revision)


def _upgrade(engine: Engine, revision: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise LibraryTooNew(
            "This library was written by a newer version of the program.",
            "Install that version, or choose another folder for the library.",
            details=f"revision {revision}, newest known here {HEAD}",
        )
    if revision is not None:
        copy_database(engine, f"before-{HEAD}-from-{revision}")
    with migrating(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def in_one_transaction(connection: Connection) -> None:
    """Run the migrations of Alembic's context on `connection`; called by ``migrations/env.py``."""
    from alembic import context

    from exportmanager.library import tables

    context.configure(connection=connection, target_metadata=tables.Jobs.metadata, render_as_batch=True)
    context.run_migrations()


def _patience() -> Callable[[], None]:
    until = time.monotonic() + _WAIT

    def wait() -> None:
        if time.monotonic() > until:
            raise LibraryBusy("Another process is preparing the library.", "Try again in a minute.")
        time.sleep(0.05)

    return wait
