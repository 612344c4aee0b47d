"""Assessment data as tables: a row for each student with columns for each assessment, or a row for each attempt."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from exportmanager.core.course import Answer, Assessment, AssessmentId, Assignment, Course, Result
from exportmanager.core.events import Wanted
from exportmanager.core.meter import Meter
from exportmanager.core.retention import zone_of
from exportmanager.exports.pieces.choice import Choice
from exportmanager.exports.pieces.legend import LegendOf
from exportmanager.exports.pieces.person_columns import PERSON, PERSON_MEANINGS, person_cells
from exportmanager.exports.pieces.sheets import Table, at
from exportmanager.exports.pieces.standings import Question, Standings, only_told
from exportmanager.exports.pieces.streams import ByAssignment
from exportmanager.formats.answers import readable_answer
from exportmanager.formats.csv import Cell

WIDE = (*PERSON, "Assignment_Name", "Total_Points_Earned", "Total_Points_Possible", "Time_Spent")
ENDINGS = ("_Attempts", "_Answer", "_Earned_Points", "_Total_Points_Possible")
"""Columns as documented for "Export Assessment Data", these of each assessment."""
LONG = (
    *PERSON, "Assignment_Name", "Assessment_ID", "Assessment_Name", "Assessment_Type", "Attempt", "Time", "Answer",
    "Raw_Answer", "Correct", "Earned_Points", "Points_Possible", "More",
)  # fmt: skip

_WIDE_MEANINGS = {
    **PERSON_MEANINGS,
    "Assignment_Name": "the assignment",
    "Total_Points_Earned": "the points of all assessments that count in totals",
    "Total_Points_Possible": "the points that they are worth",
    "Time_Spent": "the time spent in the assignment, in whole seconds",
}
_ENDING_MEANINGS = dict(
    zip(
        ENDINGS,
        ("how often it was answered", "the last answer, as text", "points earned", "points that it is worth"),
        strict=True,
    )
)
_LONG_MEANINGS = {
    **PERSON_MEANINGS,
    "Assignment_Name": "the assignment",
    "Assessment_ID": "the platform's id of the assessment",
    "Assessment_Name": "its name, with a number where another assessment of the assignment has the same",
    "Assessment_Type": "its type, as the platform calls it",
    "Attempt": "the number of the attempt, from 1",
    "Time": "when it was answered, in ISO 8601; empty where nobody knows",
    "Answer": "the answer, as text",
    "Raw_Answer": "the answer as the platform keeps it",
    "Correct": "whether it was right, where that was judged",
    "Earned_Points": "the points of this attempt",
    "Points_Possible": "the points that the assessment is worth",
    "More": "what else the source told of the attempt, as JSON; empty with pseudonyms",
}


class AssessmentTables:
    """The tables of the chosen assignments, which must be asked for in the course's order. Counts what it gives out."""

    def __init__(self, course: Course, choice: Choice, wanted: Wanted, meter: Meter, *, is_long: bool) -> None:
        self._course, self._choice, self._wanted, self._meter, self.is_long = course, choice, wanted, meter, is_long
        self._zone = zone_of(course.info)
        about = choice.about
        self._results = ByAssignment(r for r in course.results() if r.assignment_id in about)
        self._assessments: dict[str, list[Assessment]] = {}
        for assessment in course.assessments():
            self._assessments.setdefault(assessment.assignment_id, []).append(assessment)
        self.legends: list[LegendOf] = []
        self.rows = self.answers = 0

    def table(self, assignment: Assignment, name: str) -> Table:
        """The table of an assignment; its legend is called `name`."""
        known = self._assessments.get(assignment.id, [])
        answers = self._choice.answers(self._course, assignment.id, self._meter, self._wanted)
        if self.is_long:
            questions = Standings(known, ()).questions
            self.legends.append(LegendOf(name, _LONG_MEANINGS, {}, ()))
            return list(LONG), self._attempts(assignment, {q.id: q for q in questions}, answers)
        standings = Standings(known, answers)
        self.answers += standings.count
        self.legends.append(LegendOf(name, _WIDE_MEANINGS, _ENDING_MEANINGS, standings.questions))
        header = [*WIDE, *(f"{question.label}{ending}" for question in standings.questions for ending in ENDINGS)]
        return header, self._standing(assignment, standings, self._results.of(assignment.id))

    def _standing(
        self, assignment: Assignment, standings: Standings, results: Mapping[str, Result]
    ) -> Iterator[Sequence[Cell]]:
        for student in self._choice.students:
            result = results.get(student.id)
            mine = standings.of(student.id)
            cells: list[Cell] = [
                *person_cells(self._choice.names.of(student.id)),
                assignment.title,
                standings.earned(student.id, result),
                standings.possible(result),
                result.time_spent_seconds if result else None,
            ]
            for question in standings.questions:
                if attempts := mine.get(question.id):
                    cells += (attempts.number, attempts.text(question), attempts.earned(question), question.points)
                else:
                    cells += (0, "", None, question.points)
            self.rows += 1
            yield cells

    def _attempts(
        self, assignment: Assignment, questions: Mapping[AssessmentId, Question], answers: Iterator[Answer]
    ) -> Iterator[Sequence[Cell]]:
        names = self._choice.names
        for answer in answers:
            more = {} if names.is_pseudonymous else dict(answer.extra)
            question = questions.get(answer.assessment_id) or only_told(answer.assessment_id)
            self.answers += 1
            yield [
                *person_cells(names.of(answer.student_id)),
                assignment.title,
                question.id,
                question.label,
                question.type,
                answer.attempt,
                at(answer.at, self._zone),
                readable_answer(question.definition, answer.answer),
                answer.answer,
                answer.correct,
                answer.points,
                question.points,
                json.dumps(more, ensure_ascii=False) if more else "",
            ]
