"""Looks at what a teacher brings, off the window's thread: recognises one thing after the other, and plans with it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from exportmanager.core.arrivals import Plan
from exportmanager.core.course import CourseId
from exportmanager.core.errors import ProblemForTeacher, from_os_error
from exportmanager.core.meter import Meter, Progress
from exportmanager.core.report import ImportReport
from exportmanager.jobs.runs import Listener, Outcome, Runs, Stop

_LOOK, _CLOSE = "look", "close"
_OFTEN = 1.0
"""Seconds between two plans while there is more to look at."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A file or folder by its path; or a git repository by its address, and a branch or tag ("" is its usual one)."""

    place: str
    ref: str | None = None

    @property
    def is_git(self) -> bool:
        """Whether it has to be fetched."""
        return self.ref is not None


@dataclass(frozen=True, slots=True)
class Wish:
    """What the teacher wants: into which course (None: a new one of this title), and answers by the keys of links."""

    course: CourseId | None = None
    title: str = ""
    settled: Mapping[str, str] = field(default_factory=dict)


class Look(Protocol):
    """What recognises things and holds them open; one thread at a time uses it."""

    def add(self, place: str, meter: Meter) -> None:
        """Recognise a file or folder."""

    def add_git(self, address: str, ref: str, meter: Meter) -> None:
        """Fetch a repository and recognise it."""

    def remove(self, place: str) -> None:
        """Forget something that was brought."""

    def close(self) -> None:
        """Let go of everything."""


class Lookers(Protocol):
    """The part of the program that looks."""

    def look(self) -> Any:
        """A new look."""

    def plan(self, look: Any, course: CourseId | None, title: str, settled: Mapping[str, str]) -> Plan:
        """What will come in."""

    def take_in(
        self,
        look: Any,
        course: CourseId | None,
        title: str,
        settled: Mapping[str, str],
        time_zone: str,
        meter: Meter,
    ) -> tuple[ImportReport, ...]:
        """Bring it in."""


