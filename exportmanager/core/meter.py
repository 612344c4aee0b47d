"""The meter handed to all work: reporting progress and being told to stop are the same call."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from exportmanager.core.errors import Cancelled

REPORTS_PER_SECOND = 10


@dataclass(frozen=True, slots=True)
class Progress:
    """One report: `done` of `total` units (mostly bytes) of a `stage`, the `item` in hand, seconds left if known."""

    stage: str
    done: int
    total: int
    item: str = ""
    seconds_left: float | None = None

    @property
    def fraction(self) -> float:
        """0.0 to 1.0; a stage without a total is done when it ends."""
        return min(1.0, self.done / self.total) if self.total > 0 else 0.0


def _ignore(progress: Progress) -> None:
    """Nobody is looking."""


def _never() -> bool:
    return False


class Meter:
    """Counts work for a listener and carries Stop back: at most 10 reports a second, first and last of a stage always.

    `stop` is asked at every `advance`; once it says yes, that call raises `Cancelled`. One thread uses a meter at a
    time. `clock` gives seconds that only go forward.
    """

    def __init__(
        self,
        listener: Callable[[Progress], None] = _ignore,
        stop: Callable[[], bool] = _never,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._listener = listener
        self._stop = stop
        self._clock = clock
        self._stage, self._done, self._total, self._item = "", 0, 0, ""
        self._began = self._last_report = 0.0
        self._reported = -1

    def stage(self, name: str, total: int = 0) -> None:
        """Begin a stage of `total` units; the stage before it is reported as it ended."""
        self.finish()
        self._stage, self._done, self._total, self._item = name, 0, total, ""
        self._began = self._clock()
        self._reported = -1
        self.advance(0)

    def advance(self, n: int = 1, item: str = "") -> None:
        """`n` more units are done, of `item`. Raises `Cancelled` when it was stopped."""
        if self._stop():
            raise Cancelled
        self._done += n
        self._item = item or self._item
        now = self._clock()
        is_last = self._reported < self._total <= self._done  # once: a stage may be longer than it was thought to be
        if self._reported < 0 or is_last or now - self._last_report >= 1 / REPORTS_PER_SECOND:
            self._report(now)

    def finish(self) -> None:
        """Report the last state of the stage, if it was held back."""
        if self._stage and self._reported != self._done:
            self._report(self._clock())

    def _report(self, now: float) -> None:
        if self._reported == self._done:
            return
        self._reported, self._last_report = self._done, now
        self._listener(Progress(self._stage, self._done, self._total, self._item, self._seconds_left(now)))

    def _seconds_left(self, now: float) -> float | None:
        spent = now - self._began
        if spent < 0.5 or not 0 < self._done <= self._total:  # a first guess would jump about
            return None
        return spent * (self._total - self._done) / self._done
