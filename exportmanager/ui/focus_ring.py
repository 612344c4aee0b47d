"""Shows what the keyboard stands on: brings it into sight, in a frame where the style shows it too faintly or not."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from exportmanager.ui import theme
from exportmanager.ui.kit import STEP

_WIDTH = 2
_MOVES = {QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide}


class _Frame(QWidget):
    """Lies over everything in its window, and takes nothing from the mouse."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line in the accent colour, and nothing within."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.colours().accent), _WIDTH))
        edge = _WIDTH // 2
        painter.drawRoundedRect(self.rect().adjusted(edge, edge, -edge, -edge), 2 * _WIDTH, 2 * _WIDTH)
        painter.end()


class FocusRing(QObject):
    """Follows the keyboard through every window of the program; whoever uses the mouse does not see it.

    The frame comes only where Fusion draws: Windows and macOS have frames of their own.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._frame: _Frame | None = None
        self._around: QWidget | None = None
        self._watched: list[QWidget] = []
        qt = QApplication.instance()
        assert isinstance(qt, QApplication), "there is an application before there is a keyboard"
        qt.focusChanged.connect(self._moved)

    def _moved(self, _: QWidget | None, now: QWidget | None) -> None:
        self._leave()
        if now is None or not _is_by_keyboard(now):
            return
        _bring_into_sight(now)
        if QApplication.style().name().lower() == "fusion":
            self._around = now
            self._watch(now)
            self._place()

    def _leave(self) -> None:
        for widget in self._watched:
            if shiboken6.isValid(widget):
                widget.removeEventFilter(self)
        self._watched, self._around = [], None
        if self._frame is not None and shiboken6.isValid(self._frame):
            self._frame.hide()

    def _watch(self, widget: QWidget) -> None:
        """What moves, scrolls or hides it, moves one of those that are around it."""
        inner: QWidget | None = widget
        while inner is not None:
            inner.installEventFilter(self)
            self._watched.append(inner)
            inner = None if inner.isWindow() else inner.parentWidget()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay where the widget is."""
        if event.type() in _MOVES:
            self._place()
        return False

    def _place(self) -> None:
        if self._around is None or not shiboken6.isValid(self._around):
            return
        window, rect = self._around.window(), _in_sight(self._around)
        self._frame = window.findChild(_Frame, options=Qt.FindChildOption.FindDirectChildrenOnly) or _Frame(window)
        self._frame.setGeometry(rect.adjusted(-_WIDTH, -_WIDTH, _WIDTH, _WIDTH).intersected(window.rect()))
        self._frame.setVisible(self._around.isVisible() and not rect.isEmpty())
        self._frame.raise_()


def _is_by_keyboard(widget: QWidget) -> bool:
    window = widget.window()
    is_menu = window.windowType() == Qt.WindowType.Popup
    is_mouse = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
    return window.testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange) and not is_menu and not is_mouse


def _bring_into_sight(widget: QWidget) -> None:
    """Scroll to it. Qt does that itself only while Tab goes from one part of a scroll area to the next."""
    around = widget.parentWidget()
    while around is not None and not around.isWindow():
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(widget, 0, STEP)
        around = around.parentWidget()


def _in_sight(widget: QWidget) -> QRect:
    """The part of a widget that is not scrolled away, in its window."""
    rect, inner = widget.rect(), widget
    while not inner.isWindow() and (around := inner.parentWidget()) is not None:
        rect = rect.translated(inner.mapToParent(QPoint())).intersected(around.rect())
        inner = around
    return rect
