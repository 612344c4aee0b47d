"""What the window shows while the library holds no course: what the program is for, and the first step."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QScrollArea, QWidget

from exportmanager.ui import theme
from exportmanager.ui.kit import STEP, Text, button, column, named, row
from exportmanager.ui.picture import Picture
from exportmanager.ui.words import tr

_WIDE = 560
_BIG, _SMALL = 56, 28


class Welcome(QScrollArea):
    """`asked_sample` and `asked_add`: the two ways to begin. Files are dropped on the window around it."""

    asked_sample = Signal()
    asked_add = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        named(self, tr("Welcome"), tr("What this program is for, and how to begin"))
        self.sample_button = button(
            tr("Open the sample course"),
            icon="course",
            about=tr("a small course with made-up students, to try everything on"),
            is_default=True,
        )
        self.add_button = button(tr("Add your own course..."), icon="add", about=tr("from what you downloaded"))
        self.sample_button.clicked.connect(self.asked_sample)
        self.add_button.clicked.connect(self.asked_add)
        whole = QWidget()
        whole.setLayout(self._arranged())
        self.setWidget(whole)

    def _arranged(self):
        centre = Qt.AlignmentFlag.AlignHCenter
        middle = column(spacing=2 * STEP)
        middle.addWidget(_way(), 0, centre)
        for text in (
            Text(tr("Welcome to Export Manager"), size="title"),
            Text(
                tr(
                    "It takes coding courses out of web platforms: everything your students made, with what is "
                    "missing named. Exports go where you say, and nothing leaves this computer by itself."
                ),
                colour="muted",
            ),
        ):
            text.setAlignment(centre)
            middle.addWidget(text)
        buttons = row(self.sample_button, self.add_button, spacing=2 * STEP)
        buttons.insertStretch(0, 1)
        buttons.addStretch(1)
        middle.addLayout(buttons)
        middle.addWidget(_DropArea())
        inner = QWidget()
        inner.setMaximumWidth(_WIDE)
        inner.setLayout(middle)
        across = row(inner, margin=2 * STEP)
        down = column()
        down.addStretch(2)
        down.addLayout(across)
        down.addStretch(3)
        return down


def _way() -> QWidget:
    """A picture: a course, through this program, into an archive."""
    parts = [
        Picture("course", "accent", _BIG),
        Picture("chevron-right", "muted", _SMALL),
        Picture("export", "accent", _BIG),
        Picture("chevron-right", "muted", _SMALL),
        Picture("archive", "accent", _BIG),
    ]
    made = QWidget()
    made.setLayout(row(*parts, spacing=2 * STEP))
    return made


class _DropArea(QWidget):
    """Says in words that files may be dropped, in a dashed frame."""

    def __init__(self) -> None:
        super().__init__()
        words = Text(tr("or drop what you downloaded here"), colour="muted", wrap=False)
        layout = row(Picture("folder", "muted", 20), words, margin=2 * STEP)
        layout.insertStretch(0, 1)
        layout.addStretch(1)
        self.setLayout(layout)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The dashed frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(theme.colours().muted), 1, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), STEP, STEP)
        painter.end()
