"""Restores archives and erases students, as tasks of the shelf, and says what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from exportmanager.archive.restoring import Restored
from exportmanager.core.archive import ArchiveRecord
from exportmanager.core.course import CourseId, StudentId
from exportmanager.core.erasing import Erased
from exportmanager.core.meter import Meter
from exportmanager.core.overview import StudentOverview
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.runs import Outcome
from exportmanager.jobs.tasks import Task
from exportmanager.program import Program
from exportmanager.ui.adding_asking import downloads
from exportmanager.ui.erase_dialog import EraseDialog, EraseWish
from exportmanager.ui.notices import Notices
from exportmanager.ui.restore_dialog import RestoreDialog, RestoreWish
from exportmanager.ui.restore_words import came_words
from exportmanager.ui.words import counted, tr

_RESTORE, _ERASE = "restore", "erase"


class RestoreActions(QObject):
    """`came_in` carries the id of a course that is in the library now."""

    came_in = Signal(object)

    def __init__(self, desk: Desk, notices: Notices, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._notices, self._window = desk, notices, window
        desk.tasks.ended.connect(self._ended)

    # Restoring

    def restore(self, _: bool = False) -> None:
        """Ask which archive is to be restored."""
        self._open()

    def restore_one(self, archive: ArchiveRecord) -> None:
        """The same, beginning with one that is known."""
        self._open().take(archive.path)

    def _open(self) -> RestoreDialog:
        dialog = RestoreDialog(self._desk, downloads(), self._window)
        dialog.asked.connect(self._restore)
        dialog.open()
        return dialog

    def _restore(self, wish: RestoreWish) -> None:
        work = partial(_restored, self._desk.program, wish)
        self._desk.tasks.start(_RESTORE, tr("Restoring {name}", name=wish.path.name), work)

    def _say_restored(self, found: Restored) -> None:
        text = came_words(found)
        if found.damage:
            more = counted(len(found.damage), "1 thing in the archive is damaged. It was not needed.",
                           "%Ln things in the archive are damaged. They were not needed.")  # fmt: skip
            self._notices.say(text, more, mood="warning")
        else:
            self._notices.say(text, mood="good")
        self.came_in.emit(found.course)

    # Erasing

    def erase(self, course: CourseId, students: Sequence[StudentOverview], chosen: StudentId | None = None) -> None:
        """Ask which student of a course is to be erased; somebody may be chosen already."""
        dialog = EraseDialog(self._desk, course, students, self._window)
        dialog.asked.connect(self._erase)
        if chosen is not None:
            dialog.choose(chosen)
        dialog.open()

    def _erase(self, wish: EraseWish) -> None:
        work = partial(_erased, self._desk.program, wish)
        self._desk.tasks.start(_ERASE, tr("Erasing one student"), work, course=wish.course)

    def _say_erased(self, came: tuple[Erased, Sequence[Path]]) -> None:
        erased, archives = came
        said = [tr("A disk may keep the blocks of erased files for a while; only an encrypted disk hides them.")]
        if erased.mentions.rows or erased.mentions.packages:
            count = erased.mentions.rows + erased.mentions.packages
            said.append(
                counted(count, "In 1 place other people's own words name the student; these stay.",
                        "In %Ln places other people's own words name the student; these stay.")
            )  # fmt: skip
        if not erased.is_clean:
            said.append(tr("Free pages of the library are overwritten at the next start."))
        if archives:
            names = ", ".join(path.name for path in archives)
            said.append(tr("New archives without the student: {names}", names=names))
        self._notices.say(tr("One student was erased from the library."), " ".join(said), lasting=True)

    # What came of it

    def _ended(self, task: Task, outcome: Outcome) -> None:
        if task.what not in {_RESTORE, _ERASE}:
            return
        self._desk.library_changed.emit()
        is_erasing = task.what == _ERASE
        if outcome.is_done:
            (self._say_erased if is_erasing else self._say_restored)(outcome.value)
        elif outcome.was_stopped:
            text = tr("Erasing was stopped.") if is_erasing else tr("Restoring was stopped.")
            left = tr("Archives that were made anew by then stay.") if is_erasing else tr("The library is as it was.")
            self._notices.say(text, left)
        else:
            error = outcome.problem or outcome.bug
            assert error is not None, "it did not end well, and nobody stopped it"
            self._notices.say_problem(error, tr("erasing a student") if is_erasing else tr("restoring an archive"))


def _restored(program: Program, wish: RestoreWish, meter: Meter) -> Restored:
    return program.archives.restore(wish.path, meter, wish.passphrase, student=wish.student)


def _erased(program: Program, wish: EraseWish, meter: Meter) -> tuple[Erased, Sequence[Path]]:
    """Archives first: the library knows who it is only as long as it has the student."""
    people = {person.course: person.id for person in program.erasing.going(wish.course, wish.student).people}
    made = []
    for path in wish.archives:
        known = program.library.archives.at(path)
        course = known.course if known else wish.course
        anew = program.erasing.from_archive(
            path, course, people[course], meter, wish.passphrase, replaces=wish.replaces
        )
        made.append(anew.path)
    return program.erasing.erase(wish.course, wish.student, meter), made
