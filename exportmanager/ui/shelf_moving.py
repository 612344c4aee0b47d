"""Moves the shelf to another folder while the window goes on, and says what came of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from exportmanager.core.errors import BadOptions
from exportmanager.core.meter import Meter
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.runs import Outcome
from exportmanager.jobs.tasks import Task
from exportmanager.program import Program
from exportmanager.ui.desktop import show_in_folder
from exportmanager.ui.notices import Action, Notices
from exportmanager.ui.words import tr

_WHAT = "move shelf"


class CannotReach(BadOptions):
    """The folder that the shelf is in is not there: a disk that is not connected, a share that is offline."""


class ShelfMoving(QObject):
    """Runs moves of the shelf as tasks."""

    def __init__(self, desk: Desk, notices: Notices, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._notices = notices
        self._targets: dict[str, Path | None] = {}
        desk.tasks.ended.connect(self._ended)

    def start(self, folder: Path | None, leave_files: bool = False) -> None:
        """Move the shelf to `folder`, None: into the library; where it cannot be reached, its files may be left."""
        title = tr("Moving the shelf to {folder}", folder=folder) if folder else tr("Moving the shelf into the library")
        work = partial(_move, self._desk.program, folder, leave_files)
        self._targets[self._desk.tasks.start(_WHAT, title, work).key] = folder

    def _ended(self, task: Task, outcome: Outcome) -> None:
        if task.key not in self._targets:
            return
        folder = self._targets.pop(task.key)
        if outcome.is_done:
            self._say_moved(folder)
        elif outcome.was_stopped:
            self._notices.say(tr("Moving the shelf was stopped."), tr("It is where it was, with all its files."))
        else:
            error = outcome.problem or outcome.bug
            assert error is not None, "it did not end well, and nobody stopped it"
            self._notices.say_problem(error, tr("moving the shelf"), actions=self._ways(folder, error))

    def _say_moved(self, folder: Path | None) -> None:
        show = (tr("Show in folder"), partial(show_in_folder, self._desk.program.shelf.folder))
        where = str(folder) if folder else tr("In the library")
        self._notices.say(tr("The shelf was moved, with all its files."), where, mood="good", actions=[show])

    def _ways(self, folder: Path | None, error: Exception) -> list[Action]:
        ways: list[Action] = [(tr("Try again"), partial(self.start, folder))]
        if isinstance(error, CannotReach):
            ways.append((tr("Leave the files there"), partial(self.start, folder, True)))
        return ways


def _move(program: Program, folder: Path | None, leave_files: bool, meter: Meter) -> None:
    """On a pool thread. Raises `CannotReach` besides what `Program.move_shelf` raises."""
    try:
        program.move_shelf(folder, meter, leave_files=leave_files)
    except BadOptions as problem:
        if not leave_files and not program.shelf.folder.is_dir():
            raise CannotReach(problem.what, problem.next_step, details=problem.details) from problem
        raise
