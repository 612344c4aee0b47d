"""Takes a course, or one student of it, out of an archive: rows wait in tables apart, and go in all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import IntegrityError

from exportmanager.core.course import CourseId
from exportmanager.core.errors import BadSource
from exportmanager.core.meter import Meter
from exportmanager.formats.packing import Packed
from exportmanager.library import tables as t
from exportmanager.library.db import interruptible, temporary_like, with_room
from exportmanager.library.rows import TABLES, columns_of, lines_of, table_called, take_rows
from exportmanager.library.store import PackageDraft, PackageStore
from exportmanager.library.values import package_row

_ANNOUNCED = ("access_warned_at", "access_goes_before", "access_gone_before")
_OF_THIS_LIBRARY = {"course_settings"}
"""What may have gone on since, though the course is the same."""


class ArchiveTaking:
    """Takes in what an archive holds; until `finish` nothing of it is in the library."""

    def __init__(self, connection: Connection, store: PackageStore, meter: Meter) -> None:
        self._connection, self._store, self._meter = connection, store, meter
        self._adopted: list[str] = []
        self._drafts: list[PackageDraft] = []
        self._packages: dict[str, dict[str, Any]] = {}
        self._is_finished = False
        with_room(connection)
        for table in TABLES:
            connection.execute(text(temporary_like(table_called(table))))

    def is_here(self, course: CourseId) -> bool:
        """Whether the library has a course of this id. Raises `BadSource` where it is in the trash."""
        query = select(t.Courses.title, t.Courses.trashed_at).where(t.Courses.id == course)
        row = self._connection.execute(query).first()
        if row is not None and row.trashed_at is not None:
            raise BadSource(f"{row.title} is in the trash.", "Put it back from there, or let it go for good first.")
        return row is not None

    def is_same(self, course: CourseId, lines: Callable[[str], Iterable[str]]) -> bool:
        """Whether the library's course has just the rows that `lines` gives of each table."""
        return all(
            here == there
            for table in TABLES
            if table not in _OF_THIS_LIBRARY
            for here, there in zip_longest(lines_of(self._connection, course, table), lines(table))
        )

    def new_draft(self) -> PackageDraft:
        """A file to write a package into."""
        draft = self._store.new_draft()
        self._drafts.append(draft)
        return draft

    def adopt(self, draft: PackageDraft, packed: Packed) -> None:
        """Keep what was written into a draft, which is closed."""
        if self._store.adopt(draft, packed.sha256):
            self._adopted.append(packed.sha256)
        self._packages[packed.sha256] = package_row(packed)

    def add(self, table: str, rows: Iterator[dict[str, Any]]) -> int:
        """Let rows of one of `rows.TABLES` wait; how many they are."""
        if table == "course_settings":
            rows = (row | dict.fromkeys(_ANNOUNCED) for row in rows)  # old access goes only after it was announced anew
        return take_rows(self._connection, f"staged_{table}", rows, lambda: self._meter.advance(0, table))

    def finish(self) -> dict[str, int]:
        """Take everything in; how many rows of each table were not here before. Raises `BadSource`, `Cancelled`."""
        self._store.sync(self._adopted)
        self._connection.commit()
        self._meter.stage("Taking it into the library")
        self._connection.execution_options(writes=True)
        try:
            with self._connection.begin(), interruptible(self._connection, lambda: self._meter.advance(0)):
                self._take_packages()
                taken = {table: self._take(table) for table in TABLES}
                self._meter.advance(0)  # the last moment to stop
        except IntegrityError as error:
            raise BadSource(
                "The rows in the archive do not belong together.", "Use another copy of it.", details=str(error.orig)
            ) from error
        self._is_finished = True
        return taken

    def _take_packages(self) -> None:
        known = set(self._connection.execute(select(t.Packages.sha256)).scalars())
        if rows := [row for sha256, row in self._packages.items() if sha256 not in known]:
            self._connection.execute(insert(t.Packages), rows)

    def _take(self, table: str) -> int:
        """What is here already stays as it is."""
        columns = ", ".join(f'"{name}"' for name in columns_of(table))
        query = f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM temp."staged_{table}" WHERE true '  # noqa: S608
        return self._connection.exec_driver_sql(f"{query} ORDER BY rowid ON CONFLICT DO NOTHING").rowcount

    def close(self) -> None:
        """Take back what came from an archive that was not taken in, and that no row names."""
        for draft in self._drafts:
            draft.discard()
        if self._adopted and not self._is_finished:
            self._connection.rollback()
            named = set(self._connection.execute(select(t.Packages.sha256)).scalars())
            for sha256 in set(self._adopted) - named:
                self._store.remove(sha256)
