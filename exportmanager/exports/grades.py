"""Grades: one table of a whole course, with a row for each student and columns for each assignment."""

from __future__ import annotations

from typing import BinaryIO, Literal

from pydantic import Field

from exportmanager.core.course import Course
from exportmanager.core.export import Estimate, Preview, Section, counted
from exportmanager.core.meter import Meter
from exportmanager.core.report import Count, Report
from exportmanager.exports.pieces.choice import Choice, ChoiceOptions, choice_of
from exportmanager.exports.pieces.course_grades import CourseGrades
from exportmanager.exports.pieces.data_options import TableOptions
from exportmanager.exports.pieces.person_columns import PERSON
from exportmanager.exports.pieces.table_file import preview_of, write_table
from exportmanager.formats.untrusted import printable

_PER_STUDENT, _PER_ASSIGNMENT = 200, 60
"""About so many bytes."""


class GradesOptions(TableOptions, ChoiceOptions):
    """What can be chosen."""

    columns: Literal["grades", "details"] = Field(
        default="grades",
        title="Of each assignment",
        description="The final grade only, or state, grade, time in whole seconds, and points.",
        json_schema_extra={"labels": ["the final grade", "state, grade, time and points"]},
    )


class Grades:
    """The kind: see the module."""

    id = "grades"
    title = "Grades"
    section = Section.DATA
    summary = "One table of the whole course: every student's grade in every assignment, and totals."
    suffix = ".csv"
    Options = GradesOptions

    def unavailable(self, course: Course) -> str | None:
        """Every course may have grades."""
        return None

    def estimate(self, course: Course, options: GradesOptions) -> Estimate:
        """About the size of the table."""
        choice = _choice(course, options)
        students, assignments, grades = len(choice.students), len(choice.assignments), _grades_in(course, choice)
        told = [counted(students, "student"), counted(assignments, "assignment"), counted(grades, "grade")]
        size = 1_000 + (students + 2) * (_PER_STUDENT + assignments * _PER_ASSIGNMENT)
        return Estimate(size, ", ".join(told), notes=_first_notes(choice, grades))

    def preview(self, course: Course, options: GradesOptions) -> Preview:
        """How the table begins."""
        return preview_of(_table(course, options, _choice(course, options), Meter()).table(), options.dialect)

    def write(self, course: Course, options: GradesOptions, out: BinaryIO, meter: Meter) -> Report:
        """Write the table."""
        choice = _choice(course, options)
        grades = _table(course, options, choice, meter)
        meter.stage("Writing")
        write_table(out, options.dialect, grades.table(), meter)
        expected = _grades_in(course, choice)
        renamed = (
            f"{printable(label)} is the assignment {printable(assignment)}." for label, assignment in grades.renamed
        )
        return Report(
            counts=(
                Count(thing="students", expected=len(choice.students), done=grades.rows),
                Count(thing="grades", expected=expected, done=grades.grades),
            ),
            notes=(*_first_notes(choice, expected), _AVERAGE, *renamed, *choice.names.notes(PERSON, ())),
        )


KIND = Grades()

_AVERAGE = "Grades are in percent, times in whole seconds; Average_Grade is of those assignments that have a grade."


def _choice(course: Course, options: GradesOptions) -> Choice:
    return choice_of(course, options, is_pseudonymous=options.is_pseudonymous)


def _table(course: Course, options: GradesOptions, choice: Choice, meter: Meter) -> CourseGrades:
    return CourseGrades(course, choice, meter, has_details=options.columns == "details")


def _grades_in(course: Course, choice: Choice) -> int:
    people, about = choice.people, choice.about
    graded = (r for r in course.results() if r.grade is not None)
    return sum(r.student_id in people and r.assignment_id in about for r in graded)


def _first_notes(choice: Choice, grades: int) -> tuple[str, ...]:
    if not choice.students:
        return ("There is no student in it.",)
    return () if grades else ("No grades in it.",)
