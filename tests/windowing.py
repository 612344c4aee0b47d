"""What tests of the window share: a desk on a program, a window for one page, exports that wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from exporting import OddKind
from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from exportmanager.core.course import Course
from exportmanager.core.meter import Meter
from exportmanager.jobs.desk import Desk
from exportmanager.program import Program
from exportmanager.ui.desktop import Notifier


@contextmanager
def desk_on(program: Program) -> Iterator[Desk]:
    """A desk while this is open; everything it began has ended afterwards."""
    desk = Desk(program)
    yield desk
    desk.close()


def in_window(qtbot: QtBot, *parts: QWidget, width: int = 1280, height: int = 640) -> QWidget:
    """A window on screen, in front, with these parts one under the other."""
    window = QWidget()
    layout = QVBoxLayout(window)
    for part in parts:
        layout.addWidget(part)
    window.resize(width, height)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def choose(menu: QMenu, words: str) -> None:
    """Take the entry with these words of a menu that is filled when it opens."""
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == words).trigger()


D = TypeVar("D", bound=QWidget)


def shown(qtbot: QtBot, window: QWidget, kind: type[D]) -> D:
    """The dialog of this kind that belongs to `window`, once it is on screen."""
    qtbot.waitUntil(lambda: any(found.isVisible() for found in window.findChildren(kind)))
    return next(found for found in window.findChildren(kind) if found.isVisible())


class Gate:
    """An export that goes on until it is let go or stopped; its bar stands at 46 %."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.open = threading.Event()

    def __call__(self, course: Course, out: Any, meter: Meter) -> None:
        self.began.set()
        meter.stage("Packing", 100)
        meter.advance(46, "loops/student-07")
        while not self.open.wait(0.001):
            meter.advance(0, "loops/student-07")
        out.write(b"done")
        meter.advance(54)


def know(program: Program, kind: OddKind) -> None:
    """Let the program know `kind` as well."""
    program.__dict__["kinds"] = {**program.kinds, kind.id: kind}


class ListeningDesktop(Notifier):
    """A desktop that writes down what it is told."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(QIcon(), parent)
        self.told: list[tuple[str, str, Path | None]] = []

    def notify(self, title: str, text: str, path: Path | None = None) -> bool:
        self.told.append((title, text, path))
        return True
