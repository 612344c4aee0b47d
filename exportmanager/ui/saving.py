"""Asks where a copy of a finished export should go, and has it saved there off the window's thread."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from exportmanager.core.ledger import Job
from exportmanager.jobs.desk import Desk
from exportmanager.ui.words import tr


class SaveCopy(QObject):
    """Asks over the window of `parent`. What came of a copy is told by `desk.tasks`, as of all long work."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._window = parent
        self.dialog: QFileDialog | None = None

    def ask(self, job: Job) -> None:
        """Ask where to save a copy of the file of `job`, beginning in the folder that the settings name."""
        self._desk.background.ask(self, self._desk.program.save_folder, partial(self._open, job))

    def _open(self, job: Job, folder: Path) -> None:
        assert job.file is not None, "only what is on the shelf can be copied"
        dialog = QFileDialog(self._window.window(), tr("Save a copy"), str(folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.selectFile(job.file.name)
        dialog.fileSelected.connect(partial(self._chosen, job))
        self.dialog = dialog
        dialog.open()

    def _chosen(self, job: Job, chosen: str) -> None:
        """The dialog has asked whether to replace a file, but only about the very name that was typed."""
        assert job.file is not None, "it was copied from there"
        target, suffix = Path(chosen), Path(job.file.name).suffix
        is_whole = target.suffix.casefold() == suffix.casefold()
        if not is_whole:
            target = target.with_name(f"{target.name}{suffix}")
        title = tr("Saving a copy of {name}", name=job.file.name)
        self._desk.save_copy(job, target, title, replace=is_whole)
