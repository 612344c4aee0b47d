"""Asks where a copy of a workspace is to be unpacked, and what it runs with."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QGridLayout, QLineEdit, QWidget

from exportmanager.core.names import portable_paths
from exportmanager.formats.untrusted import printable
from exportmanager.jobs.desk import Desk
from exportmanager.review.opening import Opened
from exportmanager.review.stacks import Stack, guess
from exportmanager.ui.adding_asking import downloads
from exportmanager.ui.kit import STEP, Elided, Text, button, column, labelled, row
from exportmanager.ui.memory import Memory
from exportmanager.ui.review_stack import StackChoice
from exportmanager.ui.words import tr

_FOLDER = "folder of copies to run"


class RunDialog(QDialog):
    """`asked` carries the folder (a Path), which must be empty or not there, and the Stack."""

    asked = Signal(object, object)

    def __init__(self, desk: Desk, memory: Memory, opened: Opened, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Copy to run"))
        self._memory = memory
        parent_folder = Path(str(memory.get(_FOLDER, "")) or downloads())
        self.folder = QLineEdit(str(parent_folder / portable_paths([name])[0][0].replace("/", " ")))
        self.stack = StackChoice()
        self.browse = button(tr("Choose..."), self._browse, icon="folder", about=tr("the folder that it goes into"))
        self.run_button = button(tr("Unpack the copy"), self._ask, icon="run", about=name, is_default=True)
        self.folder.textChanged.connect(self._check)
        self._arrange(name)
        self.resize(600, self.sizeHint().height())
        desk.background.ask(self, partial(guess, opened), self._guessed)
        self._check()

    def _arrange(self, name: str) -> None:
        grid = QGridLayout()
        grid.setSpacing(STEP)
        place = row(self.folder, self.browse)
        place.setStretch(0, 1)
        grid.addWidget(labelled(tr("&Folder"), self.folder, tr("A new or empty folder for the copy")), 0, 0)
        grid.addLayout(place, 0, 1)
        grid.addWidget(labelled(tr("&Stack"), self.stack, self.stack.accessibleDescription()), 1, 0)
        stack = row(self.stack)
        stack.addStretch(1)
        grid.addLayout(stack, 1, 1)
        grid.setColumnStretch(1, 1)
        about = tr(
            "A copy of this workspace is unpacked, with a file that tells editors which container to use. "
            "What is in the library or the archive stays as it is. Code of other people can do harm: "
            "run it in a container."
        )
        box = QDialogButtonBox()
        box.addButton(self.run_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(button(tr("Cancel"), self.reject), QDialogButtonBox.ButtonRole.RejectRole)
        layout = column(Elided(printable(name)), Text(about), margin=2 * STEP, spacing=2 * STEP)
        layout.addLayout(grid)
        layout.addStretch(1)
        layout.addWidget(box)
        self.setLayout(layout)

    def _guessed(self, stack: Stack | None) -> None:
        if stack is not None:
            self.stack.choose(stack.id)

    def _browse(self) -> None:
        dialog = QFileDialog(self, tr("Choose a folder"), str(Path(self.folder.text()).parent))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._put)
        dialog.open()

    def _put(self, folder: str) -> None:
        """Into a new folder in the chosen one, so that nothing that is there is in the way."""
        self.folder.setText(str(Path(folder) / Path(self.folder.text()).name))

    def _check(self, _: str = "") -> None:
        self.run_button.setEnabled(Path(self.folder.text()).is_absolute())

    def _ask(self) -> None:
        folder = Path(self.folder.text())
        self._memory.put(_FOLDER, str(folder.parent))
        self.asked.emit(folder, self.stack.stack())
        self.accept()
