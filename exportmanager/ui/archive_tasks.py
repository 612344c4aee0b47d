"""Makes, verifies and copies archives as tasks of the shelf, and says what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from exportmanager.archive.damage import problem_of
from exportmanager.archive.verifying import verify
from exportmanager.archives import Outcome as Archived
from exportmanager.core.archive import ArchiveRecord, Verified
from exportmanager.core.meter import Meter
from exportmanager.jobs.desk import Desk
from exportmanager.program import Program
from exportmanager.ui.archive_damage import DamageDialog
from exportmanager.ui.archive_outlook import Wish, is_on_one_disk
from exportmanager.ui.archive_report import ArchivesReport
from exportmanager.ui.archive_words import called, not_proven
from exportmanager.ui.asked_tasks import Asked, AskedTasks
from exportmanager.ui.desktop import show_in_folder
from exportmanager.ui.notices import Action, Notices
from exportmanager.ui.words import counted, size, tr


class ArchiveTasks(QObject):
    """`asked_certificate` carries the course and the id of an archive whose certificate is to be shown."""

    asked_certificate = Signal(object, int)
    asked_delete = Signal(object)

    def __init__(self, desk: Desk, notices: Notices, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._notices, self._window = desk, notices, window
        self._tasks = AskedTasks(desk, notices, self)

    # Making

    def archive(self, wish: Wish, titles: Sequence[str]) -> None:
        """Archive one course, or several one after the other, which are called so."""
        is_one = len(wish.courses) == 1
        title = counted(len(wish.courses), "Archiving 1 course", "Archiving %Ln courses")
        several = tr("Archives that were finished by then stay, each of them whole.")
        self._tasks.start(
            Asked(
                what="archive",
                about=wish.courses,
                title=tr("Archiving {course}", course=titles[0]) if is_one else title,
                work=partial(_archive, self._desk.program, wish),
                then=self._say_archived if is_one else self._say_all_archived,
                doing=tr("archiving"),
                stopped=tr("Archiving was stopped."),
                left=tr("Nothing of it was left behind.") if is_one else several,
                again=partial(self.archive, wish, titles),
                course=wish.courses[0] if is_one else None,
            )
        )

    def _say_archived(self, archive: ArchiveRecord) -> None:
        said = {"course": called(archive.course_title), "size": size(archive.size)}
        ways = self._ways(archive)
        why = not_proven(archive)
        if why:
            text = tr("{course} is archived and verified ({size}): {why}.", why=why, **said)
        else:
            text = tr("{course} is archived and verified ({size}): it can be deleted safely.", **said)
            ways.append((tr("Delete course..."), partial(self.asked_delete.emit, archive.course)))
        mood = "warning" if why else "good"
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
        self._tasks.start(
            Asked(
                what="verify archive",
                about=path,
                title=tr("Verifying {name}", name=called(path.name)),
                work=work,
                then=self._say_verified,
                doing=tr("reading an archive back"),
                stopped=tr("Verifying was stopped."),
                left=tr("{name} was not read to its end: nothing new is known of it.", name=called(path.name)),
                again=again,
                course=archive.course if archive else None,
            )
        )

    def _say_verified(self, ended: tuple[Path, ArchiveRecord | None, Verified]) -> None:
        path, archive, found = ended
        ways = self._ways(archive)[:1] if archive else []
        if found.damage:
            text = tr("{name} is damaged: {problem}", name=called(path.name), problem=tr(problem_of(found)))
            ways.insert(0, (tr("What is damaged"), partial(self._show_damage, called(path.name), found)))
            advice = tr("Use another copy of it, if there is one.")
            self._notices.say(text, advice, mood="loss", actions=ways, lasting=True)
            return
        files = counted(found.files, "1 file", "%Ln files")
        text = tr("{name} is whole: {files}, {size}, were read back.",
                  name=called(path.name), files=files, size=size(found.bytes))  # fmt: skip
        self._notices.say(text, mood="good", actions=ways)

    def _show_damage(self, name: str, found: Verified) -> None:
        DamageDialog(name, found, self._window).open()

    # Copying

    def copy(self, archive: ArchiveRecord, folder: Path) -> None:
        """Make a second copy in a folder, and read it back there."""
        self._tasks.start(
            Asked(
                what="copy archive",
                about=(archive.path, folder),
                title=tr("Copying {name}", name=called(archive.path.name)),
                work=partial(_copied, self._desk.program, archive, folder),
                then=self._say_copied,
                doing=tr("copying an archive"),
                stopped=tr("Copying was stopped."),
                left=tr("Nothing of it was left behind."),
                again=partial(self.copy, archive, folder),
                course=archive.course,
            )
        )

    def _say_copied(self, ended: tuple[ArchiveRecord, bool]) -> None:
        made, is_beside = ended
        text = tr("{name} was copied, and the copy was read back: it is whole.", name=called(made.path.name))
        place = tr("In {folder}", folder=made.path.parent)
        if is_beside:
            place = tr("{place}. That is on the same disk: what happens to it happens to both.", place=place)
        self._notices.say(text, place, mood="warning" if is_beside else "good", actions=self._ways(made))


def _archive(program: Program, wish: Wish, meter: Meter) -> ArchiveRecord | list[Archived]:
    if len(wish.courses) == 1:
        return program.archives.archive(wish.courses[0], wish.options, wish.folder, meter, wish.passphrase)
    return program.archives.archive_several(wish.courses, wish.options, wish.folder, meter, wish.passphrase)


def _copied(program: Program, archive: ArchiveRecord, folder: Path, meter: Meter) -> tuple[ArchiveRecord, bool]:
    """The copy, and whether it lies on the disk of the archive."""
    made = program.archives.copy(archive, folder, meter)
    return made, is_on_one_disk(archive.path.parent, folder)


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
