"""Gives dialogs the room that they want, as far as the screen has it; what has none is scrolled."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QLayout, QScrollArea, QWidget

from exportmanager.ui.kit import STEP

_FRAME = 6 * STEP
"""Pixels that the title and the frame of a window take, or a little more."""


def make_room(dialog: QDialog, width: int, height: int) -> None:
    """Make `dialog` so large, but not larger than its screen."""
    room = dialog.screen().availableGeometry()
    dialog.resize(min(width, room.width() - STEP), min(height, room.height() - _FRAME))


def scrolled(layout: QLayout) -> QScrollArea:
    """What is in `layout`, without a frame; Tab goes to its parts and not to the area."""
    inside = QWidget()
    inside.setLayout(layout)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    return area
