"""A sentence with an icon that says how it is meant: a note, or a problem."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QLabel, QWidget

from exportmanager.ui import theme
from exportmanager.ui.kit import STEP, Text, row
from exportmanager.ui.words import tr

_SIDE = QSize(18, 18)
_MOODS = {"info": ("info", "muted", "text", "Note"), "problem": ("problem", "warning", "warning", "Please note")}
"""Each mood: its icon, the icon's colour, that of the words, and what it is called for who cannot see these."""


class Says(QWidget):
    """Says something, or is not there."""

    INDENT = _SIDE.width() + STEP // 2 + 2
    """Pixels by which its words stand further in than its icon."""

    def __init__(self, mood: str = "problem") -> None:
        super().__init__()
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._text = Text()
        layout = row(self._icon, self._text, spacing=STEP // 2 + 2)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self._mood = mood
        self.say("", mood)

    def say(self, text: str, mood: str | None = None) -> None:
        """Say `text`; the empty one hides it all. Moods: "info", "problem"."""
        self._mood = mood or self._mood
        self._text.setText(text)
        self._text.set_colour(_MOODS[self._mood][2])
        self._icon.setAccessibleName(tr(_MOODS[self._mood][3]))
        self._draw()
        self.setVisible(bool(text))

    def announce(self) -> None:
        """Have a screen reader say it, wherever the focus is."""
        event = QAccessibleAnnouncementEvent(self, self.text())
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
        QAccessible.updateAccessibility(event)

    def text(self) -> str:
        """What it says."""
        return self._text.text()

    @property
    def mood(self) -> str:
        """How it is meant."""
        return self._mood

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icon in the colours of the new scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        name, colour, *_ = _MOODS[self._mood]
        self._icon.setPixmap(theme.icon(name, colour).pixmap(_SIDE, self.devicePixelRatioF()))
