"""About the program: its version, what it never does, its licence, and where its log lies."""

from __future__ import annotations

import platform

from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QLabel, QWidget

from exportmanager import __version__, log
from exportmanager.program import Program
from exportmanager.ui import theme
from exportmanager.ui.desktop import show_in_folder
from exportmanager.ui.kit import STEP, Elided, Text, button, column, line, named, row
from exportmanager.ui.words import tr

_ICON = QSize(64, 64)


def versions() -> str:
    """The program and what it stands on, for a report: nothing about the teacher or the library."""
    return "\n".join(
        (
            f"Export Manager {__version__}",
            f"Python {platform.python_version()}",
            f"Qt {qVersion()}",
            f"{platform.system()} {platform.release()}, {platform.machine()}",
        )
    )


class About(QDialog):
    """Says what this is."""

    def __init__(self, program: Program, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("About Export Manager"))
        self._log = program.library.folder / "logs"
        self.copy_button = button(tr("Copy"), self.copy, icon="copy", about=tr("the versions, for a report"))
        close = button(tr("Close"), self.accept, is_default=True)
        buttons = row(self.copy_button)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = column(self._head(), line(), self._text(), line(), self._log_row(), margin=2 * STEP, spacing=2 * STEP)
        layout.addStretch(1)
        layout.addLayout(buttons)
        self.setLayout(layout)
        self.setMinimumWidth(480)

    def _head(self):
        picture = QLabel()
        picture.setPixmap(theme.app_icon().pixmap(_ICON, self.devicePixelRatioF()))
        named(picture, "Export Manager", tr("The program's icon"))
        self.versions = Text(versions().partition("\n")[2], colour="muted")
        self.versions.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words = column(
            Text("Export Manager", size="title"), Text(tr("Version {version}", version=__version__)), self.versions,
            spacing=STEP // 2,
        )  # fmt: skip
        layout = row(spacing=2 * STEP)
        layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        return layout

    @staticmethod
    def _text():
        return column(
            Text(tr("Takes coding courses out of web platforms: import, export, archive and review, offline.")),
            Text(
                tr(
                    "It sends nothing anywhere: no course, no name, no statistics. What it writes stays on this "
                    "computer until you give it away."
                )
            ),
            Text(
                tr("Free software under the MIT licence. It comes without any warranty. Qt is used under the LGPL."),
                colour="muted",
            ),
        )

    def _log_row(self):
        place = Elided(str(self._log))
        show = button(tr("Show in folder"), self.show_log, icon="folder", about=tr("the log"))
        show.setAccessibleDescription(tr("Opens the folder with the log, in which there are no names"))
        layout = row(Text(tr("Log:"), wrap=False))
        layout.addWidget(place, 1)
        layout.addWidget(show)
        return layout

    def copy(self) -> None:
        """Copy the versions."""
        QGuiApplication.clipboard().setText(versions())
        self.copy_button.setText(tr("Copied"))

    def show_log(self) -> None:
        """Open the folder of the log."""
        show_in_folder(self._log / log.FILE_NAME)
