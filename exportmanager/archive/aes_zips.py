"""Opens zips that are encrypted (WinZip AE-2, by pyzipper), and tells whether what is encrypted was changed.

It is loaded when there is one to open, and not at every start: pyzipper takes its time.
"""

from __future__ import annotations

import errno
import os
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyzipper

from exportmanager.core.errors import BadOptions, BadSource

_HEADER = struct.Struct("<4s5H3L2H")
_RECORD = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_SIZES = struct.Struct("<2H2Q")
_AES = struct.pack("<3H2sBH", 0x9901, 7, 2, b"AE", 3, 0)
"""Headers of a zip (APPNOTE.TXT 4.3), and what says in them how a file is encrypted (AE-2, AES-256)."""
_AES_256, _AROUND = 3, 28
"""The strength of the encryption, and the bytes that it takes besides: for salt, password and code."""
_VERSION, _UNIX, _METHOD, _DAY, _MODE = 20, 3 << 8, 99, 0x21, 0o600 << 16
_LIMIT = (1 << 31) - (1 << 17)
"""Bytes of a file beyond which there may be headers of zip64."""
_BROKEN = (zipfile.BadZipFile, pyzipper.BadZipFile, NotImplementedError, ValueError, struct.error)
"""What pyzipper raises of a zip that is damaged."""


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The zip at `path`, as pyzipper has it. Raises `BadSource`, `OSError`."""
    try:
        outer = _Outer(path)
    except _BROKEN as error:
        raise _damaged(path.name, str(error)) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # where it says that its list of files lies before its beginning
            raise
        raise _damaged(path.name, str(error)) from error
    with outer:
        yield outer


def opened_member(outer: Any, member: Any, passphrase: str, name: str) -> Any:
    """A member of it, open; `was_changed` tells in the end whether it was. `name` is that of the zip.

    Raises `BadOptions` for the passphrase, `BadSource`.
    """
    if not _is_sound(member, outer.fp.seek(0, os.SEEK_END)):
        raise _damaged(name, "what stands in it of its one file cannot be so")
    try:
        return outer.open(member, pwd=passphrase.encode())
    except RuntimeError as error:  # what pyzipper says to a wrong passphrase
        raise BadOptions(
            f"The passphrase does not open {name}.",
            "Type it again; if it is right, the beginning of the archive is damaged: use another copy.",
        ) from error
    except _BROKEN as error:
        raise _damaged(name, str(error)) from error


def _is_sound(member: Any, size: int) -> bool:
    """Whether a member is encrypted as we do it, and can lie in a file of `size` bytes: then all of it can be read."""
    return (
        member.is_encrypted
        and (member.wz_aes_strength, member.compress_type) == (_AES_256, zipfile.ZIP_STORED)
        and member.compress_size == member.file_size + _AROUND
        and 0 <= member.header_offset <= size - _HEADER.size - member.compress_size
    )


def is_framed(path: Path, member: Any) -> bool:
    """Whether what stands around the one file of the zip at `path` is, byte for byte, what was written there.

    Of a large one only its end is looked at.
    """
    with path.open("rb") as file:
        if member.compress_size > _LIMIT:
            file.seek(-_END.size, os.SEEK_END)
            return file.read(4) == b"PK\5\6"
        before, after = _frame(member.orig_filename.encode(), member.file_size)
        begin = file.read(len(before))
        file.seek(member.compress_size, os.SEEK_CUR)
        return (begin, file.read(len(after) + 1)) == (before, after)


def _frame(name: bytes, size: int) -> tuple[bytes, bytes]:
    """What pyzipper writes before and after the file `name` of so many bytes, in a zip of its own."""
    packed, flags = size + _AROUND, 1 if name.isascii() else 0x801
    before = _HEADER.pack(
        b"PK\3\4", _VERSION, flags, _METHOD, 0, _DAY, 0, packed, size, len(name), _SIZES.size + len(_AES)
    )
    before += name + _SIZES.pack(1, 16, size, packed) + _AES
    record = _RECORD.pack(
        b"PK\1\2", _UNIX | _VERSION, _VERSION, flags, _METHOD, 0, _DAY, 0, packed, size, len(name), len(_AES),
        0, 0, 0, _MODE, 0,
    ) + name + _AES  # fmt: skip
    return before, record + _END.pack(b"PK\5\6", 0, 0, 1, 1, len(record), len(before) + packed, 0)


def _damaged(name: str, why: str) -> BadSource:
    return BadSource(f"{name} is damaged: it cannot be opened.", "Use another copy.", details=why)


class _Inner(pyzipper.zipfile_aes.AESZipExtFile):  # type: ignore[misc]
    """The zip within. That it was changed is remembered, and not raised: what is damaged in it is to be named."""

    was_changed = False

    def check_wz_aes(self) -> None:
        """Compares the code that all of it must give."""
        try:
            super().check_wz_aes()
        except pyzipper.BadZipFile:
            self.was_changed = True

    def check_crc(self) -> None:
        """Compares a code that only other programs write."""
        try:
            super().check_crc()
        except pyzipper.BadZipFile:
            self.was_changed = True


class _Outer(pyzipper.AESZipFile):  # type: ignore[misc]
    """The encrypted archive."""

    zipextfile_cls = _Inner
