"""Asks for files, a folder or a git repository that are to be added to a course."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from exportmanager.jobs.looking import Brought
from exportmanager.ui.adding_git import GitDialog
from exportmanager.ui.words import tr


class Asking(QObject):
    """`brought` carries a tuple of `Brought`. `folder` is where the next dialog begins."""

    brought = Signal(object)

    def __init__(self, folder: str, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.folder = folder or downloads()

    def for_files(self) -> None:
        """One file or several."""
        self._ask(tr("Choose files"), QFileDialog.FileMode.ExistingFiles)

    def for_folder(self) -> None:
        """A folder."""
        self._ask(tr("Choose a folder"), QFileDialog.FileMode.Directory)

    def for_repository(self) -> None:
        """A git repository."""
        dialog = GitDialog(self._window)
        dialog.given.connect(self._given)
        dialog.open()

    def _ask(self, title: str, mode: QFileDialog.FileMode) -> None:
        dialog = QFileDialog(self._window, title, self.folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(mode)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, tr("Add"))
        dialog.filesSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, files: Sequence[str]) -> None:
        self.folder = str(Path(files[0]).parent)
        self.brought.emit(tuple(map(Brought, files)))

    def _given(self, address: str, ref: str) -> None:
        self.brought.emit((Brought(address, ref),))


def downloads() -> str:
    """The folder in which a browser puts what it gets."""
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation) or str(Path.home())
