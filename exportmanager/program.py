"""Puts the parts together without a window: what the command line, the API and the window share."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import platformdirs

from exportmanager import exports, sources
from exportmanager.core.errors import NotFound
from exportmanager.core.export import ExportKind
from exportmanager.core.janitor import Janitor
from exportmanager.core.ledger import Job
from exportmanager.core.meter import Meter, Progress
from exportmanager.core.options import checked
from exportmanager.core.registry import found_in
from exportmanager.core.report import ImportReport
from exportmanager.core.retention import SHELF_DAYS
from exportmanager.core.run import Exporter
from exportmanager.core.shelf import Removal
from exportmanager.core.source import Source
from exportmanager.library.library import Library
from exportmanager.shelf.shelf import FolderShelf

LIBRARY_VARIABLE = "EXPORTMANAGER_LIBRARY"
SHELF_DAYS_SETTING = "shelf-days"


def default_library() -> Path:
    """The library of this user: where the variable says, or in the platform's data folder."""
    if chosen := os.environ.get(LIBRARY_VARIABLE):
        return Path(chosen)
    return Path(platformdirs.user_data_dir("exportmanager", appauthor=False)) / "library"


def system_clock() -> datetime:
    """Now."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Tidied:
    """What a start put right: rows that changed, files that went or go soon, by how much the clock jumped."""

    reconciled: list[Job]
    removed: list[tuple[Job, Removal]]
    going_soon: list[Job]
    clock_jump: timedelta | None


class Program:
    """One library and its shelf, opened."""

    def __init__(self, folder: Path, clock: Callable[[], datetime] = system_clock) -> None:
        self.clock = clock
        self.started_at = clock()
        self.library = Library(folder)
        self.ledger = self.library.ledger
        self.shelf = FolderShelf(folder / "shelf")

    def close(self) -> None:
        """Let go of the library."""
        self.library.close()

    @cached_property
    def kinds(self) -> Mapping[str, ExportKind]:
        """The kinds of export, by id."""
        return found_in(exports, "KIND")

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """The places courses come from, by id."""
        return found_in(sources, "SOURCE")

    @cached_property
    def exporter(self) -> Exporter:
        """What runs exports."""
        return Exporter(
            kinds=self.kinds,
            open_course=self.library.course,
            ledger=self.ledger,
            shelf=self.shelf,
            clock=self.clock,
            shelf_days=self.shelf_days,
        )

    @cached_property
    def janitor(self) -> Janitor:
        """What keeps ledger and shelf true."""
        return Janitor(ledger=self.ledger, shelf=self.shelf, clock=self.clock, courses=self.library.course_ids)

    def shelf_days(self) -> int | None:
        """For how many days a new export is kept; None: until it is removed."""
        stored = self.library.setting(SHELF_DAYS_SETTING, SHELF_DAYS)
        return None if stored == 0 else int(stored)

    def tidy(self) -> Tidied:
        """What every start does: make true what a crash left, take away what expired, look at the clock."""
        jump = self.library.look_at_clock(self.clock())
        reconciled = self.janitor.reconcile()
        removed = self.janitor.expire()
        self.library.sweep()
        return Tidied(reconciled, removed, self.janitor.warnings(), jump)

    def bring_in(
        self,
        source_id: str,
        place: str,
        values: dict[str, Any] | None = None,
        listener: Callable[[Progress], None] = lambda _: None,
        stop: Callable[[], bool] = bool,
    ) -> ImportReport:
        """Import what lies at `place`: all of it or nothing. Raises `BadSource`, `Cancelled`."""
        if source_id not in self.sources:
            raise NotFound(f"There is no source called {source_id}.", "See the list of sources.")
        source = self.sources[source_id]
        meter = Meter(listener, stop)
        with self.library.writer(source_id, self.clock(), meter) as writer:
            return source.read(place, checked(source.Options, values or {}), writer, meter, self.clock())


@contextlib.contextmanager
def opened(folder: Path | None = None, clock: Callable[[], datetime] = system_clock) -> Iterator[Program]:
    """The program on a library, tidied, for as long as this is open."""
    program = Program(folder or default_library(), clock)
    try:
        yield program
    finally:
        program.close()
