"""Lists things in a dialog: a searched table, and buttons for what can be done with the selected one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from exportmanager.jobs.desk import Desk
from exportmanager.ui.kit import STEP, Empty, Text, button, column, row
from exportmanager.ui.sheet import SearchField, Sheet, shown_of
from exportmanager.ui.table import Table, one_line
from exportmanager.ui.words import tr


class ListDialog(QDialog):
    """Shows the rows of `table`, or what `nothing` says; `many` says how many there are: "3 archives"."""

    def __init__(
        self, title: str, table: Table, nothing: Empty, many: Callable[[int], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.table, self.rows, self._many = table, table.rows, many
        self._allowed: list[tuple[QPushButton, Callable[[Any], bool]]] = []
        self._desk: Desk | None = None
        self._is_asking = self._is_stale = False
        self.sheet = Sheet(table, nothing)
        self.search = SearchField(tr("Search"), tr("Shows the rows in which every word stands"))
        self.count = Text(colour="muted", wrap=False)
        self.close_button = button(tr("Close"), self.accept)
        self.top, self._buttons = column(), row()
        self._buttons.addStretch(1)
        self._buttons.addWidget(self.close_button)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        searching = row(self.search)
        searching.setStretch(0, 1)
        searching.addStretch(1)
        searching.addWidget(self.count)
        layout = column(self.top, searching, margin=2 * STEP)
        layout.addWidget(self.sheet, 1)
        layout.addLayout(self._buttons)
        self.setLayout(layout)
        self.setMinimumHeight(30 * STEP)

    def _connect(self) -> None:
        self.search.textChanged.connect(self.rows.filter)
        self.search.left.connect(self.sheet.enter)
        self.sheet.cleared.connect(self.search.clear)
        self.rows.arranged.connect(self._say_count)
        self.table.picked.connect(self._allow)

    # What can be done

    def add(
        self,
        words: str,
        act: Callable[[Any], object],
        *,
        icon: str,
        about: str,
        can: Callable[[Any], bool] | None = None,
    ) -> QPushButton:
        """Add a button that calls `act` with the selected row; it works where one is selected that `can` be used so."""
        made = button(words, partial(self._act, act), icon=icon, about=about)
        self._insert(made)
        self._allowed.append((made, can or _always))
        made.setEnabled(False)
        return made

    def add_copy(self, about: str) -> None:
        """Add a button that copies all that is shown."""
        self.copy_button = button(tr("Copy all"), self.copy, icon="copy", about=about)
        self._insert(self.copy_button)

    def _insert(self, made: QPushButton) -> None:
        self._buttons.insertWidget(self._buttons.count() - 2, made)
        self.setTabOrder(made, self.close_button)

    def _act(self, act: Callable[[Any], object], _: bool = False) -> None:
        act(self.table.chosen()[0])

    def _allow(self) -> None:
        chosen = self.table.chosen()
        for made, can in self._allowed:
            made.setEnabled(len(chosen) == 1 and can(chosen[0]))

    def copy(self) -> None:
        """Copy what is shown as tab-separated lines."""
        columns = self.rows.columns
        lines = [[column.title for column in columns]]
        lines += [[column.text(one) for column in columns] for one in self.rows.shown]
        QGuiApplication.clipboard().setText("\n".join("\t".join(map(one_line, line)) for line in lines))
        self.copy_button.setText(tr("Copied"))

    # What is shown

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show these. Where the selected one has gone, the one that took its place is selected."""
        is_first, place = not self.rows.total, max(self.table.currentIndex().row(), 0)
        self.rows.set_rows(rows)
        if is_first:
            self.table.fit_columns()
            self.sheet.enter()
        if self.rows.shown and not self.table.chosen_count():
            self.table.selectRow(min(place, len(self.rows.shown) - 1))
        self._allow()

    def _say_count(self) -> None:
        self.count.setText(shown_of(self.rows, self._many(self.rows.total)) if self.rows.total else "")

    def keep_reading(self, desk: Desk, what: Callable[[], Sequence[Any]]) -> None:
        """Show what `what` gives, now and each time that the library changed; it is asked off the window's thread."""
        self._desk, self._what = desk, what
        desk.library_changed.connect(self.read)
        self.read()

    def read(self) -> None:
        """Ask for the rows anew."""
        assert self._desk is not None, "keep_reading said whom to ask"
        self._is_stale = self._is_asking
        if not self._is_asking:
            self._is_asking = True
            self._desk.background.ask(self, self._what, self._answered, self._failed)

    def _answered(self, rows: Sequence[Any]) -> None:
        self._is_asking = False
        self.show_rows(rows)
        if self._is_stale:
            self.read()

    def _failed(self, error: Exception) -> None:
        self._is_asking = False
        assert self._desk is not None, "it was asked"
        self._desk.went_wrong.emit(error)


def _always(_: object) -> bool:
    return True


def brought_to_front(dialog: QDialog) -> bool:
    """Whether a dialog is open still; then it is in front of all others now."""
    if dialog.isVisible():
        dialog.raise_()
        dialog.activateWindow()
    return dialog.isVisible()
