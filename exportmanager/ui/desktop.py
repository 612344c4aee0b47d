"""What the window asks of the desktop around it: show a file in its folder, open it, notify; and Qt's own messages."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import (
    QCoreApplication,
    QMessageLogContext,
    QObject,
    QProcess,
    QTimer,
    QtMsgType,
    QUrl,
    Signal,
    qInstallMessageHandler,
)
from PySide6.QtGui import QDesktopServices, QIcon
from PySide6.QtWidgets import QSystemTrayIcon

from exportmanager import log

_FILE_MANAGER = "org.freedesktop.FileManager1"
_PATIENCE = 15
"""Seconds that a file manager has to answer: it may have to start first."""
_SHOWN = 10_000
"""Milliseconds for which a notification, and the tray icon that it belongs to, is shown."""


# Files


def open_file(path: Path) -> bool:
    """Open a file with the program that the system has for it; False where the system says that it has none."""
    return QDesktopServices.openUrl(QUrl(path.absolute().as_uri()))


def show_in_folder(path: Path) -> None:
    """Show a file in the system's file manager, selected; where it cannot select, its folder. This does not wait."""
    path = path.absolute()
    if sys.platform == "win32":
        explorer = QProcess()
        explorer.setProgram("explorer.exe")
        explorer.setNativeArguments(explorer_arguments(path))
        explorer.startDetached()
    elif sys.platform == "darwin":
        QProcess.startDetached("open", ["-R", str(path)])
    else:
        _FileManager(path, QCoreApplication.instance()).ask()


def explorer_arguments(path: Path) -> str:
    """What Explorer is told, as it wants it: it parts its arguments at commas, and knows quotes only around paths."""
    return f'/select,"{path}"'


def file_manager_commands(path: Path) -> list[list[str]]:
    """Ways to tell a Linux desktop's file manager to select a file (freedesktop.org's file manager interface).

    In the address all but letters, digits and "/_.-~" is encoded: commas part elements here, and quotes strings.
    """
    address = path.as_uri()
    place = "/" + _FILE_MANAGER.replace(".", "/")
    method = f"{_FILE_MANAGER}.ShowItems"
    gdbus = ["gdbus", "call", "--session", "--timeout", str(_PATIENCE), "--dest", _FILE_MANAGER]
    dbus_send = ["dbus-send", "--session", "--print-reply", f"--reply-timeout={_PATIENCE * 1000}"]
    return [
        [*gdbus, "--object-path", place, "--method", method, f"['{address}']", ""],
        [*dbus_send, f"--dest={_FILE_MANAGER}", place, method, f"array:string:{address}", "string:"],
    ]


class _FileManager(QObject):
    """Asks a Linux desktop's file manager in one way after the other; if none works, the folder is opened."""

    def __init__(self, path: Path, parent: QObject | None) -> None:
        super().__init__(parent)
        self._path = path
        self._commands = file_manager_commands(path)

    def ask(self) -> None:
        """Try the next way."""
        if not self._commands:
            open_file(self._path.parent)
            self.deleteLater()
            return
        program, *arguments = self._commands.pop(0)
        process = QProcess(self)
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(QProcess.nullDevice())
        process.errorOccurred.connect(self._failed)
        process.finished.connect(self._finished)
        process.start(program, arguments)

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:  # every other one is followed by `finished`
            self.ask()

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        if code == 0 and status is QProcess.ExitStatus.NormalExit:
            self.deleteLater()
        else:
            self.ask()


# Notifications


class Notifier(QObject):
    """Notifies on the desktop. `clicked` carries the path (or None) of the notification that was clicked.

    It needs a tray icon, which is there only as long as a notification is. Of several at once Qt does not say which
    was clicked: it counts as the last.
    """

    clicked = Signal(object)

    def __init__(self, icon: QIcon, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._path: Path | None = None
        self._tray: QSystemTrayIcon | None = None
        self._end = QTimer(self, interval=_SHOWN, singleShot=True)
        self._end.timeout.connect(self.withdraw)

    def notify(self, title: str, text: str, path: Path | None = None) -> bool:
        """Show a notification; False where the desktop has no place for it."""
        if not (QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()):
            return False
        self._path = path
        if self._tray is None:
            self._tray = QSystemTrayIcon(self._icon, self)
            self._tray.messageClicked.connect(self._clicked)
        self._tray.show()
        self._tray.showMessage(title, without_markup(text), self._icon, _SHOWN)
        self._end.start()
        return True

    def _clicked(self) -> None:
        self.withdraw()
        self.clicked.emit(self._path)

    def withdraw(self) -> None:
        """Take the tray icon away, and with it what is still shown."""
        self._end.stop()
        if self._tray is not None:
            self._tray.hide()


def without_markup(text: str) -> str:
    """A text that no desktop takes for markup, and that reads the same: some make links of what a title holds."""
    return text.translate({ord("<"): "‹", ord(">"): "›"})


# Qt's own messages


def log_qt_messages() -> None:
    """Note in the log that Qt said something, from now on: how grave, and which part of it.

    Not what: Qt names files and texts.
    """
    qInstallMessageHandler(_note)


def _note(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    if kind is not QtMsgType.QtDebugMsg:
        grave = kind.name.removeprefix("Qt").removesuffix("Msg").lower()
        log.event("qt message", grave=grave, category=context.category or "default")
