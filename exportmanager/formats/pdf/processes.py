"""Single drawing processes: started, spoken to, ended; those without work rest a while, for whoever needs one next."""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO, cast

from exportmanager.formats.pdf.calls import Call, Gone, Message

_REST = 20.0
"""Seconds for which a process rests before it ends: a preview that follows another one begins half a second earlier."""
_QUIETLY = 0x08004000
"""CREATE_NO_WINDOW and BELOW_NORMAL_PRIORITY_CLASS of Windows' CreateProcess."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a process is started: seconds that a step may take, bytes of memory (0: no limit), modules it imports."""

    seconds: float
    memory: int
    modules: tuple[str, ...]


class Process:
    """One process. What it says goes to `heard`, with itself, from a thread of its own; the last word is `Gone`."""

    def __init__(self, recipe: Recipe, heard: queue.SimpleQueue[tuple[Process, Message]]) -> None:
        self.recipe, self.has_spoken = recipe, False
        self._heard, self._is_gone, self._turn = heard, False, threading.Lock()
        command = [sys.executable, "-P", "-m", "exportmanager.formats.pdf.worker"]
        self._process = subprocess.Popen(
            [*command, str(recipe.seconds), str(recipe.memory), *recipe.modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONHASHSEED": "0"},  # no order of a set may show in the pages
            start_new_session=True,  # Ctrl+C in a terminal is for the program, which then stops this
            creationflags=_QUIETLY if sys.platform == "win32" else 0,
        )
        self._calls, self._answers = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)
        self._thread = threading.Thread(target=self._listen, daemon=True, name="drawing")
        self._thread.start()

    def _listen(self) -> None:
        with contextlib.suppress(EOFError, OSError, pickle.UnpicklingError):  # it has ended, in whatever word
            while True:
                message = pickle.load(self._answers)
                self.has_spoken = True
                self._heard.put((self, message))  # only now: who hears it may have changed
        with self._turn:
            self._is_gone = True
            self._heard.put((self, Gone()))

    def speak_to(self, heard: queue.SimpleQueue[tuple[Process, Message]]) -> None:
        """From now on somebody else hears it; that it has ended, also where it said so before."""
        with self._turn:
            self._heard = heard
            if self._is_gone:
                heard.put((self, Gone()))

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def call(self, call: Call) -> None:
        """Hand a call over; what comes of it will be heard."""
        with contextlib.suppress(OSError):  # it has ended, which its thread says
            pickle.dump(call, self._calls, protocol=5)
            self._calls.flush()

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        self._thread.join()
        for pipe in (self._calls, self._answers):
            with contextlib.suppress(OSError):  # what was not written is of no use to anybody
                pipe.close()


@dataclass(slots=True)
class _Resting:
    """The processes without work, of all who had any. For several threads."""

    processes: list[Process] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, recipe: Recipe) -> Process | None:
        """One that was started so and still lives."""
        with self.lock:
            fitting = [each for each in self.processes if each.recipe == recipe and each.is_alive]
            if not fitting:
                return None
            self.processes.remove(fitting[-1])
            return fitting[-1]

    def add(self, processes: list[Process]) -> None:
        """Let them rest, and end when nobody needed them."""
        with self.lock:
            self.processes += processes
        timer = threading.Timer(_REST, self.end, [processes])
        timer.daemon = True
        timer.start()

    def end(self, processes: Iterable[Process]) -> None:
        """End those of them that rest."""
        with self.lock:
            found = [each for each in processes if each in self.processes]
            self.processes = [each for each in self.processes if each not in found]
        for each in found:
            each.end()


_resting = _Resting()


def started(recipe: Recipe, heard: queue.SimpleQueue[tuple[Process, Message]]) -> Process:
    """A process, fresh or rested. Raises `OSError` where the system starts none."""
    process = _resting.take(recipe)
    if process is None:
        return Process(recipe, heard)
    process.speak_to(heard)
    return process


def rest(processes: list[Process]) -> None:
    """Let processes that have nothing to do wait for other work."""
    for process in processes:
        process.speak_to(queue.SimpleQueue())
    if processes:
        _resting.add(processes)


@atexit.register
def end_resting() -> None:
    """End all that rest."""
    _resting.end(list(_resting.processes))
