"""An icon that stands by itself, drawn anew when light and dark change."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QLabel

from exportmanager.ui import theme


class Picture(QLabel):
    """The icon `name` in a colour of the theme, `side` pixels wide and high."""

    def __init__(self, name: str, colour: str, side: int) -> None:
        super().__init__()
        self._name = name
        self._colour = colour
        self._size = QSize(side, side)
        self.setFixedSize(self._size)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Draw in the colours of the new scheme, and at the new screen's scale."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.DevicePixelRatioChange}:
            self._draw()

    def _draw(self) -> None:
        self.setPixmap(theme.icon(self._name, self._colour).pixmap(self._size, self.devicePixelRatioF()))
