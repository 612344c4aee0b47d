"""Hashing files in pieces and bringing folders to the disk."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

_CHUNK = 1 << 20


def hash_file(file: BinaryIO, sha: Any, advance: Callable[[int], None] = lambda _: None) -> tuple[int, str]:
    """The number of bytes from here to the end of `file`, and their hash in hex. `advance` gets the bytes of each piece."""
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
        return hash_file(file, hashlib.sha256(), advance)[1]  # type: ignore[arg-type]


def sync_folder(folder: Path) -> None:
    """Bring a folder's list of names to the disk, where the system knows how (Windows does it by itself)."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):  # some network disks cannot
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)
