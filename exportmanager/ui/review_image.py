"""Shows a picture of a workspace: fitted into the room there is, or as large as it is."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QLabel, QScrollArea, QWidget

from exportmanager.ui.kit import STEP, Text, button, column, named, row
from exportmanager.ui.words import number, tr

_LARGEST = 4.0
"""How many times a small picture is enlarged at most to fit."""


class ImageView(QWidget):
    """A decoded picture; `said` tells how large it is in the file, where it was made smaller to be shown."""

    def __init__(self) -> None:
        super().__init__()
        self._picture, self._fitted = QImage(), QImage()
        self._label = QLabel()
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.area = QScrollArea()
        self.area.setWidget(self._label)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        named(self.area, tr("Picture"), tr("The picture in this file; arrows move it where it is larger than its room"))
        self.fit = button(tr("Fit"), self._draw, about=tr("shows all of the picture"))
        self.whole = button(tr("100 %"), self._draw, about=tr("shows the picture as large as it is"))
        self._choice = QButtonGroup(self)
        for made in (self.fit, self.whole):
            made.setCheckable(True)
            self._choice.addButton(made)
        self.fit.setChecked(True)
        self.facts = Text(colour="muted", wrap=False)
        top = row(self.fit, self.whole, self.facts)
        top.addStretch(1)
        layout = column(top)
        layout.addWidget(self.area, 1)
        self.setLayout(layout)

    def show_picture(self, picture: QImage, fitted: QImage, said: QSize) -> None:
        """Show a picture, `said` pixels large in its file; `fitted` is the same, small enough to be scaled quickly."""
        self._picture, self._fitted = picture, fitted
        self.facts.setText(tr("{width} x {height} pixels", width=number(said.width()), height=number(said.height())))
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit it into the new room."""
        super().resizeEvent(event)
        self._draw()

    def _draw(self, _: bool = False) -> None:
        if self._picture.isNull():
            self._label.setPixmap(QPixmap())
            return
        ratio = self.devicePixelRatioF()
        shown = QPixmap.fromImage(self._fitted if self.fit.isChecked() else self._picture)
        if self.fit.isChecked():
            room = self.area.viewport().size() - QSize(STEP, STEP)
            size = self._picture.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
            if size.width() > _LARGEST * self._picture.width():
                size = self._picture.size() * _LARGEST
            if size.isEmpty():
                return
            shown = shown.scaled(
                size * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            shown.setDevicePixelRatio(ratio)
        self._label.setPixmap(shown)
