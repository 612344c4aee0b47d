"""Shows a table of values from a file, as a spreadsheet would, and never more than what was read of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QItemSelection, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QTableView

from exportmanager.ui.kit import STEP, named, tip_of
from exportmanager.ui.words import number, tr

_Index = QModelIndex | QPersistentModelIndex
_CELL = 300
"""Letters of a cell that are drawn."""
_SAMPLE, _NARROW, _WIDE = 50, 50, 320


class Cells(QAbstractTableModel):
    """Rows of texts, of which the first holds the titles."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[Sequence[str]] = ()
        self.titles: Sequence[str] = ()

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these."""
        self.beginResetModel()
        self.titles, self.rows = (rows[0], rows[1:]) if rows else ((), ())
        self._columns = max(map(len, rows), default=0)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Without the titles."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """As many as the longest row has."""
        return 0 if parent.isValid() or not self.titles else self._columns

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The titles, and the numbers of rows as the file counts them."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return number(section + 2)
        return self.titles[section][:_CELL] if section < len(self.titles) else ""

    def text(self, index: _Index) -> str:
        """All of a cell."""
        cells = self.rows[index.row()]
        return cells[index.column()] if index.column() < len(cells) else ""

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index)[:_CELL]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_of(self.text(index))
        return None


class GridView(QTableView):
    """Cells can be selected, and copied as tab-separated text."""

    def __init__(self) -> None:
        super().__init__()
        named(self, tr("Table"), tr("The rows of this file; arrows move, and Copy copies what is selected"))
        self.cells = Cells()
        self.setModel(self.cells)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setMinimumSize(16 * STEP, 6 * STEP)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().setHighlightSections(False)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + STEP)

    def show_rows(self, rows: Sequence[Sequence[str]], *, numbered: bool = True) -> None:
        """Show rows of which the first holds the titles, with the numbers that they have in their file or without."""
        self.cells.show_rows(rows)
        self.verticalHeader().setVisible(numbered)
        metrics = self.fontMetrics()
        for place in range(min(self.cells.columnCount(), _SAMPLE)):
            texts = [row[place][:_SAMPLE] for row in rows[:_SAMPLE] if place < len(row)]
            widest = max(map(metrics.horizontalAdvance, texts), default=0)
            self.setColumnWidth(place, max(_NARROW, min(_WIDE, widest + 3 * STEP)))
        self.scrollToTop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy what is selected."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Copy the selected cells, each row on a line."""
        selection: QItemSelection = self.selectionModel().selection()
        lines = []
        for place in range(selection.count()):
            part = selection.at(place)
            columns = range(part.left(), part.right() + 1)
            for at in range(part.top(), part.bottom() + 1):
                cells = (self.cells.text(self.cells.index(at, column)) for column in columns)
                lines.append("\t".join(" ".join(cell.split()) for cell in cells))
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))
