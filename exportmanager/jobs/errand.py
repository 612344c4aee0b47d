"""Work with a meter that a dialog waits for: one at a time, it can be stopped, and a late answer is not heard."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from exportmanager.core.meter import Meter, Progress
from exportmanager.jobs.runs import Listener, Outcome, Runs, Stop

_numbers = itertools.count(1)


class Errand(QObject):
    """Runs on `runs`, which outlives it. `progressed` carries a Progress, `ended` the Outcome of what runs now."""

    progressed = Signal(object)
    ended = Signal(object)

    def __init__(self, runs: Runs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._key = ""
        runs.progressed.connect(self._progressed)
        runs.ended.connect(self._ended)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return bool(self._key)

    def start(self, work: Callable[[Meter], Any]) -> None:
        """Do `work`; what ran before is stopped, and its answer is not heard."""

        def metered(listen: Listener, stop: Stop) -> Any:
            return work(Meter(listen, stop))

        self.give_up()
        self._key = f"errand {next(_numbers)}"
        self._runs.start(self._key, metered)

    def stop(self) -> None:
        """Stop it: it ends soon, as stopped."""
        self._runs.stop(self._key)

    def give_up(self) -> None:
        """Stop it, and do not hear of it any more."""
        self._runs.stop(self._key)
        self._key = ""

    def _progressed(self, key: str, progress: Progress) -> None:
        if key == self._key:
            self.progressed.emit(progress)

    def _ended(self, key: str, outcome: Outcome) -> None:
        if key == self._key:
            self._key = ""
            self.ended.emit(outcome)
