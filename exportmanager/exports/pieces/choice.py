"""Which assignments and students a data export is about, what they are called in it, and how many answers there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

from pydantic import Field

from exportmanager.core.course import Answer, Assignment, AssignmentId, Course, Role, Student, StudentId
from exportmanager.core.errors import NothingToExport
from exportmanager.core.events import Wanted
from exportmanager.core.meter import Meter
from exportmanager.core.options import AssignmentChoice, Options, StudentChoice, chosen_assignments, chosen_students
from exportmanager.exports.pieces.names import Names
from exportmanager.exports.pieces.streams import stoppable

_SOME = 100
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class ChoiceOptions(Options):
    """What a data export is about."""

    assignments: AssignmentChoice = Field(
        default=None, title="Assignments", description="Which assignments; all if none is named."
    )
    students: StudentChoice = Field(default=None, title="Students", description="Which students; all if none is named.")


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen: assignments in the course's order, students in that of `names`."""

    assignments: list[Assignment]
    students: list[Student]
    names: Names

    @property
    def people(self) -> frozenset[StudentId]:
        """The ids of the students."""
        return frozenset(student.id for student in self.students)

    @property
    def about(self) -> frozenset[AssignmentId]:
        """The ids of the assignments."""
        return frozenset(assignment.id for assignment in self.assignments)

    def answers(
        self, course: Course, assignment: AssignmentId, meter: Meter, wanted: Wanted | None = None
    ) -> Iterator[Answer]:
        """The students' answers in an assignment, in the order of `students`; those of unknown time are always wanted.

        With pseudonyms they are all held in memory, since the roster's order would tell who is who.
        """
        people = self.people
        every = stoppable(course.answers(assignment), meter)
        mine = (a for a in every if a.student_id in people and _is_in(a.at, wanted))
        if not self.names.is_pseudonymous:
            return mine
        places = {student.id: place for place, student in enumerate(self.students)}
        return iter(sorted(mine, key=lambda answer: places[answer.student_id]))


def _is_in(at: datetime | None, wanted: Wanted | None) -> bool:
    if at is None or wanted is None:
        return True
    return (wanted.since is None or wanted.since <= at) and (wanted.until is None or at < wanted.until)


def choice_of(course: Course, options: ChoiceOptions, *, is_pseudonymous: bool) -> Choice:
    """Who and what is chosen. Raises `BadOptions`, and `NothingToExport` where there is no assignment."""
    assignments = chosen_assignments(options.assignments, list(course.assignments()))
    if not assignments:
        raise NothingToExport("There is no assignment to export.", "Tick at least one assignment.")
    names = Names(course, is_pseudonymous=is_pseudonymous)
    learners = [student for student in names.students if student.role is Role.STUDENT]
    return Choice(assignments, chosen_students(options.students, learners), names)


@dataclass(frozen=True, slots=True)
class AnswerCounts:
    """Answers in the library: those that are `wanted`, those `older` than the rule, and those `of_teachers`."""

    wanted: int
    older: int = 0
    of_teachers: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What is left out, in a sentence."""
        count = self.of_teachers
        answers = "1 answer of a teacher is" if count == 1 else f"{count:,} answers of teachers are"
        return (f"{answers} left out: the table is about students.",) if count else ()


def answer_size(course: Course, choice: Choice) -> float:
    """About how long a stored answer is, in bytes: the mean of some in the first assignment that has any."""
    for assignment in choice.assignments:
        if some := list(islice(choice.answers(course, assignment.id, Meter()), _SOME)):
            return sum(len(answer.answer.encode("utf-8", "replace")) for answer in some) / len(some)
    return 0


def answer_counts(
    course: Course, choice: Choice, wanted: Wanted | None = None, older: Wanted | None = None
) -> AnswerCounts:
    """Ask the library how many answers there are."""
    mine = Wanted(people=choice.people, assignments=choice.about)
    teachers = frozenset(student.id for student in course.students() if student.role is Role.TEACHER)

    def count(of: Wanted) -> int:
        return course.answer_span(replace(mine, since=of.since, until=of.until)).rows

    found = count(wanted or mine)
    if wanted and (wanted.since or wanted.until):
        found += count(mine) - count(Wanted(until=_END_OF_TIME))
    return AnswerCounts(
        wanted=found,
        older=count(older) if older else 0,
        of_teachers=course.answer_span(replace(mine, people=teachers)).rows if teachers else 0,
    )
