"""Moves a library's shelf to another folder: every file is copied and read back before the settings name it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from exportmanager.core.errors import (
    BadOptions,
    Cancelled,
    Damaged,
    LibraryBusy,
    NoAccess,
    NoRoom,
    NotFound,
    ProblemForTeacher,
    from_os_error,
)
from exportmanager.core.ledger import UNFINISHED, JobState, Ledger, Sealed
from exportmanager.core.locks import FileLock
from exportmanager.core.meter import Meter
from exportmanager.formats.files import file_sha256
from exportmanager.shelf.leftovers import Leftovers, Place
from exportmanager.shelf.shelf import FileDraft, FolderShelf

_CHUNK = 1 << 20
_RESERVE = 32 << 20
"""Bytes that a move leaves free on the disk."""
_PATIENCE = 1.0
"""Seconds. Whoever begins a draft holds the lock for some milliseconds, whoever moves the shelf for much longer."""


class MovableShelf(FolderShelf):
    """A shelf that any process may move. `lock` is held while that happens.

    `is_current` says whether the settings still name this folder. Once they do not, nothing begins or goes here.
    """

    def __init__(self, folder: Path, lock: Path, is_current: Callable[[Path], bool]) -> None:
        super().__init__(folder)
        self._lock = lock
        self._is_current = is_current

    def is_reachable(self) -> bool:
        """Whether the folder is there, and is the shelf."""
        return Place(self.folder).is_reachable() and self._is_current(self.folder)

    def new_draft(self) -> FileDraft:
        """A draft of its own. Raises `NoAccess`, `NoRoom`, or `LibraryBusy` while the shelf is being moved."""
        lock = _take(self._lock)
        try:
            if not self._is_current(self.folder):
                raise LibraryBusy("The shelf was moved to another folder meanwhile.", "Try again.")
            if not self.is_reachable():
                raise NoAccess(
                    f"The shelf's folder {self.folder} cannot be reached.",
                    "Connect its disk, or choose another folder in the settings.",
                )
            return super().new_draft()
        finally:
            lock.release()

    def claim(self, token: str) -> FileDraft | None:
        """The draft of a dead job; None while it lives, or while nobody can say: its disk may only be read."""
        try:
            return super().claim(token)
        except OSError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """Moves the shelf of one library; `settle` writes into its settings where it is now.

    While `lock` is held no export begins, in any process (`MovableShelf`).
    """

    lock: Path
    ledger: Ledger
    leftovers: Leftovers
    settle: Callable[[str], None]

    def move(self, target: str, meter: Meter, *, leave_files: bool = False) -> None:
        """Move the shelf with its files to `target` ("" is the folder in the library); nothing where it stands there.

        If the present folder cannot be reached, and `leave_files`, its files stay there. Raises `BadOptions`, `NoRoom`,
        `NoAccess`, `Damaged`, `NotFound`, `LibraryBusy`, `Cancelled`; then everything is as it was.
        """
        lock = _take(self.lock)
        try:
            self.leftovers.clear()
            here, there = self.leftovers.place(self.leftovers.current()), self.leftovers.place(target)
            if here.is_same(there):
                return
            self._check_folder(there, is_own=not target)
            brings_files = here.is_reachable() or not leave_files
            if brings_files:
                self._check_files(here)
            self._move(here, there, target, meter, brings_files=brings_files)
        finally:
            lock.release()

    def recover(self) -> None:
        """Clear away what a move left that was killed, unless one is under way."""
        if self.leftovers.noted() and (lock := FileLock.take(self.lock)) is not None:
            try:
                self.leftovers.clear()
            finally:
                lock.release()

    def _check_folder(self, there: Place, *, is_own: bool) -> None:
        if not there.is_reachable():
            raise BadOptions(f"There is no folder {there.folder}.", "Choose a folder that is there.")
        if not is_own and there.folder.resolve().is_relative_to(self.leftovers.home.resolve()):
            raise BadOptions(
                f"The folder {there.folder} belongs to the library itself.", "Choose a folder outside the library."
            )

    def _check_files(self, here: Place) -> None:
        if self.ledger.jobs(UNFINISHED):
            raise BadOptions("An export is not finished yet.", "Wait until it is, or stop it; then move the shelf.")
        if self._on_shelf() and not here.is_reachable():
            raise BadOptions(
                f"The shelf's folder {here.folder} cannot be reached, so its files cannot come along.",
                "Connect its disk and try again, or leave them there.",
            )

    def _on_shelf(self) -> set[Sealed]:
        return {job.file for job in self.ledger.jobs([JobState.EXPORTED]) if job.file}

    def _move(self, here: Place, there: Place, target: str, meter: Meter, *, brings_files: bool) -> None:
        copied: set[Sealed] = set()
        meter.stage("Looking at the new folder")
        try:
            self.leftovers.note({target: (), self.leftovers.current(): ()})
            _try_to_write(there)
            while brings_files and (files := self._on_shelf() - copied):  # again: a missing one may have come back
                self._copy(files, here, there, target, meter)
                copied |= files
            meter.advance(0)
            self.settle(target)  # from here on there is no way back
        except BaseException:
            self._clear_now_or_later()
            raise
        self._clear_now_or_later(_told(copied, meter))

    def _clear_now_or_later(self, gone: Callable[[Sealed], None] = lambda _: None) -> None:
        with contextlib.suppress(ProblemForTeacher):  # the next start finds it noted
            self.leftovers.clear(gone)

    def _copy(self, files: set[Sealed], here: Place, there: Place, target: str, meter: Meter) -> None:
        meter.stage("Looking at the new folder")
        missing = [file for file in sorted(files, key=lambda file: file.name) if not _stands(there, file, meter)]
        size = sum(file.size for file in missing)
        _check_room(there.folder, size)
        self.leftovers.note({target: missing, self.leftovers.current(): files})
        meter.stage("Copying to the new folder", 2 * size)  # each byte is written, and read back
        for file in missing:
            _copy_file(file, here, there, meter)


def _take(path: Path) -> FileLock:
    """The lock on moving the shelf. Raises `LibraryBusy`, `NoAccess`."""
    until = time.monotonic() + _PATIENCE
    try:
        while (lock := FileLock.take(path)) is None:
            if time.monotonic() > until:
                raise LibraryBusy(
                    "The shelf is being moved to another folder.", "Wait until that is done, then try again."
                )
            time.sleep(0.02)
    except OSError as error:
        raise from_os_error(error, "looking whether the shelf is being moved") from error
    return lock


def _told(files: Iterable[Sealed], meter: Meter) -> Callable[[Sealed], None]:
    """Reports what goes from the old folder; Stop comes too late for that."""

    def gone(file: Sealed) -> None:
        with contextlib.suppress(Cancelled):
            meter.advance(file.size, file.name)

    with contextlib.suppress(Cancelled):
        meter.stage("Removing from the old folder", sum(file.size for file in files))
    return gone


def _try_to_write(there: Place) -> None:
    try:
        draft = there.new_draft()
        try:
            draft.create()
            draft.seal(lambda _: None)
        finally:
            draft.discard()
    except (NoAccess, OSError) as error:
        raise BadOptions(
            f"Nothing can be written in {there.folder}.", "Check who may write there, or choose another folder."
        ) from error


def _stands(there: Place, file: Sealed, meter: Meter) -> bool:
    """Whether `file` is in the new folder already. Raises `BadOptions` for another one of that name."""
    path = there.path_of(file)
    meter.advance(0, file.name)
    try:
        if not os.path.lexists(path):
            return False
        looks_right = not path.is_symlink() and path.is_file() and path.stat().st_size == file.size
        if looks_right and file_sha256(path, lambda _: meter.advance(0)) == file.sha256:
            return True
    except OSError as error:
        raise from_os_error(error, "looking at the new folder") from error
    raise _another_stands(there, file)


def _another_stands(there: Place, file: Sealed) -> BadOptions:
    what = f"Another file called {file.name} stands in {there.folder} already."
    return BadOptions(what, "Move that one away, or choose another folder.")


def _check_room(folder: Path, size: int) -> None:
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise from_os_error(error, "looking for room in the new folder") from error
    if free < size + _RESERVE:
        raise NoRoom(
            f"There is no room in {folder}: {(size + _RESERVE) / 1e6:,.0f} MB are needed, "
            f"{free / 1e6:,.0f} MB are free.",
            "Make room there, or choose another folder.",
        )


def _copy_file(file: Sealed, here: Place, there: Place, meter: Meter) -> None:
    """Copy one file: a draft in the new folder, synced and read back, that then gets its name."""

    def announce(name: str) -> None:
        if name != file.name:  # another file took it while this one was copied
            raise _another_stands(there, file)

    source = here.path_of(file)
    draft = there.new_draft()
    try:
        draft.create()
        _fill(draft, source, file, meter)
        if draft.seal(meter.advance) != (file.size, file.sha256):
            raise Damaged(
                f"The copy of {file.name} did not come out right.", "Check the new folder's disk, or choose another."
            )
        there.publish(draft.token, file.name, announce)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and error.filename == str(source):
            raise NotFound(f"{file.name} is not on the shelf any more.", "Move the shelf again, without it.") from error
        raise from_os_error(error, "moving the shelf") from error
    finally:
        draft.discard()


def _fill(draft: FileDraft, source: Path, file: Sealed, meter: Meter) -> None:
    sha = hashlib.sha256()
    with source.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            sha.update(chunk)
            draft.file.write(chunk)
            meter.advance(len(chunk), file.name)
    if sha.hexdigest() != file.sha256:
        raise Damaged(
            f"{file.name} on the shelf is damaged; the shelf was not moved.",
            "Remove that file from the shelf, or run its export again; then move the shelf.",
        )
