"""Names what is damaged in an archive, by file and student."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QWidget

from exportmanager.core.archive import Damage, Verified
from exportmanager.ui.kit import STEP, Empty, Text, button, column, row
from exportmanager.ui.sheet import SearchField, Sheet, shown_of
from exportmanager.ui.table import Column, Rows, Table
from exportmanager.ui.words import counted, number, size, tr

_Row = tuple[int, Damage]


def _columns() -> list[Column[_Row]]:
    return [
        Column(id="who", title=tr("Whose"), text=_who),
        Column(id="file", title=tr("File"), text=_file, is_wide=True),
        Column(id="why", title=tr("What is wrong"), text=_why, is_wide=True),
    ]


def _who(one: _Row) -> str:
    return one[1].who


def _file(one: _Row) -> str:
    return one[1].path or tr("the archive itself")


def _why(one: _Row) -> str:
    return tr(one[1].why)


def _place(one: _Row) -> int:
    return one[0]


class DamageDialog(QDialog):
    """Lists all that is wrong with the archive called `name`; copied as tab-separated lines."""

    def __init__(self, name: str, found: Verified, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("What is damaged"))
        self.rows: Rows[_Row] = Rows(_columns(), _place)
        self.rows.set_rows(list(enumerate(found.damage)))
        self.table = Table(self.rows, tr("What is damaged"), tr("Each file of the archive that is not as it was"))
        self.sheet = Sheet(self.table, Empty(tr("Nothing is damaged"), tr("Every file is as it was.")))
        self.search = SearchField(tr("Search"), tr("Shows the rows in which every word stands"))
        self._all = counted(len(found.damage), "1 thing is not as it was.", "%Ln things are not as they were.")
        self.count = Text(self._all, colour="muted")
        self.setLayout(self._arranged(name, found))
        self.search.textChanged.connect(self.rows.filter)
        self.search.left.connect(self.sheet.enter)
        self.sheet.cleared.connect(self.search.clear)
        self.rows.arranged.connect(self._say_count)
        self.table.fit_columns()
        self.resize(820, 480)
        self.sheet.enter()

    def _arranged(self, name: str, found: Verified):
        read = tr("{number} files, {size}, were read back.", number=number(found.files), size=size(found.bytes))
        self.copy_button = button(tr("Copy all"), self.copy, icon="copy", about=tr("the list, for a mail"))
        buttons = row(self.copy_button)
        buttons.addStretch(1)
        buttons.addWidget(button(tr("Close"), self.accept, is_default=True))
        layout = column(Text(name, size="heading"), Text(f"{read} {self._advice(found.damage)}"), margin=2 * STEP)
        layout.addLayout(row(self.search, self.count))
        layout.addWidget(self.sheet, 1)
        layout.addLayout(buttons)
        return layout

    @staticmethod
    def _advice(damage: Sequence[Damage]) -> str:
        if not damage:
            return ""
        return tr("Use another copy of this archive. What is not in the list is as it was, and can be used.")

    def _say_count(self) -> None:
        self.count.setText(shown_of(self.rows, self._all))

    def copy(self) -> None:
        """Copy what the search shows."""
        columns = self.rows.columns
        lines = ["\t".join(column.title for column in columns)]
        lines += ["\t".join(column.text(one) for column in columns) for one in self.rows.shown]
        QGuiApplication.clipboard().setText("\n".join(lines))
        self.copy_button.setText(tr("Copied"))
