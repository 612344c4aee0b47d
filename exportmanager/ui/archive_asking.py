"""Asks which archive to verify, or for the passphrase of one that is known."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QWidget

from exportmanager.core.archive import ArchiveRecord
from exportmanager.jobs.desk import Desk
from exportmanager.ui.archive_passphrase import PassphraseLine
from exportmanager.ui.archive_picker import ArchivePicker
from exportmanager.ui.archive_words import called
from exportmanager.ui.kit import STEP, Text, button, column, labelled, row
from exportmanager.ui.says import Says
from exportmanager.ui.words import tr


class VerifyDialog(QDialog):
    """`asked` carries a path and a passphrase, or None. Shown with `open()`."""

    asked = Signal(object, object)

    def __init__(self, desk: Desk, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Verify an archive"))
        self.picker = ArchivePicker(desk, folder)
        self.says = Says("info")
        self.verify_button = button(tr("Verify"), self.verify, icon="verify", about=tr("reads it back"))
        self.setLayout(
            _arranged(
                tr(
                    "Every byte is read back from the disk and compared with what was written. "
                    "On a slow disk that takes a while; the shelf shows how far it is."
                ),
                self.picker,
                self.says,
                _buttons(self, self.verify_button),
            )
        )
        self.resize(680, self.sizeHint().height())
        self.picker.changed.connect(self._look)
        self._look()

    def _look(self) -> None:
        problem = self.picker.problem()
        self.says.say(problem)
        self.verify_button.setEnabled(not problem)

    def verify(self) -> None:
        """Ask for it, and close."""
        if self.verify_button.isEnabled():
            self.asked.emit(self.picker.given_path(), self.picker.given_passphrase())
            self.accept()


class PassphraseDialog(QDialog):
    """`given` carries the passphrase of `archive`. Shown with `open()`."""

    given = Signal(str)

    def __init__(self, archive: ArchiveRecord, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Passphrase"))
        self.line = PassphraseLine()
        self.go_on_button = button(tr("Go on"), self._give, about=tr("with this passphrase"))
        field = row(labelled(tr("&Passphrase"), self.line, tr("The one that was chosen when it was made")), self.line)
        field.setStretch(1, 1)
        inside = QWidget()
        inside.setLayout(field)
        text = tr("{name} is encrypted.", name=called(archive.path.name))
        self.setLayout(_arranged(text, inside, _buttons(self, self.go_on_button)))
        self.resize(480, self.sizeHint().height())
        self.line.textChanged.connect(self._look)
        self._look("")

    def _look(self, text: str) -> None:
        self.go_on_button.setEnabled(bool(text))

    def _give(self) -> None:
        self.given.emit(self.line.text())
        self.accept()


def _buttons(dialog: QDialog, go_on) -> QDialogButtonBox:
    box = QDialogButtonBox()
    box.addButton(go_on, QDialogButtonBox.ButtonRole.AcceptRole)
    box.addButton(button(tr("Cancel"), dialog.reject), QDialogButtonBox.ButtonRole.RejectRole)
    go_on.setAutoDefault(True)
    go_on.setDefault(True)
    return box


def _arranged(text: str, *parts: QWidget):
    layout = column(Text(text), *parts[:-1], margin=2 * STEP, spacing=2 * STEP)
    layout.addStretch(1)
    layout.addWidget(parts[-1])
    return layout
