"""Long work on the window's own thread, a few milliseconds at a time, so that the window answers in between."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

from PySide6.QtCore import QObject, QTimer

_SLICE = 0.008
"""Seconds: half of what a screen waits for its next picture."""


class Slices(QObject):
    """Does one thing at a time: an iterator that pauses every millisecond or so. New work takes the place of older."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work: Iterator[None] | None = None
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._go_on)

    def run(self, work: Iterator[None]) -> None:
        """Begin at once; what does not fit into the first slice goes on between the window's other events."""
        self._work = work
        self._timer.start()
        self._go_on()

    def stop(self) -> None:
        """Drop what is left."""
        self._work = None
        self._timer.stop()

    @property
    def is_busy(self) -> bool:
        """Whether there is something left to do."""
        return self._work is not None

    def _go_on(self) -> None:
        work = self._work
        until = perf_counter() + _SLICE
        while work is not None and work is self._work:  # its end may have begun something else
            try:
                next(work)
            except StopIteration:
                if work is self._work:
                    self.stop()
                return
            if perf_counter() > until:
                return
