"""A table with what belongs to it: a search field, words where nothing is to be seen, columns that are remembered."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QStackedWidget

from exportmanager.ui import theme
from exportmanager.ui.kit import Empty, button, named
from exportmanager.ui.memory import Memory
from exportmanager.ui.rows import Rows
from exportmanager.ui.table import Table
from exportmanager.ui.words import number, tr


class SearchField(QLineEdit):
    """Escape empties it, and goes its usual way once it is empty; Enter and Down go on to the table."""

    left = Signal()

    def __init__(self, name: str, description: str) -> None:
        super().__init__()
        named(self, name, description)
        self.setPlaceholderText(name)
        self.setToolTip(description)
        self.setClearButtonEnabled(True)
        self.setMinimumWidth(120)
        self.setMaximumWidth(320)
        self.addAction(theme.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.returnPressed.connect(self.left)

    def event(self, event: QEvent) -> bool:
        """Keep Escape from whoever else waits for it while there is something to clear."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._clears(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape clears; Down leaves."""
        if self._clears(event):
            self.clear()
        elif event.key() == Qt.Key.Key_Down:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _clears(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Escape and bool(self.text())


class Sheet(QStackedWidget):
    """A table; in its place words where it has no rows, or where none fits the search. `cleared`: show all again."""

    cleared = Signal()

    def __init__(self, table: Table, nothing: Empty) -> None:
        super().__init__()
        self.table = table
        self.nothing = nothing
        clear = button(tr("Clear the search"), self._clear, icon="close", about=tr("shows everything again"))
        self.nothing_fits = Empty(tr("Nothing fits the search"), tr("No row holds all these words."), clear)
        for page in (table, self.nothing, self.nothing_fits):
            self.addWidget(page)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        table.rows.arranged.connect(self._arranged)
        self._arranged()

    def _arranged(self) -> None:
        rows = self.table.rows
        page = self.table if rows.shown else self.nothing_fits if rows.total else self.nothing
        self.setCurrentWidget(page)

    def _clear(self) -> None:
        self.cleared.emit()

    def enter(self) -> None:
        """Put the focus on the row that the table stands on, or on the first."""
        if not self.table.currentIndex().isValid() and self.table.rows.shown:
            self.table.selectRow(0)
        self.table.setFocus()


class KeptLayout(QObject):
    """Keeps the columns of a table as the teacher left them, from one start to the next."""

    def __init__(self, table: Table, memory: Memory, name: str) -> None:
        super().__init__(table)
        self._table = table
        self._memory = memory
        self._name = name
        self._is_known = bool(table.restore_layout(str(memory.get(name, ""))))
        self._has_fitted = self._is_known
        table.rows.arranged.connect(self._fit)
        table.layout_changed.connect(self._keep)

    def _fit(self) -> None:
        if not self._has_fitted and self._table.rows.shown:
            self._has_fitted = True
            self._table.fit_columns()

    def _keep(self) -> None:
        self._memory.put(self._name, self._table.layout_state())


def shown_of(rows: Rows, all_of_them: str) -> str:
    """How many rows are to be seen: "3 of 8 shown", or `all_of_them` ("8 assignments")."""
    if rows.is_filtered:
        return tr("{shown} of {total} shown", shown=number(len(rows.shown)), total=number(rows.total))
    return all_of_them
