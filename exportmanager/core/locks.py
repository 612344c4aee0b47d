"""Locks that the system frees when their holder dies, so that a living job is never taken for a dead one.

Not the filelock package: it falls back to a "soft" lock (a file that merely exists) where a disk has no locks, and
after a kill such a lock would be held for ever.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> bool:
        try:
            os.lseek(file, 0, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


_CREATE = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)


class FileLock:
    """An exclusive lock on a file of its own, held until `release` or the end of the process."""

    def __init__(self, path: Path, file: int) -> None:
        self.path = path
        self._file = file

    @classmethod
    def take(cls, path: Path) -> FileLock | None:
        """The lock on `path`, which is made if it is missing; None while somebody else holds it. Raises `OSError`."""
        while True:
            file = os.open(path, _CREATE, 0o600)
            try:
                if not _lock(file):
                    os.close(file)
                    return None
                if _is_at(path, file):
                    return cls(path, file)
            except BaseException:
                os.close(file)
                raise
            os.close(file)  # its holder removed it meanwhile: a lock on it would keep nobody out

    def release(self, *, remove: bool = False) -> None:
        """Let go; `remove` the file too, which only names that are used once may."""
        if self._file < 0:
            return
        if remove and os.name != "nt":
            self.path.unlink(missing_ok=True)
        os.close(self._file)
        self._file = -1
        if remove and os.name == "nt":  # an open file cannot go there
            with contextlib.suppress(OSError):
                self.path.unlink(missing_ok=True)


def _is_at(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def held(path: Path, wait: Callable[[], None]) -> Iterator[None]:
    """Hold the lock on `path`; while somebody else does, `wait` is called again and again: it pauses, or raises."""
    while (lock := FileLock.take(path)) is None:
        wait()
    try:
        yield
    finally:
        lock.release()
