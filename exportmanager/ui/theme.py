"""Colours and icons in light and dark, chosen so that every text has a contrast of at least 4.5 to 1."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

from PySide6.QtCore import QByteArray, QObject, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

_Role = QPalette.ColorRole
_Scheme = Qt.ColorScheme


@dataclass(frozen=True, slots=True)
class Colours:
    """One scheme. `loss` is for what is gone or fails, `warning` for gaps and what goes soon, `good` for verified.

    `border` parts what stands side by side; `outline` is the edge of fields and ticks, which nothing else shows.
    `button` is what Fusion makes the faces of buttons from, which come out lighter in the dark. `pointed` is the
    ground of the menu's item in hand; icons and words on it are as on any other.
    """

    window: str
    base: str
    raised: str
    button: str
    border: str
    outline: str
    text: str
    muted: str
    accent: str
    on_accent: str
    pointed: str
    link: str
    warning: str
    loss: str
    good: str
    disabled: str


LIGHT = Colours(
    window="#f4f5f7", base="#ffffff", raised="#ffffff", button="#ffffff", border="#c9ced6", outline="#7f8792",
    text="#1b1f24", muted="#555d69", accent="#0b62b8", on_accent="#ffffff", pointed="#9cc8f2", link="#0b5cad",
    warning="#8a5200", loss="#b3261e", good="#1b6e3c", disabled="#68707d",
)  # fmt: skip
DARK = Colours(
    window="#1e2126", base="#16181c", raised="#282c33", button="#22262c", border="#474d57", outline="#7a828e",
    text="#eceef1", muted="#a9b1bd", accent="#6cb2ff", on_accent="#0c1a29", pointed="#2f5f94", link="#86bfff",
    warning="#f0b357", loss="#ff9389", good="#7fd6a1", disabled="#98a0ab",
)  # fmt: skip


def is_dark() -> bool:
    """Whether the window is drawn dark at the moment."""
    return QApplication.palette().color(_Role.Window).lightness() < 128


def colours() -> Colours:
    """The colours of the present scheme."""
    return DARK if is_dark() else LIGHT


def palette_of(c: Colours) -> QPalette:
    """The palette that draws a scheme."""
    palette = QPalette()
    for role, colour in {
        _Role.Window: c.window, _Role.WindowText: c.text, _Role.Base: c.base, _Role.AlternateBase: c.window,
        _Role.Text: c.text, _Role.Button: c.button, _Role.ButtonText: c.text, _Role.BrightText: c.loss,
        _Role.Highlight: c.accent, _Role.HighlightedText: c.on_accent, _Role.Accent: c.accent, _Role.Link: c.link,
        _Role.LinkVisited: c.link, _Role.ToolTipBase: c.raised, _Role.ToolTipText: c.text,
        _Role.PlaceholderText: c.muted, _Role.Mid: c.border,
        _Role.Light: QColor(c.raised).lighter(110).name(), _Role.Midlight: c.window,
        _Role.Dark: c.border, _Role.Shadow: QColor(c.border).darker(150).name(),
    }.items():  # fmt: skip
        palette.setColor(role, QColor(colour))
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(c.disabled))
    return palette


_OUTLINED = {
    "QLineEdit": 100, "QAbstractSpinBox": 100, "QComboBox": 100, "QProgressBar": 100, "QPlainTextEdit": 108,
    "QTextEdit": 108, "QCheckBox": 118, "QRadioButton": 118, "QTreeView": 118,
}  # fmt: skip
"""Widgets that are nothing but an edge or ticks, and by how many percent Fusion lightens what it draws them with."""


def outline_palette(c: Colours, lightened: int) -> QPalette:
    """The palette with which Fusion draws a widget's edge as `c.outline`: it takes the window's colour, darkened."""
    palette = palette_of(c)
    palette.setColor(_Role.Window, QColor(c.outline).darker(lightened).lighter(140))
    return palette


def menu_palette(c: Colours) -> QPalette:
    """The palette of menus: Qt does not tell an icon that its item is in hand, so its ground suits the usual one."""
    palette = palette_of(c)
    palette.setColor(_Role.Highlight, QColor(c.pointed))
    palette.setColor(_Role.HighlightedText, QColor(c.text))
    return palette


def _wear(c: Colours) -> None:
    QApplication.setPalette(palette_of(c))
    for widgets, lightened in _OUTLINED.items():
        QApplication.setPalette(outline_palette(c, lightened), widgets)  # type: ignore[arg-type] # PySide takes text
    for widgets in ("QMenu", "QMenuBar"):
        QApplication.setPalette(menu_palette(c), widgets)  # type: ignore[arg-type]


class Theme(QObject):
    """Keeps the window in the scheme of the system, or in the one the teacher chose; `changed` when it changed."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted = "system"
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._apply)
        # Where the platform has a look of its own (Windows, macOS) its palette stays; elsewhere Fusion wears ours.
        self._has_own_look = QApplication.style().name().lower() not in {"fusion", "windows"}
        if not self._has_own_look:
            QApplication.setStyle("Fusion")
        self._apply(hints.colorScheme())

    @property
    def wanted(self) -> str:
        """What was chosen: "system", "light" or "dark"."""
        return self._wanted

    def choose(self, appearance: str) -> None:
        """Follow the "system", or stay "light" or "dark"."""
        self._wanted = appearance
        chosen = {"light": _Scheme.Light, "dark": _Scheme.Dark}.get(appearance, _Scheme.Unknown)
        hints = QGuiApplication.styleHints()
        hints.setColorScheme(chosen)
        self._apply(hints.colorScheme())

    def _apply(self, scheme: Qt.ColorScheme) -> None:
        wants_dark = self._wanted == "dark" or (self._wanted == "system" and scheme == _Scheme.Dark)
        if not self._has_own_look:
            _wear(DARK if wants_dark else LIGHT)
        self.changed.emit()


# Icons


@cache
def _svg(name: str, colour: str) -> QSvgRenderer:
    text = (resources.files("exportmanager.ui") / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(text.replace("currentColor", colour).encode()))


class _TintedSvg(QIconEngine):
    """Draws an icon in the text colour of the present palette, so that light and dark need no second set."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name = name
        self._role = role

    def clone(self) -> QIconEngine:
        """Another one like it."""
        return _TintedSvg(self._name, self._role)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw it into `rect`."""
        role = "disabled" if mode == QIcon.Mode.Disabled else self._role
        if mode == QIcon.Mode.Selected:
            role = "on_accent"
        side = min(rect.width(), rect.height())
        square = QRectF(0, 0, side, side)
        square.moveCenter(QPointF(QRectF(rect).center()))
        _svg(self._name, getattr(colours(), role)).render(painter, square)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Draw it as a picture."""
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return pixmap


def icon(name: str, role: str = "text") -> QIcon:
    """The icon `icons/<name>.svg` in the colour `role` of `Colours`."""
    return QIcon(_TintedSvg(name, role))


def app_icon() -> QIcon:
    """The program's own icon, in its own colours."""
    made = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        _svg("app", "#0b62b8").render(painter)
        painter.end()
        made.addPixmap(pixmap)
    return made
