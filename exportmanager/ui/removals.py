"""Taking files off the shelf: a moment to undo it, then the file goes, off the window's thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from exportmanager.core.errors import NotFound, ProblemForTeacher
from exportmanager.core.ledger import Job
from exportmanager.core.shelf import Removal
from exportmanager.jobs.desk import Desk
from exportmanager.program import Program
from exportmanager.ui.shelf_model import Asked, ShelfModel
from exportmanager.ui.words import tr

UNDO_FOR = 8_000
"""Milliseconds in which a removal can be undone."""
_SAID: Mapping[Removal, tuple[str, str]] = {
    Removal.NOT_OURS: (
        "{file} is not as it was written (changed, or damaged), so it was left in the shelf's folder.",
        "Look at that file, and remove it yourself if you do not need it.",
    ),
    Removal.IN_USE: ("{file} was not removed: another program has it open.", "Close it there and remove it again."),
    Removal.REFUSED: (
        "{file} was not removed: the system does not let it go.",
        "Check who may write in the shelf's folder, then remove it again.",
    ),
}


class Removals(QObject):
    """`ended` says that files went, or did not; `said` carries what a teacher should know of one that did not.

    `announced` carries words for who cannot see that a row changed.
    """

    ended = Signal()
    said = Signal(str, str)
    went_wrong = Signal(object)
    announced = Signal(str)

    def __init__(self, desk: Desk, model: ShelfModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._model = model
        self._pending: dict[int, QTimer] = {}
        self.undo_for = UNDO_FOR

    def remove(self, job: Job) -> None:
        """Take a file off the shelf, in a moment."""
        if job.id in self._pending:
            return
        timer = QTimer(self, singleShot=True, interval=self.undo_for)
        timer.timeout.connect(partial(self._go, job))
        timer.start()
        self._pending[job.id] = timer
        self._model.ask(job.id, Asked.REMOVE)
        self.announced.emit(tr("Removed. Press Control and Z to undo."))

    def undo(self, job: Job) -> None:
        """Leave the file where it is."""
        if self._forget(job):
            self._model.ask(job.id, Asked.NOTHING)
            self.announced.emit(tr("It stays on the shelf."))

    def _forget(self, job: Job) -> bool:
        timer = self._pending.pop(job.id, None)
        if timer is not None:
            timer.stop()
            timer.deleteLater()
        return timer is not None

    def _go(self, job: Job) -> None:
        self._forget(job)
        self._model.ask(job.id, Asked.REMOVE_NOW)
        work = partial(self._desk.program.janitor.take_off, job.id)
        self._desk.background.ask(self, work, partial(self._gone, job), partial(self._not_gone, job))

    def _gone(self, job: Job, removal: Removal) -> None:
        self._model.ask(job.id, Asked.NOTHING if removal in {Removal.IN_USE, Removal.REFUSED} else Asked.REMOVE_NOW)
        if removal in _SAID:
            what, next_step = _SAID[removal]
            self.said.emit(tr(what, file=job.file.name if job.file else ""), tr(next_step))
        self.ended.emit()

    def _not_gone(self, job: Job, error: Exception) -> None:
        self._model.ask(job.id, Asked.NOTHING)
        if not isinstance(error, NotFound):  # it had gone already, and that is what was wanted
            self.went_wrong.emit(error)
        self.ended.emit()

    def finish(self) -> None:
        """The window closes: take away now whatever waits."""
        jobs = list(self._pending)
        for timer in self._pending.values():
            timer.stop()
        self._pending.clear()
        if jobs:
            work = partial(_take_off_all, self._desk.program, jobs)
            self._desk.background.ask(self, work, self._finished)

    def _finished(self, _: None) -> None:
        """Nobody is there to be told; the next start shows what is still on the shelf."""


def _take_off_all(program: Program, jobs: Sequence[int]) -> None:
    for job in jobs:
        try:
            program.janitor.take_off(job)
        except ProblemForTeacher:  # it is still on the shelf, and the next start shows it there
            continue
