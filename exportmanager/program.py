"""Puts the parts together without a window: what the command line, the API and the window share."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from exportmanager import exports, sources
from exportmanager.archives import Archives
from exportmanager.arrivals import Arrivals
from exportmanager.core.arrivals import Plan
from exportmanager.core.course import CourseId
from exportmanager.core.errors import BadOptions, NotFound
from exportmanager.core.export import ExportKind
from exportmanager.core.janitor import Janitor, Tidied
from exportmanager.core.meter import Meter
from exportmanager.core.old_access import OldAccess, look_after
from exportmanager.core.options import Options, checked, fitting
from exportmanager.core.registry import found_in
from exportmanager.core.report import ImportReport
from exportmanager.core.run import Exporter
from exportmanager.core.settings.group import Group
from exportmanager.core.settings.kept import KeptSettings, all_groups
from exportmanager.core.settings.saving import SavingSettings
from exportmanager.core.settings.shelf import ShelfSettings
from exportmanager.core.source import Source
from exportmanager.deleting import Deleting
from exportmanager.erasing import Erasing
from exportmanager.library.library import Library
from exportmanager.shelf.leftovers import Leftovers, Place
from exportmanager.shelf.moving import MovableShelf, Mover
from exportmanager.sources.arriving.look import Look
from exportmanager.user_config import default_library, default_save_folder, system_decimal_point

_SHELF_FOLDER = "shelf-folder"
_LEFTOVERS = "shelf-leftovers"
_KEY = re.compile(r"(?:[0-9a-fA-F]{2}){16,64}")


def system_clock() -> datetime:
    """Now."""
    return datetime.now(UTC)


class Program:
    """One library and its shelf, opened."""

    def __init__(
        self, folder: Path, clock: Callable[[], datetime] = system_clock, decimal_point: str | None = None
    ) -> None:
        self.clock = clock
        self._decimal_point = decimal_point or system_decimal_point()
        self.started_at = clock()
        self.library = Library(folder)
        self.ledger = self.library.ledger
        try:
            self.shelf = self._shelf_in(self._shelf_folder())
        except BaseException:
            self.library.close()
            raise

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

    @property
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

    @property
    def archives(self) -> Archives:
        """What makes archives of courses, and knows them."""
        return Archives(self.library, lambda: self.kinds, self.clock)

    @property
    def deleting(self) -> Deleting:
        """What deletes courses, and puts them back."""
        return Deleting(self.library, self.janitor, self.clock)

    @property
    def erasing(self) -> Erasing:
        """What erases students."""
        return Erasing(self.library, self.janitor, self.archives, self.clock)

    @property
    def janitor(self) -> Janitor:
        """What keeps ledger and shelf true."""
        return Janitor(ledger=self.ledger, shelf=self.shelf, clock=self.clock, courses=self.library.course_ids)

    # Settings

    @cached_property
    def groups(self) -> Mapping[str, Group]:
        """The groups of settings, by id, in the order in which they stand on screen."""
        return all_groups()

    @property
    def _kept(self) -> KeptSettings:
        return KeptSettings(self.groups, self.library.setting, self.library.set_setting)

    def settings(self, group_id: str) -> Options:
        """The settings of a group. What is kept and does not fit (edited by hand, of a newer program) is the default.

        Like all that is asked of the library, this reads the database. Raises `NotFound`.
        """
        return self._kept.of(group_id)

    def change_settings(self, group_id: str, values: Mapping[str, Any]) -> None:
        """Keep `values` of a group, by the names of its fields; other ones stay. Raises `BadOptions`, `NotFound`.

        The shelf's folder is not changed here: its files come along (`move_shelf`).
        """
        if "shelf_folder" in values and values["shelf_folder"] != self._shelf_settings.shelf_folder:
            raise BadOptions("The shelf moves with its files, which takes a while.", "Choose to move the shelf.")
        self._kept.change(group_id, values)

    @property
    def _shelf_settings(self) -> ShelfSettings:
        found = self.settings("shelf")
        assert isinstance(found, ShelfSettings), "the group of that name"
        return found

    def shelf_days(self) -> int | None:
        """For how many days a new export is kept; None: until it is removed."""
        return self._shelf_settings.shelf_days or None

    def save_folder(self) -> Path:
        """The folder that is offered first when a copy is saved."""
        folder = self._saving_settings.save_folder
        return Path(folder) if folder else default_save_folder()

    @property
    def _saving_settings(self) -> SavingSettings:
        found = self.settings("saving")
        assert isinstance(found, SavingSettings), "the group of that name"
        return found

    def first_options(self, kind_id: str) -> Options:
        """The options of a kind as they are first offered: its defaults, but those that are settings as they are set.

        Raises `NotFound`.
        """
        if kind_id not in self.kinds:
            raise NotFound(f"There is no export called {kind_id}.", "See the list of kinds.")
        model = self.kinds[kind_id].Options
        kept = self._saving_settings.for_options(self._decimal_point)
        return fitting(model, {name: value for name, value in kept.items() if name in model.model_fields})

    def pseudonym_key_hex(self) -> str:
        """The key that pseudonyms are made with, to be written down. Raises `LibraryDamaged`."""
        return self.library.pseudonym_key().hex()

    def replace_pseudonym_key(self, key: str | None = None) -> str:
        """Use another key from now on: `key` in hex, or a new one by chance; the one that it is now.

        The same student then gets another pseudonym, until the key before is set again. Raises `BadOptions`.
        """
        if key is not None and not _KEY.fullmatch(key):
            raise BadOptions("A key for pseudonyms has at least 32 hexadecimal digits.", "Copy it whole.")
        return self.library.replace_pseudonym_key(bytes.fromhex(key) if key else None).hex()

    def _shelf_folder(self) -> Path:
        return self._leftovers.place(self._shelf_settings.shelf_folder).folder

    def _shelf_in(self, folder: Path) -> MovableShelf:
        return MovableShelf(folder, self._shelf_lock, self._is_shelf)

    def _is_shelf(self, folder: Path) -> bool:
        """Whether the shelf is in `folder`; another process may have moved it, which this one then goes after."""
        current = self._shelf_folder()
        if self.shelf.folder != current:
            self.shelf = self._shelf_in(current)
        return folder == current

    @property
    def _shelf_lock(self) -> Path:
        return self.library.folder / "shelf.lock"

    @property
    def _leftovers(self) -> Leftovers:
        return Leftovers(
            home=self.library.folder,
            ledger=self.ledger,
            current=lambda: self._shelf_settings.shelf_folder,
            read=lambda: self._kept.row(_LEFTOVERS),
            write=lambda noted: self.library.set_setting(_LEFTOVERS, noted),
        )

    @property
    def _mover(self) -> Mover:
        return Mover(lock=self._shelf_lock, ledger=self.ledger, leftovers=self._leftovers, settle=self._settle_shelf)

    def _settle_shelf(self, folder: str) -> None:
        self.library.set_setting(_SHELF_FOLDER, folder)
        self.shelf = self._shelf_in(self._shelf_folder())

    def move_shelf(self, folder: Path | None, meter: Meter, *, leave_files: bool = False) -> None:
        """Move the shelf and all its files to `folder`; None: into the library. Nothing where it stands there already.

        Every file is copied and read back first; Stop works until the settings name the new folder. If the present
        one cannot be reached, its files stay there where `leave_files`. Raises `BadOptions`, `NoRoom`, `NoAccess`,
        `Damaged`, `NotFound`, `LibraryBusy`, `Cancelled`; then everything is as it was.
        """
        name = "" if folder is None else str(folder.absolute())
        checked(ShelfSettings, {"shelf_folder": name})
        if name and self._leftovers.place("").is_same(Place(Path(name))):
            name = ""
        self.janitor.reconcile()
        self._mover.move(name, meter, leave_files=leave_files)

    def tidy(self, watching_since: datetime | None = None) -> Tidied:
        """Make true what a crash left, take away what expired, look at the clock: at every start, and hourly after it.

        `watching_since`: from when on somebody could see what was about to expire; None: this is a start.
        """
        jump = self.library.look_at_clock(self.clock())
        self._is_shelf(self.shelf.folder)
        self._mover.recover()
        reconciled = self.janitor.reconcile()
        removed = self.janitor.expire(watching_since=watching_since)
        self.library.sweep()
        self.archives.finish_left()
        self.erasing.finish()
        trash = self.deleting.purge_due(watching_since)
        return Tidied(reconciled, removed, self.janitor.warnings(), jump, self.look_after_old_access(), *trash)

    def look_after_old_access(self) -> list[OldAccess]:
        """Announce which access events will go as courses are set, and remove those that were announced for a week."""
        return look_after(self.library.old_access, self.clock())

    def bring_in(
        self,
        source_id: str,
        place: str,
        values: dict[str, Any] | None = None,
        meter: Meter | None = None,
    ) -> ImportReport:
        """Import what lies at `place`: all of it or nothing. Raises `BadSource`, `Cancelled`."""
        if source_id not in self.sources:
            raise NotFound(f"There is no source called {source_id}.", "See the list of sources.")
        source = self.sources[source_id]
        meter = meter or Meter()
        with self.library.writer(source_id, self.clock(), meter) as writer:
            return source.read(place, checked(source.Options, values or {}), writer, meter, self.clock())

    def look(self) -> Look:
        """What a teacher brings is recognised here, before it comes in."""
        return Look()

    def plan(self, look: Look, course: CourseId | None, title: str, settled: Mapping[str, str]) -> Plan:
        """What will come in, as it is settled so far. Raises `NotFound`."""
        return self._arrivals.plan(look, course, title, settled)

    def take_in(
        self, look: Look, course: CourseId | None, title: str, settled: Mapping[str, str], time_zone: str, meter: Meter
    ) -> tuple[ImportReport, ...]:
        """Take in what was brought: see `Arrivals.take_in`."""
        return self._arrivals.take_in(look, course, title, settled, time_zone, meter)

    def holdings(self, course: CourseId) -> Mapping[str, datetime]:
        """When each kind of data of a course last came in, by `PieceKind`."""
        return self.library.holdings(course)

    @property
    def _arrivals(self) -> Arrivals:
        return Arrivals(self.library, self.clock)


@contextlib.contextmanager
def opened(folder: Path | None = None, clock: Callable[[], datetime] = system_clock) -> Iterator[Program]:
    """The program on a library, tidied, for as long as this is open."""
    program = Program(folder or default_library(), clock)
    try:
        yield program
    finally:
        program.close()
