"""A pane that shows all of one row in sections, each under its title; what only teachers know is marked as theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from exportmanager.ui import theme
from exportmanager.ui.kit import STEP, named
from exportmanager.ui.words import number, tr

_LIMIT = 100_000
"""Characters: to lay out a million takes the fifth of a second, in which the window would not answer."""


@dataclass(frozen=True, slots=True)
class Section:
    """A text under its title. `is_code` keeps its columns; `is_for_teacher` is said in the title's colour and words."""

    title: str
    text: str
    is_code: bool = False
    is_for_teacher: bool = False


class SectionsPane(QTextEdit):
    """Never reads a text as HTML."""

    def __init__(self, name: str, hint: str) -> None:
        super().__init__()
        named(self, name, hint)
        self.setReadOnly(True)
        flags = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        self.setTextInteractionFlags(flags)  # with a cursor, which shows who has the focus
        self.setTabChangesFocus(True)
        self.setPlaceholderText(hint)
        self.setToolTip("")
        self.setMinimumSize(24 * STEP, 8 * STEP)
        self.document().setDocumentMargin(STEP)
        self._sections: Sequence[Section] = ()
        self._ground = ""

    def show_sections(self, sections: Sequence[Section]) -> None:
        """Show these, from their beginning; sections without a text are left out."""
        self._sections = [section for section in sections if section.text.strip()]
        self._write()

    def _write(self) -> None:
        self._ground = theme.colours().base
        self.clear()
        cursor = QTextCursor(self.document())
        for place, section in enumerate(self._sections):
            cursor.insertText("\n\n" if place else "", QTextCharFormat())
            cursor.insertText(section.title, _title_format(section))
            cursor.insertText(f"\n{_shortened(section.text)}", _text_format(section))
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def changeEvent(self, event: QEvent) -> None:
        """Put the colours on anew when light and dark change."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._sections and self._ground != theme.colours().base:
            self._write()


def _shortened(text: str) -> str:
    if len(text) <= _LIMIT:
        return text
    more = tr("{number} more characters; copying the row copies them all", number=number(len(text) - _LIMIT))
    return f"{text[:_LIMIT]}\n\n[{more}]"


def _title_format(section: Section) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setFontWeight(QFont.Weight.Bold)
    colours = theme.colours()
    made.setForeground(QColor(colours.warning if section.is_for_teacher else colours.muted))
    return made


def _text_format(section: Section) -> QTextCharFormat:
    made = QTextCharFormat()
    if section.is_code:
        made.setFontFamilies([QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()])
    return made
