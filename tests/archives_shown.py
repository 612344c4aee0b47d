"""What tests of archives in the window share: the real window on a small course, and a disk for archives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from exporting import bring_in
from PySide6.QtWidgets import QDialog, QPushButton
from touring import opened_window, settled, until

from exportmanager.archive.options import ArchiveOptions
from exportmanager.core.archive import ArchiveRecord
from exportmanager.core.course import CourseId
from exportmanager.core.meter import Meter
from exportmanager.program import Program
from exportmanager.ui.keeping import Keeping
from exportmanager.ui.notices import Notice
from exportmanager.ui.window import MainWindow

D = TypeVar("D", bound=QDialog)
QUICK = {"exports": False, "reader": False}
"""Options of an archive that is made in a moment."""


class Shown:
    """The window, its course, and the disk on which archives go."""

    def __init__(self, window: MainWindow, course: CourseId, disk: Path) -> None:
        self.window, self.course, self.disk = window, course, disk
        self.keeping: Keeping = window.keeping
        self.program = window.desk.program
        self.keeping.archives._folder = str(disk)

    def settle(self) -> None:
        """Wait until all work has ended and is shown."""
        until(lambda: not self.window.desk.is_busy)
        settled(self.window)

    def look(self) -> None:
        """Have the window look at the library and at disks again."""
        self.window.desk.library_changed.emit()
        self.settle()

    def dialog(self, kind: type[D]) -> D:
        """The dialog of this kind, once it is there."""
        until(lambda: [found for found in self.window.findChildren(kind) if found.isVisible()])
        settled(self.window)
        return next(found for found in self.window.findChildren(kind) if found.isVisible())

    @property
    def said(self) -> Notice:
        """The newest notice."""
        until(lambda: self.window.notices.bars)
        return self.window.notices.bars[0]

    def press(self, words: str) -> None:
        """Press a button of the newest notice."""
        next(found for found in self.said.findChildren(QPushButton) if found.text() == words).click()

    @property
    def mark(self) -> str:
        """What the head of the course says of its archives."""
        return self.window.page.header.mark.text()

    @property
    def colour(self) -> str:
        """In which colour."""
        return self.window.page.header.mark._verdict.colour

    def archive(self, passphrase: str | None = None, **options: object) -> ArchiveRecord:
        """An archive that was made before."""
        made = self.program.archives.archive(
            self.course, ArchiveOptions.model_validate(QUICK | options), self.disk, Meter(), passphrase
        )
        self.look()
        return made


@contextmanager
def shown_on(program: Program, folder: Path) -> Iterator[Shown]:
    """The window on a small course without gaps."""
    course = bring_in(program, folder / "course")
    disk = folder / "disk"
    disk.mkdir()
    with opened_window(program) as window:
        window.courses.select(course)
        settled(window)
        yield Shown(window, course, disk)