class Looking(QObject):
    """`planned` carries a `Plan` of what is there by now, `progressed` a `Progress`, `went_wrong` an exception.

    `changed`: something else is looked at now, or nothing more, or something was brought, forgotten or refused.
    """

    planned = Signal(object)
    progressed = Signal(object)
    changed = Signal()
    went_wrong = Signal(object)
    _was_taken = Signal()

    def __init__(self, program: Lookers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self._look: Look = program.look()
        self._runs = Runs(1, self)
        self._runs.progressed.connect(self._progressed)
        self._runs.ended.connect(self._ended)
        self._was_taken.connect(self.deleteLater)
        self._brought: dict[str, Brought] = {}
        self._waiting: deque[Brought | str] = deque()
        self._doing: Brought | str | Wish | None = None
        self._is_stale = self._is_over = self._is_closed = False
        self._planned_at = -_OFTEN
        self.refused: dict[str, ProblemForTeacher] = {}
        self.wish = Wish()
        self.plan: Plan | None = None

    # Asking

    def bring(self, *things: Brought) -> None:
        """Look at these, one after the other. What was brought before is looked at anew."""
        for thing in things:
            self.refused.pop(thing.place, None)
            self._brought[thing.place] = thing
            self._waiting.append(thing)
        self._go_on()

    def forget(self, *places: str) -> None:
        """Leave out what was brought from these places."""
        for place in places:
            self.refused.pop(place, None)
            if self._brought.pop(place, None) is not None:
                self._waiting = deque(thing for thing in self._waiting if _place_of(thing) != place)
                self._waiting.append(place)
        self._is_stale = True
        self._go_on()

    def want(self, wish: Wish) -> None:
        """Plan with what the teacher wants now."""
        if wish != self.wish:
            self.wish = wish
            self._is_stale = True
            self._go_on()

    def call(self, title: str) -> None:
        """A new course has this title; that changes nothing in the plan."""
        self.wish = replace(self.wish, title=title)

    def stop(self) -> None:
        """Look no further: what is being looked at and what waits is left out."""
        for thing in [thing for thing in self._waiting if isinstance(thing, Brought)]:
            self._brought.pop(thing.place, None)
            self._waiting.remove(thing)
        if isinstance(self._doing, Brought):
            self._runs.stop_all()
        self.changed.emit()

    # How it stands

    @property
    def brought(self) -> tuple[Brought, ...]:
        """All that was brought and not refused, also what is yet to be looked at."""
        return tuple(self._brought.values())

    @property
    def now(self) -> Brought | None:
        """What is being looked at."""
        return self._doing if isinstance(self._doing, Brought) else None

    @property
    def waiting(self) -> int:
        """How many things are yet to be looked at, besides that."""
        return sum(isinstance(thing, Brought) for thing in self._waiting)

    @property
    def is_busy(self) -> bool:
        """Whether the plan is not yet that of everything that was brought and wanted."""
        return self._doing is not None or bool(self._waiting) or self._is_stale

    # Working

    def _go_on(self) -> None:
        if self._doing is None and not self._is_over:
            if self._is_stale and self._is_time_to_plan():
                self._is_stale, self._planned_at = False, time.monotonic()
                self._start(self.wish, self._plan(self.wish))
            elif self._waiting:
                thing = self._waiting.popleft()
                self._start(thing, self._remove(thing) if isinstance(thing, str) else self._add(thing))
        self.changed.emit()

    def _is_time_to_plan(self) -> bool:
        """What was recognised shows while more is looked at; but a thousand files are not planned a thousand times."""
        return not self._waiting or time.monotonic() - self._planned_at >= _OFTEN

    def _start(self, thing: Brought | str | Wish, work: Callable[[Meter], object]) -> None:
        def metered(listen: Listener, stop: Stop) -> object:
            return work(Meter(listen, stop))

        self._doing = thing
        self._runs.start(_LOOK, metered)

    def _plan(self, wish: Wish) -> Callable[[Meter], Plan]:
        return lambda _: self._program.plan(self._look, wish.course, wish.title, wish.settled)

    def _add(self, thing: Brought) -> Callable[[Meter], None]:
        if thing.ref is not None:
            ref = thing.ref
            return lambda meter: self._look.add_git(thing.place, ref, meter)
        return lambda meter: self._look.add(thing.place, meter)

    def _remove(self, place: str) -> Callable[[Meter], None]:
        return lambda _: self._look.remove(place)

    def _progressed(self, _: str, progress: Progress) -> None:
        self.progressed.emit(progress)

    def _ended(self, key: str, outcome: Outcome) -> None:
        done, self._doing = self._doing, None
        if key == _CLOSE:
            self.deleteLater()
        if self._is_over:
            return
        if isinstance(done, Brought):
            self._looked(done, outcome)
        elif error := outcome.problem or outcome.bug:
            self.plan = None
            self.went_wrong.emit(error)
        elif done == self.wish:
            self.plan = outcome.value
            self.planned.emit(self.plan)
        self._is_stale = self._is_stale or not isinstance(done, Wish)
        self._go_on()

    def _looked(self, thing: Brought, outcome: Outcome) -> None:
        if outcome.is_done:
            return
        self._brought.pop(thing.place, None)
        self._waiting.appendleft(thing.place)  # what was found there before is no longer there
        if outcome.was_stopped:
            return
        self.refused[thing.place] = outcome.problem or _problem_of(outcome.bug)
        if outcome.bug is not None and not isinstance(outcome.bug, OSError):
            self.went_wrong.emit(outcome.bug)

    # The end

    def taking_in(self, time_zone: str) -> Callable[[Meter], tuple[ImportReport, ...]]:
        """The work that brings it all in, after which this is gone. Not to be asked for while it is busy."""
        assert not self.is_busy, "two threads would use what was looked at"
        self._is_over = True
        wish = self.wish

        def work(meter: Meter) -> tuple[ImportReport, ...]:
            try:
                return self._program.take_in(self._look, wish.course, wish.title, wish.settled, time_zone, meter)
            finally:
                self._let_go()
                self._was_taken.emit()

        return work

    def give_up(self) -> None:
        """Look no further, and let go of everything as soon as nothing uses it; then this is gone."""
        self._is_over = True
        self._waiting.clear()
        self._runs.stop_all()
        self._runs.start(_CLOSE, lambda *_: self._let_go())

    def _let_go(self) -> None:
        self._look.close()
        self._is_closed = True

    def close(self) -> None:
        """Wait until nothing uses what was looked at, and let go of it. The library goes after this."""
        self._runs.close()
        if not self._is_closed:
            self._let_go()


def _problem_of(error: Exception | None) -> ProblemForTeacher:
    if isinstance(error, OSError):
        return from_os_error(error, "looking at it")
    return ProblemForTeacher("Something in this program went wrong while it looked at this.", "Leave it out for now.")


def _place_of(thing: Brought | str) -> str:
    return thing if isinstance(thing, str) else thing.place
