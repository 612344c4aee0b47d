"""A course: what matters before it is deleted, and its tabs."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from exportmanager.core.course import CourseId, StudentId
from exportmanager.core.errors import NotFound
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.sights import CourseSight, course_sight
from exportmanager.ui.assignments_page import AssignmentsPage
from exportmanager.ui.blueprints_page import BlueprintsPage
from exportmanager.ui.course_header import CourseHeader
from exportmanager.ui.export_tab import ExportTab
from exportmanager.ui.kit import STEP, Empty, column
from exportmanager.ui.memory import Memory
from exportmanager.ui.overview_page import OverviewPage
from exportmanager.ui.review_page import ReviewPage
from exportmanager.ui.student_page import StudentPage
from exportmanager.ui.students_page import StudentsPage
from exportmanager.ui.words import tr

_TAB = "tab"
_SOON = 150
"""Milliseconds: a running export commits often, and the page is read anew once."""


class CoursePage(QWidget):
    """`asked_export` carries the id of a kind, and the ids of assignments and of students that are chosen, or None."""

    asked_export = Signal(str, object, object)
    shown = Signal(object)

    def __init__(self, desk: Desk, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._memory = memory
        self._course: CourseId | None = None
        self.sight: CourseSight | None = None
        self.header = CourseHeader(desk)
        self.overview = OverviewPage(desk)
        self.assignments = AssignmentsPage(desk, memory)
        self.students = StudentsPage(desk, memory)
        self.student = StudentPage(desk, memory)
        self.export = ExportTab(desk)
        self.blueprints = BlueprintsPage(desk, memory)
        self.review = ReviewPage(desk, memory)
        self.tabs = self._make_tabs()
        self._nothing = Empty(tr("No course is chosen"), tr("Choose a course on the left to see what is in it."))
        self._pages = QStackedWidget()
        self._whole = QWidget()
        self._whole.setLayout(self._arranged())
        for page in (self._nothing, self._whole):
            self._pages.addWidget(page)
        self.setLayout(column(self._pages))
        self._connect()
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self.read)
        desk.library_changed.connect(self._soon.start)

    def _make_tabs(self) -> QTabWidget:
        self._people = QStackedWidget()
        self._people.addWidget(self.students)
        self._people.addWidget(self.student)
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.setAccessibleName(tr("Parts of the course"))
        tabs.setAccessibleDescription(
            tr("Overview, assignments, students, exports, blueprints and review of the course")
        )
        for page, title in (
            (self.overview, tr("Overview")),
            (self.assignments, tr("Assignments")),
            (self._people, tr("Students")),
            (self.export, tr("Export")),
            (self.blueprints, tr("Blueprints")),
            (self.review, tr("Review")),
        ):
            tabs.addTab(page, title)
        tabs.setCurrentIndex(min(int(self._memory.get(_TAB, 0)), tabs.count() - 1))
        return tabs

    def _arranged(self) -> QVBoxLayout:
        layout = column(spacing=0)
        layout.addWidget(self.header)
        layout.addWidget(self.tabs, 1)
        layout.setContentsMargins(STEP, STEP, STEP, 0)
        return layout

    def _connect(self) -> None:
        for page in (self.assignments, self.students, self.student, self.export):
            page.asked_export.connect(self.asked_export)
        self.export.asked_import.connect(self.import_blueprints)
        self.students.opened.connect(self._open_student)
        self.student.closed.connect(self._close_student)
        self.tabs.currentChanged.connect(self._tab_changed)

    def show_course(self, course: CourseId | None) -> None:
        """Show a course; what was there stays until this one was read."""
        if course != self._course:
            self._close_student()
        self._course = course
        if course is None:
            self.sight = None
            self._pages.setCurrentWidget(self._nothing)
        else:
            self.read()

    def read(self) -> None:
        """Read the course anew."""
        if self._course is not None:
            work = partial(course_sight, self._desk.program, self._course)
            self._desk.background.ask(self, work, partial(self._show, self._course), self._not_read)

    def _not_read(self, error: Exception) -> None:
        if not isinstance(error, NotFound):  # it was deleted just now: the list goes on to another one in a moment
            self._desk.went_wrong.emit(error)

    def _show(self, course: CourseId, sight: CourseSight) -> None:
        if course != self._course:  # another one was chosen meanwhile
            return
        self.sight = sight
        self.header.show_course(sight)
        for page in (self.overview, self.assignments, self.students, self.export, self.blueprints, self.review):
            page.show_course(sight)
        if self._people.currentWidget() is self.student:
            self.student.refresh()
        self._pages.setCurrentWidget(self._whole)
        self.shown.emit(course)

    @property
    def open_student(self) -> StudentId | None:
        """The student whose page is open."""
        is_open = self._people.currentWidget() is self.student and self.tabs.currentWidget() is self._people
        return self.student.student if is_open else None

    def show_tab(self, number: int) -> None:
        """Show a tab, counted from 0."""
        if 0 <= number < self.tabs.count():
            self.tabs.setCurrentIndex(number)
            self.tabs.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_exports(self) -> None:
        """Show the Export tab."""
        self.tabs.setCurrentWidget(self.export)

    def import_blueprints(self, _: bool = False) -> None:
        """Ask where to import blueprints from, if there is a course that they can come to."""
        if self.sight is not None:
            self.blueprints.import_some()

    def focus_search(self) -> bool:
        """Put the focus into the search field of the tab in view; False where it has none."""
        page: Any = self.tabs.currentWidget()
        page = page.currentWidget() if page is self._people else page
        search = getattr(page, "focus_search", None)
        if search is not None:
            search()
        return search is not None

    def export_selection(self) -> None:
        """Export what is selected in the tab in view, or show what can be exported."""
        page: Any = self.tabs.currentWidget()
        page = page.currentWidget() if page is self._people else page
        export = getattr(page, "export_selection", None)
        if export is None:
            self.show_exports()
            self.export.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            export()

    def _open_student(self, student: Any) -> None:
        assert self._course is not None, "students are those of a course"
        self.student.show_student(self._course, student, self.students.order())
        self._people.setCurrentWidget(self.student)
        self.student.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _close_student(self) -> None:
        if self._people.currentWidget() is self.student:
            self._people.setCurrentWidget(self.students)
            self.students.table.select_key(self.student.student)  # another one, where the teacher went on from there
            self.students.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _tab_changed(self, number: int) -> None:
        self._memory.put(_TAB, number)
