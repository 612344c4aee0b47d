"""Finds an expression in texts; as a process of its own, which can be ended: some expressions would never end.

Imports nothing heavy: a process that searches must be there in no time.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import re
import struct
import sys
from collections.abc import Iterator
from itertools import islice, takewhile
from pathlib import Path
from typing import BinaryIO, NamedTuple

MOST_LINES = 1_000
"""Lines of a text that are found; whoever wants more opens the file."""
LENGTH = struct.Struct("<Q")
"""How a text that a process is to search announces its length in bytes."""
_BEFORE, _AFTER = 80, 240
_MEMORY = 2 << 30


class Line(NamedTuple):
    """A line, numbered from 1, in which something was found: the part of it around that, and where in this part."""

    number: int
    text: str
    spans: tuple[tuple[int, int], ...]


def text_of(data: bytes) -> str:
    """A text as it is searched: UTF-8, or CP1252 where it is not that; each line ends with one line feed."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    if "\r" not in text:
        return text
    return text.replace("\r\n", "\n") if "\n" in text else text.replace("\r", "\n")


def lines_in(expression: re.Pattern[str], text: str) -> Iterator[Line]:
    """The lines of a text in which `expression` matches something, with the beginning of what it matches."""
    number, counted, at = 1, 0, 0
    while (first := next(_found(expression, text, at), None)) is not None:
        begin, last = first
        number += text.count("\n", counted, begin)
        end = text.find("\n", begin)
        end = len(text) if end < 0 else end
        stop = min(end, begin + _AFTER)
        others = takewhile(lambda span: span[0] < stop, _found(expression, text, last))  # noqa: B023 - used up at once
        start = max(0, begin - _BEFORE)
        start = max(start, text.rfind("\n", start, begin) + 1)
        spans = tuple((low - start, min(high, stop) - start) for low, high in (first, *others))
        yield Line(number, text[start:stop], spans)
        counted, at = begin, max(end + 1, last)


def _found(expression: re.Pattern[str], text: str, at: int) -> Iterator[tuple[int, int]]:
    """What is matched from `at` on, without the ends of the lines before it; not where nothing is left."""
    for match in expression.finditer(text, at):
        begin, end = match.span()
        while begin < end and text[begin] == "\n":
            begin += 1
        if begin < end:
            yield begin, end


def main() -> None:
    """Answer each text with a line of JSON, its lines, until no more come.

    The first line that comes is JSON: the expression, its flags, and the seconds that a text may take. A text that
    takes longer ends this process, by a thread of C: the expression holds Python's own lock.
    """
    source, answers = sys.stdin.buffer, sys.stdout.buffer
    pattern, flags, seconds = json.loads(source.readline())
    _limit_memory()
    expression = re.compile(pattern, flags)
    with Path("/dev/null" if sys.platform != "win32" else "nul").open("w") as nowhere, contextlib.suppress(OSError):
        while data := _next(source):
            faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
            found = list(islice(lines_in(expression, text_of(data)), MOST_LINES))
            faulthandler.cancel_dump_traceback_later()
            answers.write(json.dumps(found).encode() + b"\n")
            answers.flush()


def _next(source: BinaryIO) -> bytes:
    """The next text; nothing when the program that started this process has no more, or is gone."""
    head = source.read(LENGTH.size)
    return source.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""


def _limit_memory() -> None:
    """What an expression remembers of a long text must not fill the computer. Windows and macOS know no such limit."""
    if sys.platform == "linux":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        if hard == resource.RLIM_INFINITY or hard > _MEMORY:
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, hard))


if __name__ == "__main__":
    main()
