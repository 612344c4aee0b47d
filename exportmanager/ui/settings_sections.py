"""The parts of the settings that are no options: the key of the pseudonyms, and where the library is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from exportmanager.jobs.desk import Desk
from exportmanager.ui.desktop import show_in_folder
from exportmanager.ui.kit import STEP, Elided, Text, button, column, labelled, named, row
from exportmanager.ui.options_form import LABELS
from exportmanager.ui.says import Says
from exportmanager.ui.words import tr
from exportmanager.user_config import LIBRARY_VARIABLE

_KEPT, _NEW, _OWN = "kept", "new", "own"


def _beside(label: QLabel, fields: QVBoxLayout) -> QHBoxLayout:
    """A label as wide as those of the options, and its fields."""
    label.setFixedWidth(LABELS)
    label.setContentsMargins(0, STEP // 2, 0, 0)
    layout = row(spacing=2 * STEP)
    layout.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
    layout.addLayout(fields, 1)
    return layout


@dataclass(frozen=True, slots=True)
class KeyWish:
    """The wish for another key: the `key` that somebody has, or None for a new one."""

    key: str | None


class KeySection(QWidget):
    """Shows the key on demand, and takes the wish for another one; nothing changes before the settings are saved."""

    title = "Pseudonyms"
    summary = "Pseudonyms in exports are made with a key: with the same key, a student always has the same one."

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._mode = _KEPT
        self._key = ""
        self.line = QLineEdit()
        self.line.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        about = tr("the key of the pseudonyms")
        self.show_button = button(tr("Show"), self._show_or_hide, about=about)
        self.copy_button = button(tr("Copy"), self.copy, icon="copy", about=about)
        self.new_button = button(tr("Replace"), self.replace, icon="again", about=about)
        self.own_button = button(tr("Use an earlier key..."), self.use_own, about=about)
        self.undo_button = button(tr("Undo"), self.undo, icon="undo", about=about)
        self.meaning = Says("info")
        self.fault = Says()
        self.setLayout(self._arranged())
        self._draw()

    def _arranged(self):
        label = labelled(tr("&Key"), self.line, tr("Whoever has it can tell whose each pseudonym is"))
        first = row(self.line, self.show_button, self.copy_button)
        second = row(self.new_button, self.own_button, self.undo_button)
        second.addStretch(1)
        return _beside(label, column(first, self.fault, second, self.meaning))

    def wanted(self) -> KeyWish | None:
        """The wish for another key, where there is one."""
        if self._mode == _KEPT:
            return None
        return KeyWish(self.line.text().strip() if self._mode == _OWN else None)

    def say_fault(self, sentence: str) -> None:
        """Say what is wrong with the key that was written."""
        self.fault.say(sentence)
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    # What is pressed

    def _show_or_hide(self) -> None:
        if self._key:
            self._key = ""
            self._draw()
        else:
            self._desk.background.ask(self, self._desk.program.pseudonym_key_hex, self._show, self._could_not)

    def _show(self, key: str) -> None:
        self._key = key
        self._draw()
        self.line.setCursorPosition(0)

    def _could_not(self, error: Exception) -> None:
        self.fault.say(str(error))

    def copy(self) -> None:
        """Copy the key that is shown."""
        QGuiApplication.clipboard().setText(self._key)
        self.copy_button.setText(tr("Copied"))

    def replace(self) -> None:
        """Wish for a new key."""
        self._change_to(_NEW, self.undo_button)

    def use_own(self) -> None:
        """Ask for a key that somebody wrote down."""
        self._change_to(_OWN, self.line)

    def undo(self) -> None:
        """Keep the key there is."""
        self._change_to(_KEPT, self.new_button)

    def _change_to(self, mode: str, focus: QWidget) -> None:
        self._mode = mode
        self._draw()
        focus.setFocus(Qt.FocusReason.OtherFocusReason)

    def _draw(self) -> None:
        is_kept = self._mode == _KEPT
        placeholders = {
            _KEPT: tr("not shown"),
            _NEW: tr("made when you press OK"),
            _OWN: tr("at least 32 digits, 0 to 9 and a to f"),
        }
        self.line.setReadOnly(self._mode != _OWN)
        self.line.setText(self._key if is_kept else "")
        self.line.setPlaceholderText(placeholders[self._mode])
        self.show_button.setText(tr("Hide") if self._key else tr("Show"))
        self.copy_button.setText(tr("Copy"))
        for made in (self.show_button, self.new_button, self.own_button):
            made.setVisible(is_kept)
        self.copy_button.setVisible(is_kept and bool(self._key))
        self.undo_button.setVisible(not is_kept)
        self.fault.say("")
        self.meaning.say("" if is_kept else self._what_it_means())

    def _what_it_means(self) -> str:
        return tr(
            "Pseudonyms in earlier exports will not match those in later ones any more. To be able to match them "
            "again, press Undo, then Show, and write the present key down."
        )


class LibrarySection(QWidget):
    """Shows where the library is, and takes the wish to use another one from the next start on."""

    title = "Library"
    summary = "The folder in which this program keeps courses."

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self.wanted: Path | None = None
        self._is_fixed = bool(os.environ.get(LIBRARY_VARIABLE))
        self.place = Elided(str(folder))
        about = tr("the folder of the library")
        self.show_button = button(tr("Show in folder"), self._show, icon="folder", about=about)
        self.choose_button = button(tr("Choose another..."), self.choose, about=about)
        self.undo_button = button(tr("Undo"), self.undo, icon="undo", about=about)
        self.meaning = Says("info")
        buttons = row(self.show_button, self.choose_button, self.undo_button)
        buttons.addStretch(1)
        self.setLayout(_beside(Text(tr("Folder")), column(self.place, buttons, self.meaning)))
        named(self, tr("Library"), tr("Where the library is"))
        self._draw()

    def _show(self) -> None:
        show_in_folder(self._folder)

    def choose(self) -> None:
        """Ask for another folder."""
        dialog = QFileDialog(self.window(), tr("Choose the folder of a library"), str(self._folder.parent))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, folder: str) -> None:
        self.wanted = Path(folder) if Path(folder) != self._folder else None
        self._draw()

    def undo(self) -> None:
        """Stay with this one."""
        self.wanted = None
        self._draw()
        self.choose_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _draw(self) -> None:
        self.choose_button.setEnabled(not self._is_fixed)
        self.undo_button.setVisible(self.wanted is not None)
        if self._is_fixed:
            self.meaning.say(tr("The variable {name} of the system says where it is.", name=LIBRARY_VARIABLE))
        elif self.wanted is None:
            self.meaning.say("")
        else:
            text = tr(
                "From the next start on, the library is in {folder}. The courses in this one stay where they are.",
                folder=self.wanted,
            )
            self.meaning.say(text)
