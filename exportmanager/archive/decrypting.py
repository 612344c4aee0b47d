"""Opens an archive that is encrypted (WinZip AE-2, by pyzipper) as the zip within; nothing of it goes to the disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from exportmanager.core.errors import BadOptions, BadSource
from exportmanager.formats.files import file_sha256

_AES = 99
_ENCRYPTED = 1
_CHANGED = "what is encrypted in it was changed"
_AROUND = "something was changed or added around what is encrypted in it"


@dataclass(frozen=True, slots=True)
class Plain:
    """The zip that an archive is or holds. `wrong` says, once all was read, what was changed around or in it; or ""."""

    file: BinaryIO
    size: int
    path: Path
    is_encrypted: bool = False
    wrong: Callable[[], str] = lambda: ""

    def at(self, offset: int, length: int) -> bytes:
        """So many bytes of the zip, or as many as there are."""
        self.file.seek(offset)
        return self.file.read(min(length, max(self.size - offset, 0)))

    @property
    def outer_size(self) -> int:
        """Bytes that are read besides."""
        return self.path.stat().st_size if self.is_encrypted else 0

    def outer_sha256(self, advance: Callable[[int], None]) -> str:
        """The SHA-256 of the file that is encrypted."""
        return file_sha256(self.path, advance)


def is_encrypted(path: Path) -> bool:
    """Whether the file at `path` is a zip whose first file is encrypted. Raises `OSError`."""
    with path.open("rb") as file:
        head = file.read(10)
    return (
        head[:4] == b"PK\x03\x04"
        and int.from_bytes(head[6:8], "little") & _ENCRYPTED == _ENCRYPTED
        and int.from_bytes(head[8:], "little") == _AES
    )


@contextmanager
def decrypted(path: Path, passphrase: str | None) -> Iterator[Plain]:
    """The zip at `path`, or within it. Raises `BadOptions` for the passphrase, `BadSource`, `OSError`."""
    if not is_encrypted(path):
        with path.open("rb") as file:
            yield Plain(file, file.seek(0, os.SEEK_END), path)
        return
    if not passphrase:
        raise BadOptions(f"{path.name} is encrypted.", "Give its passphrase.")
    from exportmanager.archive.aes_zips import is_framed, opened, opened_member  # pyzipper takes its time to load

    with opened(path) as outer:
        members = outer.infolist()
        if len(members) != 1:
            raise BadSource(f"{path.name} is encrypted, but it is no archive of this program.")
        with opened_member(outer, members[0], passphrase, path.name) as inner:
            around = "" if is_framed(path, members[0]) else _AROUND
            yield Plain(inner, members[0].file_size, path, True, lambda: _CHANGED if inner.was_changed else around)
