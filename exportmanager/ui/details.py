"""A small dialog with text to read and copy: what a problem's "Details" show."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from exportmanager.ui.kit import STEP, Text, button, column, named, row
from exportmanager.ui.words import tr


class DetailsDialog(QDialog):
    """Shows `details` of what happened (`what`), selectable, with Copy."""

    def __init__(self, what: str, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Details"))
        self.details = QPlainTextEdit(details)
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        named(self.details, tr("Details"), what)
        self.copy_button = button(tr("Copy"), self.copy, icon="copy", about=tr("the details"))
        close = button(tr("Close"), self.accept, is_default=True)
        buttons = row(self.copy_button)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = column(margin=2 * STEP)
        layout.addWidget(Text(what))
        layout.addWidget(self.details, 1)
        layout.addLayout(buttons)
        self.setLayout(layout)
        self.resize(560, 320)

    def copy(self) -> None:
        """Copy all of it."""
        QGuiApplication.clipboard().setText(self.details.toPlainText())
        self.copy_button.setText(tr("Copied"))
