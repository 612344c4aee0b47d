"""The small parts every page is made of: texts in three sizes, buttons with icon and words, fields with their label."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStyleOptionToolButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from exportmanager.ui import theme
from exportmanager.ui.words import tr

STEP = 8
"""Pixels of the rhythm: gaps and margins are multiples of it."""
ICON = QSize(18, 18)
_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}
_TIP, _TIP_LINE = 1_000, 90


def column(*parts: QWidget | QBoxLayout, margin: int = 0, spacing: int = STEP) -> QVBoxLayout:
    """Parts one under the other."""
    return _filled(QVBoxLayout(), parts, margin, spacing)


def row(*parts: QWidget | QBoxLayout, margin: int = 0, spacing: int = STEP) -> QHBoxLayout:
    """Parts side by side."""
    return _filled(QHBoxLayout(), parts, margin, spacing)


def _filled(layout, parts, margin: int, spacing: int):
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(spacing)
    for part in parts:
        (layout.addLayout if isinstance(part, QBoxLayout) else layout.addWidget)(part)
    return layout


def tip_of(text: str) -> str:
    """`text` as a tooltip: never read as HTML, broken into lines where it is long, cut where no screen holds it."""
    cut = text if len(text) <= _TIP else f"{text[:_TIP]}…"
    if len(cut) <= _TIP_LINE and "<" not in cut:
        return cut
    return f'<p style="white-space: pre-wrap">{escape(cut)}</p>'


class Text(QLabel):
    """A text that wraps, is never read as HTML, and wears a colour of the theme in light and dark.

    Sizes: "title" (1.5 times), "heading" (1.15 times, bold), "body".
    """

    def __init__(self, text: str = "", *, size: str = "body", colour: str = "text", wrap: bool = True) -> None:
        super().__init__()
        self._colour = colour
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setForegroundRole(QPalette.ColorRole.WindowText)  # on a raised ground it would be another
        self.setWordWrap(wrap)
        font = QFont(QApplication.font())
        font.setPointSizeF(font.pointSizeF() * {"title": 1.5, "heading": 1.15}.get(size, 1.0))
        font.setBold(size in {"title", "heading"})
        self.setFont(font)
        if wrap:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        self.setText(text)
        self._recolour()

    def set_colour(self, colour: str) -> None:
        """Wear another colour of `theme.Colours`."""
        if colour != self._colour:
            self._colour = colour
            self._recolour()

    def changeEvent(self, event) -> None:
        """Put the colour on anew when light and dark change."""
        super().changeEvent(event)
        # PaletteChange: that of the application comes only to windows.
        if event.type() == event.Type.PaletteChange:
            self._recolour()

    def _recolour(self) -> None:
        role = QPalette.ColorRole.WindowText
        if self._colour == "text":
            if self.testAttribute(Qt.WidgetAttribute.WA_SetPalette):  # it wore another colour before
                self.setPalette(QPalette())
            return
        wanted = QColor(getattr(theme.colours(), self._colour))
        if self.palette().color(role) != wanted:  # else this would call itself without end
            palette = QPalette()
            palette.setColor(role, wanted)
            self.setPalette(palette)


class Elided(Text):
    """One line that is cut with "..." where there is no room (at `cut`); its tooltip has all of it."""

    cut = Qt.TextElideMode.ElideRight

    def __init__(self, text: str = "", **kinds: str) -> None:
        self._whole = text
        super().__init__(text, wrap=False, **kinds)
        self.setMinimumWidth(40)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        """Show a text, as much of it as fits."""
        self._whole = text
        self.setAccessibleName(text)
        self._fit()

    def text(self) -> str:
        """The whole text."""
        return self._whole

    def resizeEvent(self, event) -> None:
        """Fit the text into the new room."""
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        """The room that the whole text would take."""
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 4, super().sizeHint().height())

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, self.cut, max(0, self.width()))
        QLabel.setText(self, shown)
        self.setToolTip(tip_of(self._whole) if shown != self._whole else "")


class Button(QPushButton):
    """Enter presses it, and not the dialog's default button, while it has the keyboard."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is as good as Space."""
        if event.key() in _ENTER:
            self.click()
        else:
            super().keyPressEvent(event)


