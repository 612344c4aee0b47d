"""What a teacher does with archives: make, verify, copy, accept gaps, find, forget; and reminders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from exportmanager.archive.comparing import in_words
from exportmanager.core.archive import ArchiveRecord, Standing
from exportmanager.core.course import CourseId
from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.janitor import Tidied
from exportmanager.core.report import Gap
from exportmanager.core.settings.archives import ArchiveSettings
from exportmanager.jobs.desk import Desk
from exportmanager.library.listing import CourseSummary
from exportmanager.program import Program
from exportmanager.ui.adding_asking import downloads
from exportmanager.ui.archive_asking import PassphraseDialog, VerifyDialog
from exportmanager.ui.archive_certificate import CertificateDialog
from exportmanager.ui.archive_dialog import ArchiveDialog
from exportmanager.ui.archive_list import ArchiveList
from exportmanager.ui.archive_outlook import Wish
from exportmanager.ui.archive_tasks import ArchiveTasks
from exportmanager.ui.archive_words import called, sentences, some_of
from exportmanager.ui.details import DetailsDialog
from exportmanager.ui.list_dialog import brought_to_front
from exportmanager.ui.notices import Notices
from exportmanager.ui.words import counted, tr


class ArchiveActions(QObject):
    """Opens the dialogs. `asked_delete` carries the id of a course, the others an `ArchiveRecord`."""

    asked_delete = Signal(object)
    asked_inside = Signal(object)
    asked_restore = Signal(object)

    def __init__(self, desk: Desk, notices: Notices, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._notices, self._window = desk, notices, window
        self._folder = ""
        self._reminded: set[int] = set()
        self.tasks = ArchiveTasks(desk, notices, window)
        self.tasks.asked_certificate.connect(self.show_certificate)
        self.tasks.asked_delete.connect(self.asked_delete)
        desk.tidied.connect(self._tidied)

    def _ask(self, work: Callable[[], object], then: Callable[..., None], doing: str) -> None:
        self._desk.background.ask(self, work, then, partial(self._fail, doing))

    def _fail(self, doing: str, error: Exception) -> None:
        self._notices.say_problem(error, doing)

    # Making

    def archive(self, course: CourseId) -> None:
        """Ask how a course is to be archived."""
        work = partial(_courses_and_folder, self._desk.program)
        self._ask(work, partial(self._open, course), tr("opening the library"))

    def archive_several(self, _: bool = False) -> None:
        """Ask which courses are to be archived, and how."""
        work = partial(_courses_and_folder, self._desk.program)
        self._ask(work, partial(self._open, None), tr("opening the library"))

    def _open(self, course: CourseId | None, found: tuple[Sequence[CourseSummary], str]) -> None:
        courses = [summary.info for summary in found[0] if course in {None, summary.info.id}]
        if course is not None and not courses:  # it has gone meanwhile
            return
        folder = self._folder or found[1] or downloads()
        dialog = ArchiveDialog(self._desk, courses, folder, self._window, is_of_one=course is not None)
        titles = {info.id: called(info.code or info.title) for info in courses}
        dialog.asked.connect(partial(self._archive, titles))
        dialog.open()

    def _archive(self, titles: dict[CourseId, str], wish: Wish) -> None:
        self._folder = str(wish.folder)
        self.tasks.archive(wish, [titles[course] for course in wish.courses])

    # Looking

    def show_certificate(self, course: CourseId, archive: int = 0) -> None:
        """Show the archives of a course, beginning with one of them, or with the newest."""
        work = partial(_without_archive, self._desk.program, course)
        self._ask(work, partial(self._show_certificate, course, archive), tr("looking at archives"))

    def _show_certificate(self, course: CourseId, archive: int, without: str | None) -> None:
        if without is not None:
            action = (tr("Archive course..."), partial(self.archive, course))
            self._notices.say(tr("There is no archive of {course} yet.", course=called(without)), actions=[action])
            return
        for dialog in self._window.findChildren(CertificateDialog):
            if dialog.course == course and brought_to_front(dialog):
                dialog.show_archive(archive)
                return
        dialog = CertificateDialog(self._desk, course, archive, self._window)
        dialog.asked_inside.connect(self.asked_inside)
        dialog.asked_verify.connect(self.verify)
        dialog.asked_copy.connect(self.copy)
        dialog.asked_place.connect(self.find)
        dialog.asked_changes.connect(self.compare)
        dialog.asked_accept.connect(self._accept)
        dialog.asked_delete.connect(self.asked_delete)
        dialog.asked_restore.connect(self.asked_restore)
        dialog.went_wrong.connect(partial(self._fail, tr("looking at archives")))
        dialog.show()

    def show_list(self, _: bool = False) -> None:
        """Show all archives that the library knows."""
        if any(map(brought_to_front, self._window.findChildren(ArchiveList))):
            return
        dialog = ArchiveList(self._desk, self._window)
        dialog.asked_inside.connect(self.asked_inside)
        dialog.asked_certificate.connect(self._show_certificate_of)
        dialog.asked_verify.connect(self.verify)
        dialog.asked_restore.connect(self.asked_restore)
        dialog.asked_place.connect(self.find)
        dialog.asked_to_forget.connect(self._forget)
        dialog.show()

    def _show_certificate_of(self, archive: ArchiveRecord) -> None:
        self.show_certificate(archive.course, archive.id)

    # Verifying

    def verify_file(self, _: bool = False) -> None:
        """Ask which archive is to be verified, wherever it lies."""
        dialog = VerifyDialog(self._desk, self._folder or downloads(), self._window)
        dialog.asked.connect(self.tasks.verify_file)
        dialog.open()

    def verify(self, archive: ArchiveRecord) -> None:
        """Read an archive back that is known."""
        self._with_passphrase(archive, partial(self.tasks.verify, archive))

    def _with_passphrase(self, archive: ArchiveRecord, then: Callable[..., None]) -> None:
        """Go on with the passphrase of an archive, if it has one."""
        if archive.encrypted:
            dialog = PassphraseDialog(archive, self._front())
            dialog.given.connect(then)
            dialog.open()
        else:
            then()

    def _front(self) -> QWidget:
        """The certificate or the list that was used, else the window: what asks stands in front of it."""
        dialogs = [*self._window.findChildren(CertificateDialog), *self._window.findChildren(ArchiveList)]
        return next((dialog for dialog in dialogs if dialog.isActiveWindow()), self._window)

    # Copies, places, gaps

    def copy(self, archive: ArchiveRecord) -> None:
        """Ask where a second copy goes."""
        dialog = QFileDialog(self._front(), tr("A folder for the second copy, best on another disk"), self._folder)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, tr("Copy"))
        dialog.fileSelected.connect(partial(self._copy, archive))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _copy(self, archive: ArchiveRecord, folder: str) -> None:
        self.tasks.copy(archive, Path(folder))

    def find(self, archive: ArchiveRecord) -> None:
        """Ask where an archive lies now."""
        dialog = QFileDialog(
            self._front(), tr("Where is {name}?", name=called(archive.path.name)), str(archive.path.parent)
        )
        is_file = archive.form == "zip"
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile if is_file else QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(partial(self._found, archive))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _found(self, archive: ArchiveRecord, path: str) -> None:
        work = partial(self._desk.program.archives.proofs.locate, archive, Path(path))
        self._desk.background.ask(self, work, self._is_there, self._is_not_there)

    def _is_not_there(self, error: Exception) -> None:
        """Say it in the list or certificate too: the window's bar may lie behind."""
        self._fail(tr("finding an archive"), error)
        self._say_in_front(error)

    def _say_in_front(self, error: Exception | None) -> None:
        text = sentences(error) if isinstance(error, ProblemForTeacher) else ""
        for listed in self._window.findChildren(ArchiveList):
            listed.says.say(text, "problem")
        for certificate in self._window.findChildren(CertificateDialog):
            certificate.says.say(text, "problem")

    def _is_there(self, archive: ArchiveRecord) -> None:
        self._say_in_front(None)
        self._desk.library_changed.emit()
        self.verify(archive)

    def _forget(self, archive: ArchiveRecord) -> None:
        work = partial(self._desk.program.archives.proofs.forget, archive)
        self._ask(work, partial(self._forgot, archive), tr("taking an archive from the list"))

    def _forgot(self, archive: ArchiveRecord, _: None) -> None:
        self._desk.library_changed.emit()
        text = tr("{name} is not in the list any more.", name=called(archive.path.name))
        self._notices.say(text, tr("Its files stay as they are: {place}", place=archive.path))

    def _accept(self, archive: ArchiveRecord, gaps: Sequence[Gap]) -> None:
        work = partial(self._desk.program.archives.proofs.accept, archive, gaps)
        self._ask(work, partial(self._accepted, len(gaps)), tr("accepting gaps"))

    def _accepted(self, count: int, not_written: Sequence[Path]) -> None:
        self._desk.library_changed.emit()
        text = counted(count, "1 gap is accepted: the certificate says so.",
                       "%Ln gaps are accepted: the certificate says so.")  # fmt: skip
        if not not_written:
            self._notices.say(text, mood="good")
            return
        names = some_of([path.name for path in not_written])
        where = tr("Only the library knows it: the certificate beside {names} could not be written.", names=names)
        self._notices.say(text, where, mood="warning")

    def compare(self, archive: ArchiveRecord) -> None:
        """Say what changed since the archive before this one."""
        self._with_passphrase(archive, partial(self._compare, archive))

    def _compare(self, archive: ArchiveRecord, passphrase: str | None = None) -> None:
        work = partial(_changes, self._desk.program, archive, passphrase)
        self._ask(work, partial(self._compared, archive), tr("comparing archives"))

    def _compared(self, archive: ArchiveRecord, lines: Sequence[str]) -> None:
        what = tr("What changed since the archive before {name}", name=called(archive.path.name))
        nothing = tr("There is no archive of this course before it that can be read.")
        DetailsDialog(what, "\n".join(map(tr, lines)) or nothing, self._front()).open()

    # Reminders

    def _tidied(self, _: Tidied) -> None:
        self._ask(partial(_due, self._desk.program), self._remind, tr("looking at archives"))

    def _remind(self, due: Sequence[ArchiveRecord]) -> None:
        """Once in the life of a window."""
        new = [archive for archive in due if archive.id not in self._reminded]
        self._reminded |= {archive.id for archive in new}
        if not new:
            return
        text = counted(len(new), "1 archive should be verified again: it was read back long ago.",
                       "%Ln archives should be verified again: they were read back long ago.")  # fmt: skip
        names = some_of([archive.path.name for archive in new])
        away = all(archive.standing is Standing.NOT_REACHABLE for archive in new)
        next_step = tr("Connect their disk first: {names}", names=names) if away else names
        verify, show = (tr("Verify"), partial(self.verify, new[0])), (tr("Show archives"), partial(self.show_list))
        action = verify if len(new) == 1 and not away else show
        self._notices.say(text, next_step, mood="warning", actions=[action], lasting=True)


def _courses_and_folder(program: Program) -> tuple[Sequence[CourseSummary], str]:
    return program.library.courses(), _settings(program).archive_folder


def _settings(program: Program) -> ArchiveSettings:
    settings = program.settings("archives")
    assert isinstance(settings, ArchiveSettings), "the group of that name"
    return settings


def _without_archive(program: Program, course: CourseId) -> str | None:
    """The title of a course that has no archive; None where it has one."""
    if program.library.archives.all(course):
        return None
    return next((summary.info.title for summary in program.library.courses() if summary.info.id == course), course)


def _due(program: Program) -> Sequence[ArchiveRecord]:
    return program.archives.proofs.due(_settings(program))


def _changes(program: Program, archive: ArchiveRecord, passphrase: str | None) -> Sequence[str]:
    found = program.archives.proofs.since_last(archive, passphrase)
    return [] if found is None else list(in_words(found))
