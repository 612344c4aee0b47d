"""Numbers with their names, side by side as many as there is room for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from exportmanager.ui.kit import STEP, Text, column, named
from exportmanager.ui.overview_words import Fact
from exportmanager.ui.words import tr

_LETTERS = 21
"""The least width of a fact, in letters."""
_MOST = 5


class FactText(QWidget):
    """One fact: the number, what it counts, and a note."""

    def __init__(self) -> None:
        super().__init__()
        self._value = Text(size="title", wrap=False)
        self._title = Text(wrap=False)
        self._note = Text()
        layout = column(self._value, self._title, self._note, spacing=0)
        layout.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setLayout(layout)

    def show_fact(self, fact: Fact) -> None:
        """Say another one."""
        self._value.setText(fact.value)
        self._title.setText(fact.title)
        self._note.setText(fact.note)
        self._note.set_colour(fact.colour)
        named(self, tr("{title}: {number}", title=fact.title, number=fact.value), fact.note)


class FactGrid(QWidget):
    """Facts in rows of equal columns."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: list[FactText] = []
        self._across = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(3 * STEP)
        self._grid.setVerticalSpacing(2 * STEP)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show these; the texts of those that were there are patched."""
        while len(self._texts) > len(facts):
            self._texts.pop().deleteLater()
            self._across = 0
        while len(self._texts) < len(facts):
            self._texts.append(FactText())
            self._across = 0
        for text, fact in zip(self._texts, facts, strict=True):
            text.show_fact(fact)
        self._place()

    def minimumSizeHint(self) -> QSize:
        """As narrow as one fact: the columns follow the width."""
        return QSize(self._least(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use another number of columns where there is another width."""
        super().resizeEvent(event)
        self._place()

    def _least(self) -> int:
        return _LETTERS * self.fontMetrics().averageCharWidth()

    def _place(self) -> None:
        spacing = self._grid.horizontalSpacing()
        across = max(1, min(_MOST, (self.width() + spacing) // (self._least() + spacing)))
        if across == self._across:
            return
        for n in range(max(across, self._across)):
            self._grid.setColumnStretch(n, 1 if n < across else 0)
            self._grid.setColumnMinimumWidth(n, self._least() if n < across else 0)
        self._across = across
        for n, text in enumerate(self._texts):
            self._grid.addWidget(text, n // across, n % across)
