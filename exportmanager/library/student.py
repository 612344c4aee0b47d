"""All of one student: work in each assignment, answers, logins, and questions to the coach."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Row, select

from exportmanager.core.course import Answer, Assignment, CourseId, CourseInfo, Student, StudentId
from exportmanager.core.errors import NotFound
from exportmanager.core.events import AccessEvent, AccessType, CoachLog
from exportmanager.core.overview import AnswerLine, StudentRecord, Work
from exportmanager.core.package import Package
from exportmanager.core.report import Gap
from exportmanager.core.retention import inactive_days
from exportmanager.library import tables as t
from exportmanager.library.course import last_report
from exportmanager.library.overview import assignments_of, info_of
from exportmanager.library.values import answer_of, result_of, student_of, workspace_of


def record_of(connection: Connection, course: CourseId, student: StudentId) -> StudentRecord:
    """All that the page of a student shows. Raises `NotFound`."""
    info = info_of(connection, course)
    who = _student(connection, info, student)
    assignments = assignments_of(connection, course)
    answers = _answers(connection, course, student)
    return StudentRecord(
        student=who,
        info=info,
        inactive_days=inactive_days(who, info),
        work=tuple(_work(connection, course, student, assignments, answers)),
        answers=tuple(_lines(connection, course, [assignment for assignment, _ in assignments], answers)),
        access=tuple(
            AccessEvent(**row | {"type": AccessType(row["type"])})
            for row in _events(connection, t.AccessEvents, AccessEvent, course, student)
        ),
        coach=tuple(CoachLog(**row) for row in _events(connection, t.CoachLogs, CoachLog, course, student)),
    )


def _student(connection: Connection, info: CourseInfo, student: StudentId) -> Student:
    of = t.Students
    row = connection.execute(select(of.__table__).where(of.course_id == info.id, of.id == student)).first()
    if row is None:
        raise NotFound(f"There is no student {student} in the course {info.title}.", "See the list of students.")
    return student_of(row)


def _answers(connection: Connection, course: CourseId, student: StudentId) -> Sequence[Answer]:
    """Those of all assignments. They are named, for the key begins with them: else everybody's answers were read."""
    of = t.Answers
    assignments = select(t.Assignments.id).where(t.Assignments.course_id == course)
    mine = (of.course_id == course, of.assignment_id.in_(assignments), of.student_id == student)
    return [answer_of(row) for row in connection.execute(select(of.__table__).where(*mine))]


def _work(
    connection: Connection,
    course: CourseId,
    student: StudentId,
    assignments: Sequence[tuple[Assignment, str]],
    answers: Sequence[Answer],
) -> Iterator[Work]:
    r = t.Results
    query = select(r.__table__).where(r.course_id == course, r.student_id == student)
    results = {row.assignment_id: result_of(row) for row in connection.execute(query)}
    versions = _versions(connection, course, student)
    given = Counter(answer.assignment_id for answer in answers)
    missing = _gaps(connection, course, student)
    for assignment, module in assignments:
        kept = versions.get(assignment.id, [])
        workspace = workspace_of(kept[-1]) if kept else None
        yield Work(
            assignment=assignment,
            module=module,
            result=results.get(assignment.id),
            workspace=workspace,
            versions=len(kept),
            answers=given[assignment.id],
            gaps=(*missing.get(assignment.id, ()), *(workspace.gaps if workspace else ())),
        )


def _versions(connection: Connection, course: CourseId, student: StudentId) -> Mapping[str, list[Row[Any]]]:
    """The versions of each of the student's workspaces, the current one last."""
    w = t.Workspaces
    package = [getattr(t.Packages, field.name) for field in fields(Package)]
    query = (
        select(w.student_id, w.assignment_id, w.number, w.imported_at, w.gaps, *package)
        .join(t.Packages, t.Packages.sha256 == w.package)
        .where(w.course_id == course, w.student_id == student)
        .order_by(w.number)
    )
    versions = defaultdict(list)
    for row in connection.execute(query):
        versions[row.assignment_id].append(row)
    return versions


def _gaps(connection: Connection, course: CourseId, student: StudentId) -> Mapping[str, list[Gap]]:
    """What the last import says is not there of the student's work, by assignment."""
    report = last_report(connection, course)
    gaps = defaultdict(list)
    for gap in report.gaps if report else ():
        if gap.student_id == student:
            gaps[gap.assignment_id].append(gap)
    return gaps


def _lines(
    connection: Connection, course: CourseId, assignments: Sequence[Assignment], answers: Sequence[Answer]
) -> Iterator[AnswerLine]:
    """By assignment, assessment and attempt; answers to assessments that are not known any more come last."""
    q = t.Assessments
    query = select(q.assignment_id, q.id, q.name).where(q.course_id == course).order_by(q.position, q.id)
    names = {(assignment, assessment): name for assignment, assessment, name in connection.execute(query)}
    place = {key: number for number, key in enumerate(names)}
    titles = {assignment.id: assignment.title for assignment in assignments}
    order = {assignment: number for number, assignment in enumerate(titles)}

    def key(answer: Answer) -> tuple[int, int, str, int]:
        assessment = place.get((answer.assignment_id, answer.assessment_id), len(place))
        return order[answer.assignment_id], assessment, answer.assessment_id, answer.attempt

    for answer in sorted(answers, key=key):
        name = names.get((answer.assignment_id, answer.assessment_id), "")
        yield AnswerLine(
            answer=answer, assignment=titles[answer.assignment_id], assessment=name or answer.assessment_id
        )


def _events(
    connection: Connection, of: type[t.AccessEvents | t.CoachLogs], value: type, course: CourseId, student: StudentId
) -> Iterator[dict[str, Any]]:
    """What a student did, as the fields of `value`, newest first."""
    query = (
        select(*(getattr(of, field.name) for field in fields(value)))
        .where(of.course_id == course, of.user_id == student)
        .order_by(of.at.desc(), of.digest, of.occurrence)
    )
    for row in connection.execute(query):
        yield row._asdict()
