"""What tests of archives in the window share: a window on a small course, whole or only with what they need of it."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

from exporting import COURSE, bring_in
from PySide6.QtWidgets import QDialog, QPushButton, QWidget
from touring import Hands, opened_window, settled, until

from exportmanager.archive.options import ArchiveOptions
from exportmanager.core.archive import ArchiveRecord
from exportmanager.core.course import CourseId
from exportmanager.core.errors import NotFound
from exportmanager.core.meter import Meter
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.sights import CourseSight, course_sight
from exportmanager.program import Program
from exportmanager.ui.course_header import CourseHeader
from exportmanager.ui.course_list import CourseList
from exportmanager.ui.keeping import Keeping
from exportmanager.ui.kit import column
from exportmanager.ui.memory import Memory
from exportmanager.ui.notices import Notice, Notices
from exportmanager.ui.window import MainWindow

D = TypeVar("D", bound=QDialog)
QUICK = {"exports": False, "reader": False}
"""Options of an archive that is made in a moment."""


class Shown:
    """The window, its course, and the disk on which archives go."""

    def __init__(self, window: Any, course: CourseId, disk: Path) -> None:
        self.window: MainWindow = window
        self.course, self.disk = course, disk
        self.keeping: Keeping = window.keeping
        self.program: Program = self.window.desk.program
        self.keeping.archives._folder = str(disk)
        self.looked_inside: list[Path] = []

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


class Frame(QWidget):
    """What archives need of the window, which costs a tenth of it: the list of courses, the head of one, the bars."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk, self.notices, self.header = desk, Notices(), CourseHeader(desk)
        self.courses = CourseList(desk, Memory(desk, {}, self))
        self.page = SimpleNamespace(header=self.header, sight=None, open_student=None)
        self.looked_inside: list[Path] = []
        self.reviewing = SimpleNamespace(open_path=self.looked_inside.append)
        self.keeping = Keeping(self)  # type: ignore[arg-type]  # it has all of the window that is asked for
        self.setLayout(column(self.courses, self.header, self.notices))
        self.courses.selected.connect(self._select)
        desk.library_changed.connect(self.read)
        desk.went_wrong.connect(self._went_wrong)
        self.read()

    def read(self) -> None:
        self.desk.background.ask(self, self.desk.program.library.courses, self.courses.show_courses)
        self._select(self.courses.course)

    def _select(self, course: CourseId | None) -> None:
        if course is not None:
            work = partial(course_sight, self.desk.program, course)
            self.desk.background.ask(self, work, self._show, self._not_there)

    def _show(self, sight: CourseSight) -> None:
        self.page.sight = sight
        self.header.show_course(sight)

    def _not_there(self, error: Exception) -> None:
        if not isinstance(error, NotFound):
            raise error

    def _went_wrong(self, error: Exception) -> None:
        self.notices.say_problem(error, "reading the library")


@contextmanager
def _frame(program: Program) -> Iterator[Frame]:
    desk = Desk(program)
    frame = Frame(desk)
    frame.show()
    frame.activateWindow()
    until(frame.isActiveWindow)
    try:
        yield frame
    finally:
        desk.stop_all()
        until(lambda: not desk.is_busy)
        for dialog in frame.findChildren(QDialog):
            dialog.close()
        frame.close()
        desk.close()
        frame.deleteLater()


@cache
def _library() -> Path:
    """A library with the small course, made once."""
    folder = Path(tempfile.mkdtemp(prefix="small-library-"))
    atexit.register(shutil.rmtree, folder)
    program = Program(folder / "library", Hands(datetime(2026, 3, 2, 12, tzinfo=UTC)))
    bring_in(program, folder / "course")
    program.close()
    return folder / "library"


@contextmanager
def frame_on(folder: Path, clock: Callable[[], datetime]) -> Iterator[Shown]:
    """The frame on a small course without gaps."""
    shutil.copytree(_library(), folder / "library")
    disk = folder / "disk"
    disk.mkdir()
    program = Program(folder / "library", clock)
    with _frame(program) as frame:
        settled(frame)  # type: ignore[arg-type]
        shown = Shown(frame, COURSE, disk)
        shown.looked_inside = frame.looked_inside
        yield shown
    program.close()


@contextmanager
def window_on(program: Program, folder: Path) -> Iterator[Shown]:
    """The whole window on the same course."""
    course = bring_in(program, folder / "course")
    disk = folder / "disk"
    disk.mkdir()
    with opened_window(program) as window:
        window.courses.select(course)
        settled(window)
        yield Shown(window, course, disk)
