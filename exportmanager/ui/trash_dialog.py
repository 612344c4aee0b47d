"""Lists deleted courses: put one back, or let it go for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from exportmanager.core.trash import Trashed
from exportmanager.jobs.desk import Desk
from exportmanager.ui.kit import STEP, Empty, Text, button, column, row
from exportmanager.ui.sheet import SearchField, Sheet, shown_of
from exportmanager.ui.table import Column, Rows, Table
from exportmanager.ui.words import counted, moment, span, tr


class TrashDialog(QDialog):
    """Beside the window; shown with `show()`. Each signal carries a `Trashed`."""

    asked_back = Signal(object)
    asked_purge = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Trash"))
        self._desk = desk
        self._is_asking = self._is_stale = False
        self.rows: Rows[Trashed] = Rows(self._columns(), _id)
        self.table = Table(self.rows, tr("Trash"), tr("Deleted courses, those that go first on top"))
        self.sheet = Sheet(self.table, Empty(tr("The trash is empty"), tr("Courses that are deleted wait here.")))
        self.search = SearchField(tr("Search"), tr("Shows the rows in which every word stands"))
        self.count = Text(colour="muted")
        about = tr("the selected course")
        self.back_button = button(tr("Put back"), self._put_back, icon="undo", about=about)
        self.purge_button = button(tr("Remove for good..."), self._purge, icon="remove", about=about)
        self.setLayout(self._arranged())
        self.search.textChanged.connect(self.rows.filter)
        self.search.left.connect(self.sheet.enter)
        self.sheet.cleared.connect(self.search.clear)
        self.rows.arranged.connect(self._say_count)
        self.table.picked.connect(self._look)
        desk.library_changed.connect(self.read)
        self._look()
        self.read()

    def _columns(self) -> list[Column[Trashed]]:
        return [
            Column(id="course", title=tr("Course"), text=_title, is_wide=True),
            Column(id="code", title=tr("Code"), text=_code),
            Column(id="deleted", title=tr("Deleted"), text=_deleted, sort=_deleted_at),
            Column(id="goes", title=tr("Goes for good"), text=self._goes, sort=_goes_at, tip=_goes_when),
        ]

    def _arranged(self) -> QVBoxLayout:
        about = tr("What is put back is as it was. Archives of these courses stay where they are.")
        layout = column(Text(about, colour="muted"), margin=2 * STEP)
        layout.addLayout(row(self.search, self.count))
        layout.addWidget(self.sheet, 1)
        buttons = row(self.back_button, self.purge_button)
        buttons.addStretch(1)
        buttons.addWidget(button(tr("Close"), self.accept))
        layout.addLayout(buttons)
        self.resize(760, 400)
        return layout

    def _goes(self, trashed: Trashed) -> str:
        left = trashed.goes_at - self._desk.program.clock()
        return tr("within the hour") if left.total_seconds() <= 0 else tr("in {time}", time=span(left))

    def read(self) -> None:
        """Read the trash anew."""
        if self._is_asking:
            self._is_stale = True
            return
        self._is_asking, self._is_stale = True, False
        self._desk.background.ask(self, self._desk.program.deleting.trash, self._show, self._not_read)

    def _show(self, trashed: Sequence[Trashed]) -> None:
        self._is_asking = False
        is_first = not self.rows.total
        self.rows.set_rows(trashed)
        if is_first:
            self.table.fit_columns()
            self.sheet.enter()
        self._look()
        if self._is_stale:
            self.read()

    def _not_read(self, error: Exception) -> None:
        self._is_asking = False
        self._desk.went_wrong.emit(error)

    def _say_count(self) -> None:
        self.count.setText(shown_of(self.rows, counted(self.rows.total, "1 course", "%Ln courses")))

    def _look(self) -> None:
        for made in (self.back_button, self.purge_button):
            made.setEnabled(self.table.chosen_count() == 1)

    def _put_back(self) -> None:
        self.asked_back.emit(self.table.chosen()[0])

    def _purge(self) -> None:
        self.asked_purge.emit(self.table.chosen()[0])


def _id(trashed: Trashed) -> str:
    return trashed.info.id


def _title(trashed: Trashed) -> str:
    return trashed.info.title


def _code(trashed: Trashed) -> str:
    return trashed.info.code


def _deleted(trashed: Trashed) -> str:
    return moment(trashed.trashed_at)


def _deleted_at(trashed: Trashed) -> datetime:
    return trashed.trashed_at


def _goes_at(trashed: Trashed) -> datetime:
    return trashed.goes_at


def _goes_when(trashed: Trashed) -> str:
    return moment(trashed.goes_at)
