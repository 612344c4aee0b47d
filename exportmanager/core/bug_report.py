"""Tells of a mistake in this program in a text that a teacher can copy and send, without anybody's data in it.

It says which kinds of exceptions came up and where. Never what they said, what variables held, or where files lie:
messages, values and paths name students.
"""

from __future__ import annotations

import platform
import re
import sys
import sysconfig
import traceback
from collections.abc import Iterator
from pathlib import PurePath
from types import FrameType

_OURS = __name__.partition(".")[0]
_LONGEST_CHAIN = 20
_FIRST, _LAST = 10, 30
"""So many places of each exception: one that goes round in circles has a thousand."""


def bug_report(error: BaseException, *, program: str, doing: str, qt: str = "") -> str:
    """The report of `error`, several lines. `program` and `qt` are versions.

    `doing` continues "While" and is made of words of this program, never of names that a course holds.
    """
    python = f"Python {platform.python_version()}"
    versions = [f"Export Manager {program}", python, f"Qt {qt}" if qt else "", _system()]
    return "\n".join([", ".join(part for part in versions if part), f"While {doing}", "", *places_of(error), ""])


def _system() -> str:
    return f"{platform.system()} {platform.release()} {platform.machine()}"


def places_of(error: BaseException) -> list[str]:
    """The types of an exception and of all those behind it, as lines, each with the places it came through."""
    lines: list[str] = []
    for relation, each in _chain(error):
        lines.append(f"{relation}{_type_of(each)}")
        lines.extend(f"  {place}" for place in _shortened(_places(each)))
    return lines


def _chain(error: BaseException) -> Iterator[tuple[str, BaseException]]:
    """An exception and what is behind it, once each, the one that came out first."""
    seen: set[int] = set()
    waiting = [("", error)]
    while waiting and len(seen) < _LONGEST_CHAIN:
        relation, each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield relation, each
        if isinstance(each, BaseExceptionGroup):
            waiting.extend(("one of these: ", part) for part in reversed(each.exceptions))
        if each.__cause__ is not None:
            waiting.append(("caused by: ", each.__cause__))
        elif each.__context__ is not None and not each.__suppress_context__:
            waiting.append(("while handling: ", each.__context__))


def _type_of(error: BaseException) -> str:
    """The full name of an exception's type, and the system's number for what happened, where there is one."""
    kind = type(error)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    name = re.sub(r"[^\w.<>]", "?", f"{module}{kind.__qualname__}")[:120]
    number = getattr(error, "errno", None)
    return f"{name}, errno {number}" if type(number) is int else name


def _places(error: BaseException) -> list[str]:
    return [_place(frame, line) for frame, line in traceback.walk_tb(error.__traceback__)]


def _shortened(places: list[str]) -> list[str]:
    left_out = len(places) - _FIRST - _LAST
    if left_out <= 0:
        return places
    return [*places[:_FIRST], f"... {left_out} more ...", *places[-_LAST:]]


def _place(frame: FrameType, line: int) -> str:
    """Module, line and function in this program; file, line and function in Python's own files; else nothing."""
    code = frame.f_code
    module = _module_of(frame)
    if module.partition(".")[0] == _OURS:
        return f"{module}:{line} {code.co_qualname}"
    if _is_pythons(code.co_filename):
        return f"{PurePath(code.co_filename).name}:{line} {code.co_qualname}"
    return "elsewhere"  # not even its name: it may be a student's file


def _module_of(frame: FrameType) -> str:
    """What a frame's module is called where it was found: the one that was started calls itself `__main__`."""
    spec = frame.f_globals.get("__spec__")
    return str(getattr(spec, "name", None) or frame.f_globals.get("__name__", ""))


def _is_pythons(file: str) -> bool:
    """Whether a file belongs to Python or to an installed library, or is a part of either that has no file."""
    if file.startswith("<frozen ") or getattr(sys, "frozen", False):
        return True
    folders = (sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    return any(PurePath(file).is_relative_to(folder) for folder in folders)
