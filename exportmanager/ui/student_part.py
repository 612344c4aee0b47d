"""A part of a student's page: a table, and beside it, where the rows hold long texts, a pane with all of one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QPlainTextEdit, QSplitter, QWidget

from exportmanager.ui import theme
from exportmanager.ui.kit import STEP, Empty, column, named
from exportmanager.ui.memory import Memory
from exportmanager.ui.rows import Column, Rows
from exportmanager.ui.sheet import KeptLayout, Sheet
from exportmanager.ui.table import Table
from exportmanager.ui.words import number, tr

_WIDE = 900
"""Pixels from which on the pane stands at the side, and not below."""
_SHARES = (3, 2)
"""Of table and pane."""
_LIMIT = 100_000
"""Characters: to lay out a million takes the fifth of a second, in which the window would not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartWords:
    """What a part is called, what it holds, and what it says where there is nothing."""

    id: str
    title: str
    about: str
    nothing: str
    nothing_about: str
    pane: str = ""
    pane_hint: str = ""


class StudentPart(QWidget):
    """Rows of one kind. `whole` gives the text that the pane shows of a row; None: there is no pane."""

    changed = Signal()
    cleared = Signal()

    def __init__(
        self,
        words: PartWords,
        columns: Sequence[Column],
        key: Callable[[Any], Hashable],
        memory: Memory,
        whole: Callable[[Any], str] | None = None,
    ) -> None:
        super().__init__()
        self._words = words
        self._whole = whole
        self._shown_in_pane: Any = None
        self.rows: Rows[Any] = Rows(columns, key)
        self.table = Table(self.rows, words.title, words.about)
        self.sheet = Sheet(self.table, Empty(words.nothing, words.nothing_about))
        self.menu = self._make_menu()
        self.pane = self._make_pane()
        self._layout = KeptLayout(self.table, memory, f"columns of a student's {words.id}")
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.sheet)
        if whole is not None:
            self._split.addWidget(self.pane)
            for place, share in enumerate(_SHARES):
                self._split.setStretchFactor(place, share)
            self._split.setSizes([share * 1_000 for share in _SHARES])
        self.setLayout(column(self._split))
        self._connect()

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        copy = menu.addAction(theme.icon("copy"), tr("Copy"))
        copy.triggered.connect(self.table.copy)
        return menu

    def _make_pane(self) -> QPlainTextEdit:
        pane = QPlainTextEdit()
        pane.setReadOnly(True)
        flags = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        pane.setTextInteractionFlags(flags)  # with a cursor, which shows who has the focus
        pane.setTabChangesFocus(True)
        pane.setPlaceholderText(self._words.pane_hint)
        pane.setMinimumSize(24 * STEP, 8 * STEP)
        pane.setVisible(self._whole is not None)
        named(pane, self._words.pane or self._words.title, self._words.pane_hint)
        return pane

    def _connect(self) -> None:
        self.rows.arranged.connect(self.changed)
        self.sheet.cleared.connect(self.cleared)
        self.table.customContextMenuRequested.connect(self._show_menu)
        if self._whole is not None:
            self.table.picked.connect(self._fill_pane)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the pane where there is room for it."""
        super().resizeEvent(event)
        is_wide = self.width() >= _WIDE
        self._split.setOrientation(Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical)

    def label(self) -> str:
        """The part's name with how many rows it has, and how many of them are to be seen."""
        total = number(self.rows.total)
        if self.rows.is_filtered:
            shown = number(len(self.rows.shown))
            return tr("{part}: {shown} of {total}", part=self._words.title, shown=shown, total=total)
        return tr("{part}: {total}", part=self._words.title, total=total)

    def _show_menu(self, at: QPoint) -> None:
        self.menu.popup(self.table.viewport().mapToGlobal(at))

    def _fill_pane(self) -> None:
        chosen = self.table.current() if self.table.chosen_count() else None
        if chosen is self._shown_in_pane or (chosen is not None and chosen == self._shown_in_pane):
            return
        self._shown_in_pane = chosen
        assert self._whole is not None, "there is a pane"
        text = "" if chosen is None else self._whole(chosen)
        if len(text) > _LIMIT:
            more = tr("{number} more characters; copying the row copies them all", number=number(len(text) - _LIMIT))
            text = f"{text[:_LIMIT]}\n\n[{more}]"
        self.pane.setPlainText(text)
