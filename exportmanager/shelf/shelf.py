"""The shelf on a disk: drafts beside it, finished files in it, and never another program's file touched."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from exportmanager.core.errors import AlreadyThere, LibraryBusy, NoRoom, from_os_error
from exportmanager.core.ledger import Sealed
from exportmanager.core.locks import FileLock, held
from exportmanager.core.shelf import Removal
from exportmanager.formats.files import NewFile, file_sha256, forget_cached, hash_file, sync_folder

_DRAFTS = ".drafts"
_RESERVE = 32 << 20
"""Bytes that an export leaves free: a system whose disk is full to the last byte does not work."""
_WAIT = 30.0


class FileDraft:
    """An export being written: a file named by its token, and a lock beside it."""

    def __init__(self, folder: Path, token: str, lock: FileLock) -> None:
        self.token = token
        self.path = folder / f"{token}.part"
        self._lock = lock
        self._opened: NewFile | None = None

    @property
    def file(self) -> NewFile:
        """The file, open for writing, once it was made."""
        assert self._opened is not None, "the draft was created"
        return self._opened

    def create(self) -> None:
        """Make the file, empty and for this user only."""
        self._opened = NewFile(self.path, 0o600)

    def size(self) -> int:
        """Bytes written so far."""
        return self.file.seek(0, os.SEEK_END)

    def seal(self, advance: Callable[[int], None]) -> tuple[int, str]:
        """Bring it to the disk and read it back from there; size and SHA-256. The file is closed after this."""
        self.file.sync()
        forget_cached(self.file.fileno())
        self.file.seek(0)
        size, digest = hash_file(self.file, hashlib.sha256(), advance)
        sync_folder(self.path.parent)
        self.file.close()
        return size, digest

    def discard(self) -> None:
        """Remove the file and free the lock."""
        if self._opened is not None:
            with contextlib.suppress(OSError):  # a full disk refuses the last buffer; the file goes anyway
                self.file.close()
        with contextlib.suppress(OSError):  # a disk that was pulled out: the next sweep finds the file
            self.path.unlink(missing_ok=True)
        self.release()

    def release(self) -> None:
        """Free the lock; the file, if there is one, is somebody else's business now."""
        if self._opened is not None:
            self._opened.close()
        with contextlib.suppress(OSError):  # its disk may have gone, and the lock with it
            self._lock.release(remove=True)


