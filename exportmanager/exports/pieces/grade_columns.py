"""The table of an assignment as the platform's "Download CSV" gives it: 25 columns, and three for each assessment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from exportmanager.core.course import Result, State, Student
from exportmanager.exports.pieces.names import Names
from exportmanager.exports.pieces.person_columns import PERSON, PERSON_MEANINGS, person_cells
from exportmanager.exports.pieces.sheets import Table, at, plain_cell
from exportmanager.exports.pieces.standings import Standings, number_in
from exportmanager.formats.csv import Cell, text_of
from exportmanager.formats.tables import key_of

OF_RESULT = (
    "Right Count", "Wrong Count", "Answered Assessments", "Points/Max_points", "Points", "Total Points", "Time_Spent",
    "Final Grade", "Comments", "Teacher Grade", "Assessments Grade", "Script Grade", "Grade Override", "Extra Credit",
    "Created Date", "Completed (True/False)", "Completed Date/Time (all instances)", "LTI ID",
    "Behavioral Insights (0–5, number of thresholds exceeded)",
)  # fmt: skip
COLUMNS = (*PERSON, *OF_RESULT)
"""As documented for "Export Assignment Data", in their order."""
ENDINGS = ("_Correct", "_Answer", "_Attempts")
REPLACED = (*PERSON, "LTI ID")
"""The columns that tell who somebody is."""

MEANINGS = {
    **PERSON_MEANINGS,
    "Right Count": "assessments that were answered right",
    "Wrong Count": "assessments that were answered wrong",
    "Answered Assessments": "assessments that were answered",
    "Points/Max_points": "the points of all assessments that count in totals, and what they are worth",
    "Points": "the points of all assessments that count in totals",
    "Total Points": "the points that they are worth",
    "Time_Spent": "the time spent in the assignment, in whole seconds",
    "Final Grade": "in percent",
    "Comments": "what a teacher wrote to the student",
    "Teacher Grade": "as the platform told it",
    "Assessments Grade": "as the platform told it",
    "Script Grade": "as the platform told it",
    "Grade Override": "as the platform told it",
    "Extra Credit": "as the platform told it",
    "Created Date": "when the student began",
    "Completed (True/False)": "whether the student completed it",
    "Completed Date/Time (all instances)": "when; where that was several times and the platform told so, each of them",
    "LTI ID": "the student's id in the learning management system",
    "Behavioral Insights (0–5, number of thresholds exceeded)": "as the platform told it",
}
ENDING_MEANINGS = {
    "_Correct": "whether the last answer was right, where that was judged",
    "_Answer": "the last answer, as text",
    "_Attempts": "how often it was answered",
}
_OURS = {
    "right", "wrong", "answered", "points", "max_points", "total_points", "teacher_grade", "assessments_grade",
    "script_grade", "grade_override", "extra_credit", "behavioral_insights",
}  # fmt: skip
"""What the platform's tables tell beside a result, and has a column here."""


class GradeTable:
    """Rows of one assignment, in the order of `students`. What the platform itself summed up counts before our sums."""

    def __init__(
        self,
        students: Sequence[Student],
        names: Names,
        standings: Standings,
        results: Mapping[str, Result],
        zone: ZoneInfo,
    ) -> None:
        self._students, self._names, self._standings, self._results = students, names, standings, results
        self._zone = zone
        mine = [results[student.id] for student in students if student.id in results]
        self._more = [] if names.is_pseudonymous else _unknown(result.extra for result in mine)

    def table(self) -> Table:
        """The documented columns, those of each assessment, and at the end those that only the source knows."""
        each = (f"{question.label}{ending}" for question in self._standings.questions for ending in ENDINGS)
        return [*COLUMNS, *each, *self._more], self._rows()

    def _rows(self) -> Iterator[Sequence[Cell]]:
        for student in self._students:
            result = self._results.get(student.id)
            called = self._names.of(student.id)
            cells = self._of_result(student, result, called.lti_id)
            yield [
                *person_cells(called),
                *(cells if self._names.is_pseudonymous else _as_told(result, cells)),
                *self._of_questions(student),
                *(plain_cell(result.extra.get(name)) if result else None for name in self._more),
            ]

    def _of_result(self, student: Student, result: Result | None, lti_id: str) -> list[Cell]:
        standings, extra = self._standings, result.extra if result else {}
        answered = standings.answered(student.id)
        points = number_in(result, "points", standings.earned(student.id, result))
        worth = number_in(result, "max_points", standings.possible(result))
        is_completed = result is not None and result.state is State.COMPLETED
        return [
            number_in(result, "right", sum(attempts.correct is True for attempts in answered)),
            number_in(result, "wrong", sum(attempts.correct is False for attempts in answered)),
            number_in(result, "answered", len(answered)),
            f"{text_of(points)}/{text_of(worth)}" if points is not None and worth is not None else "",
            points,
            number_in(result, "total_points", worth),
            result.time_spent_seconds if result else None,
            result.grade if result else None,
            result.comments if result else "",
            *(plain_cell(extra.get(name)) for name in _GRADES),
            at(result.started_at, self._zone) if result else None,
            str(is_completed),
            at(result.completed_at, self._zone) if result else None,
            lti_id,
            plain_cell(extra.get("behavioral_insights")),
        ]

    def _of_questions(self, student: Student) -> Iterator[Cell]:
        mine = self._standings.of(student.id)
        for question in self._standings.questions:
            if attempts := mine.get(question.id):
                yield "" if attempts.correct is None else str(attempts.correct)
                yield attempts.text(question)
                yield attempts.number
            else:
                yield from ("", "", 0)


_GRADES = ("teacher_grade", "assessments_grade", "script_grade", "grade_override", "extra_credit")
_KEYS = {key_of(name): place for place, name in enumerate(OF_RESULT)}


def _as_told(result: Result | None, cells: list[Cell]) -> list[Cell]:
    """The cells, but as the source wrote them where that was kept: what is no number, or lists several times."""
    for name, value in result.extra.items() if result else ():
        if name not in _OURS and (place := _KEYS.get(key_of(name))) is not None:
            cells[place] = plain_cell(value)
    return cells


def _unknown(extras: Iterable[Mapping[str, object]]) -> list[str]:
    """The columns that have none here, in the order in which they come."""
    names = dict.fromkeys(name for extra in extras for name in extra)
    known = {key_of(name) for name in COLUMNS}
    return [name for name in names if name not in _OURS and key_of(name) not in known]
