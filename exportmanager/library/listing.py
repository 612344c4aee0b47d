"""Lists and finds the courses of a library; what is in the trash is not among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, func, select

from exportmanager.core.course import CourseId, CourseInfo, Role
from exportmanager.core.errors import Ambiguous, NotFound
from exportmanager.library import tables as t
from exportmanager.library.blueprints import BLUEPRINTS_ONLY
from exportmanager.library.values import course_of

IS_HERE = t.Courses.trashed_at.is_(None)
"""Whether a course is not in the trash."""


@dataclass(frozen=True, slots=True)
class CourseSummary:
    """A course in a list: how many are in it, when it last came in, and how many gaps that left."""

    info: CourseInfo
    students: int
    assignments: int
    workspaces: int
    imported_at: datetime | None
    gaps: int


def summaries(connection: Connection) -> Sequence[CourseSummary]:
    """All courses, by title."""
    query = select(t.Courses.__table__).where(IS_HERE).order_by(func.lower(t.Courses.title), t.Courses.id)
    infos = [course_of(row) for row in connection.execute(query)]
    students = _count_by_course(connection, t.Students, t.Students.role == Role.STUDENT.value)
    assignments = _count_by_course(connection, t.Assignments)
    workspaces = _workspaces_by_course(connection)
    imports = _last_imports(connection)
    return [
        CourseSummary(
            info=info,
            students=students.get(info.id, 0),
            assignments=assignments.get(info.id, 0),
            workspaces=workspaces.get(info.id, 0),
            imported_at=imports[info.id].at if info.id in imports else None,
            gaps=imports[info.id].gaps if info.id in imports else 0,
        )
        for info in infos
    ]


def course_ids(connection: Connection) -> set[CourseId]:
    """The ids of all courses, those in the trash too: their files are not yet the last copy."""
    return {CourseId(course) for course in connection.execute(select(t.Courses.id)).scalars()}


def find_course(connection: Connection, word: str) -> CourseId:
    """The course whose id or code is `word`, or whose title holds it. Raises `NotFound`, `Ambiguous`."""
    query = select(t.Courses.id, t.Courses.code, t.Courses.title)
    fits = _fitting(connection.execute(query.where(IS_HERE)).all(), word)
    if len(fits) > 1:
        names = ", ".join(f"{row.title} ({row.id})" for row in fits[:5])
        raise Ambiguous(f"{word} fits {len(fits)} courses: {names}.", "Use the id.")
    if fits:
        return CourseId(fits[0].id)
    if deleted := _fitting(connection.execute(query.where(~IS_HERE)).all(), word):
        raise NotFound(f"{deleted[0].title} is in the trash.", "Put it back from there first.")
    raise NotFound(f"There is no course {word} in the library.", "See the list of courses.")


def _fitting(rows: Sequence[Row[str, str, str]], word: str) -> list[Row[str, str, str]]:
    """Those whose id is `word`; else those of that id or code, whatever its capitals; else by a part of the title."""
    folded = word.casefold()
    return (
        [row for row in rows if row.id == word]
        or [row for row in rows if folded and folded in (row.code.casefold(), row.id.casefold())]
        or [row for row in rows if folded.strip() and folded in row.title.casefold()]
    )


def _count_by_course(
    connection: Connection, of: type[t.Students | t.Assignments], *where: ColumnElement[bool]
) -> dict[str, int]:
    query = select(of.course_id, func.count()).where(*where).group_by(of.course_id)
    return {course_id: count for course_id, count in connection.execute(query)}


def _workspaces_by_course(connection: Connection) -> dict[str, int]:
    """How many current ones; added up by assignment, which the key's order gives without sorting."""
    w = t.Workspaces
    students = func.count(w.student_id.distinct()).label("students")
    each = select(w.course_id, students).group_by(w.course_id, w.assignment_id).subquery()
    query = select(each.c.course_id, func.sum(each.c.students)).group_by(each.c.course_id)
    return {course_id: count for course_id, count in connection.execute(query)}


def _last_imports(connection: Connection) -> dict[str, Row[str, datetime, int]]:
    """When each course last came in, and how many gaps that left."""
    last = select(func.max(t.Imports.id)).where(t.Imports.source != BLUEPRINTS_ONLY).group_by(t.Imports.course_id)
    query = select(t.Imports.course_id, t.Imports.at, t.Imports.gaps).where(t.Imports.id.in_(last))
    return {row.course_id: row for row in connection.execute(query)}
