"""A list to tick things in, with a filter, All and None: 300 rows are as quick as three."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from exportmanager.ui.kit import STEP, Text, button, column, labelled, row
from exportmanager.ui.sheet import SearchField
from exportmanager.ui.tick_rows import NOTE, TITLE, Tickable, TickRows
from exportmanager.ui.words import counted, number, tr

_ROOM = 20
"""Pixels of a note beside its text."""
_AIR = 8
"""Pixels that a row is higher than its words."""
_ROWS = 6
"""Rows that are in sight at least."""


class _Ticking(QStyledItemDelegate):
    """A click anywhere on a row ticks it, as a click on the words of a check box does."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        hint = super().sizeHint(option, index)
        return QSize(hint.width(), max(hint.height(), option.fontMetrics.height() + _AIR))

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        if not isinstance(event, QMouseEvent) or not isinstance(model, TickRows):
            return False
        is_click = event.type() == QEvent.Type.MouseButtonRelease and event.button() == Qt.MouseButton.LeftButton
        if is_click and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            model.tick([index.row()], not model.is_ticked(index.row()))
            return True
        return False


class TickView(QTreeView):
    """The rows on screen. Space ticks or unticks every selected row, as it does the current one."""

    def __init__(self, rows: TickRows) -> None:
        super().__init__()
        self._rows = rows
        self.setModel(rows)
        self.setItemDelegate(_Ticking(self))
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        across = self.header()
        across.setStretchLastSection(False)
        across.setMinimumSectionSize(0)
        across.setSectionResizeMode(TITLE, QHeaderView.ResizeMode.Stretch)
        across.setSectionResizeMode(NOTE, QHeaderView.ResizeMode.Fixed)
        self._widest = max((self._width(thing.note) for thing in rows.things if thing.note), default=0)
        self.setMinimumHeight((self.fontMetrics().height() + _AIR) * _ROWS)

    def _width(self, note: str) -> int:
        return self.fontMetrics().horizontalAdvance(note) + _ROOM

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the notes their room, but never more than the titles have."""
        self.header().resizeSection(NOTE, min(self._widest, self.viewport().width() // 2))
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tick with Space."""
        if event.key() == Qt.Key.Key_Space:
            self.toggle()
        else:
            super().keyPressEvent(event)

    def toggle(self) -> None:
        """Tick what is selected if the current row is not ticked; untick it if it is."""
        current = self.currentIndex()
        if current.isValid():
            chosen = {index.row() for index in self.selectionModel().selectedRows()} | {current.row()}
            self._rows.tick(chosen, not self._rows.is_ticked(current.row()))

    def enter(self) -> None:
        """Take the focus, with a row to begin at."""
        self.setFocus(Qt.FocusReason.TabFocusReason)
        if self._rows.rowCount() and not self.selectionModel().hasSelection():
            self.setCurrentIndex(self._rows.index(0, TITLE))


class _Filter(SearchField):
    """Enter goes on to the list, instead of pressing the dialog's button."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class TickList(QWidget):
    """Asks which of `things`; all of them at first. `changed`: something was ticked or is ticked no more.

    `help` says what the list is for, `nothing` that something has to be ticked, `empty` that there is nothing to tick.
    """

    changed = Signal()

    def __init__(self, title: str, things: Sequence[Tickable], *, help: str = "", nothing: str, empty: str) -> None:
        super().__init__()
        self._title, self._help, self._nothing = title, help, nothing
        self.rows = TickRows(things)
        self.view = TickView(self.rows)
        self.label = labelled(title, self.view)
        self.search = _Filter(tr("Filter: {title}", title=title), tr("Shows only rows that hold these words"))
        self.search.setPlaceholderText(tr("Filter"))
        self.search.setMaximumWidth(16_777_215)
        self.all = button(tr("All"), self._tick_shown, about=title)
        self.none = button(tr("None"), self._untick_shown, about=title)
        for made, tip in ((self.all, tr("Ticks everything that the filter shows")),
                          (self.none, tr("Unticks everything that the filter shows"))):  # fmt: skip
            made.setToolTip(tip)
            made.setAccessibleDescription(tip)
            made.setMinimumWidth(made.fontMetrics().horizontalAdvance(made.text()) + 3 * STEP)
        self.count = Text(colour="muted", wrap=False)
        self._empty = Text(empty, colour="muted")
        self._arrange()
        self.search.textChanged.connect(self._filter)
        self.search.left.connect(self.view.enter)
        self.rows.ticked_changed.connect(self._ticked)
        self._count()

    def _arrange(self) -> None:
        head = row(self.label)
        head.addStretch(1)
        head.addWidget(self.count)
        tools = row(self.search, self.all, self.none)
        tools.setStretch(0, 1)
        layout = column(head, tools, self.view, self._empty, spacing=STEP // 2)
        layout.setStretch(2, 1)
        self.setLayout(layout)
        self.setFocusProxy(self.search)
        self._empty.setVisible(not self.rows.things)

    def come_after(self, widget: QWidget) -> None:
        """Have Tab come here from `widget`: a list that was made later would stand at the end."""
        self.setFocusProxy(None)  # type: ignore[arg-type]  # while it has one, Tab goes past what is before it
        for before, after in pairwise([widget, self.search, self.all, self.none, self.view]):
            self.setTabOrder(before, after)

    def value(self) -> tuple[str, ...] | None:
        """The ticked ids in their order; None for all, also for all that may be added to the course later."""
        ticked = self.rows.ticked
        return None if len(ticked) == len(self.rows.things) else ticked

    def set_value(self, value: Collection[str] | None) -> None:
        """Tick these; None: all."""
        self.rows.set_ticked([thing.id for thing in self.rows.things] if value is None else value)

    def problem(self) -> str:
        """What has to be done before this can be used; "" where nothing has."""
        return self._nothing if self.rows.things and not self.rows.ticked else ""

    def describe(self, problem: str) -> None:
        """Have screen readers say what is wrong, besides what the list is for."""
        self._problem = problem
        self._count()

    _problem = ""

    def _tick_shown(self) -> None:
        self.rows.tick(range(len(self.rows.shown)), True)

    def _untick_shown(self) -> None:
        self.rows.tick(range(len(self.rows.shown)), False)

    def _filter(self, text: str) -> None:
        self.rows.filter(text)
        self._count()

    def _ticked(self) -> None:
        self._count()
        self.changed.emit()

    def _count(self) -> None:
        total, shown = len(self.rows.things), len(self.rows.shown)
        said = tr("{number} of {total} ticked", number=number(len(self.rows.ticked)), total=number(total))
        if shown < total:
            said = f"{said}, {counted(shown, '1 shown', '%Ln shown')}"
        self.count.setText(said)
        parts = (self._problem, said, self._help)
        self.view.setAccessibleDescription(". ".join(part.rstrip(".") for part in parts if part))
