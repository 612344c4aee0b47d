"""Questions to the library, answered off the window's thread."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QThreadPool, Signal

from exportmanager.core.errors import Cancelled

_T = TypeVar("_T")
_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class _Asked:
    owner: QObject
    then: Callable[[Any], None]
    otherwise: Callable[[Exception], None] | None


_here = threading.local()
"""For whom a thread works."""


def check_open() -> None:
    """Raise `Cancelled` on a thread whose `Background` is being closed.

    Whoever waits there for something that the window's thread has to do asks this again and again: that thread waits
    in turn for the work to end.
    """
    background: Background | None = getattr(_here, "background", None)
    if background is not None and background.is_closed:
        raise Cancelled


class Background(QObject):
    """Runs short work (a read, a setting) on threads of its own; answers come back on the thread it was made in.

    `went_wrong` carries each exception that whoever asked did not want to hear of.
    """

    went_wrong = Signal(object)
    _answered = Signal(int, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(_AT_ONCE)
        self._numbers = itertools.count()
        self._asked: dict[int, _Asked] = {}
        self._is_closed = False
        self._answered.connect(self._deliver)

    def ask(
        self,
        owner: QObject,
        work: Callable[[], _T],
        then: Callable[[_T], None],
        otherwise: Callable[[Exception], None] | None = None,
    ) -> None:
        """Do `work` on another thread, then call `then` with what it gave, or `otherwise` with what it raised.

        Neither is called once `owner` has been deleted, or this was closed.
        """
        if self._is_closed:  # a timer of a window that is going: the library has gone already
            return
        number = next(self._numbers)
        self._asked[number] = _Asked(owner, then, otherwise)

        def run() -> None:
            _here.background = self
            try:
                value = work()
            except Exception as error:  # every one of them reaches somebody, on the other side
                self._answered.emit(number, None, error)
            else:
                self._answered.emit(number, value, None)

        self._pool.start(run)

    def _deliver(self, number: int, value: Any, error: Exception | None) -> None:
        asked = self._asked.pop(number)
        if self._is_closed or not shiboken6.isValid(asked.owner):
            return
        if error is None:
            asked.then(value)
        else:
            (asked.otherwise or self.went_wrong.emit)(error)

    @property
    def is_closed(self) -> bool:
        """Whether nobody wants answers any more."""
        return self._is_closed

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still on its way."""
        return bool(self._asked)

    def close(self) -> None:
        """Wait until what was asked is done (something may be written down last); the answers are dropped.

        What is asked from now on is not done.
        """
        self._is_closed = True
        self._pool.waitForDone()
