"""Asks for the passphrase of an archive that is to be looked into; it can be left out instead. None is kept."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QWidget

from exportmanager.archive.decrypting import decrypted
from exportmanager.core.errors import ProblemForTeacher
from exportmanager.formats.untrusted import printable
from exportmanager.jobs.desk import Desk
from exportmanager.ui.archive_passphrase import PassphraseLine
from exportmanager.ui.kit import STEP, Text, button, column, labelled, row
from exportmanager.ui.says import Says
from exportmanager.ui.words import tr


def check_passphrase(path: Path, passphrase: str) -> None:
    """Raises `BadOptions` where it is another, `BadSource` and `OSError` where the archive cannot be read."""
    with decrypted(path, passphrase):
        return


class AskPassphrase(QDialog):
    """`given` carries a passphrase that opens `path`; `left_out` comes where it is closed without one."""

    given = Signal(str)
    left_out = Signal()

    def __init__(self, desk: Desk, path: Path, parent: QWidget | None = None, *, otherwise: str = "") -> None:
        """`otherwise` is what the button says that goes on without; "Cancel" if nothing is said."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Passphrase"))
        self._desk, self._path = desk, path
        self.line = PassphraseLine()
        self.says = Says()
        self.open_button = button(tr("Open"), self._try, icon="open", about=tr("with this passphrase"), is_default=True)
        self.other_button = button(otherwise or tr("Cancel"), self.reject)
        field = row(labelled(tr("&Passphrase"), self.line, tr("The one that was chosen when the archive was made")))
        field.addWidget(self.line, 1)
        box = QDialogButtonBox()
        box.addButton(self.open_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.other_button, QDialogButtonBox.ButtonRole.RejectRole)
        about = Text(tr("{name} is encrypted.", name=printable(path.name)))
        layout = column(about, field, self.says, margin=2 * STEP, spacing=2 * STEP)
        layout.addStretch(1)
        layout.addWidget(box)
        self.setLayout(layout)
        self.resize(480, self.sizeHint().height())
        self.line.textChanged.connect(self._look)
        self.rejected.connect(self.left_out)
        self._look("")

    def _look(self, text: str) -> None:
        self.open_button.setEnabled(bool(text))

    def _try(self) -> None:
        passphrase = self.line.text()
        self.open_button.setEnabled(False)
        work = partial(check_passphrase, self._path, passphrase)
        self._desk.background.ask(self, work, partial(self._opens, passphrase), self._refuse)

    def _opens(self, passphrase: str, _: None) -> None:
        self.given.emit(passphrase)
        self.accept()

    def _refuse(self, problem: Exception) -> None:
        if isinstance(problem, ProblemForTeacher):
            self.says.say(f"{tr(problem.what)} {tr(problem.next_step)}".strip())
        else:
            self.says.say(tr("It could not be opened."))
            if not isinstance(problem, OSError):
                self._desk.went_wrong.emit(problem)
        self.says.announce()
        layout = self.layout()
        assert layout is not None, "its parts stand in one"
        self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))
        self.open_button.setEnabled(True)
        self.line.setFocus()
        self.line.selectAll()
