"""What of a course is not in the library: what, of whom, why; searched, sorted and copied."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from exportmanager.core.report import Gap
from exportmanager.ui.kit import STEP, Empty, Text, column, row
from exportmanager.ui.rows import Column, Rows
from exportmanager.ui.sheet import SearchField, Sheet, shown_of
from exportmanager.ui.table import Table
from exportmanager.ui.words import counted, tr

_LEAST, _MOST = 5, 9
"""Rows that the table has room for, with its headings."""
_Numbered = tuple[int, Gap]


class CourseGaps(QWidget):
    """A heading, a search field and a table of gaps; not there where there are none."""

    def __init__(self, heading: str, about: str) -> None:
        super().__init__()
        self.rows: Rows[_Numbered] = Rows(_columns(), key=_place)
        self.table = Table(self.rows, heading, about)
        self.search = SearchField(tr("Search gaps"), tr("Shows the gaps in which every word stands"))
        self.sheet = Sheet(self.table, Empty(heading, ""))
        self._count = Text(colour="muted", wrap=False)
        top = row(Text(heading, size="heading", wrap=False), self._count)
        top.addStretch(1)
        top.addWidget(self.search, 1)
        self.setLayout(column(top, self.sheet))
        self.search.textChanged.connect(self.rows.filter)
        self.search.left.connect(self.sheet.enter)
        self.sheet.cleared.connect(self.search.clear)
        self.rows.arranged.connect(self._say_count)
        self.hide()

    def show_gaps(self, gaps: Sequence[Gap]) -> None:
        """Show these; sorting and search stay."""
        is_new = not self.rows.total
        self.rows.set_rows(list(enumerate(gaps)))
        self.setVisible(bool(gaps))
        self._give_height()
        if is_new:
            self.table.fit_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the height that suits the rows and the font."""
        super().resizeEvent(event)
        self._give_height()

    def _give_height(self) -> None:
        lines = max(_LEAST, min(_MOST, self.rows.total))
        heads = self.table.horizontalHeader().sizeHint().height()
        bar = self.table.horizontalScrollBar().sizeHint().height()
        self.sheet.setFixedHeight(lines * self.table.verticalHeader().defaultSectionSize() + heads + bar + STEP // 2)

    def _say_count(self) -> None:
        self._count.setText(shown_of(self.rows, counted(self.rows.total, "1 gap", "%Ln gaps")))


def _place(numbered: _Numbered) -> int:
    """The same words may stand there twice: each gap is itself by its place."""
    return numbered[0]


def _columns() -> list[Column[_Numbered]]:
    return [
        Column(id="what", title=tr("What"), text=lambda row: tr(row[1].what)),
        Column(id="who", title=tr("Of whom"), text=lambda row: row[1].who),
        Column(id="why", title=tr("Why"), text=lambda row: tr(row[1].why), is_wide=True),
    ]
