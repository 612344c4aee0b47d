"""Tables: sorted by a click, filtered while typing, columns remembered, copied as tab-separated text."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Sequence
from typing import Any

from PySide6.QtCore import (
    QByteArray,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from exportmanager.ui.kit import STEP, named
from exportmanager.ui.rows import Column, Rows, first_line
from exportmanager.ui.slices import Slices
from exportmanager.ui.words import tr

__all__ = ["Column", "Rows", "Table"]

_EN_SPACE = "\u2002"
_COPY_LIMIT = 200_000
_NARROW, _WIDE = 60, 420
_ROOM = 26
"""Pixels of a column beside its text: margins, and the arrow of the sorting."""
_SAMPLE = 50
_KEPT = 10_000
"""Selected rows that are looked for again after sorting; where more are selected, none is afterwards."""
_FEWEST = 17
"""Letters of a text that stay to be seen; half as many again in a wide column."""


class _Cells(QStyledItemDelegate):
    """Draws the text of cells so that it can be read: clear of its neighbour's, and under no veil."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Leave room behind numbers; in a selected row, which shows itself, leave out the focus that veils a cell."""
        super().initStyleOption(option, index)
        if option.displayAlignment & Qt.AlignmentFlag.AlignRight:
            option.text += _EN_SPACE
        if option.state & QStyle.StateFlag.State_Selected:
            option.state &= ~QStyle.StateFlag.State_HasFocus


