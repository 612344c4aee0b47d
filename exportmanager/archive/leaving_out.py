"""A course without some of its students, as exports read it: who is left out is left out of every table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from exportmanager.archive.course import ArchivedCourse, Passed
from exportmanager.core.course import Answer, AssignmentId, Result, Student, StudentId, TeacherNote, Workspace
from exportmanager.core.events import AccessLine, CoachLog, Span, Wanted
from exportmanager.core.report import Gap


class Without(Passed):
    """Another course without the people `without`."""

    def __init__(self, course: ArchivedCourse, without: frozenset[StudentId]) -> None:
        super().__init__(course)
        self._without = without
        self._people = frozenset(student.id for student in course.students()) - without

    def _wanted(self, wanted: Wanted) -> Wanted:
        return replace(wanted, people=self._people if wanted.people is None else wanted.people & self._people)

    def students(self) -> Sequence[Student]:
        """Everybody else."""
        return [student for student in self._course.students() if student.id not in self._without]

    def results(self) -> Iterator[Result]:
        """Everybody else's."""
        return (result for result in self._course.results() if result.student_id not in self._without)

    def answers(self, assignment: AssignmentId) -> Iterator[Answer]:
        """Everybody else's."""
        return (answer for answer in self._course.answers(assignment) if answer.student_id not in self._without)

    def access_rows(self, wanted: Wanted) -> Iterator[AccessLine]:
        """Everybody else's."""
        return self._course.access_rows(self._wanted(wanted))

    def access_columns(self, wanted: Wanted) -> Sequence[str]:
        """The names that are in the `extra` of theirs."""
        return self._course.access_columns(self._wanted(wanted))

    def access_span(self, wanted: Wanted) -> Span:
        """How many of theirs there are."""
        return self._course.access_span(self._wanted(wanted))

    def coach_logs(self, wanted: Wanted) -> Iterator[CoachLog]:
        """Everybody else's."""
        return self._course.coach_logs(self._wanted(wanted))

    def coach_columns(self, wanted: Wanted) -> Sequence[str]:
        """The names that are in the `extra` of theirs."""
        return self._course.coach_columns(self._wanted(wanted))

    def coach_span(self, wanted: Wanted) -> Span:
        """How many of theirs there are."""
        return self._course.coach_span(self._wanted(wanted))

    def answer_span(self, wanted: Wanted) -> Span:
        """How many of theirs there are."""
        return self._course.answer_span(self._wanted(wanted))

    def workspaces(self) -> Iterator[Workspace]:
        """Everybody else's."""
        return (workspace for workspace in self._course.workspaces() if workspace.student_id not in self._without)

    def notes(self) -> Sequence[TeacherNote]:
        """Those that are not about them."""
        return [note for note in self._course.notes() if note.student_id not in self._without]

    def import_gaps(self) -> Sequence[Gap]:
        """Those that are not about them."""
        return [gap for gap in self._course.import_gaps() if gap.student_id not in self._without]
