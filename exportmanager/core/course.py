"""A course as values: what sources give, the library keeps and exports read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NewType, Protocol

from exportmanager.core.course_settings import CourseSettings
from exportmanager.core.package import Package, PackedFile
from exportmanager.core.report import Gap

if TYPE_CHECKING:
    from exportmanager.core.events import AccessLine, CoachLog, Span, Wanted

CourseId = NewType("CourseId", str)
ModuleId = NewType("ModuleId", str)
AssignmentId = NewType("AssignmentId", str)
StudentId = NewType("StudentId", str)
AssessmentId = NewType("AssessmentId", str)

Extra = Mapping[str, Any]
"""Keys and columns of the source that this program has no name for; kept, and given out again."""


class Role(StrEnum):
    """What a person is in the course."""

    STUDENT = "student"
    TEACHER = "teacher"


class AssignmentKind(StrEnum):
    """A project, or a book that students read along the course."""

    PROJECT = "project"
    BOOK = "book"


class State(StrEnum):
    """How far a student is with an assignment."""

    NOT_STARTED = "not_started"
    STARTED = "started"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Parent:
    """The course that this one was made from."""

    title: str
    licensed_master: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseInfo:
    """A course itself. `taken_on` is the day its data were taken from the platform: inactivity is counted to it."""

    id: CourseId
    title: str
    taken_on: date
    code: str = ""
    term: str = ""
    description: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    time_zone: str = "UTC"
    has_children: bool = False
    child_of: Parent | None = None
    licensed_master: bool = False
    lti_enabled: bool = False
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Module:
    """A part of a course that holds assignments; `position` counts from 0 in the course."""

    id: ModuleId
    title: str
    position: int = 0
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Something students work on; `position` counts from 0 in the course."""

    id: AssignmentId
    module_id: ModuleId
    title: str
    position: int = 0
    kind: AssignmentKind = AssignmentKind.PROJECT
    points: float | None = None
    due_at: datetime | None = None
    lti_url: str = ""
    lti_constant_url: str = ""
    stack: str = ""
    version: int | None = None
    published_at: datetime | None = None
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """Somebody in the course, teachers included. `on_roster` is False for ids that only answers or workspaces name."""

    id: StudentId
    role: Role = Role.STUDENT
    username: str = ""
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    enrolled_on: date | None = None
    last_active_at: datetime | None = None
    on_roster: bool = True
    position: int = 0
    extra: Extra = field(default_factory=dict)

    @property
    def name(self) -> str:
        """First and last name, or what else tells who it is."""
        return f"{self.first_name} {self.last_name}".strip() or self.username or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A question of an assignment; `definition` is the platform's own, whole."""

    id: AssessmentId
    assignment_id: AssignmentId
    name: str
    type: str
    points: float | None = None
    position: int = 0
    definition: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a student stands in an assignment; `grade` is in percent, `time_spent_seconds` whole seconds."""

    student_id: StudentId
    assignment_id: AssignmentId
    state: State = State.NOT_STARTED
    started_at: datetime | None = None
    completed_at: datetime | None = None
    time_spent_seconds: int | None = None
    grade: float | None = None
    comments: str = ""
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One attempt (from 1) of a student at an assessment; `answer` is text or the platform's JSON, as it came."""

    student_id: StudentId
    assignment_id: AssignmentId
    assessment_id: AssessmentId
    attempt: int
    at: datetime | None = None
    answer: str = ""
    points: float | None = None
    correct: bool | None = None
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A named template for a guide page: Markdown `content` and its `layout` keys."""

    name: str
    content: str
    layout: Extra = field(default_factory=dict)
    position: int = 0


@dataclass(frozen=True, slots=True)
class Workspace:
    """A student's files for an assignment, as last imported; `number` counts the versions kept, from 1."""

    student_id: StudentId
    assignment_id: AssignmentId
    number: int
    imported_at: datetime
    package: Package
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """The project of an assignment as students get it: guide, starter files, settings. `version` is the platform's."""

    assignment_id: AssignmentId
    version: int
    published_at: datetime | None
    package: Package
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class TeacherNote:
    """What a teacher wrote down about a student's work on an assignment."""

    student_id: StudentId
    assignment_id: AssignmentId
    text: str
    changed_at: datetime


class Course(Protocol):
    """What an export may read: one consistent moment of a course. Iterators are read once, in a stable order."""

    @property
    def info(self) -> CourseInfo:
        """The course itself."""

    @property
    def settings(self) -> CourseSettings:
        """What the teacher decided for it."""

    @property
    def pseudonym_key(self) -> bytes:
        """The library's key for pseudonyms."""

    @property
    def privacy_key(self) -> bytes:
        """Another one, for pseudonymous data exports: no other export resolves what they call people."""

    def modules(self) -> Sequence[Module]:
        """In the order of the course."""

    def assignments(self) -> Sequence[Assignment]:
        """In the order of the course."""

    def students(self) -> Sequence[Student]:
        """Everybody, teachers too, in the order of the roster."""

    def assessments(self) -> Sequence[Assessment]:
        """By assignment, in the order of each guide."""

    def results(self) -> Iterator[Result]:
        """By assignment and student, in the order of `assignments` and `students`."""

    def answers(self, assignment: AssignmentId) -> Iterator[Answer]:
        """Of one assignment, by student, assessment and attempt."""

    def access_rows(self, wanted: Wanted) -> Iterator[AccessLine]:
        """Access events by time, as plain tuples: there may be millions."""

    def access_columns(self, wanted: Wanted) -> Sequence[str]:
        """The names that are in the `extra` of any of these access events, in alphabetical order."""

    def access_span(self, wanted: Wanted) -> Span:
        """How many access events there are, and from when to when."""

    def coach_logs(self, wanted: Wanted) -> Iterator[CoachLog]:
        """Questions to the coach, by time."""

    def coach_columns(self, wanted: Wanted) -> Sequence[str]:
        """The names that are in the `extra` of any of these questions, in alphabetical order."""

    def coach_span(self, wanted: Wanted) -> Span:
        """How many questions there are, and from when to when."""

    def answer_span(self, wanted: Wanted) -> Span:
        """How many answers there are, and from when to when; those of unknown time count only where no time is set."""

    def workspaces(self) -> Iterator[Workspace]:
        """The current ones, by assignment and student."""

    def published(self) -> Sequence[Published]:
        """The newest version of each project, by assignment; those without one are left out."""

    def notes(self) -> Sequence[TeacherNote]:
        """Teachers' notes, by assignment and student."""

    def blueprints(self) -> Sequence[Blueprint]:
        """The templates for pages, in their order."""

    def contents(self, packages: Collection[str]) -> Mapping[str, Sequence[PackedFile]]:
        """The files and links in each package, in the order of its zip. Packages are named by their SHA-256."""

    def package_path(self, package: str) -> Path:
        """Where its zip lies."""

    def import_gaps(self) -> Sequence[Gap]:
        """What the last import said was not there."""
