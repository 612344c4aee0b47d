"""What the pages of assignments and of students share: a searched table, and a menu of what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QMenu, QWidget

from exportmanager.core.course import CourseId
from exportmanager.jobs.sights import CourseSight
from exportmanager.ui import theme
from exportmanager.ui.kit import STEP, Empty, Text, column, menu_button, row
from exportmanager.ui.memory import Memory
from exportmanager.ui.rows import Rows
from exportmanager.ui.sheet import KeptLayout, SearchField, Sheet, shown_of
from exportmanager.ui.table import Table
from exportmanager.ui.words import counted, tr


@dataclass(frozen=True, slots=True)
class ListWords:
    """What a list calls itself and its rows. `one` and `many` as `words.counted` takes them."""

    name: str
    about: str
    search: str
    search_about: str
    one: str
    many: str


class ListPage(QWidget):
    """A searched table with a menu of what can be done with the selection.

    `asked_export` carries the id of a kind, and the ids of assignments and of students that are chosen, or None.
    """

    asked_export = Signal(str, object, object)

    def __init__(
        self,
        rows: Rows,
        memory: Memory,
        remembered_as: str,
        words: ListWords,
        nothing: Empty,
        beside: Sequence[QWidget] = (),
    ) -> None:
        super().__init__()
        self._words = words
        self._course: CourseId | None = None
        self.sight: CourseSight | None = None
        self.rows = rows
        self.table = Table(rows, words.name, words.about)
        self.search = SearchField(words.search, words.search_about)
        self.sheet = Sheet(self.table, nothing)
        self.count = Text(colour="muted", wrap=False)
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self.actions_button = menu_button(tr("Actions"), self.menu, about=tr("what can be done with the selected rows"))
        self.actions_button.setText(tr("Actions"))
        self.actions_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._layout = KeptLayout(self.table, memory, f"columns of {remembered_as}")
        self._arrange(beside)
        self._connect()

    def _arrange(self, beside: Sequence[QWidget]) -> None:
        top = row()
        top.addWidget(self.search, 1)
        for widget in beside:
            top.addWidget(widget)
        top.addStretch(0)
        top.addWidget(self.count)
        top.addWidget(self.actions_button)
        layout = column(top)
        layout.addWidget(self.body(), 1)
        layout.setContentsMargins(STEP, STEP, STEP, STEP)
        self.setLayout(layout)

    def body(self) -> QWidget:
        """What stands below the search: the table, in which other things may be put besides."""
        return self.sheet

    def _connect(self) -> None:
        self.search.textChanged.connect(self.rows.filter)
        self.search.left.connect(self.sheet.enter)
        self.sheet.cleared.connect(self.show_all)
        self.rows.arranged.connect(self._say_count)
        self.table.picked.connect(self._say_count)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self.menu.aboutToShow.connect(self._fill_menu)

    def show_rows(self, sight: CourseSight, rows: Sequence[Any]) -> None:
        """Show the rows of a course; of the same one, what is chosen, searched and in sight stays."""
        self.sight = sight
        if sight.overview.info.id != self._course:
            self._course = sight.overview.info.id
            self.show_all()
            self.rows.set_rows(())
            self.table.scrollToTop()
        self.rows.set_rows(rows)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand the focus on to the table. (A proxy inside the page would catch Tab for ever.)"""
        super().focusInEvent(event)
        self.table.setFocus(event.reason())

    def show_all(self) -> None:
        """Take the search back."""
        self.search.clear()
        if self.isVisible():
            self.search.setFocus()

    def focus_search(self) -> None:
        """Put the focus into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _say_count(self) -> None:
        said = shown_of(self.rows, counted(self.rows.total, self._words.one, self._words.many))
        if selected := self.table.chosen_count():
            said = tr("{count}, {selected}", count=said, selected=counted(selected, "1 selected", "%Ln selected"))
        self.count.setText(said)

    # What can be done

    def _show_menu(self, at: QPoint) -> None:
        self.menu.popup(self.table.viewport().mapToGlobal(at))

    def _fill_menu(self) -> None:
        self.menu.clear()
        self.fill_menu(self.menu)
        self.menu.addSeparator()
        copy = self.menu.addAction(theme.icon("copy"), tr("Copy"))
        copy.setEnabled(self.table.chosen_count() > 0)
        copy.triggered.connect(self.table.copy)

    def fill_menu(self, menu: QMenu) -> None:
        """Add what can be done with the selected rows, besides copying them."""
