"""Takes a course in: files are packed as they come, rows wait in temporary tables, one transaction ends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text

from exportmanager.core.course import (
    AccessEvent,
    Answer,
    Assessment,
    Assignment,
    AssignmentId,
    Blueprint,
    CoachLog,
    CourseId,
    CourseInfo,
    Module,
    Result,
    Role,
    Student,
    StudentId,
)
from exportmanager.core.meter import Meter
from exportmanager.core.report import Change, Gap, ImportReport
from exportmanager.core.trees import Tree
from exportmanager.library import tables as t
from exportmanager.library.base import Table as Base
from exportmanager.library.base import core_table
from exportmanager.library.db import interruptible, temporary_like
from exportmanager.library.intake import FileIntake, Files
from exportmanager.library.merge import merge, merge_events, staged
from exportmanager.library.store import PackageStore
from exportmanager.library.values import course_row, digest_of, row_of, student_of

_BATCH = 2_000
_KEYED: tuple[tuple[type[Base], str], ...] = (
    (t.Modules, "modules"),
    (t.Assignments, "assignments"),
    (t.Students, "people"),
    (t.Assessments, "assessments"),
    (t.Results, "results"),
    (t.Answers, "answers"),
    (t.Blueprints, "blueprints"),
)
_EVENTS: tuple[tuple[type[Base], str], ...] = ((t.AccessEvents, "access"), (t.CoachLogs, "coach_logs"))
_FILES = (t.Packages, t.Workspaces, t.PublishedVersions)
_TABLE_OF: dict[type, type[Base]] = {
    Module: t.Modules,
    Assignment: t.Assignments,
    Student: t.Students,
    Assessment: t.Assessments,
    Result: t.Results,
    Answer: t.Answers,
    AccessEvent: t.AccessEvents,
    CoachLog: t.CoachLogs,
    Blueprint: t.Blueprints,
}


class LibraryWriter:
    """Implements `core.source.CourseWriter` on a connection of its own."""

    def __init__(self, connection: Connection, store: PackageStore, source: str, now: datetime, meter: Meter) -> None:
        self._connection = connection
        self._source = source
        self._now = now
        self._meter = meter
        self._info: CourseInfo | None = None
        self._rows: dict[type[Base], list[dict[str, Any]]] = {}
        self._gaps: list[Gap] = []
        self._expected: dict[str, int] = {}
        self._learners = 0
        self._finished = False
        self._intake = FileIntake(connection, store, now, meter, stage=self._stage, gaps=self._gaps)
        models: list[type[Base]] = [t.Courses, *(model for model, _ in (*_KEYED, *_EVENTS)), *_FILES]
        for model in models:
            connection.execute(text(temporary_like(core_table(model))))
            self._rows[model] = []

    @property
    def _course(self) -> CourseId:
        assert self._info is not None, "a source gives the course first"
        return self._info.id

    def date_shift_days(self, course: CourseId) -> int | None:
        """By how many days this course's dates were moved; None for a new one."""
        query = select(t.Courses.dates_shift_days).where(t.Courses.id == course)
        return self._connection.execute(query).scalar_one_or_none()

    def course(self, info: CourseInfo, shift_days: int = 0) -> None:
        """The course itself."""
        self._info = info
        self._stage(t.Courses, course_row(info, shift_days))
        self._intake.begin(info.id)

    def module(self, module: Module) -> None:
        """A module."""
        self._take(module)

    def assignment(self, assignment: Assignment) -> None:
        """An assignment."""
        self._take(assignment)

    def student(self, student: Student) -> None:
        """Somebody in the course."""
        self._take(student if student.on_roster else self._as_remembered(student))
        self._learners += student.role is Role.STUDENT and student.on_roster

    def _as_remembered(self, student: Student) -> Student:
        """Somebody who left the roster keeps the name and role that the library knows."""
        query = select(t.Students.__table__).where(t.Students.course_id == self._course, t.Students.id == student.id)
        row = self._connection.execute(query).first()
        return replace(student_of(row), on_roster=False, position=student.position) if row else student

    def assessment(self, assessment: Assessment) -> None:
        """A question."""
        self._take(assessment)

    def result(self, result: Result) -> None:
        """How a student stands."""
        self._take(result)

    def answer(self, answer: Answer) -> None:
        """An attempt."""
        self._take(answer)

    def blueprint(self, blueprint: Blueprint) -> None:
        """A page template."""
        self._take(blueprint)

    def access_event(self, event: AccessEvent) -> None:
        """An event; equal ones are told apart by counting."""
        self._take_event(event)

    def coach_log(self, log: CoachLog) -> None:
        """A question to the coach; equal ones are told apart by counting."""
        self._take_event(log)

    def _take(self, value: Any) -> None:
        self._stage(_TABLE_OF[type(value)], row_of(self._course, value))

    def _take_event(self, value: Any) -> None:
        row = row_of(self._course, value)
        self._stage(_TABLE_OF[type(value)], row | {"digest": digest_of(row), "occurrence": 0})

    def _stage(self, model: type[Base], row: dict[str, Any]) -> None:
        rows = self._rows[model]
        rows.append(row)
        if len(rows) >= _BATCH:
            self._flush(model)
            self._meter.advance(0)

    def _flush(self, model: type[Base]) -> None:
        if rows := self._rows[model]:
            self._connection.execute(insert(staged(core_table(model))), rows)
            self._rows[model] = []

    def workspace(
        self, student: StudentId, assignment: AssignmentId, tree: Tree, place: str, modified: int | None = None
    ) -> None:
        """A student's files, packed in a thread."""
        row = {"course_id": self._course, "assignment_id": assignment, "student_id": student}
        self._intake.submit(Files(t.Workspaces, "workspaces", row, place), tree, modified)

    def published(
        self,
        assignment: AssignmentId,
        version: int,
        published_at: datetime | None,
        tree: Tree,
        place: str,
        modified: int | None = None,
    ) -> None:
        """A published project, packed in a thread."""
        row = {
            "course_id": self._course,
            "assignment_id": assignment,
            "version": version,
            "published_at": published_at,
        }
        self._intake.submit(Files(t.PublishedVersions, "published", row, place), tree, modified)

    def expect(self, thing: str, number: int) -> None:
        """The source declares that it holds `number` of `thing`."""
        self._expected[thing] = number

    def gap(self, gap: Gap) -> None:
        """Something that is not there."""
        self._gaps.append(gap)

    def finish(self) -> ImportReport:
        """Pack what is left, then take everything in."""
        self._intake.take_all()
        for model in self._rows:
            self._flush(model)
        self._intake.sync()
        self._connection.commit()
        self._meter.stage("Taking it into the library")
        self._connection.execution_options(writes=True)
        with self._connection.begin(), interruptible(self._connection, lambda: self._meter.advance(0)):
            report = self._merge_all()
            self._connection.execute(
                insert(t.Imports).values(
                    course_id=self._course,
                    source=self._source,
                    at=self._now,
                    gaps=len(report.gaps),
                    report=report.model_dump_json(),
                )
            )
            self._meter.advance(0)  # the last moment to stop
        self._finished = True
        return report

    def _merge_all(self) -> ImportReport:
        connection, course = self._connection, self._course
        changes = [merge(connection, core_table(t.Courses), "course", None)]
        changes += [merge(connection, core_table(model), thing, course) for model, thing in _KEYED]
        changes += [merge_events(connection, core_table(model), thing, course) for model, thing in _EVENTS]
        for model in _FILES:
            merge(connection, core_table(model), "", None)
        changes += self._intake.changes()
        assert self._info is not None
        self._compare_with_declared(changes)
        return ImportReport(
            course_id=course,
            course_title=self._info.title,
            source=self._source,
            changes=tuple(
                change.model_copy(update={"expected": self._expected.get(change.thing)}) for change in changes
            ),
            gaps=tuple(self._gaps),
        )

    def _compare_with_declared(self, changes: list[Change]) -> None:
        read = {change.thing: change.read for change in changes} | {"students": self._learners}
        for thing, number in self._expected.items():
            if read.get(thing, number) != number:
                why = f"the source says that there are {number:,}, and {read[thing]:,} came"
                self._gaps.append(Gap(what=thing.replace("_", " "), why=why))

    def close(self) -> None:
        """End the threads; take back what came from an import that did not finish."""
        self._intake.close(is_finished=self._finished)
