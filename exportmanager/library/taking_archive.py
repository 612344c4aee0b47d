"""Takes a course, or one student of it, out of an archive: rows wait in tables apart, and go in all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import IntegrityError

from exportmanager.core.course import CourseId
from exportmanager.core.errors import BadSource
from exportmanager.core.meter import Meter
from exportmanager.formats.packing import Packed
from exportmanager.formats.untrusted import printable
from exportmanager.library import tables as t
from exportmanager.library.db import interruptible, temporary_like, with_room
from exportmanager.library.rows import (
    OF_PACKAGES,
    TABLES,
    columns_of,
    lines_of,
    person_column,
    table_called,
    take_rows,
)
from exportmanager.library.store import PackageDraft, PackageStore
from exportmanager.library.trash import note_changed
from exportmanager.library.values import package_row

_ANNOUNCED = ("access_warned_at", "access_goes_before", "access_gone_before")
_OF_THIS_LIBRARY = {"course_settings"}
"""What may have gone on since, though the course is the same."""
_ANOTHER_LIBRARY = "Look into the archive under Review, or restore it into another library."


class ArchiveTaking:
    """Takes in what an archive holds; until `finish` nothing of it is in the library.

    `stayed` counts, after that, the rows of people that were here already and say otherwise.
    """

    def __init__(self, connection: Connection, store: PackageStore, meter: Meter, now: datetime) -> None:
        self._connection, self._store, self._meter, self._now = connection, store, meter, now
        self._adopted: list[str] = []
        self._drafts: list[PackageDraft] = []
        self._packages: dict[str, dict[str, Any]] = {}
        self._is_finished = False
        self._waiting: dict[str, int] = {}
        self.stayed = 0
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

    def foresee(self, packed: Packed) -> None:
        """Take a package as one that would be kept: nothing of it is written."""
        self._packages[packed.sha256] = package_row(packed)

    def has(self, package: str) -> bool:
        """Whether the library has a package of that name."""
        query = select(t.Packages.sha256).where(t.Packages.sha256 == package)
        return self._connection.execute(query).first() is not None

    def add(self, table: str, rows: Iterator[dict[str, Any]]) -> int:
        """Let rows of one of `rows.TABLES` wait; how many they are."""
        if table == "course_settings":
            rows = (row | dict.fromkeys(_ANNOUNCED) for row in rows)  # old access goes only after it was announced anew
        check = partial(self._meter.advance, 0, table)
        self._waiting[table] = take_rows(self._connection, f"staged_{table}", rows, check)
        return self._waiting[table]

    def finish(self, *, only_look: bool = False) -> dict[str, int]:
        """Take everything in; how many rows of each table were not here before. `only_look`: and take it back.

        Raises `BadSource`, `Cancelled`.
        """
        self._store.sync(self._adopted)
        self._connection.commit()
        self._meter.stage("Looking at the library" if only_look else "Taking it into the library")
        self._connection.execution_options(writes=True)
        try:
            with (
                self._connection.begin() as transaction,
                interruptible(self._connection, lambda: self._meter.advance(0)),
            ):
                self._take_packages()
                self._check_people()
                self._check_work()
                taken = {table: self._take(table) for table in TABLES}
                if any(taken.values()) and not taken["courses"]:
                    self._note_change()
                self.stayed = sum(self._staying(table, count) for table, count in taken.items())
                self._meter.advance(0)  # the last moment to stop
                if only_look:
                    transaction.rollback()
        except IntegrityError as error:
            raise BadSource(
                "The rows in the archive do not belong together.", "Use another copy of it.", details=str(error.orig)
            ) from error
        self._is_finished = not only_look
        return taken

    def _take_packages(self) -> None:
        known = set(self._connection.execute(select(t.Packages.sha256)).scalars())
        if rows := [row for sha256, row in self._packages.items() if sha256 not in known]:
            self._connection.execute(insert(t.Packages), rows)

    def _check_people(self) -> None:
        """Raises `BadSource` where somebody else has the id of a student in the library."""
        query = (
            "SELECT h.first_name, h.last_name, h.username, h.id FROM students h JOIN staged_students s "
            "ON s.course_id = h.course_id AND s.id = h.id WHERE NOT (lower(s.email) = lower(h.email) AND h.email <> '' "
            "OR s.username = h.username AND h.username <> '' "
            "OR s.first_name = h.first_name AND s.last_name = h.last_name)"
        )
        if row := self._connection.exec_driver_sql(query).first():
            name = f"{row.first_name} {row.last_name}".strip() or row.username
            raise BadSource(
                f"In the library {printable(name)} has the id {row.id}, and in the archive somebody else has it.",
                _ANOTHER_LIBRARY,
            )

    def _check_work(self) -> None:
        """Raises `BadSource` where the library has other files as the same version of somebody's work."""
        query = (
            "SELECT a.title FROM staged_workspaces s JOIN workspaces h USING (course_id, assignment_id, student_id, "
            "number) JOIN packages p ON p.sha256 = s.package JOIN packages q ON q.sha256 = h.package "
            "JOIN assignments a ON a.course_id = h.course_id AND a.id = h.assignment_id WHERE p.identity <> q.identity"
        )
        if row := self._connection.exec_driver_sql(query).first():
            raise BadSource(
                f"The library has other files of this student in {printable(row.title)} than the archive.",
                _ANOTHER_LIBRARY,
            )

    def _note_change(self) -> None:
        """A course that was here and got something more is not what an archive of it holds."""
        course = self._connection.exec_driver_sql("SELECT id FROM staged_courses").scalar_one()
        note_changed(self._connection, CourseId(course), self._now)

    def _staying(self, table: str, taken: int) -> int:
        """How many rows of people are otherwise in the library than in the archive, of which so many were `taken`."""
        if person_column(table) is None or table in OF_PACKAGES or taken == self._waiting[table]:
            return 0
        columns = ", ".join(f'"{name}"' for name in columns_of(table))
        there = f'SELECT {columns} FROM temp."staged_{table}"'  # noqa: S608 - names of ours
        here = f'SELECT {columns} FROM "{table}"'  # noqa: S608
        query = f"SELECT count(*) FROM ({there} EXCEPT {here})"  # noqa: S608
        return int(self._connection.exec_driver_sql(query).scalar_one())

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
