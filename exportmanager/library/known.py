"""What the library has of a course, as a source asks for it before more of the course comes in."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Select, select
from sqlalchemy.orm import InstrumentedAttribute

from exportmanager.core.course import AssignmentId, CourseId, State, StudentId
from exportmanager.core.errors import NotFound
from exportmanager.core.source import KnownCourse
from exportmanager.library import tables as t
from exportmanager.library.blueprints import blueprints_of
from exportmanager.library.course import LibraryCourse
from exportmanager.library.store import PackageStore


def known_course(connection: Connection, store: PackageStore, course: CourseId) -> KnownCourse | None:
    """All of it, at the moment of the connection's transaction; None where there is nothing."""
    try:
        has = LibraryCourse(connection, store, course)
    except NotFound:
        return None
    began = _pairs_of(t.Results, course).where(t.Results.state != State.NOT_STARTED.value)
    return KnownCourse(
        info=has.info,
        modules=has.modules(),
        assignments=has.assignments(),
        students=has.students(),
        assessments=has.assessments(),
        blueprints=blueprints_of(connection, course),
        workspaces=_pairs(connection, _pairs_of(t.Workspaces, course)),
        begun=_pairs(connection, began) | _pairs(connection, _pairs_of(t.Answers, course)),
        told=frozenset(StudentId(who) for who in _distinct(connection, t.Results.student_id, course)),
        published=frozenset(AssignmentId(a) for a in _distinct(connection, t.PublishedVersions.assignment_id, course)),
        gaps=has.import_gaps(),
    )


def _pairs_of(of: type[t.Answers | t.Results | t.Workspaces], course: CourseId) -> Select[str, str]:
    return select(of.assignment_id, of.student_id).where(of.course_id == course).distinct()


def _pairs(connection: Connection, query: Select[str, str]) -> frozenset[tuple[AssignmentId, StudentId]]:
    return frozenset(
        (AssignmentId(assignment), StudentId(student)) for assignment, student in connection.execute(query)
    )


def _distinct(connection: Connection, column: InstrumentedAttribute[str], course: CourseId) -> Sequence[str]:
    query = select(column).where(column.class_.course_id == course).distinct()
    return connection.execute(query).scalars().all()
