"""Asks for passphrases: twice for a new archive, once for one that is to be opened. None is kept."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from exportmanager.archive.encrypting import check_passphrase
from exportmanager.core.errors import BadOptions
from exportmanager.ui.archive_words import sentences
from exportmanager.ui.kit import STEP, Text, column, labelled
from exportmanager.ui.option_inputs import Switch
from exportmanager.ui.options_form import LABELS
from exportmanager.ui.words import tr


class PassphraseLine(QLineEdit):
    """A line whose letters nobody sees over a shoulder."""

    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setMinimumWidth(26 * STEP)
        self.setMaximumWidth(52 * STEP)

    def show_letters(self, is_shown: bool) -> None:
        """Show what is typed, or not."""
        self.setEchoMode(QLineEdit.EchoMode.Normal if is_shown else QLineEdit.EchoMode.Password)


class NewPassphrase(QWidget):
    """Whether to encrypt, and with what. `changed`: the answer is another now."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.switch = Switch(tr("Encrypt it with a passphrase"))
        self.first, self.second = PassphraseLine(), PassphraseLine()
        self.letters = Switch(tr("Show the passphrase"))
        self._inside = QWidget()
        grid = QGridLayout(self._inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(STEP)
        for number, (words, field) in enumerate(((tr("&Passphrase"), self.first), (tr("A&gain"), self.second))):
            grid.addWidget(labelled(words, field, tr("At least 8 characters; several words are best")), number, 0)
            grid.addWidget(field, number, 1)
            field.textChanged.connect(self.changed)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.letters, 2, 1)
        grid.addWidget(Text(_advice(), colour="muted"), 3, 1)
        layout = column(self.switch, self._inside)
        layout.setContentsMargins(LABELS + 2 * STEP, 0, 0, 0)
        self.setLayout(layout)
        self.switch.setAccessibleDescription(tr("Nobody can open the archive then who does not know the passphrase"))
        self.letters.setAccessibleDescription(tr("Shows the letters of both lines"))
        self.letters.toggled.connect(self._show_letters)
        self.switch.toggled.connect(self._toggled)
        self._toggled(False)

    def _show_letters(self, is_shown: bool) -> None:
        self.first.show_letters(is_shown)
        self.second.show_letters(is_shown)

    def _toggled(self, is_on: bool) -> None:
        self._inside.setVisible(is_on)
        if is_on:
            self.first.setFocus()
        self.changed.emit()

    def value(self) -> str | None:
        """The passphrase; None: no encryption."""
        return self.first.text() if self.switch.value() else None

    def problem(self) -> str:
        """What is wrong with it; "" for nothing."""
        if not self.switch.value():
            return ""
        try:
            check_passphrase(self.first.text())
        except BadOptions as problem:
            return sentences(problem)
        return "" if self.first.text() == self.second.text() else tr("The two passphrases are not the same.")


def _advice() -> str:
    return tr(
        "Write it down and keep it apart from the archive: it is kept nowhere, and without it nobody can open the "
        "archive, nor can this program."
    )
