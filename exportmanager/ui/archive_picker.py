"""Asks for an archive: a file or a folder wherever it lies, or one that the library knows; and for its passphrase."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLabel, QLineEdit, QMenu, QWidget

from exportmanager.archive.decrypting import is_encrypted
from exportmanager.core.archive import ArchiveRecord
from exportmanager.jobs.desk import Desk
from exportmanager.ui.archive_passphrase import PassphraseLine
from exportmanager.ui.archive_words import called, stands
from exportmanager.ui.kit import STEP, button, labelled, row
from exportmanager.ui.words import tr

_KNOWN = 30
"""Known archives that the menu offers; the list of archives has all of them."""


class ArchivePicker(QWidget):
    """`changed`: another archive or passphrase was given. `path()` is None while there is nothing there."""

    changed = Signal()

    def __init__(self, desk: Desk, folder: str) -> None:
        super().__init__()
        self._desk, self._folder = desk, folder
        self._is_there = self._is_looking = False
        self.line, self.passphrase = QLineEdit(), PassphraseLine()
        self.line.setClearButtonEnabled(True)
        about = tr("an archive")
        self.file_button = button(tr("Zip file..."), self._choose_file, icon="archive", about=about)
        self.folder_button = button(tr("Folder..."), self._choose_folder, icon="folder", about=about)
        self.menu = QMenu(self)
        self.known_button = button(tr("Known ones"), about=tr("archives that were made or verified here"))
        self.known_button.setMenu(self.menu)
        self.known_button.setEnabled(False)
        self._arrange()
        self.line.textChanged.connect(self._look)
        self.passphrase.textChanged.connect(self.changed)
        desk.background.ask(self, partial(desk.program.archives.proofs.all), self._know)

    def _arrange(self) -> None:
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * STEP)
        grid.setVerticalSpacing(STEP)
        grid.addWidget(labelled(tr("&Archive"), self.line, tr("Where its file or folder is")), 0, 0)
        grid.addWidget(self.line, 0, 1)
        buttons = row(self.file_button, self.folder_button, self.known_button)
        buttons.addStretch(1)
        grid.addLayout(buttons, 1, 1)
        self._label = labelled(tr("&Passphrase"), self.passphrase, tr("The one that was chosen when it was made"))
        grid.addWidget(self._label, 2, 0)
        grid.addWidget(self.passphrase, 2, 1)
        grid.setColumnStretch(1, 1)
        self._need_passphrase(False)

    def add(self, label: QLabel, field: QWidget) -> None:
        """Add another question about the archive, in line with these."""
        self._grid.addWidget(label, 3, 0)
        self._grid.addWidget(field, 3, 1)

    def _know(self, archives: Sequence[ArchiveRecord]) -> None:
        if archives:
            self._folder = str(archives[0].path.parent)
        for archive in archives[:_KNOWN]:
            known = {"name": called(archive.path.name), "folder": archive.path.parent, "state": stands(archive)}
            words = tr("{name} in {folder} ({state})", **known).replace("&", "&&")
            self.menu.addAction(words).triggered.connect(partial(self._take, str(archive.path)))
        self.known_button.setEnabled(bool(archives))

    # What is chosen

    def take(self, path: Path) -> None:
        """Choose an archive."""
        self.line.setText(str(path))

    def _take(self, path: str, _: bool = False) -> None:
        self.line.setText(path)
        self.line.setFocus()  # so that Enter goes on

    def _choose_file(self) -> None:
        ask_for_archive(self, self._start(), self.line.setText)

    def _choose_folder(self) -> None:
        ask_for_archive(self, self._start(), self.line.setText, is_folder=True)

    def _start(self) -> str:
        return str(Path(self.line.text()).parent) if self.line.text() else self._folder

    def _look(self, text: str) -> None:
        """Look off the window's thread what is there; an older answer does not count."""
        self._is_there, self._is_looking = False, bool(text.strip())
        if self._is_looking:
            self._desk.background.ask(self, partial(_look_at, Path(text.strip())), partial(self._looked, text))
        else:
            self._need_passphrase(False)
        self.changed.emit()

    def _looked(self, text: str, found: tuple[bool, bool]) -> None:
        if text == self.line.text():
            self._is_there, self._is_looking = found[0], False
            self._need_passphrase(found[1])
            self.changed.emit()

    def _need_passphrase(self, is_needed: bool) -> None:
        self._label.setVisible(is_needed)
        self.passphrase.setVisible(is_needed)

    def given_path(self) -> Path | None:
        """The archive, if there is something."""
        return Path(self.line.text().strip()).absolute() if self._is_there else None

    def given_passphrase(self) -> str | None:
        """Its passphrase, where it has one."""
        return None if self.passphrase.isHidden() else self.passphrase.text()

    def problem(self) -> str:
        """What has to be given first; "" for nothing."""
        if not self.line.text().strip():
            return tr("Say where the archive is.")
        if self._is_looking:
            return tr("Looking for it ...")
        if not self._is_there:
            return tr("There is no file or folder of this name.")
        return tr("Type its passphrase.") if self.given_passphrase() == "" else ""


def ask_for_archive(widget: QWidget, start: str, chosen: Callable[[str], object], *, is_folder: bool = False) -> None:
    """Ask in the system's dialog for an archive, from the folder `start` on; `chosen` is called with its path."""
    dialog = QFileDialog(widget.window(), tr("Choose an archive"), start)
    dialog.setFileMode(QFileDialog.FileMode.Directory if is_folder else QFileDialog.FileMode.ExistingFile)
    if not is_folder:
        dialog.setNameFilters([tr("Archives (*.zip)"), tr("All files (*)")])
    dialog.fileSelected.connect(chosen)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _look_at(path: Path) -> tuple[bool, bool]:
    """Whether something is there, and whether it is encrypted."""
    try:
        return path.exists(), path.is_file() and is_encrypted(path)
    except OSError:  # reading it tells more
        return True, False
