"""Opens the PDFs of an export in windows of their own: a PDF, or a zip that holds some, of which one is chosen."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from exportmanager.core.errors import Damaged
from exportmanager.core.export import ExportKind
from exportmanager.core.ledger import Job
from exportmanager.formats.untrusted import printable
from exportmanager.formats.zip_reading import ZipReader
from exportmanager.formats.zip_records import Member
from exportmanager.jobs.desk import Desk
from exportmanager.ui.kit import STEP, Elided, button, column, row
from exportmanager.ui.memory import Memory
from exportmanager.ui.pdf_dialog import PdfDialog
from exportmanager.ui.pdf_file import LARGEST, PdfFile, read_pdf, too_large
from exportmanager.ui.table import Column, Rows, Table
from exportmanager.ui.words import counted, size, tr


def holds_pdf(job: Job, kinds: Mapping[str, ExportKind]) -> bool:
    """Whether its file is a PDF, or a zip that PDFs are packed into where there are several."""
    suffix = Path(job.file.name).suffix if job.file else ""
    return suffix == ".pdf" or (suffix == ".zip" and job.kind in kinds and kinds[job.kind].suffix == ".pdf")


def pdfs_in(path: Path) -> list[Member]:
    """The PDFs in a zip of ours. Raises `Damaged`, also where there is none."""
    with ZipReader(path) as archive:
        found = [member for member in archive.members() if _is_pdf(member)]
    if not found:
        raise Damaged("There is no PDF in this file.", "Verify it on the shelf, or export again.")
    return found


def _is_pdf(member: Member) -> bool:
    return member.name.casefold().endswith(".pdf") and not member.is_link and not member.is_folder


def read_member(path: Path, member: Member) -> PdfFile:
    """Read a PDF that lies in a zip, into memory and nowhere else. Raises `Damaged` or `NoAccess`."""
    if member.size > LARGEST:
        raise too_large()
    with ZipReader(path) as archive:
        return PdfFile(b"".join(archive.unpacked_chunks(member)))


class PdfWindows(QObject):
    """Opens windows over that of `parent`. `failed` carries why a file could not be looked into."""

    failed = Signal(object)

    def __init__(self, desk: Desk, memory: Memory | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._memory, self._over = desk, memory, parent

    def show(self, path: Path) -> None:
        """Show a PDF; of a zip the one that it holds, or a list to choose from."""
        if path.suffix.casefold() == ".pdf":
            self._open(path.name, partial(read_pdf, path), path)
        else:
            self._desk.background.ask(self, partial(pdfs_in, path), partial(self._choose, path), self.failed.emit)

    def _choose(self, path: Path, members: Sequence[Member]) -> None:
        if len(members) == 1:
            self.show_member(path, members[0])
            return
        dialog = PdfList(path.name, members, self._over.window())
        dialog.chosen.connect(partial(self.show_member, path))
        dialog.show()

    def show_member(self, path: Path, member: Member) -> None:
        """Show one that lies in a zip."""
        self._open(printable(member.name), partial(read_member, path, member))

    def _open(self, title: str, load: partial[PdfFile], path: Path | None = None) -> None:
        PdfDialog(self._desk, title, load, self._memory, self._over.window(), path).show()


class PdfList(QDialog):
    """The PDFs in a zip; `chosen` carries the member that is to be shown. It stays open for the next one."""

    chosen = Signal(object)

    def __init__(self, name: str, members: Sequence[Member], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(counted(len(members), "1 PDF", "%Ln PDFs"))
        self.rows: Rows[Member] = Rows(_columns(), _name)
        self.table = Table(self.rows, tr("PDFs"), tr("Enter shows the selected one"))
        self.rows.set_rows(members)
        self.table.fit_columns()
        self.preview_button = button(
            tr("Preview"), self._show_chosen, icon="preview", about=tr("the selected PDF"), is_default=True
        )
        close = button(tr("Close"), self.reject)
        buttons = row(self.preview_button)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = column(Elided(name), margin=2 * STEP)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)
        self.setLayout(layout)
        self.resize(560, 400)
        self.table.opened.connect(self.chosen)
        self.table.picked.connect(self._can_show)
        self.table.select_key(members[0].name)
        self.table.setFocus()

    def _can_show(self) -> None:
        self.preview_button.setEnabled(bool(self.table.chosen()))

    def _show_chosen(self) -> None:
        for member in self.table.chosen():
            self.chosen.emit(member)


def _columns() -> list[Column[Member]]:
    return [
        Column(id="name", title=tr("Name"), text=_shown_name, is_wide=True),
        Column(id="size", title=tr("Size"), text=_size, sort=_bytes, is_number=True),
    ]


def _name(member: Member) -> Hashable:
    return member.name


def _shown_name(member: Member) -> str:
    return printable(member.name)


def _size(member: Member) -> str:
    return size(member.size)


def _bytes(member: Member) -> int:
    return member.size
