"""The rows of the shelf one under the other: patched in place, so that focus and scroll place stay where they are."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QSizePolicy, QWidget

from exportmanager.ui.kit import STEP, Text, button, column, named
from exportmanager.ui.shelf_look import Look
from exportmanager.ui.shelf_model import Entry
from exportmanager.ui.shelf_row import ShelfRow
from exportmanager.ui.words import number, tr

_AT_FIRST = 50
_AT_ONCE = 12
"""Rows made in one go: each takes a millisecond or two, and the window answers in between."""


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A row in sight, and how far from the top of the view it is."""

    key: str
    place: int


class ShelfList(QScrollArea):
    """`asked` carries the key of a row and what the teacher wants of it."""

    asked = Signal(str, object)

    def __init__(self, look: Callable[[Entry], Look], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._entries: Sequence[Entry] = ()
        self._limit = _AT_FIRST
        self.rows: dict[str, ShelfRow] = {}
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._sync)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(7 * STEP)
        named(self, tr("Exports on the shelf"), tr("Arrow keys go from row to row"))
        self.empty = Text(colour="muted")
        self.empty.setContentsMargins(STEP, STEP, STEP, STEP)
        self.more = button("", self.show_more)
        self._inside = QWidget()
        self._inside.setBackgroundRole(QPalette.ColorRole.Base)
        self._inside.setAutoFillBackground(True)
        self._inside.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # as wide as the view
        self._column = column(spacing=0)
        self._column.addWidget(self.empty)
        self._column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)
        self._inside.setLayout(self._column)
        self.setWidget(self._inside)
        self._make_keys()

    def _make_keys(self) -> None:
        for key, move in ((Qt.Key.Key_Down, self._down), (Qt.Key.Key_Up, self._up)):
            shortcut = QShortcut(QKeySequence(key), self._inside, move)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    # What it shows

    def show_entries(self, entries: Sequence[Entry], empty: str) -> None:
        """Show these in this order; `empty` where there are none."""
        self._entries = entries
        self.empty.setText(empty)
        self.empty.setVisible(not entries)
        self._sync()

    def patch(self, entry: Entry) -> None:
        """One says something else now."""
        if (row := self.rows.get(entry.key)) is not None:
            row.show_look(self._look(entry))

    def show_more(self) -> None:
        """Show fifty more."""
        last = len(self.rows)
        self._limit += _AT_FIRST
        self._sync()
        self._focus_near(last)

    def _sync(self) -> None:
        shown = self._entries[: self._limit]
        anchor, focused, place = self._anchor(), self._row_with_focus(), self._place_of_focus()
        for key in self.rows.keys() - {entry.key for entry in shown}:
            self._drop(self.rows.pop(key))
        before, self.rows = self.rows, {}
        for entry in self._makeable(shown, before):
            self.rows[entry.key] = self._put(len(self.rows), entry, before.get(entry.key))
        if len(self.rows) < len(shown):
            self._later.start()
        hidden = len(self._entries) - len(shown)
        self.more.setVisible(hidden > 0)
        self.more.setText(tr("Show {number} more", number=number(min(hidden, _AT_FIRST))))
        named(self.more, self.more.text(), tr("Shows older rows of the shelf"))
        if list(before) != list(self.rows):
            self._chain()
            self._settle()
            self._hold(anchor)
        if focused is not None and focused.key not in self.rows:
            self._focus_near(place)

    @property
    def is_making(self) -> bool:
        """Whether rows are still to come."""
        return self._later.isActive()

    def _makeable(self, shown: Sequence[Entry], there: Container[str]) -> list[Entry]:
        """Those that are there, and as many new ones as can be made in one go."""
        new = [entry.key for entry in shown if entry.key not in there]
        later = set(new[_AT_ONCE:])
        return [entry for entry in shown if entry.key not in later]

    def _put(self, n: int, entry: Entry, row: ShelfRow | None) -> ShelfRow:
        look = self._look(entry)
        if row is None:
            row = ShelfRow(entry.key, look, self._inside)
            row.asked.connect(self.asked)
            row.resize(self.viewport().width(), row.height())  # how high it is depends on it
            row.show()
        else:
            row.show_look(look)
        if self._column.indexOf(row) != n:
            self._column.insertWidget(n, row)
        return row

    def _drop(self, row: ShelfRow) -> None:
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _chain(self) -> None:
        """Tab goes through the rows as they stand, whenever they were made."""
        stops = [stop for row in self.rows.values() for stop in row.stops()]
        for first, second in pairwise([*stops, self.more]):
            QWidget.setTabOrder(first, second)

    # Staying where the teacher looks

    def _anchor(self) -> _Anchor | None:
        top = self.verticalScrollBar().value()
        if top == 0:
            return None  # who looks at the newest wants to see the newest
        seen = (row for row in self.rows.values() if row.geometry().bottom() >= top)
        row = next(seen, None)
        return _Anchor(row.key, row.y() - top) if row else None

    def _hold(self, anchor: _Anchor | None) -> None:
        if anchor is None or anchor.key not in self.rows:
            return
        self.verticalScrollBar().setValue(self.rows[anchor.key].y() - anchor.place)

    def _settle(self) -> None:
        """Give the rows their places at once, and not when Qt comes to it."""
        self._column.activate()
        self._column.activate()  # a row that was given its width may want another height
        self._inside.resize(self._inside.width(), max(self._inside.sizeHint().height(), self.viewport().height()))

    # Where the keyboard is

    def _row_with_focus(self) -> ShelfRow | None:
        focused = QApplication.focusWidget()
        while focused is not None and not isinstance(focused, ShelfRow):
            focused = focused.parentWidget()
        return focused if focused is not None and focused.key in self.rows else None

    def _place_of_focus(self) -> int:
        row = self._row_with_focus()
        return list(self.rows).index(row.key) if row is not None else -1

    def _focus_near(self, place: int) -> None:
        rows = list(self.rows.values())
        if rows:
            self._enter(rows[min(place, len(rows) - 1)])

    def _enter(self, row: ShelfRow) -> None:
        row.setFocus(Qt.FocusReason.OtherFocusReason)
        self._settle()
        self.ensureWidgetVisible(row, 0, STEP)

    def focus_first(self) -> bool:
        """Put the keyboard on the first row; False where there is none."""
        self._focus_near(0)
        return bool(self.rows)

    def _down(self) -> None:
        self._step(1)

    def _up(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        rows, place = list(self.rows.values()), self._place_of_focus()
        if 0 <= place + by < len(rows):
            self._enter(rows[place + by])
