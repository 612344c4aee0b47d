"""What a teacher looks for, as something that finds it in names and in the bytes of files."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from re import _parser  # type: ignore[attr-defined]
from typing import IO, Any, NamedTuple, Protocol, cast

from exportmanager.core.errors import BadOptions
from exportmanager.review.matching import LENGTH, MOST_LINES, Line, lines_in, text_of

SECONDS = 2.0
"""What an expression may take for one text, of at most `searching.PIECE` bytes."""
_LONGEST = 1_000
_QUIETLY = 0x08000000
"""CREATE_NO_WINDOW of Windows' CreateProcess."""
_ASCII = re.compile(r"[\x00-\x7f]+")


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for: a text as it is, or (`regex`) an expression of Python's `re`.

    `case`: capital letters count. `words`: only whole words. `names_only`: in the paths of files, not in their content;
    `binary`: also in the content of files that are no text.
    """

    text: str
    regex: bool = False
    words: bool = False
    case: bool = False
    names_only: bool = False
    binary: bool = False


class TooSlow(Exception):
    """The expression took too long for a text, or was ended."""


class Finder(Protocol):
    """Finds lines in the bytes of texts; for one thread."""

    def lines(self, data: bytes) -> Sequence[Line]:
        """The lines of a text in which it is found, `MOST_LINES` at most. Raises `TooSlow`."""

    def end(self) -> None:
        """Give up, whatever it does; for any thread."""

    def close(self) -> None:
        """Let go of it."""


def finder(query: Query) -> Finder:
    """What finds a query in the content of files. Raises `BadOptions`."""
    pattern, flags = _pattern(query)
    with warnings.catch_warnings():  # of what may mean something else in a later Python
        warnings.simplefilter("ignore")
        expression = _compiled(pattern, flags)
        return _Apart(pattern, flags) if query.regex else _Here(query, expression)


def _pattern(query: Query) -> tuple[str, int]:
    """The expression of a query, and its flags. Raises `BadOptions`."""
    if not query.text:
        raise BadOptions("There is nothing to look for.", "Type a text.")
    if len(query.text) > _LONGEST:
        raise BadOptions(f"The text to look for has more than {_LONGEST:,} letters.", "Type a part of it.")
    pattern = query.text if query.regex else "|".join(map(re.escape, _forms(query.text)))
    if query.words:
        pattern = rf"(?<!\w)(?:{pattern})(?!\w)"
    return pattern, int(re.MULTILINE | (re.NOFLAG if query.case else re.IGNORECASE))


def _compiled(pattern: str, flags: int) -> re.Pattern[str]:
    try:
        return re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError) as error:
        what = f"This is not a regular expression: {error}."
        raise BadOptions(what, "Correct it, or look for it as it is.") from error


def _forms(text: str) -> list[str]:
    """A text with its accents as typed, on their letters, and behind them."""
    return list(dict.fromkeys([text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)]))


class _Needed(NamedTuple):
    """Bytes of which some are in every file that holds what is looked for; none: any file may. Most files lack them."""

    parts: frozenset[bytes]
    ignores_case: bool

    def may_be_in(self, data: bytes) -> bool:
        """Whether it may be in a file, whose bytes tell quickest."""
        searched = data.lower() if self.ignores_case and self.parts else data
        return not self.parts or any(part in searched for part in self.parts)


def _needed_for_text(query: Query) -> _Needed:
    """Of letters of which not all are ASCII, capitals have other bytes: then the longest stretch of those counts."""
    forms = _forms(query.text)
    if query.case:
        western = {form.encode("cp1252", "ignore") for form in forms} - {b""}
        return _Needed(frozenset(western | {form.encode("utf-8", "surrogatepass") for form in forms}), False)
    runs = [max(_ASCII.findall(form), key=len, default="") for form in forms]
    return _Needed(frozenset(run.lower().encode() for run in runs) if all(runs) else frozenset(), True)


def _needed_for(pattern: str, flags: int) -> _Needed:
    """The longest stretch of ASCII letters without which an expression matches nothing."""
    parsed = _parser.parse(pattern, flags)
    run = max(_runs(parsed), key=len, default="")
    ignores_case = bool(parsed.state.flags & re.IGNORECASE)
    part = (run.lower() if ignores_case else run).encode()
    return _Needed(frozenset({part} if part else ()), ignores_case)


def _runs(parsed: Any) -> Iterator[str]:
    """The stretches of letters that stand side by side, and in any case, in a parsed expression."""
    run = ""
    for operation, argument in parsed:
        if str(operation) == "LITERAL" and argument < 0x80:
            run += chr(argument)
            continue
        yield run
        run = ""
        if str(operation) == "SUBPATTERN" and not (argument[1] or argument[2]):  # it changes no flags
            yield from _runs(argument[3])
        elif str(operation) in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"} and argument[0] > 0:
            yield from _runs(argument[2])
    yield run


class _Here:
    """Finds a text as it is."""

    def __init__(self, query: Query, expression: re.Pattern[str]) -> None:
        self._expression, self._needed = expression, _needed_for_text(query)

    def lines(self, data: bytes) -> Sequence[Line]:
        """The lines of a text in which it is found."""
        if not self._needed.may_be_in(data):
            return ()
        return list(islice(lines_in(self._expression, text_of(data)), MOST_LINES))

    def end(self) -> None:
        """It never takes long."""

    def close(self) -> None:
        """It holds nothing."""


class _Apart:
    """Finds an expression, in a process that can be ended, for nobody can tell whether the expression ends.

    It is started when it is first needed, and again after it was too slow.
    """

    def __init__(self, pattern: str, flags: int) -> None:
        self._needed = _needed_for(pattern, flags)
        self._first = json.dumps([pattern, flags, SECONDS]).encode() + b"\n"
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._has_ended = False

    def lines(self, data: bytes) -> Sequence[Line]:
        """The lines of a text in which it is found. Raises `TooSlow`."""
        if not self._needed.may_be_in(data):
            return ()
        process = self._started()
        questions, answers = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
        with contextlib.suppress(OSError):  # it has ended, as the answer will tell
            questions.write(LENGTH.pack(len(data)) + data)
            questions.flush()
        answer = answers.readline()
        if not answer.endswith(b"\n"):
            self.close()
            raise TooSlow
        return [Line(number, text, tuple(map(tuple, spans))) for number, text, spans in json.loads(answer)]

    def _started(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._has_ended:
                raise TooSlow
            if self._process is None:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "exportmanager.review.matching"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=os.environ | {"PYTHONWARNINGS": "ignore"},
                    start_new_session=True,  # Ctrl+C in a terminal is for the program, which then ends this
                    creationflags=_QUIETLY if sys.platform == "win32" else 0,
                )
                cast(IO[bytes], self._process.stdin).write(self._first)
            return self._process

    def close(self) -> None:
        """End the process."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):  # what was not written is of no use to anybody
                    cast(IO[bytes], pipe).close()

    def end(self) -> None:
        """End the process, whatever it does, for good."""
        with self._lock:
            self._has_ended = True
            if self._process is not None:
                self._process.kill()
