"""Asking for files, hashing them in pieces, and bringing files and folders to the disk."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

_CHUNK = 1 << 20
_SYNC_SECONDS = 0.25
_LEAST, _AT_FIRST, _MOST = 1 << 20, 4 << 20, 64 << 20
"""Bytes that may be on their way to a disk, by how fast it turns out to be."""
_CANNOT_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EBADF, errno.EISDIR, errno.EACCES, errno.EPERM}
"""What some network disks answer when a folder is to be synced; a disk that fails says something else."""


class Pace:
    """Has what is written brought to its disk by `sync` meanwhile: as much at a time as takes it a quarter of a second.

    A system takes gigabytes for a slow stick at once, and whoever wants to know that they are there waits for minutes
    then: progress that was shown before would not be true, and Stop would not be heard. `clock` gives seconds.
    """

    def __init__(self, sync: Callable[[], object], clock: Callable[[], float] = time.monotonic) -> None:
        self._sync, self._clock = sync, clock
        self._waiting, self._most = 0, _AT_FIRST

    def wrote(self, size: int) -> None:
        """So many bytes were written."""
        self._waiting += size
        if self._waiting >= self._most:
            self.sync()

    def sync(self) -> None:
        """Bring all of it to the disk."""
        began = self._clock()
        self._sync()
        took = self._clock() - began
        self._most = int(min(max(self._waiting * _SYNC_SECONDS / max(took, 0.001), _LEAST), _MOST))
        self._waiting = 0


class NewFile(io.BufferedRandom):
    """A file that is not there yet, to be written and read. What is written reaches its disk meanwhile: see `Pace`.

    `mode` tells who may open it, as far as the system's own rule for new files allows.
    """

    def __init__(self, path: Path, mode: int = 0o666) -> None:
        super().__init__(io.FileIO(path, "x+", opener=partial(os.open, mode=mode)), 1 << 16)
        self._pace = Pace(self._bring)

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]  # what there is to write
        """Take `data` whole."""
        size = super().write(data)
        self._pace.wrote(size)
        return size

    def sync(self) -> None:
        """Bring all of it to the disk."""
        self._pace.sync()

    def _bring(self) -> None:
        self.flush()
        os.fsync(self.fileno())


def hash_file(file: BinaryIO, sha: Any, advance: Callable[[int], None] = lambda _: None) -> tuple[int, str]:
    """The bytes from here to the end of `file`: how many, and their hash in hex. `advance` hears of each piece."""
    buffer = bytearray(_CHUNK)
    view = memoryview(buffer)
    size = 0
    while n := file.readinto(buffer):  # type: ignore[attr-defined]
        sha.update(view[:n])
        size += n
        advance(n)
    return size, sha.hexdigest()


def file_sha256(path: Path, advance: Callable[[int], None] = lambda _: None) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb", buffering=0) as file:
        return hash_file(file, hashlib.sha256(), advance)[1]


def disk_sha256(path: Path, advance: Callable[[int], None] = lambda _: None) -> str:
    """The SHA-256 of a file as the disk gives it back, in hex: what proves that it was written, and still is there."""
    with path.open("rb", buffering=0) as file:
        forget_cached(file.fileno())
        return hash_file(file, hashlib.sha256(), advance)[1]


def forget_cached(file: int) -> None:
    """Have the system forget what it remembers of an open file, so that what is read next comes from its disk.

    It would answer from memory otherwise, also where a disk did not keep what it was given. What was not brought to the
    disk yet is remembered on. Only Linux can be asked; macOS and Windows may go on answering from memory.
    """
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)


def forget_file(path: Path) -> None:
    """The same of a file that is not open."""
    with path.open("rb", buffering=0) as file:
        forget_cached(file.fileno())


def is_there(path: Path) -> bool:
    """Whether anything is at `path`; nothing is where its disk does not answer, of which `Path.exists` would raise."""
    return os.path.exists(path)  # noqa: PTH110


def is_folder(path: Path) -> bool:
    """Whether a folder is at `path`; none is where its disk does not answer, of which `Path.is_dir` would raise."""
    return os.path.isdir(path)  # noqa: PTH112


def sync_folder(folder: Path) -> None:
    """Bring a folder's list of names to the disk, where the system knows how (Windows does it by itself)."""
    if os.name == "nt":
        return
    try:
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise


def sync_all() -> bool:
    """Bring all that was written to its disks; whether that is so: only Linux does it in one call that waits."""
    if not hasattr(os, "sync") or sys.platform == "darwin":
        return False
    os.sync()
    return True


def sync_tree(folder: Path, check: Callable[[], object]) -> None:
    """Bring all files and folders below `folder` to the disk. `check` is called often, and may raise to end it."""
    if sync_all():
        return
    for place, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(place, name), "rb+") as file:  # noqa: PTH118, PTH123 - there are many
                os.fsync(file.fileno())
            check()
        sync_folder(Path(place))
