"""What the teacher notes on a student's work: kept by itself a moment after the last letter, and on leaving."""

from __future__ import annotations

from functools import partial

import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from exportmanager.core.course import AssignmentId, CourseId, StudentId
from exportmanager.core.errors import ProblemForTeacher
from exportmanager.jobs.desk import Desk
from exportmanager.library.notes import LONGEST
from exportmanager.program import Program
from exportmanager.review.where import Where
from exportmanager.ui.kit import STEP, Text, column, labelled, row, tip_of
from exportmanager.ui.words import number, tr

_PAUSE = 1_000
"""Milliseconds without a letter after which the note is kept."""
_Of = tuple[CourseId, StudentId, AssignmentId]


def note_of(program: Program, course: CourseId, student: StudentId, assignment: AssignmentId) -> str:
    """The note that is kept; "" for none."""
    return program.library.notes.of(course, student).get(assignment, "")


class NoteField(QWidget):
    """The note on one workspace of a course."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._of: _Of | None = None
        self._kept = ""
        self._question = self._look = 0
        self._is_saving = False
        self._put = 0, 0
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setPlaceholderText(tr("Only you see this. It goes into archives of the course."))
        self.text.setMinimumHeight(6 * STEP)
        label = labelled(tr("My &note"), self.text, tr("What you note on this student's work; kept by itself"))
        self.said = Text(colour="muted", wrap=False)
        top = row(label)
        top.addStretch(1)
        top.addWidget(self.said)
        layout = column(top, spacing=STEP // 2)
        layout.addWidget(self.text, 1)
        self.setLayout(layout)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE)
        self._pause.timeout.connect(self.keep)
        self.text.textChanged.connect(self._changed)
        self.text.document().contentsChange.connect(self._note_put)
        desk.library_changed.connect(self._look_again)
        self.show_note(None)

    def show_note(self, where: Where | None) -> None:
        """Keep the note that stands there, and show that on another workspace; None: there is none to be noted on."""
        self.keep()
        is_of_course = where is not None and where.kind == "workspace"
        of = (where.course, where.student, where.assignment) if where is not None and is_of_course else None
        if of == self._of and of is not None:
            return
        self._of = of
        self._question += 1
        self._look += 1
        self._write("")
        self.text.setEnabled(False)
        self.said.setText("")
        if of is not None:
            work = partial(note_of, self._desk.program, *of)
            self._desk.background.ask(self, work, partial(self._show, self._question))

    def _show(self, question: int, text: str) -> None:
        if question == self._question:
            self._write(text)
            self.text.setEnabled(True)

    def _look_again(self) -> None:
        """The note may have been changed in another window: nobody is to write over that without having seen it."""
        if self._of is not None and self.text.isEnabled() and not self._is_saving:
            self._look += 1
            work = partial(note_of, self._desk.program, *self._of)
            self._desk.background.ask(self, work, partial(self._show_other, self._look))

    def _show_other(self, look: int, text: str) -> None:
        is_untouched = self.text.toPlainText() == self._kept
        if look == self._look and is_untouched and text != self._kept.strip():
            self._write(text)
            self.said.setText("")

    def _write(self, text: str) -> None:
        self._kept = text
        self.text.setPlainText(text)
        self._pause.stop()

    def _note_put(self, at: int, _: int, added: int) -> None:
        """Remember where something was put in last."""
        self._put = at, added

    def _changed(self) -> None:
        text = self.text.toPlainText()
        if (over := len(text) - LONGEST) > 0:
            self._cut(over)
        elif text != self._kept:
            self.said.setText("")
            self._pause.start()

    def _cut(self, over: int) -> None:
        """Leave out the end of what was put in last, which cannot be kept: what stood there before stays."""
        at, added = self._put
        document = self.text.document()
        cursor = QTextCursor(document)
        cursor.setPosition(min(at + added, document.characterCount() - 1))
        cursor.movePosition(QTextCursor.MoveOperation.PreviousCharacter, QTextCursor.MoveMode.KeepAnchor, over)
        cursor.removeSelectedText()
        self.said.setText(tr("Too long: the last {number} letters were left out", number=number(over)))

    def keep(self) -> None:
        """Keep what stands there, if it is not kept yet."""
        self._pause.stop()
        text = self.text.toPlainText()
        if self._of is None or not self.text.isEnabled() or text == self._kept:
            return
        self._kept = text
        self._is_saving = True
        self._look += 1  # what is being read is older than this
        program = self._desk.program
        work = partial(program.library.notes.keep, *self._of, text, program.clock())
        owner = self._desk  # this may be closed by then, and nobody's words are to be lost without a word
        then, otherwise = partial(self._saved, self._question), partial(self._fail, self._question, text)
        self._desk.background.ask(owner, work, then, otherwise)

    def _saved(self, question: int, _: None) -> None:
        self._is_saving = False
        if question == self._question and shiboken6.isValid(self):
            self.said.setText(tr("Saved"))

    def _fail(self, question: int, text: str, problem: Exception) -> None:
        self._is_saving = False
        if not isinstance(problem, ProblemForTeacher):
            self._desk.went_wrong.emit(problem)
        if question == self._question and shiboken6.isValid(self):
            self._kept = "\0"  # whatever stands there is not kept
            self.said.setText(tr("Not saved"))
            self.said.setToolTip(tip_of(tr(problem.what)) if isinstance(problem, ProblemForTeacher) else "")
        else:
            what = tr(problem.what) if isinstance(problem, ProblemForTeacher) else ""
            said = tr("A note could not be kept. {what}", what=what).strip()
            self._desk.went_wrong.emit(ProblemForTeacher(said, tr("Details has its text."), details=text))

    def focus_note(self) -> None:
        """Put the focus into it."""
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
