"""Asking for files, hashing them in pieces, and bringing folders to the disk."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

_CHUNK = 1 << 20
_CANNOT_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EBADF, errno.EISDIR, errno.EACCES, errno.EPERM}
"""What some network disks answer when a folder is to be synced; a disk that fails says something else."""


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
