"""A course in which everybody is called by a pseudonym, wherever an archive reads it.

What people wrote themselves (files and their names, answers, comments, questions to the coach, a teacher's notes) stays
as it is; further columns of the source, which may tell anything, are left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import TypeVar

from exportmanager.archive.course import ArchivedCourse, Passed
from exportmanager.archive.pseudonymous_rows import pseudonymous_lines
from exportmanager.archive.pseudonyms import Called, grades_in
from exportmanager.core.course import (
    Answer,
    Assignment,
    AssignmentId,
    Blueprint,
    CourseInfo,
    Module,
    Result,
    Student,
    StudentId,
    TeacherNote,
    Workspace,
)
from exportmanager.core.events import AccessLine, CoachLog, Span, Wanted
from exportmanager.core.report import Gap
from exportmanager.library.whole import Version

_T = TypeVar("_T", Answer, Result, TeacherNote, Workspace)


class Pseudonymous(Passed):
    """Another course with pseudonyms; people come in the order of those, for the roster's would tell who is who."""

    def __init__(self, course: ArchivedCourse) -> None:
        super().__init__(course)
        self._called = Called(course.pseudonym_key, course.students(), course.assignments())

    @property
    def info(self) -> CourseInfo:
        """The course itself."""
        return replace(self._course.info, extra={})

    def modules(self) -> Sequence[Module]:
        """In the order of the course."""
        return [replace(module, extra={}) for module in self._course.modules()]

    def assignments(self) -> Sequence[Assignment]:
        """In the order of the course."""
        return [replace(assignment, extra={}) for assignment in self._course.assignments()]

    def students(self) -> Sequence[Student]:
        """Everybody, in the order of their pseudonyms."""
        named = sorted((StudentId(self._called.of(s.id)), s) for s in self._course.students())
        return [
            replace(
                s, id=name, username=name, email="", first_name="", last_name="", position=position, extra={}
            )
            for position, (name, s) in enumerate(named)
        ]  # fmt: skip

    def _people(self, values: Iterable[_T]) -> Iterator[_T]:
        """Those of one assignment, by pseudonym; what is of one person keeps its order."""
        called = self._called.of
        named = [replace(value, student_id=StudentId(called(value.student_id))) for value in values]
        yield from sorted(named, key=attrgetter("student_id"))

    def _by_assignment(self, values: Iterable[_T]) -> Iterator[_T]:
        for _, mine in groupby(values, key=attrgetter("assignment_id")):
            yield from self._people(mine)

    def results(self) -> Iterator[Result]:
        """By assignment and student."""
        for result in self._by_assignment(self._course.results()):
            yield replace(result, extra=grades_in(result.extra))

    def answers(self, assignment: AssignmentId) -> Iterator[Answer]:
        """Of one assignment, by student, assessment and attempt."""
        for answer in self._people(self._course.answers(assignment)):
            yield replace(answer, extra={})

    def workspaces(self) -> Iterator[Workspace]:
        """The current ones, by assignment and student."""
        for workspace in self._by_assignment(self._course.workspaces()):
            yield replace(workspace, gaps=tuple(map(self._called.gap, workspace.gaps)))

    def notes(self) -> Sequence[TeacherNote]:
        """Teachers' notes, by assignment and student."""
        return list(self._by_assignment(self._course.notes()))

    def access_rows(self, wanted: Wanted) -> Iterator[AccessLine]:
        """Access events by time."""
        called, told = self._called.of, lru_cache(1 << 16)(self._told)
        for _, together in groupby(self._course.access_rows(self._wanted(wanted)), key=itemgetter(0)):
            yield from sorted((at, StudentId(called(user)), told(what)) for at, user, what in together)

    def _told(self, what: str) -> str:
        """What happened (see `AccessLine`), without what tells who it was."""
        kind, assignment, role, path, ip, _ = json.loads(what)
        told = [kind, assignment, role, self._called.path(path), self._called.address(ip), "{}"]
        return json.dumps(told, ensure_ascii=False)

    def access_columns(self, wanted: Wanted) -> Sequence[str]:
        """None."""
        return ()

    def access_span(self, wanted: Wanted) -> Span:
        """How many access events there are."""
        return self._course.access_span(self._wanted(wanted))

    def coach_logs(self, wanted: Wanted) -> Iterator[CoachLog]:
        """Questions to the coach, by time."""
        for log in self._course.coach_logs(self._wanted(wanted)):
            yield replace(log, user_id=StudentId(self._called.of(log.user_id)), extra={})

    def coach_columns(self, wanted: Wanted) -> Sequence[str]:
        """None."""
        return ()

    def coach_span(self, wanted: Wanted) -> Span:
        """How many questions there are."""
        return self._course.coach_span(self._wanted(wanted))

    def answer_span(self, wanted: Wanted) -> Span:
        """How many answers there are."""
        return self._course.answer_span(self._wanted(wanted))

    def _wanted(self, wanted: Wanted) -> Wanted:
        people = wanted.people
        return replace(wanted, people=None if people is None else frozenset(map(self._called.id_of, people)))

    def blueprints(self) -> Sequence[Blueprint]:
        """The templates for pages; their layout may say who made them."""
        return [replace(one, layout=self._called.json(dict(one.layout))) for one in self._course.blueprints()]

    def import_gaps(self) -> Sequence[Gap]:
        """What the last import said was not there."""
        return self._called.gaps(self._course.import_gaps())

    def versions(self) -> Iterator[Version]:
        """Every version of every workspace, by assignment, student and number."""
        called = self._called.of
        named = (
            replace(version, student=StudentId(called(version.student or ""))) for version in self._course.versions()
        )
        yield from sorted(named, key=attrgetter("assignment", "student", "number"))

    def lines(
        self, table: str, without: Collection[StudentId] = (), called: Callable[[str], str] | None = None
    ) -> Iterator[str]:
        """The rows of a table."""
        people = [self._called.id_of(student) for student in without]
        return pseudonymous_lines(table, self._course.lines(table, people, called or self._called.of), self._called)
