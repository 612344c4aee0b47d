"""One window for each library: the first holds a lock, a second start asks the first to come to the front.

The lock decides; the socket only carries the wish. Whoever can reach the socket can do one thing with it: make the
window come to the front. It reads a few bytes, waits for nobody, and keeps nothing of what it was sent.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import sys
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QObject, QThread, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from exportmanager.core.locks import FileLock

LOCK = "window.lock"
_ASK = b"show\n"
_ANSWER = b"yes\n"
_VISITORS = 8
_PATIENCE = 2_000
"""Milliseconds that a visitor has."""
_AGAIN = 50
"""Milliseconds between two tries to reach the first window."""


class _Visitor(QObject):
    """Somebody who connected: says the one thing there is to say, or leaves."""

    asked = Signal()

    def __init__(self, socket: QLocalSocket, parent: QObject) -> None:
        super().__init__(parent)
        self._socket = socket
        self._heard = b""
        socket.setParent(self)
        socket.setReadBufferSize(len(_ASK))  # the rest of what somebody may send waits with them
        socket.readyRead.connect(self.read)
        socket.disconnected.connect(self.deleteLater)
        patience = QTimer(self, interval=_PATIENCE, singleShot=True)
        patience.timeout.connect(self.leave)
        patience.start()

    def read(self) -> None:
        """Take in what has come."""
        self._heard += self._socket.read(len(_ASK)).data()
        if self._heard == _ASK:
            self.asked.emit()
            self._socket.write(_ANSWER)
            self._socket.disconnectFromServer()
        elif not _ASK.startswith(self._heard):
            self.leave()

    def leave(self) -> None:
        """Hang up, whatever is under way."""
        self._socket.abort()
        self.deleteLater()


class OneWindow(QObject):
    """The claim to be the window of a library, until `close` or the end of the process.

    `asked_to_show` comes when the program was started once more.
    """

    asked_to_show = Signal()

    def __init__(self, lock: FileLock, address: str) -> None:
        super().__init__()
        self._lock = lock
        QLocalServer.removeServer(address)  # of a process that was killed: whoever lives would have the lock
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._welcome)
        self._server.listen(address)

    @classmethod
    def claim(cls, library: Path) -> OneWindow | None:
        """The claim to a library's window; None while another process has it. Raises `OSError`.

        The folder is made (for this user only) where it is missing. Where the system has no room for the socket, the
        claim stands, and nobody can ask this window to show.
        """
        library.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock.take(library / LOCK)
        return cls(lock, _address_of(library)) if lock is not None else None

    @property
    def can_be_asked(self) -> bool:
        """Whether a second start can reach this window."""
        return self._server.isListening()

    def _welcome(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            if len(self.findChildren(_Visitor)) >= _VISITORS:
                socket.abort()
                socket.deleteLater()
                continue
            visitor = _Visitor(socket, self)
            visitor.asked.connect(self.asked_to_show)
            visitor.read()  # what came with the connection may not be told of again

    def close(self) -> None:
        """Let another process have the window. Nothing happens the second time."""
        self._server.close()
        for visitor in self.findChildren(_Visitor):
            visitor.leave()
        self._lock.release()


def ask_first_to_show(library: Path, timeout: float = 3.0) -> bool:
    """Ask the process that has a library's window to show it; whether it answered within `timeout` seconds.

    This waits.
    """
    deadline = QDeadlineTimer(round(timeout * 1000))
    _let_others_come_to_the_front()
    socket = QLocalSocket()
    socket.connectToServer(_address_of(library))
    while not socket.waitForConnected(max(1, deadline.remainingTime())):
        if deadline.hasExpired():
            return False
        QThread.msleep(_AGAIN)  # the first may have its lock, and be about to listen
        socket.connectToServer(_address_of(library))
    socket.write(_ASK)
    heard = b""
    while len(heard) < len(_ANSWER) and socket.waitForReadyRead(max(1, deadline.remainingTime())):
        heard += socket.read(len(_ANSWER)).data()
    socket.abort()
    return heard == _ANSWER


def _let_others_come_to_the_front() -> None:
    """Windows lets only the program that the user just started say which window comes to the front."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(-1)


def _address_of(library: Path) -> str:
    """The name of a library's socket for this user; short, for a socket's path may have some 100 bytes.

    It lies in the user's own folder of the running session where there is one, else where Qt puts sockets.
    """
    who = getpass.getuser() if sys.platform == "win32" else str(os.getuid())
    told_apart = hashlib.blake2b(os.fsencode(f"{who}\0{library.resolve()}"), digest_size=12).hexdigest()
    name = f"exportmanager-{told_apart}"
    session = os.environ.get("XDG_RUNTIME_DIR", "")
    return str(Path(session) / name) if session and len(os.fsencode(session)) < 60 else name
