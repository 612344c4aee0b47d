"""The grades of a whole course as one table: students by assignments, and what they come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from exportmanager.core.course import Assessment, AssignmentId, Course, Result, State, StudentId
from exportmanager.core.meter import Meter
from exportmanager.exports.pieces.choice import Choice
from exportmanager.exports.pieces.person_columns import PERSON, person_cells
from exportmanager.exports.pieces.sheets import Table
from exportmanager.exports.pieces.standings import Standings, number_in
from exportmanager.exports.pieces.streams import ByAssignment
from exportmanager.formats.csv import Cell
from exportmanager.formats.tables import unique_names

_DETAILS = ("_State", "_Grade", "_Time_Spent", "_Points", "_Points_Possible")
_TOTALS = ("Assignments_Completed", "Assignments_Graded", "Average_Grade", "Time_Spent_In_All")
_POINTS = ("Points_In_All", "Points_Possible_In_All")


@dataclass(slots=True)
class _Sums:
    """What a student's assignments come to so far."""

    completed: int = 0
    seconds: int = 0
    points: float = 0
    possible: float = 0
    grades: list[float] = field(default_factory=list)

    def cells(self, *, has_points: bool) -> list[Cell]:
        """The cells of the totals."""
        average = round(sum(self.grades) / len(self.grades), 6) if self.grades else None
        points: list[Cell] = [round(self.points, 6), round(self.possible, 6)] if has_points else []
        return [self.completed, len(self.grades), average, self.seconds, *points]


class CourseGrades:
    """One table; afterwards `grades` and `rows` say how many it holds."""

    def __init__(self, course: Course, choice: Choice, meter: Meter, *, has_details: bool) -> None:
        self._course, self._choice, self._meter, self._has_details = course, choice, meter, has_details
        self.labels = unique_names([assignment.title.strip() for assignment in choice.assignments])
        self.rows = self.grades = 0

    @property
    def renamed(self) -> list[tuple[str, AssignmentId]]:
        """The assignments that are not called by their title, because another one is."""
        pairs = zip(self._choice.assignments, self.labels, strict=True)
        return [(label, assignment.id) for assignment, label in pairs if label != assignment.title.strip()]

    def table(self) -> Table:
        """The columns of each assignment, in the course's order, and at the end the totals."""
        endings = _DETAILS if self._has_details else ("_Grade",)
        each = (f"{label}{ending}" for label in self.labels for ending in endings)
        return [*PERSON, *each, *_TOTALS, *(_POINTS if self._has_details else ())], self._rows()

    def _rows(self) -> Iterator[Sequence[Cell]]:
        people = [student.id for student in self._choice.students]
        cells: dict[StudentId, list[Cell]] = {student: [] for student in people}
        sums = {student: _Sums() for student in people}
        for assignment, results in self._by_assignment():
            standings = self._standings(assignment)
            for student in people:
                cells[student] += self._of(results.get(student), sums[student], standings, student)
        for student in people:
            self.rows += 1
            yield [
                *person_cells(self._choice.names.of(student)),
                *cells[student],
                *sums[student].cells(has_points=self._has_details),
            ]

    def _by_assignment(self) -> Iterator[tuple[AssignmentId, dict[str, Result]]]:
        about = self._choice.about
        results = ByAssignment(r for r in self._course.results() if r.assignment_id in about)
        for assignment in self._choice.assignments:
            yield assignment.id, results.of(assignment.id)

    def _standings(self, assignment: AssignmentId) -> Standings | None:
        if not self._has_details:
            return None
        known: list[Assessment] = [a for a in self._course.assessments() if a.assignment_id == assignment]
        return Standings(known, self._choice.answers(self._course, assignment, self._meter))

    def _of(self, result: Result | None, sums: _Sums, standings: Standings | None, student: StudentId) -> list[Cell]:
        """A student's cells of one assignment, added to the student's sums."""
        grade, seconds = (result.grade, result.time_spent_seconds) if result else (None, None)
        sums.completed += result is not None and result.state is State.COMPLETED
        sums.seconds += seconds or 0
        if grade is not None:
            sums.grades.append(grade)
            self.grades += 1
        if standings is None:
            return [grade]
        points = number_in(result, "points", standings.earned(student, result))
        possible = number_in(result, "max_points", standings.possible(result))
        sums.points += points or 0
        sums.possible += possible or 0
        return [(result.state if result else State.NOT_STARTED).value, grade, seconds, points, possible]
