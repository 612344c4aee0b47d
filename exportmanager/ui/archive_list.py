"""Lists all archives that the library knows, wherever they lie, as they stand now."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from exportmanager.core.archive import ArchiveRecord, Standing
from exportmanager.jobs.desk import Desk
from exportmanager.ui.archive_words import colour_of, stands, verdict_of
from exportmanager.ui.kit import Empty
from exportmanager.ui.list_dialog import ListDialog
from exportmanager.ui.room import make_room
from exportmanager.ui.says import Says
from exportmanager.ui.table import Column, Rows, Table
from exportmanager.ui.words import counted, moment, size, tr


def _course(archive: ArchiveRecord) -> str:
    return archive.course_title


def _name(archive: ArchiveRecord) -> str:
    return archive.path.name


def _folder(archive: ArchiveRecord) -> str:
    return str(archive.path.parent)


def _why(archive: ArchiveRecord) -> str:
    return verdict_of(archive).text


def _made(archive: ArchiveRecord) -> str:
    return moment(archive.made_at)


def _made_at(archive: ArchiveRecord) -> datetime:
    return archive.made_at


def _checked(archive: ArchiveRecord) -> str:
    return moment(archive.checked_at)


def _checked_at(archive: ArchiveRecord) -> datetime | None:
    return archive.checked_at


def _size(archive: ArchiveRecord) -> str:
    return size(archive.size)


def _bytes(archive: ArchiveRecord) -> int:
    return archive.size


def _id(archive: ArchiveRecord) -> int:
    return archive.id


def _columns() -> list[Column[ArchiveRecord]]:
    return [
        Column(id="course", title=tr("Course"), text=_course, is_wide=True),
        Column(id="name", title=tr("Archive"), text=_name, is_wide=True),
        Column(id="where", title=tr("Where"), text=_folder, is_wide=True),
        Column(id="stands", title=tr("It is"), text=stands, tip=_why, colour=colour_of),
        Column(id="checked", title=tr("Verified"), text=_checked, sort=_checked_at),
        Column(id="made", title=tr("Made"), text=_made, sort=_made_at),
        Column(id="size", title=tr("Size"), text=_size, sort=_bytes, is_number=True),
    ]


def _how_many(count: int) -> str:
    return counted(count, "1 archive", "%Ln archives")


def is_away(archive: ArchiveRecord) -> bool:
    """Whether its disk is not connected, or it was moved."""
    return archive.standing is Standing.NOT_REACHABLE


def may_be_elsewhere(archive: ArchiveRecord) -> bool:
    """Whether it may be asked where it is: what is not as it was may be another one, chosen by mistake."""
    return archive.standing in {Standing.NOT_REACHABLE, Standing.CHANGED}


def _is_here(archive: ArchiveRecord) -> bool:
    return not is_away(archive)


class ArchiveList(ListDialog):
    """Beside the window, so that both can be used; shown with `show()`. Each signal carries an `ArchiveRecord`."""

    asked_certificate = Signal(object)
    asked_inside = Signal(object)
    asked_verify = Signal(object)
    asked_restore = Signal(object)
    asked_place = Signal(object)
    asked_to_forget = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        table = Table(Rows(_columns(), _id), tr("Archives"), tr("Every archive that was made here, or restored"))
        nothing = Empty(tr("No archives yet"), tr("Archive a course with the menu Course."))
        super().__init__(tr("Archives"), table, nothing, _how_many, parent)
        self.table.opened.connect(self.asked_certificate)
        self._add_buttons()
        self.says = Says()
        self.top.addWidget(self.says)
        make_room(self, 1100, 480)
        self.keep_reading(desk, desk.program.archives.proofs.all)

    def _add_buttons(self) -> None:
        about = tr("the selected archive")
        self.certificate_button = self.add(tr("Certificate"), self.asked_certificate.emit, icon="open", about=about)
        self.inside_button = self.add(
            tr("Look inside"), self.asked_inside.emit, icon="preview", about=about, can=_is_here
        )
        self.verify_button = self.add(tr("Verify"), self.asked_verify.emit, icon="verify", about=about, can=_is_here)
        self.restore_button = self.add(tr("Restore..."), self._restore, icon="undo", about=about, can=_is_here)
        self.find_button = self.add(
            tr("Find it..."), self.asked_place.emit, icon="search", about=about, can=may_be_elsewhere
        )
        self.forget_button = self.add(tr("Take from the list"), self.asked_to_forget.emit, icon="remove", about=about)
        self.forget_button.setToolTip(tr("The files of the archive stay as they are"))

    def _restore(self, archive: ArchiveRecord) -> None:
        self.accept()
        self.asked_restore.emit(archive)
