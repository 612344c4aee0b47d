"""Restores archives and erases students, as tasks of the shelf, and says what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from exportmanager.archive.restoring import Restored
from exportmanager.core.archive import ArchiveRecord
from exportmanager.core.course import CourseId, StudentId
from exportmanager.core.erasing import Erased
from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.meter import Meter
from exportmanager.core.overview import StudentOverview
from exportmanager.jobs.desk import Desk
from exportmanager.program import Program
from exportmanager.ui.adding_asking import downloads
from exportmanager.ui.archive_words import called, sentences, some_of
from exportmanager.ui.asked_tasks import Asked, AskedTasks
from exportmanager.ui.erase_dialog import EraseDialog, EraseWish
from exportmanager.ui.notices import Notices
from exportmanager.ui.restore_dialog import RestoreDialog, RestoreWish
from exportmanager.ui.restore_words import came_words, left_words
from exportmanager.ui.words import counted, tr


@dataclass(frozen=True, slots=True)
class _Ended:
    """What came of erasing: `problem` is why it went no further than to the archives that were `made` anew.

    The `old` archives have the student in them still.
    """

    made: Sequence[Path]
    old: Sequence[Path]
    erased: Erased | None = None
    problem: ProblemForTeacher | None = None


class RestoreActions(QObject):
    """`came_in` carries the id of a course that is in the library now."""

    came_in = Signal(object)

    def __init__(self, desk: Desk, notices: Notices, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._notices, self._window = desk, notices, window
        self._tasks = AskedTasks(desk, notices, self)

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
        self._tasks.start(
            Asked(
                what="restore",
                about=(wish.path, wish.student),
                title=tr("Restoring {name}", name=called(wish.path.name)),
                work=partial(_restored, self._desk.program, wish),
                then=self._say_restored,
                doing=tr("restoring an archive"),
                stopped=tr("Restoring was stopped."),
                left=tr("The library is as it was."),
                again=partial(self._restore, wish),
            )
        )

    def _say_restored(self, found: Restored) -> None:
        left = left_words(found)
        self._notices.say(came_words(found), left, mood="warning" if left else "good")
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
        self._tasks.start(
            Asked(
                what="erase",
                about=(wish.course, wish.student),
                title=tr("Erasing one student"),
                work=partial(_erased, self._desk.program, wish),
                then=self._say_erased,
                doing=tr("erasing a student"),
                stopped=tr("Erasing was stopped: the student is in the library still."),
                left=tr("Archives that were made anew by then stay."),
                course=wish.course,
            )
        )

    def _say_erased(self, ended: _Ended) -> None:
        made, old = _told_apart(ended.made, ended.old)
        anew = tr("New archives without the student: {names}.", names=some_of(made)) if made else ""
        if ended.erased is None:
            assert ended.problem is not None, "one of them is there"
            text = tr("The student was not erased: {problem}", problem=sentences(ended.problem))
            self._notices.say(text, anew, mood="warning")
            return
        said = " ".join(filter(None, (anew, *_stays(ended.erased, old))))
        mood = "warning" if old else "info"
        self._notices.say(tr("One student was erased from the library."), said, mood=mood, lasting=True)


def _told_apart(made: Sequence[Path], old: Sequence[Path]) -> tuple[list[str], list[str]]:
    """What archives are called: those of one name with their folders, since new ones and copies are called alike."""
    times = Counter(path.name for path in (*made, *old))
    shared = {name for name, count in times.items() if count > 1}
    made_names, old_names = ([_called(path, shared) for path in paths] for paths in (made, old))
    return made_names, old_names


def _called(path: Path, shared: Collection[str]) -> str:
    return tr("{name} in {folder}", name=path.name, folder=path.parent) if path.name in shared else path.name


def _stays(erased: Erased, old: Sequence[str]) -> Iterator[str]:
    """Where something of the student may be left; `old` are archives."""
    if old:
        yield tr("These archives still hold the student: {names}.", names=some_of(old))
    if erased.changed:
        names = some_of(erased.changed)
        yield tr("Files on the shelf that were changed after they were exported stay: {names}.", names=names)
    if count := erased.mentions.rows + erased.mentions.packages:
        yield counted(count, "In 1 place other people's own words name the student; these stay.",
                      "In %Ln places other people's own words name the student; these stay.")  # fmt: skip
    if not erased.is_clean:
        yield tr("What of it another window or program has open goes at the next start.")
    yield tr("A disk may keep the blocks of erased files for a while; only an encrypted disk hides them.")


def _restored(program: Program, wish: RestoreWish, meter: Meter) -> Restored:
    return program.archives.restore(wish.path, meter, wish.passphrase, student=wish.student)


def _erased(program: Program, wish: EraseWish, meter: Meter) -> _Ended:
    """Archives first: the library knows who it is only as long as it has the student."""
    made: list[Path] = []
    without: set[Path] = set()
    erased, problem = None, None
    try:
        for path in wish.archives:
            anew = program.erasing.from_archive(
                path, wish.course, wish.student, meter, wish.passphrase, replaces=wish.replaces
            )
            if anew is None:
                without.add(path)
            else:
                made.append(anew.path)
        erased = program.erasing.erase(wish.course, wish.student, meter)
    except ProblemForTeacher as raised:
        problem = raised
    known = erased.erasure.archives if erased else ()
    left = [path for path in wish.archives if path.exists()]
    old = [path for path in dict.fromkeys((*known, *left)) if path not in {*made, *without}]
    return _Ended(made, old, erased, problem)
