"""The tab Review: students and assignments of a course on the left, with a note; the chosen workspace on the right."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from exportmanager.core.course import CourseId, StudentId
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.sights import CourseSight
from exportmanager.review.where import Where
from exportmanager.ui.kit import column
from exportmanager.ui.memory import Memory
from exportmanager.ui.review_body import ReviewBody
from exportmanager.ui.review_groups import Choice, choices_in
from exportmanager.ui.review_sight import Wanted


class ReviewPage(QWidget):
    """`asked_window` carries a `Where` and the file in it, `asked_find` the course, `asked_run` a `WorkspaceSight`.

    `asked_dossier` carries the `Where` of a student's work.
    """

    asked_window = Signal(object, str)
    asked_find = Signal(object)
    asked_run = Signal(object)
    asked_dossier = Signal(object)

    def __init__(self, desk: Desk, memory: Memory) -> None:
        super().__init__()
        self._desk = desk
        self._course: CourseId | None = None
        self._is_old = self._is_read = False
        self._question = 0
        self._wish: tuple[Where, Wanted | None] | StudentId | None = None
        self.body = ReviewBody(desk, memory)
        self.setLayout(column(self.body))
        self.body.asked_window.connect(self.asked_window)
        self.body.asked_run.connect(self.asked_run)
        self.body.asked_dossier.connect(self.asked_dossier)
        self.body.asked_find.connect(self._ask_find)

    # Which course

    def show_course(self, sight: CourseSight) -> None:
        """Show the workspaces of a course; what is looked at stays."""
        course = sight.overview.info.id
        if course != self._course:
            self._course = course
            self._is_read = False
            self._question += 1
            self.body.forget()
        self._is_old = True
        if self.isVisible():
            self._read()

    def showEvent(self, event: QShowEvent) -> None:
        """Read what there is, which nobody needed until now."""
        super().showEvent(event)
        if self._is_old:
            self._read()

    def _read(self) -> None:
        assert self._course is not None, "there is one to read"
        self._is_old = False
        self._question += 1
        work = partial(choices_in, self._desk.program.library, self._course)
        self._desk.background.ask(self, work, partial(self._show, self._question))

    def _show(self, question: int, choices: Sequence[Choice]) -> None:
        if question == self._question:
            self._is_read = True
            self.body.show_choices(choices)
            self._follow_wish()

    # Which workspace

    def open_student(self, student: StudentId) -> None:
        """Show the first workspace of a student, as soon as the course is read."""
        self._wish = student
        self._follow_wish()

    def open_workspace(self, where: Where, wanted: Wanted | None = None) -> None:
        """Show a workspace of this course and a file in it, as soon as the course is read."""
        self._wish = (where, wanted)
        self._follow_wish()

    def _follow_wish(self) -> None:
        if not self._is_read or self._wish is None:  # it is followed when all has been read
            return
        wish, self._wish = self._wish, None
        if isinstance(wish, tuple):
            self.body.show_workspace(*wish)
        elif (found := self.body.choice.first_of(wish)) is not None:
            self.body.choice.choose(found)

    # What can be done

    def _ask_find(self) -> None:
        self.asked_find.emit(self._course)

    def focus_search(self) -> None:
        """Put the focus into the search field for workspaces."""
        self.body.choice.focus_search()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand the focus on to the tree."""
        super().focusInEvent(event)
        self.body.choice.tree.setFocus(event.reason())