class ToolButton(QToolButton):
    """The same for buttons that are small, or open a menu."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def initStyleOption(self, option: QStyleOptionToolButton) -> None:
        """Without the small arrow of a menu, which hangs in the corner: three dots say as much."""
        super().initStyleOption(option)
        option.features &= ~QStyleOptionToolButton.ToolButtonFeature.HasMenu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is as good as Space."""
        if event.key() not in _ENTER:
            super().keyPressEvent(event)
        elif self.menu() is not None:
            self.showMenu()
        else:
            self.click()


def button(
    text: str,
    clicked: Callable[[], object] | None = None,
    *,
    icon: str = "",
    about: str = "",
    is_default: bool = False,
) -> QPushButton:
    """A button with words. `about` says what it acts on ("Stop: Coursework data, CS101"), for who cannot see the row.

    `clicked` is a bound method of an object that lives as long as the button.
    """
    made = Button(text)
    made.setAutoDefault(False)
    if is_default:
        made.setDefault(True)
        made.setAutoDefault(True)
    _dress(made, text, icon, about)
    if clicked is not None:
        made.clicked.connect(clicked)
    return made


def _dress(made: QAbstractButton, text: str, icon: str, about: str) -> None:
    if icon:
        made.setIcon(theme.icon(icon))
        made.setIconSize(ICON)
    name = text.replace("&", "")
    made.setAccessibleName(f"{name}: {about}" if about else name)
    made.setAccessibleDescription(about or name)


def menu_button(text: str, menu: QMenu, *, icon: str = "more", about: str = "") -> QToolButton:
    """A button that opens a menu; it shows its icon, and its name in the tooltip and to screen readers."""
    made = ToolButton()
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    made.setAutoRaise(True)
    made.setMenu(menu)
    made.setToolTip(text)
    _dress(made, text, icon, about)
    return made


def named(widget: QWidget, name: str, description: str = "") -> QWidget:
    """`widget` with what a screen reader says of it."""
    widget.setAccessibleName(name)
    widget.setAccessibleDescription(description or name)
    return widget


def labelled(text: str, field: QWidget, description: str = "") -> QLabel:
    """The label of `field`, its buddy; the field gets its name from it."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setBuddy(field)
    named(field, text.replace("&", ""), description)
    return label


def line() -> QFrame:
    """A thin line between parts."""
    made = QFrame()
    made.setFrameShape(QFrame.Shape.HLine)
    made.setFrameShadow(QFrame.Shadow.Plain)
    made.setForegroundRole(QPalette.ColorRole.Mid)
    return made


class Empty(QWidget):
    """What a page says when there is nothing on it: what it is for, and the one next step."""

    def __init__(self, title: str, text: str, *actions: QWidget) -> None:
        super().__init__()
        heading, body = Text(title, size="heading"), Text(text, colour="muted")
        for part in (heading, body):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            part.setMaximumWidth(520)
        layout = column(margin=3 * STEP, spacing=STEP)
        layout.addStretch(1)
        for part in (heading, body):
            layout.addLayout(_centred((part,), 1_000))
        if actions:
            layout.addSpacing(STEP)
            layout.addLayout(_centred(actions, 0))
        layout.addStretch(2)
        self.setLayout(layout)


def _centred(parts: tuple[QWidget, ...], stretch: int) -> QHBoxLayout:
    layout = row()
    for part in parts:  # not aligned: a text would get the width of its longest word only
        layout.addWidget(part, stretch)
    layout.insertStretch(0, 1)
    layout.addStretch(1)
    return layout


def search_words() -> str:
    """What an empty search field says."""
    return tr("Search")
