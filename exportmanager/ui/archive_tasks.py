"""Makes, verifies and copies archives as tasks of the shelf, and says what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from exportmanager.archive.proofs import problem_of
from exportmanager.archive.verifying import verify
from exportmanager.archives import Outcome as Archived
from exportmanager.core.archive import ArchiveRecord, Verified
from exportmanager.core.course import CourseId
from exportmanager.core.meter import Meter
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.runs import Outcome
from exportmanager.jobs.tasks import Task
from exportmanager.program import Program
from exportmanager.ui.archive_damage import DamageDialog
from exportmanager.ui.archive_outlook import Wish
from exportmanager.ui.archive_report import ArchivesReport
from exportmanager.ui.desktop import show_in_folder
from exportmanager.ui.notices import Action, Notices
from exportmanager.ui.words import counted, size, tr


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is done with the value of a task that ended well, and what is said of one that did not."""

    then: Callable[[Any], None]
    doing: str
    stopped: str
    again: Callable[[], object]


class ArchiveTasks(QObject):
    """`asked_certificate` carries the course and the id of an archive whose certificate is to be shown."""

    asked_certificate = Signal(object, int)
    asked_delete = Signal(object)

    def __init__(self, desk: Desk, notices: Notices, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._notices, self._window = desk, notices, window
        self._asked: dict[str, _Asked] = {}
        desk.tasks.ended.connect(self._ended)

    def _start(
        self, what: str, title: str, work: Callable[[Meter], Any], asked: _Asked, course: CourseId | None = None
    ) -> None:
        self._asked[self._desk.tasks.start(what, title, work, course=course).key] = asked

    def _ended(self, task: Task, outcome: Outcome) -> None:
        asked = self._asked.pop(task.key, None)
        if asked is None:
            return
        self._desk.library_changed.emit()
        if outcome.is_done:
            asked.then(outcome.value)
        elif outcome.was_stopped:
            self._notices.say(asked.stopped, tr("Nothing of it was left behind."))
        else:
            error = outcome.problem or outcome.bug
            assert error is not None, "it did not end well, and nobody stopped it"
            self._notices.say_problem(error, asked.doing, actions=[(tr("Try again"), asked.again)])

    # Making

    def archive(self, wish: Wish, titles: Sequence[str]) -> None:
        """Archive one course, or several one after the other, which are called so."""
        work = partial(_archive, self._desk.program, wish)
        is_one = len(wish.courses) == 1
        title = counted(len(wish.courses), "Archiving 1 course", "Archiving %Ln courses")
        if is_one:
            title = tr("Archiving {course}", course=titles[0])
        then: Callable[[Any], None] = self._say_archived if is_one else self._say_all_archived
        again = partial(self.archive, wish, titles)
        asked = _Asked(then, tr("archiving"), tr("Archiving was stopped."), again)
        self._start("archive", title, work, asked, wish.courses[0] if is_one else None)

    def _say_archived(self, archive: ArchiveRecord) -> None:
        said = {"course": archive.course_title, "size": size(archive.size)}
        ways = self._ways(archive)
        if archive.is_proof:
            text = tr("{course} is archived and verified ({size}): it can be deleted safely.", **said)
            ways.append((tr("Delete course..."), partial(self.asked_delete.emit, archive.course)))
        else:
            count = len(archive.certificate.open_gaps)
            gaps = counted(count, "1 gap is left open", "%Ln gaps are left open")
            text = tr("{course} is archived and verified ({size}): {gaps}.", gaps=gaps, **said)
        mood = "good" if archive.is_proof else "warning"
        self._notices.say(text, str(archive.path), mood=mood, actions=ways, lasting=True)

    def _ways(self, archive: ArchiveRecord) -> list[Action]:
        show = partial(self.asked_certificate.emit, archive.course, archive.id)
        return [(tr("Certificate"), show), (tr("Show in folder"), partial(show_in_folder, archive.path))]

    def _say_all_archived(self, outcomes: Sequence[Archived]) -> None:
        failed = sum(outcome.record is None for outcome in outcomes)
        archived = len(outcomes) - failed
        text = counted(archived, "1 course is archived and verified.", "%Ln courses are archived and verified.")
        if failed:
            text = f"{text} {counted(failed, '1 could not be archived.', '%Ln could not be archived.')}"
        report = (tr("Show the report"), partial(self._show_report, outcomes))
        self._notices.say(text, mood="warning" if failed else "good", actions=[report], lasting=True)
        self._show_report(outcomes)

    def _show_report(self, outcomes: Sequence[Archived]) -> None:
        report = ArchivesReport(outcomes, self._window)
        report.asked_certificate.connect(self.asked_certificate)
        report.open()

    # Verifying

    def verify(self, archive: ArchiveRecord, passphrase: str | None = None) -> None:
        """Read an archive back that is known, and keep what came of it."""
        work = partial(_verify_known, self._desk.program, archive, passphrase)
        self._verify(archive.path, work, archive, partial(self.verify, archive, passphrase))

    def verify_file(self, path: Path, passphrase: str | None = None) -> None:
        """Read an archive back, whoever made it."""
        work = partial(_verify_file, self._desk.program, path, passphrase)
        self._verify(path, work, None, partial(self.verify_file, path, passphrase))

    def _verify(
        self, path: Path, work: Callable[[Meter], Any], archive: ArchiveRecord | None, again: Callable[[], None]
    ) -> None:
        title = tr("Verifying {name}", name=path.name)
        asked = _Asked(self._say_verified, tr("reading an archive back"), tr("Verifying was stopped."), again)
        self._start("verify archive", title, work, asked, archive.course if archive else None)

    def _say_verified(self, ended: tuple[Path, ArchiveRecord | None, Verified]) -> None:
        path, archive, found = ended
        ways = self._ways(archive)[:1] if archive else []
        if found.damage:
            text = tr("{name} is damaged: {problem}", name=path.name, problem=tr(problem_of(found)))
            ways.insert(0, (tr("What is damaged"), partial(self._show_damage, path.name, found)))
            advice = tr("Use another copy of it, if there is one.")
            self._notices.say(text, advice, mood="loss", actions=ways, lasting=True)
            return
        files = counted(found.files, "1 file", "%Ln files")
        text = tr("{name} is whole: {files}, {size}, were read back.",
                  name=path.name, files=files, size=size(found.bytes))  # fmt: skip
        self._notices.say(text, mood="good", actions=ways)

    def _show_damage(self, name: str, found: Verified) -> None:
        DamageDialog(name, found, self._window).open()

    # Copying

    def copy(self, archive: ArchiveRecord, folder: Path) -> None:
        """Make a second copy in a folder, and read it back there."""
        work = partial(self._desk.program.archives.copy, archive, folder)
        title = tr("Copying {name}", name=archive.path.name)
        again = partial(self.copy, archive, folder)
        asked = _Asked(self._say_copied, tr("copying an archive"), tr("Copying was stopped."), again)
        self._start("copy archive", title, work, asked, archive.course)

    def _say_copied(self, made: ArchiveRecord) -> None:
        text = tr("{name} was copied, and the copy was read back: it is whole.", name=made.path.name)
        place = tr("In {folder}", folder=made.path.parent)
        self._notices.say(text, place, mood="good", actions=self._ways(made))


def _archive(program: Program, wish: Wish, meter: Meter) -> ArchiveRecord | list[Archived]:
    if len(wish.courses) == 1:
        return program.archives.archive(wish.courses[0], wish.options, wish.folder, meter, wish.passphrase)
    return program.archives.archive_several(wish.courses, wish.options, wish.folder, meter, wish.passphrase)


def _verify_known(
    program: Program, archive: ArchiveRecord, passphrase: str | None, meter: Meter
) -> tuple[Path, ArchiveRecord, Verified]:
    archive, found = program.archives.proofs.verify(archive, meter, passphrase)
    return archive.path, archive, found


def _verify_file(
    program: Program, path: Path, passphrase: str | None, meter: Meter
) -> tuple[Path, ArchiveRecord | None, Verified]:
    """Where the library knows the archive at this place, it keeps what came of it."""
    if known := program.library.archives.at(path):
        return _verify_known(program, known, passphrase, meter)
    return path, None, verify(path, meter, passphrase)