class Table(QTableView):
    """A table of `Rows`. `opened` carries the row that was double-clicked or entered; `picked` says what is selected.

    `layout_changed`: somebody moved, widened or sorted columns.
    """

    opened = Signal(object)
    picked = Signal()
    layout_changed = Signal()

    def __init__(self, rows: Rows, name: str, description: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name, description)
        self.rows = rows
        self.setModel(rows)
        self.setItemDelegate(_Cells(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)  # Tab leaves the table; arrows move in it
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._fits_itself = self._is_own_doing = False
        self._columns()
        self._copying = Slices(self)
        self._copy = QAction(tr("Copy"), self)
        self._copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self._copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._copy.triggered.connect(self.copy)
        self.addAction(self._copy)
        self.doubleClicked.connect(self._open)
        self.selectionModel().selectionChanged.connect(self._selection_changed)
        self._kept: set[Hashable] = set()
        self._current: Hashable = None
        self._place = 0, 0
        rows.modelAboutToBeReset.connect(self._keep_selection)
        rows.modelReset.connect(self._select_again)

    # Columns

    def _columns(self) -> None:
        down = self.verticalHeader()
        down.hide()
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setDefaultSectionSize(self.fontMetrics().height() + 12)
        across = self.horizontalHeader()
        across.setHighlightSections(False)
        # Of the table's own selection it would ask, each time it is drawn, whether all of a column is selected.
        across.setSelectionModel(QItemSelectionModel(self.rows, across))
        across.setSectionsMovable(True)
        across.setSortIndicatorClearable(True)
        across.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        across.sectionResized.connect(self._resized_by_hand)
        across.sectionMoved.connect(self._layout_changed)
        across.sortIndicatorChanged.connect(self._layout_changed)

    def _resized_by_hand(self, *_: object) -> None:
        if not self._is_own_doing:
            self._fits_itself = False
            self._layout_changed()

    def _layout_changed(self, *_: object) -> None:
        self.layout_changed.emit()

    def fit_columns(self) -> None:
        """Give every column the room its first rows need, within reason, and wide ones what is left over.

        That is done again when the table gets another width, until somebody changes a column by hand.
        """
        self._fits_itself = True
        metrics = self.fontMetrics()
        widths = []
        for column in self.rows.columns:
            texts = [f"{column.title} ▾", *(first_line(column.text(row)) for row in self.rows.shown[:_SAMPLE])]
            needed = max(map(metrics.horizontalAdvance, texts)) + _ROOM
            widths.append(max(_NARROW, min(_WIDE * (1 + column.is_wide), needed)))
        self._is_own_doing = True
        for n, width in enumerate(self._squeezed(widths)):
            self.setColumnWidth(n, width)
        self._is_own_doing = False

    def _squeezed(self, widths: list[int]) -> list[int]:
        """As wide as the table together, if that can be: mere texts may be cut, numbers and times may not."""
        columns, room = self.rows.columns, self.viewport().width()
        wide = [n for n, column in enumerate(columns) if column.is_wide] or [len(widths) - 1]
        letter = self.fontMetrics().averageCharWidth()
        fewest = [
            letter * _FEWEST * (2 + column.is_wide) // 2
            if column.sort is None or column.is_wide or column.may_be_cut
            else width
            for column, width in zip(columns, widths, strict=True)
        ]
        for most in range(max(widths), 0, -STEP):
            cut = [min(width, max(most, least)) for width, least in zip(widths, fewest, strict=True)]
            if sum(cut) <= room:
                break
        spare = max(0, room - sum(cut)) // len(wide)
        return [width + (spare if n in wide else 0) for n, width in enumerate(cut)]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns to the new width."""
        super().resizeEvent(event)
        if self._fits_itself and event.size().width() != event.oldSize().width():
            self.fit_columns()

    def layout_state(self) -> str:
        """Widths, order and sorting as text, to be remembered."""
        return f"{self._names()}:{bytes(self.horizontalHeader().saveState().toBase64().data()).decode()}"

    def restore_layout(self, state: str) -> bool:
        """Take back what `layout_state` gave; False where it is not of these columns."""
        names, _, text = state.partition(":")
        if names != self._names():
            return False
        self._is_own_doing = True
        fits = self.horizontalHeader().restoreState(QByteArray.fromBase64(text.encode("ascii", "replace")))
        self._is_own_doing = False
        self._fits_itself = self._fits_itself and not fits
        return fits

    def _names(self) -> str:
        return ",".join(column.id for column in self.rows.columns)

    # What is chosen

    def chosen(self) -> list[Any]:
        """The selected rows, as they stand."""
        shown = self.rows.shown
        return [shown[n] for n in self._chosen_places()]

    def chosen_count(self) -> int:
        """How many are selected."""
        return len(self._chosen_places())

    def _chosen_places(self) -> Sequence[int]:
        selection = self.selectionModel().selection()
        parts = [selection.at(n) for n in range(selection.count())]
        ranges = [range(part.top(), part.bottom() + 1) for part in parts]
        return ranges[0] if len(ranges) == 1 else sorted({n for part in ranges for n in part})

    def select_key(self, key: Hashable) -> None:
        """Select one row and show it."""
        if (n := self.rows.row_of(key)) >= 0:
            self.selectRow(n)
            self.scrollTo(self.rows.index(n, 0))

    def select_keys(self, keys: Collection[Hashable]) -> None:
        """Select the rows with these keys and no others, and show the first."""
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(self._selection_of(set(keys)), flags.ClearAndSelect)
        if places := self._chosen_places():
            self.selectionModel().setCurrentIndex(self.rows.index(places[0], 0), flags.NoUpdate)
            self.scrollTo(self.currentIndex())

    def stand_below_chosen(self) -> None:
        """Have the keyboard stand on the row below the selected ones, with nothing selected."""
        places = self._chosen_places()
        others = sorted(set(range(len(self.rows.shown))) - set(places))
        below = next((n for n in others if n > places[-1]), others[-1] if others else -1) if places else -1
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(self.rows.index(below, 0), flags.Clear)

    def current(self) -> Any:
        """The row that the keyboard stands on; None where there is none."""
        index = self.currentIndex()
        return self.rows.shown[index.row()] if index.isValid() else None

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self.rows.shown[index.row()])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the row that the keyboard stands on."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self._open(self.currentIndex())  # Qt's own `activated` comes with one click on some desktops
        else:
            super().keyPressEvent(event)

    def _selection_changed(self, *_: object) -> None:
        self.picked.emit()

    def _keep_selection(self) -> None:
        is_small = self.chosen_count() <= _KEPT
        self._kept = {self.rows.key(row) for row in self.chosen()} if is_small else set()
        current = self.current()
        self._current = None if current is None else self.rows.key(current)
        self._place = self.horizontalScrollBar().value(), self.verticalScrollBar().value()

    def _select_again(self) -> None:
        kept, self._kept = self._kept, set()
        if self._current is not None and (n := self.rows.row_of(self._current)) >= 0:
            flags = QItemSelectionModel.SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(self.rows.index(n, 0), flags)
        if kept:
            self.selectionModel().select(self._selection_of(kept), QItemSelectionModel.SelectionFlag.Select)
        self.updateGeometries()  # which Qt would do later, with the rows that are in sight then
        self.horizontalScrollBar().setValue(self._place[0])
        self.verticalScrollBar().setValue(self._place[1])
        self.picked.emit()

    def _selection_of(self, kept: set[Hashable]) -> QItemSelection:
        """The rows with these keys, neighbours as one range."""
        selection, last = QItemSelection(), len(self.rows.columns) - 1
        places = [n for n, row in enumerate(self.rows.shown) if self.rows.key(row) in kept]
        start = 0
        for n, place in enumerate(places):
            if n + 1 == len(places) or places[n + 1] != place + 1:
                selection.select(self.rows.index(places[start], 0), self.rows.index(place, last))
                start = n + 1
        return selection

    # Copying

    def copy(self) -> None:
        """Copy the selected rows as tab-separated text, with headings when there is more than one."""
        if rows := self.chosen()[:_COPY_LIMIT]:
            self._copying.run(self._copy_in_steps(rows))

    def _copy_in_steps(self, rows: Sequence[Any]) -> Iterator[None]:
        across = self.horizontalHeader()
        order = [across.logicalIndex(n) for n in range(across.count())]
        columns = [self.rows.columns[n] for n in order if not across.isSectionHidden(n)]
        lines = ["\t".join(one_line(column.title) for column in columns)] if len(rows) > 1 else []
        for n, row in enumerate(rows):
            lines.append("\t".join(one_line(column.text(row)) for column in columns))
            if n % 100 == 0:
                yield
        QGuiApplication.clipboard().setText("\n".join(lines))


def one_line(text: str) -> str:
    """A text that stays in its cell where it is pasted into a spreadsheet."""
    return " ".join(text.replace("\t", " ").splitlines())