class FolderShelf:
    """A shelf in a folder. `disk_free` gives the free bytes of the disk a path is on."""

    def __init__(
        self, folder: Path, disk_free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free
    ) -> None:
        self.folder = folder
        self._drafts = folder / _DRAFTS
        self._disk_free = disk_free

    def is_reachable(self) -> bool:
        """Whether the folder is there."""
        return self.folder.is_dir()

    def new_draft(self) -> FileDraft:
        """A draft of its own, lock held. Raises `NoAccess` or `NoRoom`."""
        try:
            self._drafts.mkdir(parents=True, exist_ok=True)
            while True:
                token = uuid.uuid4().hex
                lock = FileLock.take(self._lock_path(token))
                if lock is not None and lock.path.exists():  # else another process swept it up before it was locked
                    return FileDraft(self._drafts, token, lock)
                if lock is not None:
                    lock.release()
        except OSError as error:
            raise from_os_error(error, f"preparing the shelf in {self.folder}") from error

    def _lock_path(self, token: str) -> Path:
        return self._drafts / f"{token}.lock"

    def claim(self, token: str) -> FileDraft | None:
        """The draft of a dead job; None while it lives."""
        if not self.is_reachable():
            return None
        self._drafts.mkdir(exist_ok=True)
        lock = FileLock.take(self._lock_path(token))
        return FileDraft(self._drafts, token, lock) if lock else None

    def check_room(self, size: int) -> None:
        """Raise `NoRoom` where `size` bytes (and some to live on) do not fit."""
        try:
            free = self._disk_free(self.folder)
        except OSError as error:
            raise from_os_error(error, "looking for room on the shelf") from error
        if free < size + _RESERVE:
            raise NoRoom(
                f"The disk has no room for this export: it needs about {_megabytes(size + _RESERVE)}, "
                f"and {_megabytes(free)} are free.",
                "Remove something from the shelf or the disk, or choose fewer assignments.",
            )

    def has_draft(self, token: str, file: Sealed) -> bool:
        """Whether the sealed `file` lies there, whole, under its draft name."""
        return _is_whole(self._drafts / f"{token}.part", file, thoroughly=True)

    def publish(self, token: str, wanted: str, announce: Callable[[str], None]) -> str:
        """Give a sealed draft its name, or one like it that is free. Never over a file."""
        draft = self._drafts / f"{token}.part"
        try:
            with held(self._drafts / "publish.lock", _patience()):
                while True:
                    name = self._free_name(wanted)
                    announce(name)
                    with contextlib.suppress(AlreadyThere):  # a file took this name at this moment: the next one
                        move_to_free_name(draft, self.folder / name)
                        sync_folder(self.folder)
                        return name
        except OSError as error:
            raise from_os_error(error, "putting the export on the shelf") from error

    def _free_name(self, wanted: str) -> str:
        number, name = 1, wanted
        while os.path.lexists(self.folder / name):
            number += 1
            name = _numbered(wanted, number)
        return name

    def path_of(self, file: Sealed) -> Path:
        """Where a file stands."""
        return self.folder / file.name

    def holds(self, file: Sealed, *, thoroughly: bool) -> bool:
        """Whether `file` stands here, by size, or `thoroughly` by its SHA-256."""
        return _is_whole(self.path_of(file), file, thoroughly=thoroughly)

    def remove(self, file: Sealed) -> Removal:
        """Take a file away, if by its SHA-256 it is the one that was put here."""
        path = self.path_of(file)
        if not os.path.lexists(path):
            return Removal.WAS_GONE
        if not self.holds(file, thoroughly=True):
            return Removal.IN_USE if _is_locked(path) else Removal.NOT_OURS
        try:
            path.unlink()
        except FileNotFoundError:
            return Removal.WAS_GONE
        except OSError as error:  # a folder or a whole disk that may only be read
            is_open_elsewhere = os.name == "nt" and isinstance(error, PermissionError)
            return Removal.IN_USE if is_open_elsewhere else Removal.REFUSED
        return Removal.REMOVED

    def sweep(self, is_needed: Callable[[str], bool]) -> None:
        """Remove drafts whose lock is free, unless `is_needed`: a job may have died only now, with its file whole."""
        if not self._drafts.is_dir():
            return
        for path in [*self._drafts.glob("*.part"), *self._drafts.glob("*.lock")]:
            if len(path.stem) == 32 and (draft := self.claim(path.stem)):
                if is_needed(path.stem):
                    draft.release()
                else:
                    draft.discard()


def _is_whole(path: Path, file: Sealed, *, thoroughly: bool) -> bool:
    """Whether what lies at `path` is `file`, by size, or `thoroughly` by its SHA-256."""
    try:
        if path.is_symlink() or path.stat().st_size != file.size:
            return False
        return not thoroughly or file_sha256(path) == file.sha256
    except OSError:
        return False


def _numbered(wanted: str, number: int) -> str:
    """`wanted` with a number before its suffix, its stem cut where that gets too long for a name."""
    stem, suffix = Path(wanted).stem, Path(wanted).suffix
    while len(f"{stem} ({number}){suffix}".encode()) > 255:
        stem = stem[:-1]
    return f"{stem} ({number}){suffix}"


def _is_locked(path: Path) -> bool:
    """Whether another program keeps the file from being read, as Windows allows."""
    try:
        path.open("rb").close()
    except PermissionError:
        return os.name == "nt"
    except OSError:
        return False
    return False


def _megabytes(size: int) -> str:
    return f"{max(0, size) / 1e6:,.0f} MB"


def _patience() -> Callable[[], None]:
    """Wait a little, again and again, but not for ever."""
    until = time.monotonic() + _WAIT

    def wait() -> None:
        if time.monotonic() > until:
            raise LibraryBusy("Another process is busy with the shelf.", "Try again in a minute.")
        time.sleep(0.02)

    return wait


def move_to_free_name(draft: Path, target: Path) -> None:
    """Rename, but never over a file, even one that appears at this moment. Raises `AlreadyThere`."""
    try:
        if os.name == "nt":  # there a rename never replaces
            draft.rename(target)
            return
        os.link(draft, target)
    except FileExistsError as error:
        raise AlreadyThere(f"{target.name} stands in {target.parent} already.", "Choose another name.") from error
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS}:
            raise
        if os.path.lexists(target):
            raise AlreadyThere(f"{target.name} stands in {target.parent} already.", "Choose another name.") from error
        draft.rename(target)  # a disk without hard links, such as a USB stick
    else:
        draft.unlink()
