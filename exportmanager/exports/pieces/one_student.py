"""A course as if it held the work of one student only, so that each of many can be exported alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, cast

from exportmanager.core.course import Answer, AssignmentId, Course, Result, StudentId, Workspace
from exportmanager.core.meter import Meter
from exportmanager.exports.pieces.streams import stoppable

_AT_ONCE = 50
"""Students whose work waits in memory: to read the whole course for each of them would take too long."""


class OneStudent:
    """Everything of a course but other students' results, answers and workspaces."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._results: list[Result] = []
        self._workspaces: list[Workspace] = []
        self._answers: dict[AssignmentId, list[Answer]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._course, name)

    def results(self) -> Iterator[Result]:
        """In the course's order."""
        return iter(self._results)

    def workspaces(self) -> Iterator[Workspace]:
        """In the course's order."""
        return iter(self._workspaces)

    def answers(self, assignment: AssignmentId) -> Iterator[Answer]:
        """In the course's order."""
        return iter(self._answers.get(assignment, ()))

    def take(self, thing: Result | Workspace | Answer) -> None:
        """One more of the student's."""
        if isinstance(thing, Result):
            self._results.append(thing)
        elif isinstance(thing, Workspace):
            self._workspaces.append(thing)
        else:
            self._answers.setdefault(thing.assignment_id, []).append(thing)


def each_student(course: Course, students: Sequence[StudentId], meter: Meter) -> Iterator[Course]:
    """For each of the students in turn, the course with nobody else's work in it."""
    waiting = iter(students)
    while some := list(islice(waiting, _AT_ONCE)):
        views = {student: OneStudent(course) for student in some}
        for thing in stoppable(_everything(course), meter):
            if view := views.get(thing.student_id):
                view.take(thing)
        yield from (cast(Course, view) for view in views.values())


def _everything(course: Course) -> Iterator[Result | Workspace | Answer]:
    yield from course.results()
    yield from course.workspaces()
    for assignment in course.assignments():
        yield from course.answers(assignment.id)
