"""Several drawing processes: tasks are handed to them, what comes of each is heard, and Stop ends them at once."""

from __future__ import annotations

import os
import queue
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from exportmanager.core.errors import ProblemForTeacher
from exportmanager.formats.pdf.calls import Answer, Call, Failure, Gone, Message, Ready, Told
from exportmanager.formats.pdf.processes import Process, Recipe, rest, started

_POLL = 0.4
"""Seconds until it is asked again whether to stop."""
_MOST = 4
"""More processes than this take more memory than they save time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds that one step of a call may take, and bytes of memory of a process (0: as many as there are)."""

    seconds: float = 60.0
    memory: int = 2 << 30


@dataclass(frozen=True, slots=True)
class Task:
    """A call to `function` (of a module's top level) with `arguments`; `key` tells whose answer it is."""

    key: Any
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """Of a task: how far it is, what it gave, or that it failed."""

    task: Task
    what: Told | Answer | Failure


class Crew:
    """Up to `size` processes, started as they are needed; a context manager, which lets go of them. For one thread.

    `waiting` is called at least twice a second while answers are awaited; what it raises ends them. A process imports
    `modules` when it starts; `tidy` is called in each that goes on to other work.
    """

    def __init__(
        self,
        waiting: Callable[[], object],
        size: int = 0,
        limits: Limits | None = None,
        modules: Sequence[str] = (),
        tidy: Callable[..., Any] | None = None,
    ) -> None:
        limits = limits or Limits()
        self._waiting, self._tidy = waiting, tidy
        self._recipe = Recipe(limits.seconds, limits.memory, tuple(modules))
        self._size = size or min(os.cpu_count() or 1, _MOST)
        self._at_work: dict[Process, Task | None] = {}
        self._tasks: deque[Task] = deque()
        self._heard: queue.SimpleQueue[tuple[Process, Message]] = queue.SimpleQueue()

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, error: object, *_: object) -> None:
        try:
            if error is None:
                self._rest()
        finally:
            self._end(list(self._at_work))

    def _rest(self) -> None:
        """Let those rest that have nothing to do, and hold nothing any more."""
        if self._tidy:
            for _ in self.run([Task(None, self._tidy, ()) for _ in self._at_work]):
                pass
        free = [process for process, task in self._at_work.items() if process.has_spoken and not task]
        for process in free:
            del self._at_work[process]
        rest(free)

    def _end(self, processes: Iterable[Process]) -> None:
        for process in processes:
            del self._at_work[process]
            process.end()

    def prepare(self) -> None:
        """Start all processes: there is enough to do for them."""
        while len(self._at_work) < self._size:
            self._hire()

    def add(self, task: Task) -> None:
        """One more task for the `run` that is under way."""
        self._tasks.append(task)

    def shrink(self) -> None:
        """Go on with a single process, which then gets all tasks, in their order."""
        self._size = 1
        self._end(list(self._at_work)[1:])

    def call(
        self,
        function: Callable[..., Any],
        *arguments: Any,
        stopped: Callable[[Failure], Exception],
        tell: Callable[[Any], object],
    ) -> Any:
        """What one call gives; `tell` hears what it tells meanwhile. Raises what `stopped` makes of a failure."""
        for heard in self.run([Task(None, function, arguments)]):
            if isinstance(heard.what, Failure):
                raise stopped(heard.what)
            if isinstance(heard.what, Answer):
                return heard.what.value
            tell(heard.what.value)
        raise AssertionError("a call ends with an answer or a failure")

    def run(self, tasks: Iterable[Task]) -> Iterator[Heard]:
        """Do the tasks; what is heard of them, as it comes. Ends when all were answered or failed."""
        self._tasks.extend(tasks)
        while self._hand_out():
            process, message = self._next()
            task = self._at_work.get(process)
            if isinstance(message, Gone) and process in self._at_work:
                self._lost(process)
            elif isinstance(message, Told | Answer | Failure) and task:
                self._at_work[process] = task if isinstance(message, Told) else None
            if task and not isinstance(message, Ready):
                yield Heard(task, Failure() if isinstance(message, Gone) else message)

    def _hand_out(self) -> bool:
        """Give every free process something to do; whether anything is being done."""
        free = [process for process, task in self._at_work.items() if not task]
        while self._tasks and (free or len(self._at_work) < self._size):
            process = free.pop(0) if free else self._hire()
            task = self._at_work[process] = self._tasks.popleft()
            process.call(Call(task.function.__module__, task.function.__name__, task.arguments))
        return any(self._at_work.values())

    def _hire(self) -> Process:
        try:
            process = started(self._recipe, self._heard)
        except OSError as error:
            raise _not_started() from error
        self._at_work[process] = None
        return process

    def _lost(self, process: Process) -> None:
        self._end([process])
        if not process.has_spoken:
            raise _not_started()

    def _next(self) -> tuple[Process, Message]:
        while True:
            try:
                return self._heard.get(timeout=_POLL)
            except queue.Empty:
                self._waiting()


def _not_started() -> ProblemForTeacher:
    return ProblemForTeacher(
        "The part of the program that draws pages did not start.",
        "Close other programs and run it again; if that does not help, install the program again.",
    )
