"""Collects Python's garbage on the window's thread alone: a Qt object that is destroyed on another can crash it all.

Python collects cycles on whichever thread happens to fill its count. Workers make most objects, and among the garbage
are Qt objects: dialogs that were closed, models of their tables, timers.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY = 1_000
"""Milliseconds between two looks at how much there is."""


class Collecting(QObject):
    """Takes the place of Python's own collecting, until it is stopped; of several, until the last is."""

    _at_work = 0

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        Collecting._at_work += 1
        gc.disable()
        gc.freeze()  # modules and classes, which stay: going through them each time would hold the window up

    def look(self) -> None:
        """Collect the oldest generation that is due, and with it the younger ones, as Python would."""
        counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [generation for generation, (count, limit) in enumerate(counts) if count > limit]
        if due:
            gc.collect(due[-1])

    def stop(self) -> None:
        """Leave it to Python again."""
        if self._timer.isActive():
            self._timer.stop()
            Collecting._at_work -= 1
        if not Collecting._at_work:
            gc.enable()
