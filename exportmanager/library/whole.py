"""A course with all that exports do not ask for: every row, and every version of every workspace and project."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Select, null, select

from exportmanager.core.course import AssignmentId, StudentId
from exportmanager.core.package import Package
from exportmanager.library import tables as t
from exportmanager.library.base import core_table
from exportmanager.library.course import LibraryCourse
from exportmanager.library.rows import TABLES, lines_of, person_column

_PACKAGE = (
    t.Packages.sha256,
    t.Packages.packed_bytes,
    t.Packages.files,
    t.Packages.bytes,
    t.Packages.portable,
    t.Packages.longest_path,
)
_AT_ONCE = 500
_WHOLE_COLUMNS = [column.name for column in core_table(t.Packages).columns]
_WHOLE_PACKAGE = f"SELECT {', '.join(_WHOLE_COLUMNS)} FROM packages WHERE sha256 = ?"  # noqa: S608 - names of ours


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a student's workspace, or, without a student, of an assignment's published project."""

    assignment: AssignmentId
    student: StudentId | None
    number: int
    is_current: bool
    package: Package


class WholeCourse(LibraryCourse):
    """A course at one moment, for an archive."""

    def lines(
        self, table: str, without: Collection[StudentId] = (), called: Callable[[str], str] | None = None
    ) -> Iterator[str]:
        """The rows of one of `rows.TABLES`, as lines of JSON, but for those of the students `without`.

        They come in the order of their key, or in that of what people are `called`.
        """
        assert table in TABLES, "one that has rows of courses"
        lines, whose = lines_of(self._connection, self._id, table, called), person_column(table)
        if not without or whose is None:
            return lines
        return (line for line in lines if json.loads(line)[whose] not in without)

    def versions(self) -> Iterator[Version]:
        """Every version of every workspace, by assignment, student and number."""
        w = t.Workspaces
        query = select(w.assignment_id, w.student_id, w.number, *_PACKAGE)
        query = query.join(t.Packages, t.Packages.sha256 == w.package).where(w.course_id == self._id)
        return self._versions(query.order_by(w.assignment_id, w.student_id, w.number))

    def projects(self) -> Iterator[Version]:
        """Every version of every published project, by assignment and number."""
        p = t.PublishedVersions
        query = select(p.assignment_id, null().label("student_id"), p.number, *_PACKAGE)
        query = query.join(t.Packages, t.Packages.sha256 == p.package).where(p.course_id == self._id)
        return self._versions(query.order_by(p.assignment_id, p.number))

    def _versions(self, query: Select[*tuple[Any, ...]]) -> Iterator[Version]:
        rows = self._connection.execute(query.execution_options(yield_per=_AT_ONCE))
        for (assignment, student), versions in groupby(rows, key=lambda row: (row.assignment_id, row.student_id)):
            kept = list(versions)
            for row in kept:
                package = Package(row.sha256, row.packed_bytes, row.files, row.bytes, row.portable, row.longest_path)
                yield Version(assignment, student, row.number, row is kept[-1], package)

    def package_row(self, package: str) -> Mapping[str, Any]:
        """What the library recorded of a package, for JSON; its manifest is JSON already."""
        driver: Any = self._connection.connection.dbapi_connection  # they are asked for by the thousand
        row = driver.execute(_WHOLE_PACKAGE, (package,)).fetchone()
        found = dict(zip(_WHOLE_COLUMNS, row, strict=True))
        return found | {"identity": found["identity"].hex(), "portable": bool(found["portable"])}
