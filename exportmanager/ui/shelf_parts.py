"""Small parts of the shelf's rows: a mark, and a button that looks like a link; both right in light and dark."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

from exportmanager.ui import theme
from exportmanager.ui.kit import ICON, ToolButton


class Mark(QWidget):
    """An icon of the theme, drawn anew in each scheme."""

    def __init__(self) -> None:
        super().__init__()
        self._picture = ("", "")
        self.setFixedSize(ICON)

    def show_mark(self, name: str, colour: str) -> None:
        """Show an icon in a colour of the theme."""
        if self._picture != (name, colour):
            self._picture = (name, colour)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        name, colour = self._picture
        if name:
            painter = QPainter(self)
            theme.icon(name, colour).paint(painter, self.rect())
            painter.end()


class Link(ToolButton):
    """A button that looks like a link in a text."""

    def __init__(self) -> None:
        super().__init__()
        self.setAutoRaise(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        font = QFont(self.font())
        font.setUnderline(True)
        self.setFont(font)
        self._recolour()

    def changeEvent(self, event: QEvent) -> None:
        """Wear the link's colour of the new scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._recolour()

    def _recolour(self) -> None:
        wanted, role = QColor(theme.colours().link), QPalette.ColorRole.ButtonText
        if self.palette().color(role) != wanted:  # else this would call itself without end
            palette = QPalette()
            palette.setColor(role, wanted)
            self.setPalette(palette)
