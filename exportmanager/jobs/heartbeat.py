"""Notices that the laptop slept or that its clock was set, and counts the hours that the program was awake."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, QTimer, Signal

_BEAT = 1.0
_TOLERANCE = 60.0
_HOUR = 3600.0


class Pulse:
    """Compares two clocks at each beat. `seconds` are those of a clock that nobody sets; `beat` is their usual step.

    While a laptop sleeps, the one that nobody sets may stand still (Linux, macOS) or go on (Windows): so both count,
    that they disagree, and that a beat comes late.
    """

    def __init__(self, now: datetime, seconds: float, beat: float = _BEAT) -> None:
        self.watching_since = now
        self._beat = beat
        self._now, self._seconds = now, seconds
        self._awake = 0.0

    def gap(self, now: datetime, seconds: float) -> timedelta | None:
        """By how much time jumped since the beat before (negative: the clock was set back); None where it went on.

        What takes less than a minute is no gap.
        """
        passed = seconds - self._seconds
        jump = (now - self._now).total_seconds() - passed
        self._now, self._seconds = now, seconds
        if abs(jump) <= _TOLERANCE:
            jump = passed - self._beat
        if abs(jump) <= _TOLERANCE:
            self._awake += passed
            return None
        self.watching_since = now
        return timedelta(seconds=jump)

    def hour_is_full(self) -> bool:
        """Whether another hour of awake time has passed; true once for each."""
        if self._awake < _HOUR:
            return False
        self._awake -= _HOUR
        return True


class Heartbeat(QObject):
    """Beats once a second. `woke` carries the timedelta by which time jumped; `hour` comes every hour of awake time."""

    woke = Signal(object)
    hour = Signal()

    def __init__(
        self,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._monotonic = monotonic
        self._pulse = Pulse(clock(), monotonic())
        self._timer = QTimer(self, interval=round(_BEAT * 1000))
        self._timer.timeout.connect(self.beat)
        self._timer.start()

    @property
    def watching_since(self) -> datetime:
        """From when on the program has watched without a break: it neither slept nor was its clock set."""
        return self._pulse.watching_since

    def beat(self) -> None:
        """Look at the clocks."""
        gap = self._pulse.gap(self._clock(), self._monotonic())
        if gap is not None:
            self.woke.emit(gap)
        elif self._pulse.hour_is_full():
            self.hour.emit()

    def stop(self) -> None:
        """Beat no more."""
        self._timer.stop()
