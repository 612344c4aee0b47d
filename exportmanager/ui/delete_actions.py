"""Deletes courses, puts them back and lets them go for good; and says what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget
from shiboken6 import isValid

from exportmanager.core.archive import ArchiveRecord, Standing
from exportmanager.core.course import CourseId, CourseInfo
from exportmanager.core.trash import TRASH_DAYS, Going, Trashed
from exportmanager.deleting import Proof
from exportmanager.jobs.desk import Desk
from exportmanager.program import Program
from exportmanager.ui.archive_words import called, made_on
from exportmanager.ui.delete_course import DeleteDialog
from exportmanager.ui.kit import named
from exportmanager.ui.list_dialog import brought_to_front
from exportmanager.ui.notices import Notice, Notices
from exportmanager.ui.trash_dialog import TrashDialog
from exportmanager.ui.words import moment, number, tr


class DeleteActions(QObject):
    """`came_back` carries the id of a course that is in the library again."""

    came_back = Signal(object)
    asked_archive = Signal(object)
    asked_certificate = Signal(object)

    def __init__(self, desk: Desk, notices: Notices, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._notices, self._window = desk, notices, window
        self._box: QMessageBox | None = None
        self._bars: dict[CourseId, Notice] = {}

    def _ask(self, work: Callable[[], object], then: Callable[..., None], doing: str) -> None:
        self._desk.background.ask(self, work, then, partial(self._fail, doing))

    def _fail(self, doing: str, error: Exception) -> None:
        self._notices.say_problem(error, doing)
        self._desk.look()

    # Deleting

    def delete(self, course: CourseId) -> None:
        """Show what would go, and ask."""
        dialog = DeleteDialog(self._desk, course, self._window)
        dialog.deleted.connect(self._deleted)
        dialog.asked_archive.connect(self.asked_archive)
        dialog.asked_certificate.connect(self.asked_certificate)
        dialog.open()

    def _deleted(self, going: Going) -> None:
        self._desk.library_changed.emit()
        text = tr("{course} was deleted.", course=called(going.info.title))
        stays = tr("It is in the trash for {days} days, and can be put back until then.", days=number(TRASH_DAYS))
        actions = [(tr("Undo"), partial(self.put_back, going.info)), (tr("Show the trash"), partial(self.show_trash))]
        bar = self._notices.say(text, stays, actions=actions, lasting=True)
        self._bars[going.info.id] = bar
        bar.gone.connect(partial(self._bars.pop, going.info.id, None))

    def _unsay(self, course: CourseId) -> None:
        """Take away what says that a course can be put back: it was, or has gone for good."""
        if bar := self._bars.get(course):
            bar.dismiss()

    # The trash

    def show_trash(self, _: bool = False) -> None:
        """Show what was deleted."""
        if any(map(brought_to_front, self._window.findChildren(TrashDialog))):
            return
        dialog = TrashDialog(self._desk, self._window)
        dialog.asked_back.connect(self._put_back)
        dialog.asked_purge.connect(partial(self._ask_to_purge, dialog))
        dialog.show()

    def _put_back(self, trashed: Trashed) -> None:
        self.put_back(trashed.info)

    def put_back(self, info: CourseInfo) -> None:
        """Have a course again, as it was."""
        work = partial(self._desk.program.deleting.put_back, info.id)
        self._ask(work, partial(self._is_back, info), tr("putting a course back"))

    def _is_back(self, info: CourseInfo, _: None) -> None:
        self._unsay(info.id)
        self._desk.library_changed.emit()
        self._notices.say(tr("{course} is in the library again, as it was.", course=called(info.title)), mood="good")
        self.came_back.emit(info.id)

    def _ask_to_purge(self, dialog: TrashDialog, trashed: Trashed) -> None:
        work = partial(_archives_of, self._desk.program, trashed.info.id)
        self._ask(work, partial(self._ask_whether_to_purge, dialog, trashed), tr("looking at archives"))

    def _ask_whether_to_purge(
        self, dialog: TrashDialog, trashed: Trashed, known: tuple[Sequence[ArchiveRecord], Proof]
    ) -> None:
        if not isValid(dialog):  # it was closed meanwhile
            return
        box = QMessageBox(dialog)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(tr("Remove for good"))
        box.setText(tr("Remove {course} for good?", course=called(trashed.info.title)))
        stays = tr("It could stay in the trash until {moment}.", moment=moment(trashed.goes_at))
        box.setInformativeText(f"{_kept_in(*known)} {stays}")
        for label in box.findChildren(QLabel):  # a title is no HTML
            label.setTextFormat(Qt.TextFormat.PlainText)
        keep = box.addButton(tr("Keep it in the trash"), QMessageBox.ButtonRole.RejectRole)
        purge = box.addButton(tr("Remove for good"), QMessageBox.ButtonRole.DestructiveRole)
        named(keep, keep.text(), tr("Removes nothing"))
        named(purge, purge.text(), tr("Removes the course with everything in it"))
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        purge.clicked.connect(partial(self._purge, trashed))
        box.finished.connect(box.deleteLater)
        self._box = box
        box.open()

    def _purge(self, trashed: Trashed, _: bool = False) -> None:
        work = partial(self._desk.program.deleting.purge, trashed.info.id)
        self._ask(work, partial(self._purged, trashed), tr("removing a course for good"))

    def _purged(self, trashed: Trashed, _: None) -> None:
        self._unsay(trashed.info.id)
        self._desk.library_changed.emit()
        text = tr("{course} is gone for good. Its archives stay where they are.", course=called(trashed.info.title))
        self._notices.say(text)


def _archives_of(program: Program, course: CourseId) -> tuple[Sequence[ArchiveRecord], Proof]:
    return program.archives.proofs.all(course), program.deleting.proof(course)


def _kept_in(archives: Sequence[ArchiveRecord], proof: Proof) -> str:
    """What is left of a course that goes for good, and what is not in it."""
    whole = next((archive for archive in archives if archive.standing is Standing.WHOLE), None)
    if (kept := proof.archive if proof.is_safe else whole) is not None:
        said = {"day": made_on(kept), "name": called(kept.path.name)}
        left = tr("After that only its archive of {day} is left: {name}.", **said)
        return left if proof.is_safe else f"{left} {tr(proof.says)}"
    if archives:
        name = called(archives[0].path.name)
        return tr("Nothing brings it back after that: its archive {name} is not known to be whole.", name=name)
    return tr("Nothing brings it back after that: there is no archive of it.")
