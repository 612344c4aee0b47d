"""Watches an event loop from inside: how long it stays away between the ticks of a timer."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer

TICK = 5
"""Milliseconds between two ticks of a loop that has nothing else to do."""
LIMIT = 50.0
"""Milliseconds that a person does not notice."""
_PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Gaps:
    """The milliseconds between ticks, from the first to the last."""

    milliseconds: Sequence[float]

    def summary(self) -> dict[str, float]:
        """Its median, the 99th of 100, the longest, how many were too long, and how many there were."""
        ordered = sorted(self.milliseconds)
        if not ordered:
            return {"median": 0.0, "p99": 0.0, "max": 0.0, "over": 0, "ticks": 0}
        return {
            "median": statistics.median(ordered),
            "p99": ordered[min(len(ordered) - 1, round(len(ordered) * 0.99))],
            "max": ordered[-1],
            "over": sum(gap > LIMIT for gap in ordered),
            "ticks": len(ordered),
        }


class Ticking(QObject):
    """Notes when a timer ticks."""

    def __init__(self) -> None:
        super().__init__()
        self.ticks: list[float] = []
        self._timer = QTimer(self, interval=TICK, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        self.ticks.append(time.perf_counter())

    def start(self) -> None:
        """Begin."""
        self.ticks = [time.perf_counter()]
        self._timer.start()

    def stop(self) -> Gaps:
        """End; the last gap is that until now."""
        self._timer.stop()
        times = [*self.ticks, time.perf_counter()]
        return Gaps([1_000 * (later - earlier) for earlier, later in zip(times, times[1:], strict=False)])


@contextmanager
def gaps_into(found: dict[str, dict[str, float]], name: str) -> Iterator[None]:
    """Watch the loop while this is open, and put what it did into `found`."""
    ticking = Ticking()
    ticking.start()
    yield
    found[name] = ticking.stop().summary()


def until(is_so: Callable[[], object], seconds: float = _PATIENCE) -> None:
    """Let the loop run until `is_so` says so."""
    if is_so():
        return
    loop = QEventLoop()
    ends_at = time.monotonic() + seconds

    def look() -> None:
        if is_so() or time.monotonic() > ends_at:
            loop.quit()

    timer = QTimer(interval=2)
    timer.timeout.connect(look)
    timer.start()
    loop.exec()
    timer.stop()
    assert is_so(), "it did not happen in time"


def for_milliseconds(time_span: int) -> None:
    """Let the loop run for so long."""
    loop = QEventLoop()
    QTimer.singleShot(time_span, loop.quit)
    loop.exec()
