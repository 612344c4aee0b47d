"""Asks before an address that stands in a PDF is opened outside this program."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from exportmanager.ui.kit import STEP, Text, button, column, named, row
from exportmanager.ui.words import tr

_OPENED = {"http", "https", "mailto"}


class LinkDialog(QDialog):
    """Shows all of an address; opens it only where it is of the web or of mail."""

    def __init__(self, address: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Link"))
        self._url = QUrl(address)
        may_open = self._url.isValid() and self._url.scheme() in _OPENED
        self.says = Text(
            tr("This link leaves the document. Open it only if you know where it leads.")
            if may_open
            else tr("This link is neither of the web nor of mail, and is not opened from here.")
        )
        self.address = QPlainTextEdit(address)
        self.address.setReadOnly(True)
        self.address.setTabChangesFocus(True)
        self.address.setFixedHeight(4 * self.fontMetrics().height())
        named(self.address, tr("Address"), tr("Where the link leads"))
        self.open_button = button(tr("Open"), self.follow, icon="open", about=tr("the address, outside this program"))
        self.open_button.setVisible(may_open)
        copying = button(tr("Copy"), self.copy, icon="copy", about=tr("the address"))
        self.close_button = button(tr("Close"), self.reject, is_default=True)
        buttons = row(self.open_button, copying)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        layout = column(self.says, self.address, margin=2 * STEP)
        layout.addLayout(buttons)
        self.setLayout(layout)
        self.setMinimumWidth(460)
        self.close_button.setFocus()

    def follow(self) -> None:
        """Open it with the system's program for it."""
        QDesktopServices.openUrl(self._url)
        self.accept()

    def copy(self) -> None:
        """Copy it."""
        QGuiApplication.clipboard().setText(self.address.toPlainText())
        self.accept()
