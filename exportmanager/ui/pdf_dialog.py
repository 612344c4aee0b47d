"""A window of its own that shows a PDF; several may be open beside the program's window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QStackedWidget, QWidget

from exportmanager.core.errors import ProblemForTeacher
from exportmanager.jobs.desk import Desk
from exportmanager.ui.desktop import open_file
from exportmanager.ui.kit import STEP, Empty, Text, button, column, row
from exportmanager.ui.memory import Memory
from exportmanager.ui.pdf_file import PdfFile
from exportmanager.ui.pdf_view import PdfView
from exportmanager.ui.words import tr

_SIZE = "size of PDF windows"
_USUAL = [1000, 760]


class PdfDialog(QDialog):
    """Shows what `load` gives, which is called off the window's thread, or the sentence of what it raises.

    `path`: where it lies as a file of its own, for other programs.
    """

    def __init__(
        self,
        desk: Desk,
        title: str,
        load: Callable[[], PdfFile],
        memory: Memory | None,
        parent: QWidget,
        path: Path | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._desk, self._memory, self._path = desk, memory, path
        self.view = PdfView(desk, memory)
        self.problem = Text(size="heading")
        self.next_step = Text(colour="muted")
        self.states = QStackedWidget()
        self._reading = Empty(tr("Reading ..."), "")
        self._trouble = self._make_trouble()
        for state in (self._reading, self._trouble, self.view):
            self.states.addWidget(state)
        self.setLayout(column(self.states, margin=STEP))
        self.setMinimumSize(520, 360)
        self.resize(self._remembered())
        desk.background.ask(self, load, self._show, self._fail)

    def _make_trouble(self) -> QWidget:
        self.close_button = button(tr("Close"), self.reject, is_default=True)
        self.open_button = button(tr("Open"), self.open_elsewhere, icon="open", about=tr("with another program"))
        page, below = QWidget(), row(self.open_button, self.close_button)
        below.addStretch(1)
        if self._path is None:
            self.open_button.hide()
        layout = column(self.problem, self.next_step, margin=2 * STEP)
        layout.addLayout(below)
        layout.addStretch(1)
        page.setLayout(layout)
        return page

    def _remembered(self) -> QSize:
        found = self._memory.get(_SIZE, _USUAL) if self._memory else _USUAL
        is_sound = isinstance(found, list) and len(found) == 2 and all(isinstance(side, int) for side in found)
        size = QSize(*(found if is_sound else _USUAL))
        room = self.screen().availableSize()
        return size.boundedTo(QSize(room.width(), room.height() - 6 * STEP))

    def _show(self, file: PdfFile) -> None:
        self.view.show_file(file)
        self.states.setCurrentWidget(self.view)
        self.view.pages.setFocus()

    def _fail(self, error: Exception) -> None:
        if isinstance(error, ProblemForTeacher):
            self.problem.setText(tr(error.what))
            self.next_step.setText(tr(error.next_step))
        else:  # our bug
            self.problem.setText(tr("This PDF could not be shown."))
            self._desk.went_wrong.emit(error)
        self.states.setCurrentWidget(self._trouble)
        self.close_button.setFocus()

    def open_elsewhere(self) -> None:
        """Open it with the program that the system has for PDFs."""
        assert self._path is not None, "the button is there only then"
        if open_file(self._path):
            self.accept()
        else:
            self.next_step.setText(tr("This computer has no other program for PDFs."))

    def done(self, result: int) -> None:
        """Remember how large it was, also when it is closed by its frame."""
        if self._memory is not None and not self.isMaximized():
            self._memory.put(_SIZE, [self.width(), self.height()])
        super().done(result)
