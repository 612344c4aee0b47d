"""Draws pages of PDFs, one after the other, in a thread that needs no Python: the window answers meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, QSize, QTimer
from PySide6.QtGui import QImage
from PySide6.QtPdf import QPdfPageRenderer

from exportmanager.ui.pdf_file import TURN, PdfFile

_AGAIN = 4
"""Milliseconds until it is tried again while somebody else asks a PDF."""


@dataclass(frozen=True, slots=True)
class _Asked:
    owner: QObject
    file: PdfFile
    page: int
    size: QSize
    then: Callable[[QImage], None]


class PdfDrawing(QObject):
    """One for all windows: `QPdfDocument.render` would hold up every thread of Python while it draws.

    It lives as long as the application, since a renderer that is deleted waits for the page that it draws.
    """

    def __init__(self, parent: QObject | None) -> None:
        super().__init__(parent)
        self._waiting: deque[_Asked] = deque()
        self._drawn: _Asked | None = None
        self._renderer = QPdfPageRenderer(self)
        self._renderer.setRenderMode(QPdfPageRenderer.RenderMode.MultiThreaded)
        self._renderer.pageRendered.connect(self._deliver)
        self._again = QTimer(self, singleShot=True, interval=_AGAIN)
        self._again.timeout.connect(self._draw)

    def ask(self, owner: QObject, file: PdfFile, page: int, size: QSize, then: Callable[[QImage], None]) -> None:
        """Draw a page in so many pixels, and call `then` with the picture, unless `owner` has been deleted."""
        self._waiting.append(_Asked(owner, file, page, size, then))
        self._draw()

    @property
    def is_busy(self) -> bool:
        """Whether pages are to be drawn."""
        return bool(self._waiting or self._drawn)

    def _draw(self) -> None:
        while self._waiting and not shiboken6.isValid(self._waiting[0].owner):
            self._waiting.popleft()
        if self._drawn is not None or not self._waiting:
            return
        if not TURN.take():
            self._again.start()
            return
        self._drawn = asked = self._waiting.popleft()
        self._renderer.setDocument(asked.file.document)
        self._renderer.requestPage(asked.page, asked.size)

    def _deliver(self, page: int, size: QSize, picture: QImage, *_: object) -> None:
        asked, self._drawn = self._drawn, None
        self._renderer.setDocument(None)  # type: ignore[arg-type]  # it may go from now on; Qt takes nullptr
        TURN.release()
        if asked is not None and shiboken6.isValid(asked.owner):
            asked.then(picture)
        self._draw()


@cache
def drawing() -> PdfDrawing:
    """The one of this process."""
    return PdfDrawing(QCoreApplication.instance())
