"""A drawing process: answers one call after the other over its pipes, and ends with the program that started it."""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import os
import pickle
import sys
from pathlib import Path
from typing import Any, BinaryIO

from exportmanager.core.bug_report import places_of
from exportmanager.formats.pdf.calls import Answer, Call, Failure, Ready, Tell, Told


def main() -> None:
    """Answer calls until no more come.

    The arguments: seconds that a step may take, bytes of memory (0: no limit), and modules that will be needed.
    """
    seconds, memory = float(sys.argv[1]), int(sys.argv[2])
    calls, answers, quiet = _pipes()
    _limit_memory(memory)
    if sys.platform != "win32":  # there the program that starts it says so
        os.nice(5)  # the window comes first
    say = _Saying(answers, quiet, seconds)
    with contextlib.suppress(BrokenPipeError):  # nobody is there any more who could hear it
        for module in sys.argv[3:]:
            importlib.import_module(module)
        say.send(Ready())
        while (call := _next(calls)) is not None:
            say.watch()
            say.send(_answer(call, say.tell))
            say.rest()


def _pipes() -> tuple[BinaryIO, BinaryIO, BinaryIO]:
    """Where calls come from, where answers go, and where goes what a library prints: it must not stand among them."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    quiet = Path(os.devnull).open("wb")  # noqa: SIM115 - until this process ends
    os.dup2(quiet.fileno(), sys.stdout.fileno())
    return sys.stdin.buffer, answers, quiet


def _limit_memory(most: int) -> None:
    """A picture that grows beyond all bounds ends a page, not the computer. Windows and macOS know no such limit."""
    if most and sys.platform == "linux":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        if hard == resource.RLIM_INFINITY or hard > most:
            resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _next(calls: BinaryIO) -> Call | None:
    try:
        call: Call = pickle.load(calls)
    except (EOFError, pickle.UnpicklingError):  # cut off: the program that started this one is gone
        return None
    return call


def _answer(call: Call, tell: Tell) -> Answer | Failure:
    try:
        function = getattr(importlib.import_module(call.module), call.function)
        return Answer(function(*call.arguments, tell=tell))
    except BrokenPipeError:
        raise
    except Exception as error:  # what it says may be anything, and names people
        return Failure(type(error).__name__, "\n".join(places_of(error)))


class _Saying:
    """The way back. Each step that is told of winds up the watch, which ends this process when it runs out.

    The watch is a thread of C: an expression that takes for ever holds Python's own lock.
    """

    def __init__(self, answers: BinaryIO, quiet: BinaryIO, seconds: float) -> None:
        self._answers, self._quiet, self._seconds = answers, quiet, seconds

    def watch(self) -> None:
        faulthandler.dump_traceback_later(self._seconds, exit=True, file=self._quiet)

    def rest(self) -> None:
        faulthandler.cancel_dump_traceback_later()

    def tell(self, value: Any) -> None:
        """Say how far it is."""
        self.send(Told(value))
        self.watch()

    def send(self, message: Ready | Told | Answer | Failure) -> None:
        pickle.dump(message, self._answers, protocol=5)
        self._answers.flush()


if __name__ == "__main__":
    main()
