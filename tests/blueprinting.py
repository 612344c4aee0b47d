"""The Blueprints tab with what belongs to it, on a course with a few blueprints, for tests of the window."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exporting import COURSE
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from windowing import desk_on, in_window

from exportmanager.core.course import Blueprint, CourseId
from exportmanager.jobs.desk import Desk
from exportmanager.program import Program
from exportmanager.ui.blueprint_actions import BlueprintActions
from exportmanager.ui.blueprint_import import BlueprintImport
from exportmanager.ui.blueprints_page import BlueprintsPage
from exportmanager.ui.course_page import CoursePage
from exportmanager.ui.memory import Memory
from exportmanager.ui.notices import Notices

LAB = Blueprint("Lab report", "# Lab report\n\nWhat did you measure?", {"layout": "2-panels"}, 0)
NOTES = Blueprint("Notes", "|||guidance\nFor the teacher\n|||\n\nFor all", {"layout": "1-panel-tree"}, 1)
SECRET = Blueprint("Staff room", "How did it go?", {"layout": "1-panel", "teacherOnly": True}, 2)
THREE = (LAB, NOTES, SECRET)


def add(program: Program, *blueprints: Blueprint, course: CourseId = COURSE) -> None:
    """Have a course hold these besides its own."""
    program.library.blueprints.add(course, blueprints, skip_equal=False, name="some.json", now=program.clock())


def file_of(folder: Path, *blueprints: Blueprint, name: str = "some.json") -> str:
    """A file with blueprints as the platform may write it."""
    items = [{"name": one.name, "content": one.content, **one.layout} for one in blueprints]
    (folder / name).write_text(json.dumps(items), encoding="utf-8")
    return str(folder / name)


@dataclass
class Tab:
    """The tab on screen, and how the teacher uses it."""

    qtbot: QtBot
    desk: Desk
    window: QWidget
    course: CoursePage
    notices: Notices
    actions: BlueprintActions
    exports: list[tuple[Any, ...]] = field(default_factory=list)

    @property
    def page(self) -> BlueprintsPage:
        return self.course.blueprints

    @property
    def names(self) -> list[str]:
        """What the library has."""
        return [one.name for one in self.desk.program.library.blueprints.of(COURSE)]

    @property
    def shown(self) -> list[str]:
        return [row.name for row in self.page.rows.shown]

    @property
    def selected(self) -> list[str]:
        return [row.name for row in self.page.table.chosen()]

    def read(self) -> None:
        """Read the course anew, as after every change, and wait until all is drawn."""
        with self.qtbot.waitSignal(self.course.shown, timeout=20_000):
            self.course.read()
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.desk.background.is_busy)

    def until_shown(self, *names: str) -> None:
        self.qtbot.waitUntil(lambda: self.shown == list(names))
        self.settle()

    def select(self, *names: str) -> None:
        self.page.table.select_keys(names)
        self.page.table.setFocus()
        self.settle()

    def press(self, keys: str | QKeySequence.StandardKey) -> None:
        """Press a shortcut where the keyboard is."""
        self.window.activateWindow()  # as the desktop does when a dialog has closed
        self.qtbot.waitUntil(self.window.isActiveWindow)
        focus = QApplication.focusWidget()
        assert focus is not None, "the keyboard is nowhere"
        QTest.keySequence(focus, QKeySequence(keys))

    def press_on_notice(self, words: str) -> None:
        """Press a button of the newest bar."""
        buttons = self.notices.bars[0].findChildren(QPushButton)
        made = next(found for found in buttons if found.text() == words)
        QTest.mouseClick(made, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))

    def importing(self) -> BlueprintImport:
        """The dialog that is open."""
        found = self.window.findChildren(BlueprintImport)
        self.qtbot.waitUntil(lambda: any(dialog.isActiveWindow() for dialog in found))
        return next(dialog for dialog in found if dialog.isVisible())


@contextmanager
def tab_on(qtbot: QtBot, program: Program) -> Iterator[Tab]:
    """The tab on `COURSE`, in a window with bars for what happened."""
    with desk_on(program) as desk:
        course, notices = CoursePage(desk, Memory(desk, {})), Notices()
        window = in_window(qtbot, notices, course, height=760)
        tab = Tab(qtbot, desk, window, course, notices, BlueprintActions(desk, notices, course.blueprints, window))
        course.blueprints.asked_export_of.connect(lambda *asked: tab.exports.append(asked))
        course.tabs.setCurrentWidget(course.blueprints)
        with qtbot.waitSignal(course.shown, timeout=20_000):
            course.show_course(COURSE)
        tab.settle()
        yield tab
