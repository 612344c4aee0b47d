"""The window: courses on the left, a course in the middle, the shelf below, and what happened in between."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QMainWindow,
    QMessageBox,
    QSpacerItem,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from exportmanager.core.course import AssignmentId, CourseId, StudentId
from exportmanager.jobs.desk import Desk
from exportmanager.library.listing import CourseSummary
from exportmanager.ui.blueprint_actions import BlueprintActions
from exportmanager.ui.course_list import CourseList
from exportmanager.ui.course_page import CoursePage
from exportmanager.ui.export_dialog import ExportDialog
from exportmanager.ui.focus_ring import FocusRing
from exportmanager.ui.importing import Importing
from exportmanager.ui.keeping import Keeping
from exportmanager.ui.kit import STEP, column, named
from exportmanager.ui.memory import Memory
from exportmanager.ui.menus import Menus
from exportmanager.ui.notices import Notices
from exportmanager.ui.reviewing import Reviewing
from exportmanager.ui.shelf_moving import ShelfMoving
from exportmanager.ui.shelf_panel import ShelfPanel
from exportmanager.ui.theme import Theme
from exportmanager.ui.welcome import Welcome
from exportmanager.ui.words import counted, tr

_PLACE = "place"
_SPLIT = "split"
_SHELF = "shelf split"
_SOON = 200


class MainWindow(QMainWindow):
    """One library on screen. `closed`: it is gone and nothing of it runs any more."""

    closed = Signal()
    ready = Signal()

    def __init__(self, desk: Desk, theme: Theme, remembered: dict[str, Any]) -> None:
        super().__init__()
        self.desk = desk
        self.theme = theme
        self.memory = Memory(desk, remembered, self)
        self.focus_ring = FocusRing(self)
        self.setWindowTitle("Export Manager")
        self.setMinimumSize(800, 500)
        self.setAcceptDrops(True)
        self.notices = Notices()
        self.courses = CourseList(desk, self.memory)
        self.page = CoursePage(desk, self.memory)
        self.welcome = Welcome()
        self.shelf = ShelfPanel(desk, self.memory, self.notices)
        self.importing = Importing(desk, self.notices, self)
        self.shelf_moving = ShelfMoving(desk, self.notices, self)
        self.blueprints = BlueprintActions(desk, self.notices, self.page.blueprints, self)
        self.keeping = Keeping(self)
        self.reviewing = Reviewing(self)
        self._middle = QStackedWidget()
        self._is_ready = self._may_close = self._wants_to_close = False
        self._arrange()
        self.menus = Menus(self)
        self._connect()
        self._restore()
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self.read)
        desk.library_changed.connect(self._soon.start)
        self.read()

    def _arrange(self) -> None:
        self._nothing = QWidget()
        for page in (self._nothing, self.welcome, self.page):
            self._middle.addWidget(page)
        self._across = QSplitter(Qt.Orientation.Horizontal)
        self._across.setChildrenCollapsible(False)
        self._across.addWidget(self.courses)
        self._across.addWidget(self._middle)
        self._across.setStretchFactor(1, 1)
        self._across.setSizes([300, 1000])
        self.courses.setMinimumWidth(200)
        upper = QWidget()
        upper.setLayout(self._upper())
        self._down = QSplitter(Qt.Orientation.Vertical)
        self._down.setChildrenCollapsible(False)
        self._down.addWidget(upper)
        self._down.addWidget(self.shelf)
        self._down.setStretchFactor(0, 1)
        self._down.setSizes([560, 200])
        self.setCentralWidget(self._down)

    def _upper(self) -> QVBoxLayout:
        layout = column(spacing=0)
        layout.addWidget(self._across, 1)
        layout.addWidget(self.notices)
        layout.setContentsMargins(STEP, STEP, STEP, 0)
        return layout

    def _connect(self) -> None:
        self.courses.selected.connect(self._select)
        self.welcome.asked_sample.connect(self.importing.bring_in_sample)
        self.welcome.asked_add.connect(self.importing.add)
        self.courses.asked_add.connect(self.importing.add)
        self.courses.asked_source.connect(self.importing.ask_for)
        self.courses.asked_more.connect(self._add_more)
        self.page.header.asked_more.connect(self.importing.add_to)
        self.courses.asked_sample.connect(self.importing.bring_in_sample)
        self.courses.asked_export.connect(self._show_exports)
        self.importing.came_in.connect(self._came_in)
        self.page.asked_export.connect(self.export)
        self.page.blueprints.asked_export_of.connect(self.export)
        self.desk.queue.refused.connect(partial(self.went_wrong, tr("asking for the export")))
        self.desk.went_wrong.connect(partial(self.went_wrong, tr("reading the library")))
        self.desk.became_idle.connect(self._close_at_last)

    def went_wrong(self, doing: str, error: Exception) -> None:
        """Say what happened, and what to do."""
        self.notices.say_problem(error, doing)

    # What is shown

    def read(self) -> None:
        """Read the list of courses anew."""
        self.desk.background.ask(self, self.desk.program.library.courses, self._show)

    def _show(self, summaries: Sequence[CourseSummary]) -> None:
        self.courses.show_courses(summaries)
        self.courses.setVisible(bool(summaries))
        self._middle.setCurrentWidget(self.page if summaries else self.welcome)
        if not self._is_ready:
            self._is_ready = True
            self.ready.emit()

    def _select(self, course: CourseId | None) -> None:
        self.page.show_course(course)

    def _show_exports(self, _: CourseId) -> None:
        self.page.show_exports()

    def _add_more(self, summary: CourseSummary) -> None:
        self.importing.add_to(summary.info.id, summary.info.title)

    def _came_in(self, course: CourseId) -> None:
        self.courses.select(course)
        self.read()

    def export(
        self,
        kind: str,
        assignments: tuple[AssignmentId, ...] | None,
        students: tuple[StudentId, ...] | None,
        blueprints: tuple[str, ...] | None = None,
    ) -> None:
        """Ask for the options of an export."""
        sight = self.page.sight
        if sight is None:
            return
        offer = next(offer for offer in sight.offers if offer.kind.id == kind)
        ExportDialog(self.desk, offer, sight, assignments, students, self, blueprints=blueprints).open()

    def focus_search(self) -> None:
        """The search field of the tab in view, or that of the courses."""
        if self._middle.currentWidget() is not self.page or not self.page.focus_search():
            self.courses.focus_search()

    # Files dropped on the window

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take folders and files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Bring in what was dropped."""
        self.importing.take([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    # Opening and closing

    def _restore(self) -> None:
        room = self.screen().availableGeometry().size()
        self.resize(QSize(1280, 800).boundedTo(room - QSize(16, 48)))  # its frame needs room too
        if place := self.memory.get(_PLACE):
            self.restoreGeometry(_bytes(place))
        for splitter, name in ((self._across, _SPLIT), (self._down, _SHELF)):
            if state := self.memory.get(name):
                splitter.restoreState(_bytes(state))

    def _remember(self) -> None:
        self.memory.put(_PLACE, _text(self.saveGeometry()))
        self.memory.put(_SPLIT, _text(self._across.saveState()))
        self.memory.put(_SHELF, _text(self._down.saveState()))
        self.memory.save()

    def bring_to_front(self) -> None:
        """Show the window above others, as a second start asks for."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close, unless something runs: then the teacher decides."""
        if self._may_close or not self.desk.is_busy:
            self._remember()
            self.shelf.finish()
            event.accept()
            self.closed.emit()
            return
        event.ignore()
        if not self._wants_to_close:
            self._ask_whether_to_stop()

    def _ask_whether_to_stop(self) -> None:
        exports = len(self.desk.queue.runs.keys)
        running = [counted(exports, "1 export", "%Ln exports")] if exports else []
        running += [task.title for task in self.desk.tasks.running]
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(tr("Close Export Manager"))
        box.setTextFormat(Qt.TextFormat.PlainText)  # titles of courses are no HTML
        box.setText(tr("Still running: {what}", what=", ".join(running)))
        box.setInformativeText(tr("What is stopped leaves nothing half done, and can be run again at the next start."))
        keep = box.addButton(tr("Keep working"), QMessageBox.ButtonRole.RejectRole)
        self._stop_button = box.addButton(tr("Stop and close"), QMessageBox.ButtonRole.AcceptRole)
        named(keep, keep.text(), tr("Closes nothing, and lets everything go on"))
        named(self._stop_button, self._stop_button.text(), tr("Stops everything, and closes the window"))
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.buttonClicked.connect(self._decided)
        _widen(box)
        self._box = box
        box.open()

    def _decided(self, chosen: Any) -> None:
        if chosen is self._stop_button:
            self.stop_and_close()

    def stop_and_close(self) -> None:
        """Stop whatever runs, and close as soon as it has stopped."""
        self._wants_to_close = True
        self.desk.stop_all()
        self._close_at_last()

    def _close_at_last(self) -> None:
        if self._wants_to_close and not self.desk.is_busy:
            self._may_close = True
            self.close()


def _widen(box: QMessageBox) -> None:
    """Give its sentences room for more than four words a line."""
    grid = box.layout()
    if isinstance(grid, QGridLayout):
        room = QSpacerItem(52 * box.fontMetrics().averageCharWidth(), 0)
        grid.addItem(room, grid.rowCount(), 0, 1, grid.columnCount())


def _text(state: QByteArray) -> str:
    return bytes(state.toBase64().data()).decode()


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(str(text).encode("ascii", "replace"))
