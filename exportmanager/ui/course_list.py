"""The courses on the left: add one, search, choose."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QListView, QMenu, QStackedWidget, QWidget

from exportmanager.core.course import CourseId
from exportmanager.jobs.desk import Desk
from exportmanager.library.listing import CourseSummary
from exportmanager.ui import theme
from exportmanager.ui.course_rows import SUMMARY, CourseDrawing, CourseRows
from exportmanager.ui.keeping_menu import add_keeping
from exportmanager.ui.kit import ICON, STEP, Empty, button, column, menu_button, named, row
from exportmanager.ui.memory import Memory
from exportmanager.ui.words import tr

_LAST = "course"
_IN_DIALOG = {"auto", "git"}
"""Sources that the Add course dialog asks about."""


class CourseList(QWidget):
    """`selected` carries the id of the course to show, or None where there is none any more.

    `asked_add` asks for the Add course dialog, `asked_source` carries the id of a source that asks by itself,
    `asked_sample` asks for the sample course, `asked_more` carries a `CourseSummary` to which more is to be added,
    `asked_export` the id of a course whose exports are wanted; `asked_archive`, `asked_certificate` and `asked_delete`
    that of one that is to be archived, whose archives are to be shown, or that is to be deleted.
    """

    selected = Signal(object)
    asked_add = Signal()
    asked_source = Signal(str)
    asked_more = Signal(object)
    asked_sample = Signal()
    asked_export = Signal(object)
    asked_archive = Signal(object)
    asked_certificate = Signal(object)
    asked_delete = Signal(object)

    def __init__(self, desk: Desk, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._memory = memory
        self._course: CourseId | None = None
        self._remembered: CourseId | None = memory.get(_LAST)
        self._wanted: CourseId | None = None
        self._row = 0
        self.rows = CourseRows()
        self.add_button = button(tr("&Add course"), icon="add", about=tr("take a course into the library"))
        self.add_button.clicked.connect(self._ask_to_add)
        self.more_button = menu_button(tr("More ways to add"), self._make_add_menu(desk), about=tr("a course"))
        self.search = self._make_search()
        self.view = self._make_view()
        self._nothing_fits = self._make_nothing_fits()
        self._pages = QStackedWidget()
        for page in (self.view, self._nothing_fits):
            self._pages.addWidget(page)
        adding = row(spacing=STEP // 2)
        adding.addWidget(self.add_button, 1)
        adding.addWidget(self.more_button)
        layout = column(adding, self.search)
        layout.addWidget(self._pages, 1)
        self.setLayout(layout)
        self.rows.modelReset.connect(self._rows_were_reset)

    # Making it

    def _make_add_menu(self, desk: Desk) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for source in desk.program.sources.values():
            if source.id not in _IN_DIALOG:
                action = menu.addAction(theme.icon("folder"), tr("{source}...", source=tr(source.title)))
                action.setToolTip(tr(source.summary))
                action.triggered.connect(partial(self._ask_for_source, source.id))
        menu.addSeparator()
        sample = menu.addAction(theme.icon("course"), tr("Sample course"))
        sample.setToolTip(tr("A small course with made-up students, to try everything on"))
        sample.triggered.connect(self.asked_sample)
        return menu

    def _ask_to_add(self) -> None:
        self.asked_add.emit()

    def _ask_for_source(self, source: str, _: bool = False) -> None:
        self.asked_source.emit(source)

    def _make_search(self) -> QLineEdit:
        made = QLineEdit()
        made.setPlaceholderText(tr("Search courses"))
        made.setClearButtonEnabled(True)
        made.setAcceptDrops(False)  # a folder that is dropped here is for the window
        made.addAction(theme.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        named(made, tr("Search courses"), tr("Shows the courses whose title, code or term holds every word"))
        made.textChanged.connect(self.rows.filter)
        made.returnPressed.connect(self._choose_first)
        made.installEventFilter(self)
        return made

    def _make_view(self) -> QListView:
        made = QListView()
        made.setModel(self.rows)
        made.setItemDelegate(CourseDrawing(made))
        made.setUniformItemSizes(True)
        made.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.setIconSize(ICON)
        made.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        made.customContextMenuRequested.connect(self._show_menu)
        made.selectionModel().currentChanged.connect(self._current_changed)
        named(made, tr("Courses"), tr("The courses in the library; the arrow keys choose one"))
        copy = QAction(tr("Copy title"), made)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy_title)
        made.addAction(copy)
        return made

    def _make_nothing_fits(self) -> Empty:
        clear = button(tr("Show all courses"), self.search.clear, about=tr("clears the search"))
        return Empty(tr("No course fits"), tr("No title, code or term holds all these words."), clear)

    # Showing

    def show_courses(self, summaries: Sequence[CourseSummary]) -> None:
        """Show these; what is chosen, searched and in sight stays."""
        self.rows.show_courses(summaries)
        remembered, self._remembered = self._remembered, None
        wanted = next((course for course in (self._wanted, remembered) if self.rows.holds(course)), None)
        if wanted is not None:
            self.select(wanted)
        elif not self.rows.holds(self._course):
            self._choose_neighbour()

    def select(self, course: CourseId) -> None:
        """Choose a course, as soon as it is there."""
        if not self.rows.holds(course):
            self._wanted = course
            return
        self._wanted = None
        if not self.rows.place_of(course).isValid():
            self.search.clear()
        self.view.setCurrentIndex(self.rows.place_of(course))

    @property
    def course(self) -> CourseId | None:
        """The chosen one."""
        return self._course

    def focus_search(self) -> None:
        """Put the focus into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _choose_neighbour(self) -> None:
        """The chosen course has gone: the one that took its place, or at the start the first."""
        if count := self.rows.rowCount():
            self.view.setCurrentIndex(self.rows.index(min(self._row, count - 1)))
        elif not self.rows.total:
            self._choose(None)

    def _choose_first(self) -> None:
        if self.rows.rowCount():
            self.view.setCurrentIndex(self.rows.index(0))
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _rows_were_reset(self) -> None:
        """The view has forgotten what was chosen and how far it was scrolled."""
        scrolled = self.view.verticalScrollBar().value()
        place = self.rows.place_of(self._course)
        if place.isValid():
            self.view.setCurrentIndex(place)
            self.view.verticalScrollBar().setValue(scrolled)
        is_in_vain = bool(self.rows.total) and not self.rows.rowCount()
        self._pages.setCurrentWidget(self._nothing_fits if is_in_vain else self.view)

    def _current_changed(self, index: QModelIndex, _: QModelIndex) -> None:
        if index.isValid():
            self._row = index.row()
            self._choose(index.data(SUMMARY).info.id)

    def _choose(self, course: CourseId | None) -> None:
        if course != self._course:
            self._course = course
            if course is not None:
                self._memory.put(_LAST, course)
            self.selected.emit(course)

    # Keys and menu

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search field the arrows go on into the list, and Escape clears it."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Down and self.rows.rowCount():
                self.view.setFocus(Qt.FocusReason.OtherFocusReason)
                if not self.view.currentIndex().isValid():
                    self.view.setCurrentIndex(self.rows.index(0))
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    def _show_menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        if index.isValid():
            self.menu_of(index).popup(self.view.viewport().mapToGlobal(place))

    def menu_of(self, index: QModelIndex) -> QMenu:
        """What can be done with a course."""
        menu = QMenu(self.view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        summary: CourseSummary = index.data(SUMMARY)
        export = menu.addAction(theme.icon("export"), tr("Export..."))
        export.triggered.connect(partial(self._ask_to_export, summary.info.id))
        more = menu.addAction(theme.icon("add"), tr("Add more to this course..."))
        more.triggered.connect(partial(self._ask_for_more, summary))
        menu.addAction(theme.icon("copy"), tr("Copy title")).triggered.connect(self.copy_title)
        wishes = (self.asked_archive, self.asked_certificate, self.asked_delete)
        add_keeping(menu, *(partial(self._ask, wish, summary.info.id) for wish in wishes))
        return menu

    def _ask(self, wish: SignalInstance, course: CourseId, _: bool = False) -> None:
        self.select(course)
        wish.emit(course)

    def _ask_to_export(self, course: CourseId, _: bool = False) -> None:
        self.select(course)
        self.asked_export.emit(course)

    def _ask_for_more(self, summary: CourseSummary, _: bool = False) -> None:
        self.asked_more.emit(summary)

    def copy_title(self) -> None:
        """Copy the title of the chosen course."""
        index = self.view.currentIndex()
        if index.isValid():
            QGuiApplication.clipboard().setText(index.data(SUMMARY).info.title)
