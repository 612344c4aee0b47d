"""What the window remembers from one start to the next: its place, columns, the course that was open."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer

from exportmanager.jobs.desk import Desk
from exportmanager.program import Program

_SETTING = "window"
_WAIT = 1_000
"""Milliseconds: dragging a column is one change, not fifty."""


class Memory(QObject):
    """Values by name, as JSON knows them. They lie with the library, and are written off the window's thread."""

    def __init__(self, desk: Desk, values: dict[str, Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._values = dict(values)
        self._timer = QTimer(self, singleShot=True, interval=_WAIT)
        self._timer.timeout.connect(self.save)

    def get(self, name: str, default: Any = None) -> Any:
        """What was remembered under `name`."""
        return self._values.get(name, default)

    def put(self, name: str, value: Any) -> None:
        """Remember `value`."""
        if self._values.get(name) != value:
            self._values[name] = value
            self._timer.start()

    def save(self) -> None:
        """Write down what changed."""
        self._timer.stop()
        write = partial(self._desk.program.library.set_setting, _SETTING, dict(self._values))
        self._desk.background.ask(self, write, self._saved)

    def _saved(self, _: None) -> None:
        """Nothing follows."""


def remembered(program: Program) -> dict[str, Any]:
    """What a library's window remembered; nothing where that was damaged."""
    values = program.library.setting(_SETTING, {})
    return values if isinstance(values, dict) else {}
