"""A course in numbers: every count comes grouped from the database, none by asking for each student."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Subquery, and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute

from exportmanager.core.course import Assignment, CourseId, CourseInfo, Role, State
from exportmanager.core.errors import NotFound
from exportmanager.core.overview import AssignmentOverview, CourseOverview, StudentOverview
from exportmanager.core.report import Gap, ImportReport
from exportmanager.core.retention import inactive_days, last_active_day
from exportmanager.library import tables as t
from exportmanager.library.base import Table
from exportmanager.library.blueprints import BLUEPRINTS_ONLY
from exportmanager.library.course_settings import settings_of
from exportmanager.library.listing import IS_HERE
from exportmanager.library.values import assignment_of, course_of, student_of

Column = ColumnElement[Any] | InstrumentedAttribute[Any]


def overview_of(connection: Connection, course: CourseId) -> CourseOverview:
    """All that the page of a course shows. Raises `NotFound`."""
    info = info_of(connection, course)
    last = _last_import(connection, course)
    report = ImportReport.model_validate_json(last.report) if last else None
    gaps = [*(report.gaps if report else ()), *_gaps_within(connection, course)]
    students = tuple(_students(connection, info, gaps))
    files = connection.execute(_files(course)).one()
    return CourseOverview(
        info=info,
        settings=settings_of(connection, course),
        source=last.source if last else "",
        imported_at=last.at if last else None,
        report=report,
        assignments=tuple(_assignments(connection, course, gaps)),
        students=students,
        answers=sum(student.answers for student in students),
        access_events=_count(connection, t.AccessEvents, course),
        coach_logs=_count(connection, t.CoachLogs, course),
        blueprints=_count(connection, t.Blueprints, course),
        workspaces=files.workspaces,
        files=files.files,
        bytes=files.bytes,
    )


def info_of(connection: Connection, course: CourseId) -> CourseInfo:
    """The course itself. Raises `NotFound`."""
    row = connection.execute(select(t.Courses.__table__).where(t.Courses.id == course, IS_HERE)).first()
    if row is None:
        raise NotFound(f"The course {course} is not in the library.", "See the list of courses.")
    return course_of(row)


def assignments_of(connection: Connection, course: CourseId) -> Sequence[tuple[Assignment, str]]:
    """The assignments in the order of the course, each with the title of its module."""
    modules = select(t.Modules.id, t.Modules.title).where(t.Modules.course_id == course)
    titles = {module: title for module, title in connection.execute(modules)}
    query = select(t.Assignments.__table__).where(t.Assignments.course_id == course)
    rows = connection.execute(query.order_by(t.Assignments.position, t.Assignments.id))
    return [(assignment_of(row), titles[row.module_id]) for row in rows]


def _last_import(connection: Connection, course: CourseId) -> Row[str, datetime, str] | None:
    of = t.Imports
    query = select(of.source, of.at, of.report).where(of.course_id == course, of.source != BLUEPRINTS_ONLY)
    return connection.execute(query.order_by(of.id.desc()).limit(1)).first()


def _count(connection: Connection, of: type[Table], course: CourseId) -> int:
    table = of.__table__
    return connection.execute(select(func.count()).select_from(table).where(table.c.course_id == course)).scalar_one()


def _assignments(connection: Connection, course: CourseId, gaps: Iterable[Gap]) -> Iterator[AssignmentOverview]:
    learners = select(t.Students.id).where(t.Students.course_id == course, t.Students.role == Role.STUDENT.value)
    r, answers, workspaces = t.Results, _answers(course), _workspaces(course)
    mine = (r.course_id == course, r.student_id.in_(learners))
    results = _grouped(connection, r.assignment_id, *_progress(), func.avg(r.grade), where=mine)
    answered = _grouped(connection, answers.c.assignment_id, func.count(), where=[answers.c.student_id.in_(learners)])
    kept = _grouped(connection, workspaces.c.assignment_id, func.count(), where=[workspaces.c.student_id.in_(learners)])
    missing = Counter(gap.assignment_id for gap in gaps)
    for assignment, module in assignments_of(connection, course):
        started, completed, average = results.get(assignment.id, (0, 0, None))
        yield AssignmentOverview(
            assignment=assignment,
            module=module,
            started=started,
            completed=completed,
            answered=answered.get(assignment.id, (0,))[0],
            workspaces=kept.get(assignment.id, (0,))[0],
            gaps=missing[assignment.id],
            average_grade=average,
        )


def _students(connection: Connection, info: CourseInfo, gaps: Iterable[Gap]) -> Iterator[StudentOverview]:
    r, answers, workspaces = t.Results, _answers(info.id), _workspaces(info.id)
    results = _grouped(connection, r.student_id, *_progress(), where=[r.course_id == info.id])
    given = _grouped(connection, answers.c.student_id, func.sum(answers.c.number))
    kept = _grouped(connection, workspaces.c.student_id, func.count())
    missing = Counter(gap.student_id for gap in gaps)
    query = select(t.Students.__table__).where(t.Students.course_id == info.id)
    for row in connection.execute(query.order_by(t.Students.position, t.Students.id)):
        student = student_of(row)
        started, completed = results.get(student.id, (0, 0))
        yield StudentOverview(
            student=student,
            inactive_days=inactive_days(student, info),
            last_active_on=last_active_day(student, info),
            started=started,
            completed=completed,
            answers=given.get(student.id, (0,))[0],
            workspaces=kept.get(student.id, (0,))[0],
            gaps=missing[student.id],
        )


def _grouped(
    connection: Connection, by: Column, *values: ColumnElement[Any], where: Iterable[ColumnElement[bool]] = ()
) -> dict[str, tuple[Any, ...]]:
    """The `values` of each group."""
    rows = connection.execute(select(by, *values).where(*where).group_by(by))
    return {key: tuple(rest) for key, *rest in rows}


def _progress() -> tuple[ColumnElement[int], ColumnElement[int]]:
    """How many results stand at started or further, and how many at completed."""
    state = t.Results.state
    return (
        func.sum(case((state != State.NOT_STARTED.value, 1), else_=0)),
        func.sum(case((state == State.COMPLETED.value, 1), else_=0)),
    )


def _answers(course: CourseId) -> Subquery:
    """The `number` of answers of each student in each assignment; in the order of the key, so nothing is sorted."""
    a = t.Answers
    pairs = select(a.assignment_id, a.student_id, func.count().label("number")).where(a.course_id == course)
    return pairs.group_by(a.assignment_id, a.student_id).subquery()


def _workspaces(course: CourseId) -> Subquery:
    """The `number` of the current version of each workspace."""
    w = t.Workspaces
    newest = select(w.assignment_id, w.student_id, func.max(w.number).label("number")).where(w.course_id == course)
    return newest.group_by(w.assignment_id, w.student_id).subquery()


def _gaps_within(connection: Connection, course: CourseId) -> Iterator[Gap]:
    """What is not there of workspaces that are; the report names these too, without their ids."""
    w, current = t.Workspaces, _workspaces(course)
    query = select(w.assignment_id, w.student_id, w.gaps).join(current, _is_current(current))
    for assignment, student, gaps in connection.execute(query.where(w.course_id == course, w.gaps != [])):
        for gap in gaps:
            yield Gap.model_validate(gap | {"assignment_id": assignment, "student_id": student})


def _is_current(current: Subquery) -> ColumnElement[bool]:
    w = t.Workspaces
    return and_(
        current.c.assignment_id == w.assignment_id,
        current.c.student_id == w.student_id,
        current.c.number == w.number,
    )


def _files(course: CourseId) -> Select[int, int, int]:
    """How many current workspaces there are, and what their packages hold."""
    w, current = t.Workspaces, _workspaces(course)
    return (
        select(
            func.count().label("workspaces"),
            func.coalesce(func.sum(t.Packages.files), 0).label("files"),
            func.coalesce(func.sum(t.Packages.bytes), 0).label("bytes"),
        )
        .select_from(w)
        .join(current, _is_current(current))
        .join(t.Packages, t.Packages.sha256 == w.package)
        .where(w.course_id == course)
    )
