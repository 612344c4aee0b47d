"""The parts of a student's page as tabs with counts; one search text applies to the part in view."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget

from exportmanager.core.course import AssignmentId
from exportmanager.core.events import AccessEvent, CoachLog
from exportmanager.core.overview import Work
from exportmanager.ui import student_columns as c
from exportmanager.ui.kit import named
from exportmanager.ui.memory import Memory
from exportmanager.ui.student_part import PartWords, StudentPart
from exportmanager.ui.student_sight import AnswerSight, StudentSight
from exportmanager.ui.words import tr

_LAST = "part of the student's page"


class StudentParts(QTabWidget):
    """Progress, workspaces, answers, access and coach. `cleared`: the search is to be taken back."""

    cleared = Signal()

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self._memory = memory
        self._titles: dict[AssignmentId | None, str] = {None: ""}
        self._text = ""
        self.setDocumentMode(True)
        named(self, tr("Parts of the student's page"), tr("Progress, workspaces, answers, access and coach"))
        self.work = StudentPart(_progress_words(), c.work_columns(), _of_work, memory)
        self.workspaces = StudentPart(_workspace_words(), c.workspace_columns(), _of_work, memory)
        self.answers = StudentPart(
            _answer_words(), c.answer_columns(), _of_answer, memory, whole=c.answer_sections, raw=_raw
        )
        self.access = StudentPart(_access_words(), c.access_columns(self._title_of), _of_event, memory)
        self.coach = StudentPart(
            _coach_words(), c.coach_columns(self._title_of), _of_log, memory, whole=c.coach_sections
        )
        self.all = (self.work, self.workspaces, self.answers, self.access, self.coach)
        for part in self.all:
            self.addTab(part, part.label())
            part.changed.connect(self._relabel)
            part.cleared.connect(self.cleared)
        self.setCurrentIndex(max(0, min(int(memory.get(_LAST, 0)), self.count() - 1)))
        self.currentChanged.connect(self._turned)

    def show_sight(self, sight: StudentSight) -> None:
        """Show all of a student; what is the same stays as it is."""
        record = sight.record
        self._titles = {None: ""} | {work.assignment.id: work.assignment.title for work in record.work}
        kept = [work for work in record.work if work.workspace is not None]
        rows: Sequence[Sequence[Any]] = (record.work, kept, sight.answers, record.access, record.coach)
        for part, its_rows in zip(self.all, rows, strict=True):
            part.rows.set_rows(its_rows)

    def forget(self) -> None:
        """Let go of a student before another one is shown, so that nothing of one stays selected in the other."""
        for part in self.all:
            part.rows.set_rows(())

    def filter(self, text: str) -> None:
        """Show only rows of the part in view that hold every word of `text`."""
        self._text = text
        self._part().rows.filter(text)

    def enter(self) -> None:
        """Put the focus into the table in view."""
        self._part().sheet.enter()

    def _part(self) -> StudentPart:
        return self.all[self.currentIndex()]

    def _turned(self, number: int) -> None:
        self._memory.put(_LAST, number)
        for part in self.all:
            part.rows.filter(self._text if part is self._part() else "")

    def _relabel(self) -> None:
        for number, part in enumerate(self.all):
            if self.tabText(number) != part.label():
                self.setTabText(number, part.label())

    def _title_of(self, assignment: AssignmentId | None) -> str:
        return self._titles.get(assignment, assignment or "")


def _of_work(work: Work) -> Hashable:
    return work.assignment.id


def _of_answer(sight: AnswerSight) -> Hashable:
    answer = sight.line.answer
    return answer.assignment_id, answer.assessment_id, answer.attempt


def _of_event(event: AccessEvent) -> Hashable:
    return event.at, event.type, event.assignment_id, event.project_path, event.ip


def _of_log(log: CoachLog) -> Hashable:
    return log.at, log.assignment_id, log.question


def _raw(sight: AnswerSight) -> str:
    return sight.line.answer.answer


def _progress_words() -> PartWords:
    return PartWords(
        id="progress",
        title=tr("Progress"),
        about=tr("Each assignment of the course, and how the student stands in it"),
        nothing=tr("This course has no assignments"),
        nothing_about=tr("Progress is shown for each assignment."),
    )


def _workspace_words() -> PartWords:
    return PartWords(
        id="workspaces",
        title=tr("Workspaces"),
        about=tr("The files of the student in each assignment"),
        nothing=tr("There are no files of this student"),
        nothing_about=tr("No import brought any. The tab Progress says what was begun."),
    )


def _answer_words() -> PartWords:
    return PartWords(
        id="answers",
        title=tr("Answers"),
        about=tr("Each attempt at a question; all of the selected one stands beside, with what was expected"),
        nothing=tr("There are no answers of this student"),
        nothing_about=tr("No import brought any."),
        pane=tr("The whole answer"),
        pane_hint=tr("All of the selected answer stands here, with its question and what was expected."),
    )


def _access_words() -> PartWords:
    return PartWords(
        id="access",
        title=tr("Access"),
        about=tr("When the student logged in and out, and opened and closed projects"),
        nothing=tr("There is no access history of this student"),
        nothing_about=tr("No import brought any."),
    )


def _coach_words() -> PartWords:
    return PartWords(
        id="coach",
        title=tr("Coach"),
        about=tr("What the student asked the coach; the whole answer to the selected question stands beside"),
        nothing=tr("This student asked the coach nothing"),
        nothing_about=tr("No import brought any questions."),
        pane=tr("The whole question and answer"),
        pane_hint=tr("All of the selected question and its answer stand here."),
    )
