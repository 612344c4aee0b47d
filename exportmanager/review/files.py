"""Opens archives and folders for review, and encrypted archives too: none of their content goes to the disk."""

from __future__ import annotations

import errno
import hashlib
import struct
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from zipfile import ZIP_STORED

from exportmanager.archive.decrypting import decrypted, is_encrypted
from exportmanager.core.errors import BadSource, NotFound, from_os_error
from exportmanager.core.trees import DEFAULT_LIMITS, Limits
from exportmanager.formats.containers import Container, open_container, open_stretch
from exportmanager.formats.stretches import Stretch, stretch_of

OURS = Limits(bytes=1 << 60, ratio_from=1 << 60)
"""For packages, which were looked at when they came in: who reads a file again and again unpacks no bomb."""
_WIDE = Limits(files=2_000_000, bytes=1 << 60, ratio_from=16 << 30)
"""For zips, of which only those files are unpacked that somebody looks at: a file counts whenever it is read."""

# https://www.winzip.com/en/support/aes-encryption/ : salt, two bytes to check the passphrase, data, ten bytes of code
_AES_256, _SALT, _CHECK, _CODE = 3, 16, 2, 10
_KEY, _KEYS, _ROUNDS, _BLOCK = 32, 66, 1000, 16


def go_on() -> None:
    """Nobody wants to stop."""


def opened_file(path: Path, passphrase: str | None, check: Callable[[], None] = go_on) -> Container:
    """What lies at `path`, listed. Raises `NotFound`, `BadSource`, and `BadOptions` for the passphrase.

    `check` is called often meanwhile, and may raise.
    """
    if not path.exists():
        raise NotFound(f"{path} is not there.", "Connect its disk, or choose where it is now.")
    if path.is_dir():
        return open_container(path, check=check)
    try:
        with path.open("rb") as file:
            head = file.read(4)
        if not is_encrypted(path):
            return open_container(path, _WIDE if head == b"PK\x03\x04" else DEFAULT_LIMITS, check)
        return _opened_encrypted(path, passphrase, check)
    except OSError as error:
        if error.errno == errno.EINVAL:  # a place before the beginning of the file
            raise BadSource(f"{path.name} is damaged: it cannot be opened.", "Use another copy.") from error
        raise from_os_error(error, f"reading {path.name}") from error


def _opened_encrypted(path: Path, passphrase: str | None, check: Callable[[], None]) -> Container:
    with decrypted(path, passphrase):  # it says what is wrong with the file or the passphrase
        assert passphrase, "it opens it"
    with ExitStack() as keep:
        container = open_stretch(_decrypted(path, passphrase, keep), _WIDE, check)
        container.close_with(keep.pop_all())
        return container


def _decrypted(path: Path, passphrase: str, keep: ExitStack) -> Stretch:
    """The bytes of the one member of an encrypted zip; any of them can be decrypted without those before."""
    from exportmanager.archive.aes_zips import opened  # it takes its time to load, and few archives are encrypted

    with opened(path) as outer:
        member = outer.infolist()[0]
    if member.compress_type != ZIP_STORED or member.wz_aes_strength != _AES_256:
        raise BadSource(f"{path.name} is encrypted, but it is no archive of this program.")
    data = stretch_of(keep.enter_context(path.open("rb", buffering=0)))
    name, extra = struct.unpack("<26x2H", data.at(member.header_offset, 30))
    start = member.header_offset + 30 + name + extra
    key = hashlib.pbkdf2_hmac("sha1", passphrase.encode(), data.at(start, _SALT), _ROUNDS, _KEYS)[:_KEY]
    packed = data.part(start + _SALT + _CHECK, member.compress_size - _SALT - _CHECK - _CODE)
    return Stretch(partial(_at, packed, key), 0, packed.size)


def _at(packed: Stretch, key: bytes, offset: int, length: int) -> bytes:
    """So many bytes from `offset`: AES in counter mode, little-endian from 1, a count for each block."""
    from Cryptodome.Cipher import AES
    from Cryptodome.Util import Counter

    first = offset // _BLOCK
    counter = Counter.new(8 * _BLOCK, initial_value=first + 1, little_endian=True)
    data = packed.at(first * _BLOCK, offset - first * _BLOCK + length)
    return AES.new(key, AES.MODE_CTR, counter=counter).decrypt(data)[offset - first * _BLOCK :]
