"""A course as exports read it: every answer from the same moment of the database."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, and_, func, select

from exportmanager.core.course import (
    Answer,
    Assessment,
    Assignment,
    AssignmentId,
    Blueprint,
    CourseId,
    CourseInfo,
    Module,
    Published,
    Result,
    Student,
    TeacherNote,
    Workspace,
)
from exportmanager.core.course_settings import CourseSettings
from exportmanager.core.errors import NotFound
from exportmanager.core.events import AccessLine, CoachLog, Span, Wanted
from exportmanager.core.package import PackedFile
from exportmanager.core.report import Gap, ImportReport
from exportmanager.library import happened
from exportmanager.library import tables as t
from exportmanager.library.blueprints import BLUEPRINTS_ONLY, blueprints_of
from exportmanager.library.course_settings import settings_of
from exportmanager.library.listing import IS_HERE
from exportmanager.library.store import PackageStore
from exportmanager.library.values import (
    answer_of,
    assessment_of,
    assignment_of,
    course_of,
    module_of,
    published_of,
    result_of,
    student_of,
    workspace_of,
)

_AT_ONCE = 500
_PACKAGE = (
    t.Packages.sha256,
    t.Packages.packed_bytes,
    t.Packages.files,
    t.Packages.bytes,
    t.Packages.portable,
    t.Packages.longest_path,
)


class LibraryCourse:
    """Implements `core.course.Course` on a connection whose transaction is the moment."""

    def __init__(
        self,
        connection: Connection,
        store: PackageStore,
        course: CourseId,
        pseudonym_key: bytes = b"",
        privacy_key: bytes = b"",
    ) -> None:
        self._connection = connection
        self._store = store
        self._id = course
        self._spans: dict[Wanted, tuple[Span, bool]] = {}
        self.pseudonym_key = pseudonym_key
        self.privacy_key = privacy_key
        row = connection.execute(select(t.Courses.__table__).where(t.Courses.id == course, IS_HERE)).first()
        if row is None:
            raise NotFound(f"The course {course} is not in the library.", "See the list of courses.")
        self.info: CourseInfo = course_of(row)
        self.settings: CourseSettings = settings_of(connection, course)

    def modules(self) -> Sequence[Module]:
        """In the order of the course."""
        query = select(t.Modules.__table__).where(t.Modules.course_id == self._id)
        return [module_of(row) for row in self._connection.execute(query.order_by(t.Modules.position, t.Modules.id))]

    def assignments(self) -> Sequence[Assignment]:
        """In the order of the course."""
        query = select(t.Assignments.__table__).where(t.Assignments.course_id == self._id)
        ordered = query.order_by(t.Assignments.position, t.Assignments.id)
        return [assignment_of(row) for row in self._connection.execute(ordered)]

    def students(self) -> Sequence[Student]:
        """Everybody, in the order of the roster."""
        query = select(t.Students.__table__).where(t.Students.course_id == self._id)
        return [student_of(row) for row in self._connection.execute(query.order_by(t.Students.position, t.Students.id))]

    def assessments(self) -> Sequence[Assessment]:
        """By assignment, in the order of each guide."""
        query = (
            select(t.Assessments.__table__)
            .join(t.Assignments, _assignment_of(t.Assessments))
            .where(t.Assessments.course_id == self._id)
            .order_by(t.Assignments.position, t.Assignments.id, t.Assessments.position, t.Assessments.id)
        )
        return [assessment_of(row) for row in self._connection.execute(query)]

    def results(self) -> Iterator[Result]:
        """By assignment and student."""
        query = (
            select(t.Results.__table__)
            .join(t.Assignments, _assignment_of(t.Results))
            .join(t.Students, _student_of(t.Results))
            .where(t.Results.course_id == self._id)
            .order_by(t.Assignments.position, t.Assignments.id, t.Students.position, t.Students.id)
        )
        for row in self._connection.execute(query.execution_options(yield_per=_AT_ONCE)):
            yield result_of(row)

    def answers(self, assignment: AssignmentId) -> Iterator[Answer]:
        """Of one assignment, by student, assessment and attempt."""
        query = (
            select(t.Answers.__table__)
            .join(t.Students, _student_of(t.Answers))
            .where(t.Answers.course_id == self._id, t.Answers.assignment_id == assignment)
            .order_by(t.Students.position, t.Students.id, t.Answers.assessment_id, t.Answers.attempt)
        )
        for row in self._connection.execute(query.execution_options(yield_per=_AT_ONCE)):
            yield answer_of(row)

    def access_rows(self, wanted: Wanted) -> Iterator[AccessLine]:
        """Access events by time, as plain tuples."""
        return happened.access_rows(self._connection, self._id, wanted, self.access_span(wanted))

    def access_columns(self, wanted: Wanted) -> Sequence[str]:
        """The names that are in the `extra` of any of these access events, in alphabetical order."""
        has_more = self._counted(wanted)[1]
        return happened.access_columns(self._connection, self._id, wanted) if has_more else []

    def access_span(self, wanted: Wanted) -> Span:
        """How many access events there are, and from when to when."""
        return self._counted(wanted)[0]

    def _counted(self, wanted: Wanted) -> tuple[Span, bool]:
        """Their span, and whether any has more: asked for several times, of millions."""
        if wanted not in self._spans:
            self._spans[wanted] = happened.access_counted(self._connection, self._id, wanted)
        return self._spans[wanted]

    def coach_logs(self, wanted: Wanted) -> Iterator[CoachLog]:
        """Questions to the coach, by time."""
        return happened.coach_logs(self._connection, self._id, wanted)

    def coach_columns(self, wanted: Wanted) -> Sequence[str]:
        """The names that are in the `extra` of any of these questions, in alphabetical order."""
        return happened.coach_columns(self._connection, self._id, wanted)

    def coach_span(self, wanted: Wanted) -> Span:
        """How many questions there are, and from when to when."""
        return happened.coach_span(self._connection, self._id, wanted)

    def answer_span(self, wanted: Wanted) -> Span:
        """How many answers there are, and from when to when."""
        return happened.answer_span(self._connection, self._id, wanted)

    def workspaces(self) -> Iterator[Workspace]:
        """The current ones, by assignment and student."""
        w = t.Workspaces
        newest = (
            select(w.assignment_id, w.student_id, func.max(w.number).label("number"))
            .where(w.course_id == self._id)
            .group_by(w.assignment_id, w.student_id)
            .subquery()
        )
        is_newest = and_(
            newest.c.assignment_id == w.assignment_id,
            newest.c.student_id == w.student_id,
            newest.c.number == w.number,
        )
        query = (
            select(w.student_id, w.assignment_id, w.number, w.imported_at, w.gaps, *_PACKAGE)
            .join(newest, is_newest)
            .join(t.Packages, t.Packages.sha256 == w.package)
            .join(t.Assignments, _assignment_of(w))
            .join(t.Students, _student_of(w))
            .where(w.course_id == self._id)
            .order_by(t.Assignments.position, t.Assignments.id, t.Students.position, t.Students.id)
        )
        for row in self._connection.execute(query.execution_options(yield_per=_AT_ONCE)):
            yield workspace_of(row)

    def published(self) -> Sequence[Published]:
        """The newest version of each project, by assignment."""
        p = t.PublishedVersions
        newest = (
            select(p.assignment_id, func.max(p.number).label("number"))
            .where(p.course_id == self._id)
            .group_by(p.assignment_id)
            .subquery()
        )
        query = (
            select(p.assignment_id, p.version, p.published_at, p.gaps, *_PACKAGE)
            .join(newest, and_(newest.c.assignment_id == p.assignment_id, newest.c.number == p.number))
            .join(t.Packages, t.Packages.sha256 == p.package)
            .join(t.Assignments, _assignment_of(p))
            .where(p.course_id == self._id)
            .order_by(t.Assignments.position, t.Assignments.id)
        )
        return [published_of(row) for row in self._connection.execute(query)]

    def notes(self) -> Sequence[TeacherNote]:
        """Teachers' notes, by assignment and student."""
        n = t.TeacherNotes
        query = (
            select(n.student_id, n.assignment_id, n.text, n.changed_at)
            .join(t.Assignments, _assignment_of(n))
            .join(t.Students, _student_of(n))
            .where(n.course_id == self._id)
            .order_by(t.Assignments.position, t.Assignments.id, t.Students.position, t.Students.id)
        )
        return [TeacherNote(**row._asdict()) for row in self._connection.execute(query)]

    def blueprints(self) -> Sequence[Blueprint]:
        """The templates for pages, in their order."""
        return blueprints_of(self._connection, self._id)

    def contents(self, packages: Collection[str]) -> Mapping[str, Sequence[PackedFile]]:
        """The files and links in each package; few enough packages for one question."""
        query = select(t.Packages.sha256, t.Packages.manifest).where(t.Packages.sha256.in_(packages))
        return {
            sha256: [PackedFile(*entry) for entry in json.loads(manifest)]
            for sha256, manifest in self._connection.execute(query)
        }

    def package_path(self, package: str) -> Path:
        """Where its zip lies."""
        return self._store.path(package)

    def import_gaps(self) -> Sequence[Gap]:
        """What the last import said was not there."""
        report = last_report(self._connection, self._id)
        return report.gaps if report else ()


def _assignment_of(
    of: type[t.Assessments | t.PublishedVersions | t.Results | t.TeacherNotes | t.Workspaces],
) -> ColumnElement[bool]:
    return and_(t.Assignments.id == of.assignment_id, t.Assignments.course_id == of.course_id)


def _student_of(of: type[t.Answers | t.Results | t.TeacherNotes | t.Workspaces]) -> ColumnElement[bool]:
    return and_(t.Students.id == of.student_id, t.Students.course_id == of.course_id)


def last_report(connection: Connection, course: CourseId) -> ImportReport | None:
    """What came of the last import of a course; of nothing but blueprints is none."""
    is_it = (t.Imports.course_id == course, t.Imports.source != BLUEPRINTS_ONLY)
    query = select(t.Imports.report).where(*is_it).order_by(t.Imports.id.desc()).limit(1)
    text = connection.execute(query).scalar()
    return ImportReport.model_validate_json(text) if text else None
