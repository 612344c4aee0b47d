"""Takes a course in: files are packed as they come, rows wait in temporary tables, one transaction ends it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from exportmanager.core.course import (
    Answer,
    Assessment,
    AssessmentId,
    Assignment,
    AssignmentId,
    Blueprint,
    CourseId,
    CourseInfo,
    Module,
    Result,
    Role,
    Student,
    StudentId,
)
from exportmanager.core.errors import BadSource
from exportmanager.core.events import AccessRow, CoachLog
from exportmanager.core.meter import Meter
from exportmanager.core.report import Change, Gap, ImportReport, Piece
from exportmanager.core.source import KnownCourse
from exportmanager.core.trees import Tree
from exportmanager.library import tables as t
from exportmanager.library.base import Table as Base
from exportmanager.library.base import core_table
from exportmanager.library.blueprints import beside
from exportmanager.library.db import interruptible, with_room
from exportmanager.library.differences import Differences
from exportmanager.library.events import EventStaging
from exportmanager.library.intake import FileIntake, Files
from exportmanager.library.known import known_course
from exportmanager.library.merge import count, staged
from exportmanager.library.parts import know_json, part
from exportmanager.library.same import SameAssessment
from exportmanager.library.staging import Staging
from exportmanager.library.store import PackageStore
from exportmanager.library.taking import FILES, KEYED, number_assignments, take_rows
from exportmanager.library.values import course_row, row_of, student_of

_TABLE_OF: dict[type, type[Base]] = {
    Module: t.Modules,
    Assignment: t.Assignments,
    Student: t.Students,
    Assessment: t.Assessments,
    Result: t.Results,
    Answer: t.Answers,
    Blueprint: t.Blueprints,
}


class LibraryWriter:
    """Implements `core.source.CourseWriter` on a connection of its own."""

    def __init__(self, connection: Connection, store: PackageStore, source: str, now: datetime, meter: Meter) -> None:
        self._connection = connection
        self._store = store
        self._source = source
        self._now = now
        self._meter = meter
        self._info: CourseInfo | None = None
        self._is_part = False
        self._gaps: list[Gap] = []
        self._pieces: list[Piece] = []
        self._expected: dict[str, int] = {}
        self._same: list[SameAssessment] = []
        self._blueprints: list[Blueprint] = []
        self._finished = False
        know_json(connection)
        with_room(connection)
        self._staging = Staging(connection, [*(model for model, _ in KEYED), *FILES], self._tick)
        self._access = EventStaging(connection, t.AccessEvents, self._tick)
        self._coach = EventStaging(connection, t.CoachLogs, self._tick)
        self._intake = FileIntake(connection, store, now, meter, staging=self._staging, gaps=self._gaps)

    @property
    def _course(self) -> CourseId:
        assert self._info is not None, "a source gives the course first"
        return self._info.id

    def known(self, course: CourseId) -> KnownCourse | None:
        """What the library has of this course; None where it has none of it."""
        return known_course(self._connection, self._store, course)

    def partial(self) -> None:
        """What comes is part of a course."""
        assert self._info is None, "a source says so first of all"
        self._is_part = True
        self._staging.join(part)

    def piece(self, piece: Piece) -> None:
        """Something that this import is made of."""
        self._pieces.append(piece)

    def date_shift_days(self, course: CourseId) -> int | None:
        """By how many days this course's dates were moved; None for a new one."""
        query = select(t.Courses.dates_shift_days).where(t.Courses.id == course)
        return self._connection.execute(query).scalar_one_or_none()

    def course(self, info: CourseInfo, shift_days: int = 0) -> None:
        """The course itself. Raises `BadSource` where it is in the trash."""
        query = select(t.Courses.title).where(t.Courses.id == info.id, t.Courses.trashed_at.is_not(None))
        if (title := self._connection.execute(query).scalar()) is not None:
            raise BadSource(f"{title} is in the trash.", "Put it back from there first, or let it go for good.")
        self._info = info
        self._staging.add(t.Courses, course_row(info, shift_days))
        self._intake.begin(info.id)

    def module(self, module: Module) -> None:
        """A module."""
        self._take(module)

    def assignment(self, assignment: Assignment) -> None:
        """An assignment."""
        self._take(assignment)

    def student(self, student: Student) -> None:
        """Somebody in the course."""
        is_whole_truth = student.on_roster or self._is_part
        self._take(student if is_whole_truth else self._as_remembered(student))

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
        """A page template; as part of a course it waits until it is known for sure what is there."""
        if self._is_part:
            self._blueprints.append(blueprint)
        else:
            self._take(blueprint)

    def another_file(self) -> None:
        """The events that come now are from another file."""
        self._access.another_file()
        self._coach.another_file()

    def access_events(self, events: Iterable[AccessRow]) -> None:
        """Logins and opened projects; equal ones are told apart by counting."""
        self._access.access(events)

    def coach_log(self, log: CoachLog) -> None:
        """A question to the coach; equal ones are told apart by counting."""
        self._coach.coach_log(log)

    def _tick(self) -> None:
        self._meter.advance(0)

    def _take(self, value: Any) -> None:
        self._staging.add(_TABLE_OF[type(value)], row_of(self._course, value))

    def workspace(
        self, student: StudentId, assignment: AssignmentId, tree: Tree, place: str, modified: int | None = None
    ) -> None:
        """A student's files, packed in a thread."""
        row = {"course_id": self._course, "assignment_id": assignment, "student_id": student}
        self._intake.submit(Files(t.Workspaces, "workspaces", row, place), tree, modified)

    def published(
        self,
        assignment: AssignmentId,
        version: int | None,
        published_at: datetime | None,
        tree: Tree,
        place: str,
        modified: int | None = None,
    ) -> None:
        """A published project, packed in a thread; without a number it gets the next one if its files are others."""
        row = {
            "course_id": self._course,
            "assignment_id": assignment,
            "version": version,
            "published_at": published_at,
        }
        self._intake.submit(Files(t.PublishedVersions, "published", row, place), tree, modified)

    def read_files(self) -> None:
        """Wait until all files that were given so far are packed."""
        self._intake.take_all()

    def same_assessment(self, assignment: AssignmentId, before: AssessmentId, now: AssessmentId) -> None:
        """What was known as `before` is `now`; its answers move there at the end."""
        self._same.append(SameAssessment(assignment, before, now))

    def expect(self, thing: str, number: int) -> None:
        """The source declares that it holds `number` of `thing`."""
        self._expected[thing] = number

    def gap(self, gap: Gap) -> None:
        """Something that is not there."""
        self._gaps.append(gap)

    def finish(self) -> ImportReport:
        """Pack what is left, then take everything in."""
        self._intake.take_all()
        self._staging.flush()
        self._access.finish()
        self._coach.finish()
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
        for same in self._same:
            same.move(connection, course)
        for blueprint in beside(connection, course, self._blueprints):
            self._take(blueprint)
        self._staging.flush()
        differences = Differences(connection, course)
        changes = take_rows(connection, course, differences, is_part=self._is_part)
        changes += self._intake.changes(is_part=self._is_part)
        if self._is_part:
            number_assignments(connection, course, self._intake.published())
        self._compare_with_declared(changes)
        return ImportReport(
            course_id=course,
            course_title=connection.execute(select(t.Courses.title).where(t.Courses.id == course)).scalar_one(),
            source=self._source,
            changes=tuple(
                change.model_copy(update={"expected": self._expected.get(change.thing)}) for change in changes
            ),
            gaps=tuple(self._gaps),
            pieces=tuple(self._pieces),
            differences=tuple(differences.listed),
            different=differences.number,
        )

    def _compare_with_declared(self, changes: list[Change]) -> None:
        people = staged(core_table(t.Students))
        learners = count(self._connection, people, people.c.role == Role.STUDENT.value, people.c.on_roster)
        read = {change.thing: change.read for change in changes} | {"students": learners}
        for thing, number in self._expected.items():
            if read.get(thing, number) != number:
                why = f"the source says that there are {number:,}, and {read[thing]:,} came"
                self._gaps.append(Gap(what=thing.replace("_", " "), why=why))

    def close(self) -> None:
        """End the threads; take back what came from an import that did not finish."""
        self._intake.close(is_finished=self._finished)
