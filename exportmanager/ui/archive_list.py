"""Lists all archives that the library knows, wherever they lie, as they stand now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from exportmanager.core.archive import ArchiveRecord
from exportmanager.jobs.desk import Desk
from exportmanager.ui.archive_words import colour_of, stands, verdict_of
from exportmanager.ui.kit import STEP, Empty, Text, button, column, row
from exportmanager.ui.sheet import SearchField, Sheet, shown_of
from exportmanager.ui.table import Column, Rows, Table
from exportmanager.ui.words import counted, moment, size, tr


def _course(archive: ArchiveRecord) -> str:
    return archive.course_title


def _name(archive: ArchiveRecord) -> str:
    return archive.path.name


def _where(archive: ArchiveRecord) -> str:
    return str(archive.path)


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
        Column(id="name", title=tr("Archive"), text=_name, tip=_where, is_wide=True),
        Column(id="stands", title=tr("It is"), text=stands, tip=_why, colour=colour_of),
        Column(id="checked", title=tr("Verified"), text=_checked, sort=_checked_at),
        Column(id="made", title=tr("Made"), text=_made, sort=_made_at),
        Column(id="size", title=tr("Size"), text=_size, sort=_bytes, is_number=True),
    ]


class ArchiveList(QDialog):
    """Beside the window, so that both can be used; shown with `show()`. Each signal carries an `ArchiveRecord`."""

    asked_certificate = Signal(object)
    asked_verify = Signal(object)
    asked_restore = Signal(object)
    asked_place = Signal(object)
    asked_to_forget = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Archives"))
        self._desk = desk
        self._is_asking = self._is_stale = False
        self.rows: Rows[ArchiveRecord] = Rows(_columns(), _id)
        self.table = Table(self.rows, tr("Archives"), tr("Every archive that was made here, or verified"))
        self.sheet = Sheet(self.table, Empty(tr("No archives yet"), tr("Archive a course with the menu Course.")))
        self.search = SearchField(tr("Search"), tr("Shows the rows in which every word stands"))
        self.count = Text(colour="muted")
        about = tr("the selected archive")
        self.certificate_button = button(tr("Certificate"), self._certificate, icon="open", about=about)
        self.verify_button = button(tr("Verify"), self._verify, icon="verify", about=about)
        self.restore_button = button(tr("Restore..."), self._restore, icon="undo", about=about)
        self.find_button = button(tr("Find it..."), self._find, icon="search", about=about)
        self.forget_button = button(tr("Take from the list"), self._forget, icon="remove", about=about)
        self.forget_button.setToolTip(tr("The files of the archive stay as they are"))
        self.setLayout(self._arranged())
        self._connect()
        self._look()
        self.read()

    def _arranged(self) -> QVBoxLayout:
        layout = column(row(self.search, self.count), margin=2 * STEP)
        layout.addWidget(self.sheet, 1)
        buttons = row(self.certificate_button, self.verify_button, self.restore_button, self.find_button)
        buttons.addWidget(self.forget_button)
        buttons.addStretch(1)
        buttons.addWidget(button(tr("Close"), self.accept))
        layout.addLayout(buttons)
        self.resize(960, 480)
        return layout

    def _connect(self) -> None:
        self.search.textChanged.connect(self.rows.filter)
        self.search.left.connect(self.sheet.enter)
        self.sheet.cleared.connect(self.search.clear)
        self.rows.arranged.connect(self._say_count)
        self.table.picked.connect(self._look)
        self.table.opened.connect(self.asked_certificate)
        self._desk.library_changed.connect(self.read)

    def read(self) -> None:
        """Look at all of them anew."""
        if self._is_asking:
            self._is_stale = True
            return
        self._is_asking, self._is_stale = True, False
        self._desk.background.ask(self, self._desk.program.archives.proofs.all, self._show, self._not_read)

    def _show(self, archives: Sequence[ArchiveRecord]) -> None:
        self._is_asking = False
        is_first = not self.rows.total
        self.rows.set_rows(archives)
        if is_first:
            self.table.fit_columns()
            self.sheet.enter()
        self._look()
        if self._is_stale:
            self.read()

    def _not_read(self, error: Exception) -> None:
        self._is_asking = False
        self._desk.went_wrong.emit(error)

    def _say_count(self) -> None:
        self.count.setText(shown_of(self.rows, counted(self.rows.total, "1 archive", "%Ln archives")))

    def _look(self) -> None:
        """What can be done with the selected one."""
        chosen = self.table.chosen()
        is_one = len(chosen) == 1
        is_away = is_one and stands(chosen[0]) == tr("not reachable")
        for made in (self.certificate_button, self.forget_button):
            made.setEnabled(is_one)
        for made in (self.verify_button, self.restore_button):
            made.setEnabled(is_one and not is_away)
        self.find_button.setEnabled(is_away)

    def _chosen(self) -> ArchiveRecord:
        chosen: ArchiveRecord = self.table.chosen()[0]
        return chosen

    def _certificate(self) -> None:
        self.asked_certificate.emit(self._chosen())

    def _verify(self) -> None:
        self.asked_verify.emit(self._chosen())

    def _restore(self) -> None:
        chosen = self._chosen()
        self.accept()
        self.asked_restore.emit(chosen)

    def _find(self) -> None:
        self.asked_place.emit(self._chosen())

    def _forget(self) -> None:
        self.asked_to_forget.emit(self._chosen())
