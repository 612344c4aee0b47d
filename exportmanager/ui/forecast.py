"""What an export will hold, where it will stand, until when, and how it begins: found out while options change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from exportmanager.core.course import CourseId
from exportmanager.core.errors import NoRoom
from exportmanager.core.export import Estimate, ExportKind, PagesPreview, Preview
from exportmanager.core.options import Options
from exportmanager.jobs.desk import Desk
from exportmanager.program import Program
from exportmanager.ui.words import moment, size, tr

_SOON = 200
"""Milliseconds: ten quick ticks are one question."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would come out, in which folder, kept until when (None: until it is removed), and why there is no room."""

    estimate: Estimate
    folder: Path
    until: datetime | None
    no_room: NoRoom | None = None


def foresee(program: Program, kind: ExportKind, course: CourseId, options: Options) -> Forecast:
    """Look ahead. Raises what `ExportKind.estimate` raises, and `NotFound` for a course that has gone."""
    with program.library.course(course) as opened:
        estimate = kind.estimate(opened, options)
    days, shelf = program.shelf_days(), program.shelf
    until = None if days is None else program.clock() + timedelta(days=days)
    try:
        shelf.check_room(estimate.bytes)
    except NoRoom as no_room:
        return Forecast(estimate, shelf.folder, until, no_room)
    return Forecast(estimate, shelf.folder, until)


def begin(program: Program, kind: ExportKind, course: CourseId, options: Options) -> Preview | PagesPreview | None:
    """How the table or document will begin; None where it is neither.

    Raises what `ExportKind.estimate` raises, and `NotFound`.
    """
    with program.library.course(course) as opened:
        return kind.preview(opened, options)


def in_words(forecast: Forecast, suffix: str) -> str:
    """What will come out (in a file of this kind, unless the forecast names another), and until when it is kept."""
    about, suffix = size(forecast.estimate.bytes), forecast.estimate.suffix or suffix
    summary = tr(forecast.estimate.summary)
    if suffix == ".zip":
        what = tr("{summary}: a zip of about {size}.", summary=summary, size=about)
    else:
        kind = suffix.removeprefix(".").upper()
        what = tr("{summary}: a {kind} file of about {size}.", summary=summary, kind=kind, size=about)
    if forecast.until is None:
        return f"{what} {tr('Kept on the shelf until you remove it.')}"
    return f"{what} {tr('Kept on the shelf until {moment}.', moment=moment(forecast.until))}"


class Foreseeing(QObject):
    """Asks one question at a time, and only the answer to the newest options counts.

    `look` gets options (or whatever is asked about) and is called off the window's thread. `known` carries what it
    gave, `failed` what it raised.
    """

    known = Signal(object)
    failed = Signal(object)

    def __init__(self, desk: Desk, look: Callable[[Any], Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._look = desk, look
        self._wanted: Any = None
        self._asked: Any = None
        self._is_stale = False
        self.timer = QTimer(self, singleShot=True, interval=_SOON)
        self.timer.timeout.connect(self._ask)

    def ask(self, options: Any) -> None:
        """Look ahead for these options, a moment from now; None: for nothing, they do not fit together."""
        self._wanted = options
        if options is None:
            self.timer.stop()
        else:
            self.timer.start()

    def ask_again(self) -> None:
        """Something else may have changed: the course, the shelf, the disk."""
        if self._wanted is not None and not self.timer.isActive():
            self.timer.start()

    def _ask(self) -> None:
        if self._asked is not None:
            self._is_stale = True
        elif self._wanted is not None:
            self._asked, self._is_stale = self._wanted, False
            self._desk.background.ask(self, partial(self._look, self._asked), self._known, self._failed)

    def _known(self, found: object) -> None:
        if self._is_wanted():
            self.known.emit(found)

    def _failed(self, error: Exception) -> None:
        if self._is_wanted():
            self.failed.emit(error)

    def _is_wanted(self) -> bool:
        """Whether the answer is to what is wanted now; one that came too late makes room for the newer question."""
        answered, self._asked = self._asked, None
        if self._is_stale:
            self._ask()
        return answered == self._wanted
