"""What an archive reads of a course: all that exports read, and besides every row and version of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from exportmanager.core.course import (
    Answer,
    Assessment,
    Assignment,
    AssignmentId,
    Blueprint,
    Course,
    CourseInfo,
    Module,
    Published,
    Result,
    Student,
    StudentId,
    TeacherNote,
    Workspace,
)
from exportmanager.core.course_settings import CourseSettings
from exportmanager.core.events import AccessLine, CoachLog, Span, Wanted
from exportmanager.core.package import PackedFile
from exportmanager.core.report import Gap
from exportmanager.library.whole import Version


class ArchivedCourse(Course, Protocol):
    """One moment of a course, whole. `library.whole.WholeCourse` is one."""

    def lines(
        self, table: str, without: Collection[StudentId] = (), called: Callable[[str], str] | None = None
    ) -> Iterator[str]:
        """The rows of one of `library.rows.TABLES`, as lines of JSON, but for those of the students `without`.

        They come in the order of their key, or in that of what people are `called`.
        """

    def versions(self) -> Iterator[Version]:
        """Every version of every workspace, by assignment, student and number."""

    def projects(self) -> Iterator[Version]:
        """Every version of every published project, by assignment and number."""

    def package_row(self, package: str) -> Mapping[str, Any]:
        """What the library recorded of a package, for JSON; its manifest is JSON already."""


class Passed:
    """Another course as it is: for those that change some of it on the way."""

    def __init__(self, course: ArchivedCourse) -> None:
        self._course = course

    @property
    def info(self) -> CourseInfo:
        """The course itself."""
        return self._course.info

    @property
    def settings(self) -> CourseSettings:
        """What the teacher decided for it."""
        return self._course.settings

    @property
    def pseudonym_key(self) -> bytes:
        """The library's key for pseudonyms."""
        return self._course.pseudonym_key

    @property
    def privacy_key(self) -> bytes:
        """Another one, for pseudonymous data exports."""
        return self._course.privacy_key

    def modules(self) -> Sequence[Module]:
        """In the order of the course."""
        return self._course.modules()

    def assignments(self) -> Sequence[Assignment]:
        """In the order of the course."""
        return self._course.assignments()

    def students(self) -> Sequence[Student]:
        """Everybody, teachers too."""
        return self._course.students()

    def assessments(self) -> Sequence[Assessment]:
        """By assignment, in the order of each guide."""
        return self._course.assessments()

    def results(self) -> Iterator[Result]:
        """By assignment and student."""
        return self._course.results()

    def answers(self, assignment: AssignmentId) -> Iterator[Answer]:
        """Of one assignment, by student, assessment and attempt."""
        return self._course.answers(assignment)

    def access_rows(self, wanted: Wanted) -> Iterator[AccessLine]:
        """Access events by time."""
        return self._course.access_rows(wanted)

    def access_columns(self, wanted: Wanted) -> Sequence[str]:
        """The names that are in the `extra` of any of these access events."""
        return self._course.access_columns(wanted)

    def access_span(self, wanted: Wanted) -> Span:
        """How many access events there are, and from when to when."""
        return self._course.access_span(wanted)

    def coach_logs(self, wanted: Wanted) -> Iterator[CoachLog]:
        """Questions to the coach, by time."""
        return self._course.coach_logs(wanted)

    def coach_columns(self, wanted: Wanted) -> Sequence[str]:
        """The names that are in the `extra` of any of these questions."""
        return self._course.coach_columns(wanted)

    def coach_span(self, wanted: Wanted) -> Span:
        """How many questions there are, and from when to when."""
        return self._course.coach_span(wanted)

    def answer_span(self, wanted: Wanted) -> Span:
        """How many answers there are, and from when to when."""
        return self._course.answer_span(wanted)

    def workspaces(self) -> Iterator[Workspace]:
        """The current ones, by assignment and student."""
        return self._course.workspaces()

    def published(self) -> Sequence[Published]:
        """The newest version of each project, by assignment."""
        return self._course.published()

    def notes(self) -> Sequence[TeacherNote]:
        """Teachers' notes, by assignment and student."""
        return self._course.notes()

    def blueprints(self) -> Sequence[Blueprint]:
        """The templates for pages, in their order."""
        return self._course.blueprints()

    def contents(self, packages: Collection[str]) -> Mapping[str, Sequence[PackedFile]]:
        """The files and links in each package."""
        return self._course.contents(packages)

    def package_path(self, package: str) -> Path:
        """Where its zip lies."""
        return self._course.package_path(package)

    def import_gaps(self) -> Sequence[Gap]:
        """What the last import said was not there."""
        return self._course.import_gaps()

    def lines(
        self, table: str, without: Collection[StudentId] = (), called: Callable[[str], str] | None = None
    ) -> Iterator[str]:
        """The rows of a table."""
        return self._course.lines(table, without, called)

    def versions(self) -> Iterator[Version]:
        """Every version of every workspace."""
        return self._course.versions()

    def projects(self) -> Iterator[Version]:
        """Every version of every published project."""
        return self._course.projects()

    def package_row(self, package: str) -> Mapping[str, Any]:
        """What the library recorded of a package."""
        return self._course.package_row(package)
