"""A student's page: how far in each assignment, files, answers, logins, and questions to the coach."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from exportmanager.core.course import CourseId, Role, StudentId
from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.overview import StudentRecord
from exportmanager.core.retention import last_active_day
from exportmanager.jobs.desk import Desk
from exportmanager.ui.course_words import activity, role_of
from exportmanager.ui.export_actions import add_exports
from exportmanager.ui.kit import STEP, Elided, Text, button, column, row
from exportmanager.ui.memory import Memory
from exportmanager.ui.sheet import SearchField
from exportmanager.ui.student_parts import StudentParts
from exportmanager.ui.student_sight import StudentSight, student_sight
from exportmanager.ui.words import day, tr

_LATE = 300
"""Milliseconds after which the page says that it is still reading."""


class StudentPage(QWidget):
    """`closed`: back to everybody. `asked_review` carries the student.

    `asked_export` carries the id of a kind, None, and the student's id in a tuple.
    """

    closed = Signal()
    asked_review = Signal(object)
    asked_export = Signal(str, object, object)

    def __init__(self, desk: Desk, memory: Memory) -> None:
        super().__init__()
        self._desk = desk
        self._course: CourseId | None = None
        self._student: StudentId | None = None
        self._order: Sequence[StudentId] = ()
        self._sight: StudentSight | None = None
        self._question = 0
        self.name = Elided(size="title")
        self.facts = Elided(colour="muted")
        self.search = SearchField(tr("Search this part"), tr("Shows the rows of the part in view that hold every word"))
        self.parts = StudentParts(memory)
        self._waiting = Text(colour="muted")
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._body = QStackedWidget()
        for page in (self._waiting, self.parts):
            self._body.addWidget(page)
        self._make_buttons()
        self._arrange()
        self._connect()
        self._late = QTimer(self, singleShot=True, interval=_LATE)
        self._late.timeout.connect(self._say_reading)

    # Making it

    def _make_buttons(self) -> None:
        self.back = button(tr("Back to students"), self.close_page, icon="back", about=tr("shows everybody again"))
        self.previous = button(tr("Previous"), self.show_previous, about=tr("the student before, as the list stands"))
        self.next = button(tr("Next"), self.show_next, about=tr("the student after, as the list stands"))
        self.review = button(tr("Review"), self._ask_review, icon="preview", about=tr("this student's files"))
        self.export = button(tr("Export student data..."), self._export_clicked, icon="export")
        for made, keys in ((self.back, "Alt+Left"), (self.previous, "Alt+Up"), (self.next, "Alt+Down")):
            tip = tr("{what} ({keys})", what=made.accessibleDescription(), keys=_said(keys))
            made.setToolTip(tip[:1].upper() + tip[1:])
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)

    def _arrange(self) -> None:
        top = row(self.back)
        top.addStretch(1)
        for made in (self.previous, self.next, self.review, self.export):
            top.addWidget(made)
        who = column(self.name, self.facts, spacing=0)
        middle = row(spacing=2 * STEP)
        middle.addLayout(who, 3)
        middle.addWidget(self.search, 1, Qt.AlignmentFlag.AlignBottom)
        layout = column(top, middle)
        layout.addWidget(self._body, 1)
        layout.setContentsMargins(STEP, STEP, STEP, STEP)
        self.setLayout(layout)

    def _connect(self) -> None:
        self.search.textChanged.connect(self.parts.filter)
        self.search.left.connect(self.parts.enter)
        self.parts.cleared.connect(self.search.clear)
        back = QKeySequence(QKeySequence.StandardKey.Back).toString()
        for keys, done in (
            (["Escape", "Alt+Left", back], self.close_page),
            (["Alt+Up"], self.show_previous),
            (["Alt+Down"], self.show_next),
        ):
            shortcut = QShortcut(self)
            shortcut.setKeys([QKeySequence(key) for key in dict.fromkeys(keys) if key])
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(done)

    # Whom it shows

    def show_student(self, course: CourseId, student: StudentId, order: Sequence[StudentId] = ()) -> None:
        """Show a student. `order` is that of the list: who comes before and after."""
        self._course = course
        self._order = tuple(order)
        self.search.clear()
        if not self.isVisible():  # else the one before stays until this one was read
            self._wait("")
        self._go_to(student)

    @property
    def student(self) -> StudentId | None:
        """Whom the page shows, or is about to."""
        return self._student

    def refresh(self) -> None:
        """Read the student again; what is selected, searched and in sight stays."""
        if self._student is not None:
            self._read()

    def close_page(self) -> None:
        """Go back to everybody."""
        self._question += 1  # what is still being read is not wanted any more
        self._late.stop()
        self.closed.emit()

    def show_previous(self) -> None:
        """Show the student before, in the order of the list."""
        self._step(-1)

    def show_next(self) -> None:
        """Show the student after, in the order of the list."""
        self._step(1)

    def _step(self, by: int) -> None:
        if 0 <= (place := self._place() + by) < len(self._order) and self._place() >= 0:
            self._go_to(self._order[place])

    def _place(self) -> int:
        return self._order.index(self._student) if self._student in self._order else -1

    def _go_to(self, student: StudentId) -> None:
        self._student = student
        self._late.start()
        self._allow_steps()
        self._read()

    def _allow_steps(self) -> None:
        place = self._place()
        self.previous.setEnabled(place > 0)
        self.next.setEnabled(0 <= place < len(self._order) - 1)

    # Reading

    def _read(self) -> None:
        assert self._course is not None, "a student is shown in a course"
        assert self._student is not None, "there is somebody to read"
        self._question += 1
        work = partial(student_sight, self._desk.program, self._course, self._student, self._sight)
        self._desk.background.ask(self, work, partial(self._show, self._question), partial(self._fail, self._question))

    def _show(self, question: int, sight: StudentSight) -> None:
        if question != self._question:  # somebody else is wanted by now
            return
        self._late.stop()
        record, before = sight.record, self._sight
        self._sight = sight
        if before is None or record is not before.record or sight.answers is not before.answers:
            if before is None or (before.record.student.id, before.record.info.id) != (self._student, self._course):
                self.parts.forget()
            self._say_who(record)
            self.parts.show_sight(sight)
        self._allow_export()
        self._body.setCurrentWidget(self.parts)
        if self.hasFocus():
            self.parts.enter()

    def _say_who(self, record: StudentRecord) -> None:
        student = record.student
        self.name.setText(student.name)
        last = last_active_day(student, record.info)
        said = [student.username, student.email, role_of(student.role)]
        is_known = last is not None and record.inactive_days is None and student.on_roster
        state = activity(student, record.inactive_days, last)
        said.append(tr("Last active {day}", day=day(last)) if is_known else state)
        self.facts.setText("  ·  ".join(part for part in said if part))

    def _say_reading(self) -> None:
        self._wait(tr("Reading ..."))

    def _wait(self, text: str) -> None:
        self._waiting.setText(text)
        self._body.setCurrentWidget(self._waiting)
        self.name.setText("")
        self.facts.setText("")
        self.export.setEnabled(False)
        self._forget_sight()

    def _forget_sight(self) -> None:
        self._sight = None
        self.parts.forget()

    def _fail(self, question: int, problem: Exception) -> None:
        if question != self._question:
            return
        self._late.stop()
        if isinstance(problem, ProblemForTeacher):
            self._wait(tr("{what} {next}", what=tr(problem.what), next=tr(problem.next_step)))
        else:
            self._wait(tr("This student could not be read."))
            self._desk.went_wrong.emit(problem)

    # What can be done

    def focus_search(self) -> None:
        """Put the focus into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _ask_review(self) -> None:
        self.asked_review.emit(self._student)

    def export_selection(self) -> None:
        """Ask for the first export of this student that can be had."""
        if self._sight and self.export.isEnabled():
            found = next(offer for offer in self._sight.offers if not offer.reason)
            self._ask(found.kind.id)

    def _allow_export(self) -> None:
        assert self._sight is not None, "it was just read"
        is_student = self._sight.record.student.role is Role.STUDENT
        reasons = [tr(offer.reason) for offer in self._sight.offers if offer.reason]
        if not is_student:
            reasons = [tr("Only students' data can be exported.")]
        is_possible = is_student and any(not offer.reason for offer in self._sight.offers)
        self.export.setEnabled(is_possible)
        self.export.setToolTip("" if is_possible else " ".join(reasons))
        self.export.setAccessibleDescription(
            tr("Asks what to export of {student}", student=self.name.text()) if is_possible else " ".join(reasons)
        )

    def _export_clicked(self) -> None:
        assert self._sight is not None, "the button is off until somebody was read"
        if len(self._sight.offers) == 1:
            self.export_selection()
            return
        self._menu.clear()
        add_exports(self._menu, self._sight.offers, self.name.text(), self._ask)
        self._menu.popup(self.export.mapToGlobal(QPoint(0, self.export.height())))

    def _ask(self, kind: str, _: bool = False) -> None:
        assert self._sight is not None, "nothing can be asked for before"
        self.asked_export.emit(kind, None, (self._sight.record.student.id,))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Mice have a button for going back."""
        if event.button() == Qt.MouseButton.BackButton:
            self.close_page()
        else:
            super().mousePressEvent(event)


def _said(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
