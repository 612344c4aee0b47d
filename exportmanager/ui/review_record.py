"""What else is known of a student's work beside the files: answers, access history, and questions to the coach."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from exportmanager.core.course import AssignmentId
from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.events import AccessEvent, CoachLog
from exportmanager.core.overview import Work
from exportmanager.jobs.desk import Desk
from exportmanager.review.where import Where
from exportmanager.ui import student_columns as c
from exportmanager.ui.course_words import duration, percent, progress_of
from exportmanager.ui.memory import Memory
from exportmanager.ui.student_part import PartWords, StudentPart
from exportmanager.ui.student_sight import AnswerSight, StudentSight, student_sight
from exportmanager.ui.words import tr


class WorkRecord(QObject):
    """Fills three tables with a student's work on one assignment. `changed`: what is known is there, or has gone."""

    changed = Signal()

    def __init__(self, desk: Desk, memory: Memory) -> None:
        super().__init__()
        self._desk = desk
        self._question = 0
        self._sight: StudentSight | None = None
        self._title = ""
        self.work: Work | None = None
        columns = c.answer_columns()[1:]  # without the assignment, which is that of all of them
        self.answers = StudentPart(_answers(), columns, _of_answer, memory, whole=c.answer_sections, raw=_raw)
        self.access = StudentPart(_access(), c.access_columns(self._title_of), _of_event, memory)
        self.coach = StudentPart(_coach(), c.coach_columns(self._title_of), _of_log, memory, whole=c.coach_sections)
        self.parts = (self.answers, self.access, self.coach)

    def show_work(self, where: Where | None) -> None:
        """Show what belongs to a workspace of a course; None, or any other: nothing is known."""
        self._question += 1
        self._forget()
        if where is None or where.kind != "workspace":
            self.changed.emit()
            return
        work = partial(student_sight, self._desk.program, where.course, where.student, self._sight)
        then = partial(self._show, self._question, where.assignment)
        self._desk.background.ask(self, work, then, partial(self._fail, self._question))

    def _forget(self) -> None:
        self.work = None
        for part in self.parts:
            part.rows.set_rows(())

    def _show(self, question: int, assignment: AssignmentId, sight: StudentSight) -> None:
        if question != self._question:
            return
        self._sight = sight
        record = sight.record
        self.work = next((work for work in record.work if work.assignment.id == assignment), None)
        self._title = self.work.assignment.title if self.work else assignment
        self.answers.rows.set_rows([one for one in sight.answers if one.line.answer.assignment_id == assignment])
        self.access.rows.set_rows([event for event in record.access if event.assignment_id == assignment])
        self.coach.rows.set_rows([log for log in record.coach if log.assignment_id == assignment])
        self.changed.emit()

    def _fail(self, question: int, problem: Exception) -> None:
        if question == self._question:
            self.changed.emit()
            if not isinstance(problem, ProblemForTeacher):
                self._desk.went_wrong.emit(problem)

    def _title_of(self, assignment: AssignmentId | None) -> str:
        return self._title if assignment else ""

    def facts(self) -> list[str]:
        """How far the student is, the grade and the time spent, in words; nothing for what is not known."""
        result = self.work.result if self.work else None
        if result is None:
            return []
        facts = [progress_of(result.state)]
        if result.grade is not None:
            facts.append(tr("Grade {grade}", grade=percent(result.grade)))
        if result.time_spent_seconds is not None:
            facts.append(tr("Time spent {time}", time=duration(result.time_spent_seconds)))
        return facts


def _of_answer(sight: AnswerSight) -> Hashable:
    answer = sight.line.answer
    return answer.assessment_id, answer.attempt


def _raw(sight: AnswerSight) -> str:
    return sight.line.answer.answer


def _of_event(event: AccessEvent) -> Hashable:
    return event.at, event.type, event.project_path, event.ip


def _of_log(log: CoachLog) -> Hashable:
    return log.at, log.question


def _words(**words: Any) -> PartWords:
    return PartWords(nothing_about=tr("No import brought any for this assignment."), **words)


def _answers() -> PartWords:
    return _words(
        id="answers to one assignment",
        title=tr("Answers"),
        about=tr("Each attempt at a question of this assignment; all of the selected one stands beside"),
        nothing=tr("There are no answers of this student"),
        pane=tr("The whole answer"),
        pane_hint=tr("All of the selected answer stands here, with its question and what was expected."),
    )


def _access() -> PartWords:
    return _words(
        id="access to one assignment",
        title=tr("Access"),
        about=tr("When the student opened and closed this assignment"),
        nothing=tr("There is no access history of this student"),
    )


def _coach() -> PartWords:
    return _words(
        id="coach in one assignment",
        title=tr("Coach"),
        about=tr("What the student asked the coach; the whole answer to the selected question stands beside"),
        nothing=tr("This student asked the coach nothing"),
        pane=tr("The whole question and answer"),
        pane_hint=tr("All of the selected question and its answer stand here."),
    )
