"""What tests of the shelf in the window share: a panel on a real library, and hands that press its buttons."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from building import CourseBuilder
from exporting import COURSE
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot
from windowing import ListeningDesktop, choose, in_window

from exportmanager.core.options import NoOptions
from exportmanager.core.run import ExportRequest
from exportmanager.jobs.desk import Desk
from exportmanager.program import Program
from exportmanager.ui.memory import Memory
from exportmanager.ui.notices import Notice, Notices
from exportmanager.ui.shelf_look import Do
from exportmanager.ui.shelf_panel import ShelfPanel
from exportmanager.ui.shelf_row import ShelfRow


def course_with_gaps(folder: Path, **keys: Any) -> Path:
    """A course of which Cy's work was begun and did not come, and Di has been inactive for long."""
    builder = CourseBuilder(folder)
    builder.course |= keys
    builder.student("s4", first_name="Di", last_name="Sleeper", last_active_at="2025-09-01T10:00:00Z")
    for student in ("s1", "s2", "s4"):
        builder.file(student, "a1", "main.py")
    builder.add("results", student="s3", assignment="a1", state="started")
    return builder.write()


@dataclass
class Shelving:
    """A shelf in a window."""

    qtbot: QtBot
    program: Program
    desk: Desk
    panel: ShelfPanel
    notices: Notices
    desktop: ListeningDesktop
    window: QWidget

    @property
    def rows(self) -> list[ShelfRow]:
        """The rows, from above."""
        return list(self.panel.list.rows.values())

    def wait_for_rows(self, number: int) -> list[ShelfRow]:
        """The rows, once there are so many."""
        self.qtbot.waitUntil(lambda: len(self.rows) == number)
        return self.rows

    def export(self, kind: str = "coursework", *, notify: bool = True, **options: Any) -> None:
        """Ask for an export, as the dialog does."""
        model = self.program.kinds[kind].Options if kind in self.program.kinds else NoOptions
        self.desk.queue.submit(ExportRequest(kind, COURSE, model(**options)), notify=notify)

    def finished(self) -> ShelfRow:
        """The row of an export that has just ended well."""
        with self.qtbot.waitSignal(self.desk.queue.ended, timeout=20_000):
            self.export()
        self.qtbot.waitUntil(lambda: Do.OPEN in self.rows[0].buttons)
        return self.rows[0]

    def press(self, row: ShelfRow, do: Do) -> None:
        """Press a button that stands in a row."""
        button = row.gaps if do is Do.GAPS else row.buttons[do]
        assert button.isVisible()
        assert button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def choose(self, row: ShelfRow, do: Do) -> None:
        """Take an entry of a row's menu."""
        choose(row.menu, do.words)

    def notice(self, begin: str) -> Notice:
        """The bar whose text begins so, once it is there."""
        self.qtbot.waitUntil(lambda: any(bar.text.startswith(begin) for bar in self.notices.bars), timeout=10_000)
        return next(bar for bar in self.notices.bars if bar.text.startswith(begin))

    def answer(self, bar: Notice, words: str) -> None:
        """Press a button of a bar."""
        button = next(button for button in bar.findChildren(QPushButton) if button.text() == words)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def shelving(qtbot: QtBot, program: Program, desk: Desk, remembered: dict[str, Any] | None = None) -> Shelving:
    """A shelf on a desk, read."""
    notices, desktop = Notices(), ListeningDesktop()
    panel = ShelfPanel(desk, Memory(desk, remembered or {}, desk), notices, desktop)
    window = in_window(qtbot, notices, panel)
    qtbot.waitUntil(lambda: panel.model.is_read)
    return Shelving(qtbot, program, desk, panel, notices, desktop, window)
