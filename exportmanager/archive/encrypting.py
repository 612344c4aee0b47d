"""Encrypts an archive: a zip of one member, AES-256 (WinZip's AE-2), which holds the whole archive, names and all.

Nothing of it is written to the disk unencrypted: the zip within is made piece by piece on its way into the other one.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from exportmanager.core.errors import BadOptions
from exportmanager.exports.pieces.archive import spool
from exportmanager.formats.members import Stream, Within
from exportmanager.formats.zips import DEFLATED, Member, MemberStream, ZipWriter

LEAST = 8
"""Characters of a passphrase."""

_PIECE = 1 << 20
_MOMENT = (1980, 1, 1, 0, 0, 0)
HOW_TO_OPEN = " - how to open.txt"
_TEXT = """\
{name} is encrypted (AES-256, in the zip format of WinZip, "AE-2").

To open it you need the passphrase that was chosen when it was made: without it nobody can open it, nor can the
program that made it. In it lies one file, which is an ordinary zip.

Programs that open it:

  Windows   7-Zip (7-zip.org) or WinZip. Not the Explorer: it does not know this encryption.
  macOS     Keka (keka.io) or The Unarchiver (theunarchiver.com). Not the Finder's own Archive Utility.
  Linux     7-Zip, in a terminal:  7z x "{name}"

Unpack the zip that comes out of it too, and open index.html in its folder.
"""


def check_passphrase(passphrase: str) -> str:
    """The passphrase, if it can be one. Raises `BadOptions`."""
    if len(passphrase) < LEAST:
        raise BadOptions(f"A passphrase has at least {LEAST} characters.", "Take several words, and write them down.")
    if not passphrase.isprintable() or passphrase != passphrase.strip():
        raise BadOptions(
            "A passphrase has no control characters, and no space at either end.", "Type it again without them."
        )
    return passphrase


def how_to_open(name: str) -> str:
    """What stands beside an encrypted archive, the file `name`."""
    return _TEXT.format(name=name)


class _Counted:
    """The open end of the member; a zip writer asks where it is."""

    def __init__(self, out: Any) -> None:
        self._out = out
        self._size = 0

    def write(self, data: bytes) -> int:
        self._size += len(data)
        self._out.write(bytes(data))
        return len(data)

    def tell(self) -> int:
        return self._size


class Forward(Within):
    """A zip that is written from front to back: a file whose length is unknown waits until it is known."""

    def __init__(self, out: ZipWriter) -> None:
        super().__init__(out, "")

    @contextmanager
    def stream(self, name: str, *, mode: int = 0o644, modified: int = 0) -> Iterator[Stream]:
        """Add a file of unknown length."""
        with spool() as kept:
            stream = MemberStream(kept)
            yield stream
            stream.end()
            kept.seek(0)
            packed, size = stream.packed, stream.size
            member = Member(name, stream.crc, packed, size, DEFLATED, stat.S_IFREG | mode, modified, 0)
            self.copy_chunks(name, member, iter(lambda: kept.read(_PIECE), b""))


@contextmanager
def encrypted(out: BinaryIO, inner: str, passphrase: str) -> Iterator[Forward]:
    """Write an encrypted zip to `out`, open and empty: what this gives takes the members of the zip `inner` in it."""
    import pyzipper  # it takes its time to load, and few encrypt

    with pyzipper.AESZipFile(out, "w", pyzipper.ZIP_STORED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(check_passphrase(passphrase).encode())
        info = archive.zipinfo_cls(inner, _MOMENT)
        try:
            with archive.open(info, "w", force_zip64=True) as member, _zip_into(member) as writer:
                yield Forward(writer)
        except BaseException:
            archive.fp = None  # it is never finished: closing it would say no more than that
            raise


def _zip_into(member: Any) -> ZipWriter:
    return ZipWriter(_Counted(member))  # type: ignore[arg-type]  # it writes and tells, and is never asked to seek
