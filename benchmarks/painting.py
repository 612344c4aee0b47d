"""Notices when the window has first painted what it is for: the list of courses, and a course."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer


class Painted(QObject):
    """Marks when the list has courses, when the course has been read, and when both have been painted."""

    def __init__(self, window: Any, mark: Callable[[str], None]) -> None:
        super().__init__()
        self._window = window
        self._mark = mark
        self._waiting = {window.courses.view.viewport(): self._has_courses, window.page.header: self._has_course}
        self._done = False
        for widget in self._waiting:
            widget.installEventFilter(self)
        window.ready.connect(self._ready)
        window.page.shown.connect(self._shown)

    def is_done(self) -> bool:
        """Whether both have been painted with something in them."""
        return self._done

    def _has_courses(self) -> bool:
        return bool(self._window.courses.rows.rowCount())

    def _has_course(self) -> bool:
        return self._window.page.sight is not None and self._window.page.header.isVisible()

    def _ready(self) -> None:
        self._mark("the list of courses is read")

    def _shown(self, _: object) -> None:
        self._mark("the course is read and shown")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A paint event of something that has content now."""
        if event.type() == QEvent.Type.Paint and (has_content := self._waiting.get(watched)) and has_content():
            del self._waiting[watched]
            if not self._waiting:
                QTimer.singleShot(0, self._painted)  # when the painting, of which this is the begin, has ended
        return False

    def _painted(self) -> None:
        self._mark("painted")
        self._done = True
