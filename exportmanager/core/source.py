"""A place that courses come from, and what takes them in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

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
    Student,
    StudentId,
)
from exportmanager.core.events import AccessRow, CoachLog
from exportmanager.core.meter import Meter
from exportmanager.core.options import Options
from exportmanager.core.report import Gap, ImportReport, Piece
from exportmanager.core.trees import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCourse:
    """What the library has of a course before more of it comes in.

    `workspaces` are pairs that have files, `begun` those with work of any kind, `told` students of whom there is any
    result, `published` assignments with a published project, `gaps` those of the last import.
    """

    info: CourseInfo
    modules: Sequence[Module] = ()
    assignments: Sequence[Assignment] = ()
    students: Sequence[Student] = ()
    assessments: Sequence[Assessment] = ()
    blueprints: Sequence[Blueprint] = ()
    workspaces: frozenset[tuple[AssignmentId, StudentId]] = frozenset()
    begun: frozenset[tuple[AssignmentId, StudentId]] = frozenset()
    told: frozenset[StudentId] = frozenset()
    published: frozenset[AssignmentId] = frozenset()
    gaps: Sequence[Gap] = ()


class GivenTwice(Exception):
    """A whole course was to come, and one thing in it came twice: `key` are its ids, by their names."""

    def __init__(self, thing: str, key: Mapping[str, Any]) -> None:
        super().__init__(f"one of {thing} was given twice")
        self.thing = thing
        self.key = key


class CourseWriter(Protocol):
    """Takes a course in, all of it or nothing. What an item refers to (`assignment_id` ...) is given before it.

    After `partial`, what comes is part of a course: the same thing may come several times, what is empty in it says
    nothing, and what contradicts the library counts and is listed as a difference.
    """

    def known(self, course: CourseId) -> KnownCourse | None:
        """What the library has of this course; None where it has none of it. Asked before anything is given."""

    def partial(self) -> None:
        """Say, first of all, that what comes is part of a course."""

    def piece(self, piece: Piece) -> None:
        """Something that this import is made of."""

    def date_shift_days(self, course: CourseId) -> int | None:
        """By how many days this course's dates were moved when it first came in; None before that."""

    def course(self, info: CourseInfo, shift_days: int = 0) -> None:
        """The course itself, first of all."""

    def module(self, module: Module) -> None:
        """A module."""

    def assignment(self, assignment: Assignment) -> None:
        """An assignment."""

    def student(self, student: Student) -> None:
        """Somebody on the roster, or known by what they left."""

    def assessment(self, assessment: Assessment) -> None:
        """A question."""

    def result(self, result: Result) -> None:
        """How a student stands."""

    def answer(self, answer: Answer) -> None:
        """An attempt."""

    def another_file(self) -> None:
        """Say that the events that come now are from another file than those before."""

    def access_events(self, events: Iterable[AccessRow]) -> None:
        """Logins and opened projects. Two equal ones of one file are two events, of two files they are one."""

    def coach_log(self, log: CoachLog) -> None:
        """A question to the coach. Equal ones are as access events are."""

    def blueprint(self, blueprint: Blueprint) -> None:
        """A page template; as part of a course it goes beside those there, never over one: `core.blueprints`."""

    def workspace(
        self, student: StudentId, assignment: AssignmentId, tree: Tree, place: str, modified: int | None = None
    ) -> None:
        """A student's files, read before `finish` returns; `place` names them in gaps, `modified` is as for `pack`."""

    def published(
        self,
        assignment: AssignmentId,
        version: int | None,
        published_at: datetime | None,
        tree: Tree,
        place: str,
        modified: int | None = None,
    ) -> None:
        """The published project of an assignment; without a number it is a new version if its files are others."""

    def read_files(self) -> None:
        """Wait until all files that were given so far are read: what a tree noticed by then can be given too."""

    def same_assessment(self, assignment: AssignmentId, before: AssessmentId, now: AssessmentId) -> None:
        """What was known as `before` is `now`: its answers move there."""

    def expect(self, thing: str, number: int) -> None:
        """The source declares that it holds `number` of `thing`."""

    def gap(self, gap: Gap) -> None:
        """Something the source should hold and does not."""

    def finish(self) -> ImportReport:
        """Take it all in. Before this returns nothing of it is in the library, after it everything."""


class Source(Protocol):
    """A place that courses come from. `argument` is what a person calls the place: a path, an address."""

    id: str
    title: str
    summary: str
    argument: str
    Options: type[Options]

    def read(self, place: str, options: Any, writer: CourseWriter, meter: Meter, today: datetime) -> ImportReport:
        """Give everything at `place` to `writer`, and finish it. An option that is a course is its id.

        Raises `BadSource`, `Cancelled`.
        """
