"""A part of a student's page: a table, and beside it, where the rows hold long texts, a pane with all of one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QMenu, QSplitter, QWidget

from exportmanager.ui import theme
from exportmanager.ui.kit import Empty, column
from exportmanager.ui.memory import Memory
from exportmanager.ui.rows import Column, Rows
from exportmanager.ui.sheet import KeptLayout, Sheet
from exportmanager.ui.student_pane import Section, SectionsPane
from exportmanager.ui.table import Table
from exportmanager.ui.words import number, tr

_WIDE = 900
"""Pixels from which on the pane stands at the side, and not below."""
_SHARES = (3, 2)
"""Of table and pane."""


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
    """Rows of one kind. `whole` gives what the pane shows of a row (None: there is no pane), `raw` what came."""

    changed = Signal()
    cleared = Signal()

    def __init__(
        self,
        words: PartWords,
        columns: Sequence[Column],
        key: Callable[[Any], Hashable],
        memory: Memory,
        whole: Callable[[Any], Sequence[Section]] | None = None,
        raw: Callable[[Any], str] | None = None,
    ) -> None:
        super().__init__()
        self._words = words
        self._whole = whole
        self._raw = raw
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
        if self._raw is not None:
            menu.addAction(tr("Copy as it came")).triggered.connect(self.copy_raw)
        return menu

    def copy_raw(self) -> None:
        """Copy what came with the selected rows, as the platform stored it, one under the other."""
        assert self._raw is not None, "the menu has no entry for it otherwise"
        if chosen := self.table.chosen():
            QGuiApplication.clipboard().setText("\n".join(map(self._raw, chosen)))

    def _make_pane(self) -> SectionsPane:
        pane = SectionsPane(self._words.pane or self._words.title, self._words.pane_hint)
        pane.setVisible(self._whole is not None)
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
        self.pane.show_sections(() if chosen is None else self._whole(chosen))
