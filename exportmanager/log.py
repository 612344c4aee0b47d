"""The log: what the program did and when, for whoever looks for a mistake in it; nothing of what a course holds.

What may be written is decided here, not by those who write: events are fixed words with numbers and short words; an
exception becomes its types and places. Writing happens on a thread of its own, and must never disturb the program.
"""

from __future__ import annotations

import contextlib
import copy
import logging
import os
import queue
import re
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from typing import TextIO

from exportmanager.core.bug_report import places_of

FILE_NAME = "exportmanager.log"
_BYTES, _FILES = 1_000_000, 3
_NAME = re.compile(r"[a-z][a-z0-9 _.-]{0,47}")
_WORD = re.compile(r"[a-z0-9_.-]{1,24}")  # shorter than a token
_LARGEST = 2**63

_logger = logging.getLogger("exportmanager")
_logger.propagate = False  # nobody prints what a library's logger would make of it
_logger.addHandler(logging.NullHandler())
_listeners: list[QueueListener] = []


def open_log(folder: Path) -> logging.Logger:
    """Write events into `folder` from now on. Where that cannot be, nothing is written, and nothing else happens."""
    close_log()
    listener = QueueListener(queue.SimpleQueue(), _File(folder / FILE_NAME))
    _logger.addHandler(_Door(listener.queue))
    _logger.setLevel(logging.INFO)
    listener.start()
    _listeners.append(listener)
    return _logger


def close_log() -> None:
    """Write what is still to be written, and let go of the file."""
    for door in [handler for handler in _logger.handlers if isinstance(handler, _Door)]:
        _logger.removeHandler(door)
        door.close()
    while _listeners:
        listener = _listeners.pop()
        listener.stop()
        for handler in listener.handlers:
            handler.close()


def event(name: str, /, *, error: BaseException | None = None, **values: object) -> None:
    """Note that something happened: `event("job ended", job=3, state="exported")`.

    Values are numbers or short words of this program; of anything else only its type is written.
    """
    words = [_fixed(name), *(f"{_fixed(key)}={_safe(value)}" for key, value in values.items())]
    level = logging.INFO if error is None else logging.ERROR
    _logger.log(level, "", extra={"event": " ".join(words)}, exc_info=error)


def _fixed(name: str) -> str:
    return name if _NAME.fullmatch(name) else "unnamed"


def _safe(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and abs(value) < _LARGEST:
        return str(int(value))
    if isinstance(value, float):
        return f"{float(value):.3f}"
    if isinstance(value, str) and _WORD.fullmatch(value):
        return str(value)
    return type(value).__name__


def _text_of(record: logging.LogRecord) -> str:
    """What may be written of a record. One that `event` did not make only says where it was made."""
    when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    what = getattr(record, "event", None) or f"a message in {record.module}:{record.lineno}"
    lines = [f"{when} {record.levelname.lower()} {what}"]
    if record.exc_info and record.exc_info[1] is not None:
        lines += [f"    {line}" for line in places_of(record.exc_info[1])]
    return "\n".join(lines)


class _Door(QueueHandler):
    """Hands over what may be written, as text: nothing else gets as far as the thread that writes."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        safe = copy.copy(record)
        safe.msg, safe.args = _text_of(record), None
        safe.exc_info = safe.exc_text = safe.stack_info = None
        return safe

    def handleError(self, record: logging.LogRecord) -> None:
        """Give up on this record quietly: Python would print all that it holds."""


class _File(RotatingFileHandler):
    """Three files of a megabyte, for this user only."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=_BYTES, backupCount=_FILES - 1, encoding="utf-8", delay=True)

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return open(self.baseFilename, "a", encoding="utf-8", opener=_open_private)  # noqa: SIM115

    def doRollover(self) -> None:
        """Begin a new file. Where another process has it open and the system minds (Windows), it grows instead."""
        with contextlib.suppress(OSError):
            super().doRollover()

    def handleError(self, record: logging.LogRecord) -> None:
        """Give up on this record quietly.

        The disk is full, gone or read-only: whatever needs it says so itself, in words for the teacher. A log that
        complained on its own would only stand in their way. The next record tries anew, without what waited in
        the stream, which would fail for ever.
        """
        stream: TextIO | None = self.stream
        self.stream = None
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()

    def close(self) -> None:
        """Let go of the file, also where its disk is gone."""
        with contextlib.suppress(OSError):
            super().close()


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
