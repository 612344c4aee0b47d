"""Writes workspaces as archives: .zip, .tar.gz, .tgz and .tar.zst with fixed times and owners."""

import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import zstandard

PLAIN, PROGRAM = 0o644, 0o755
OWNER = 1000
UNIX, FOLDER_OF_DOS = 3, 0x10


@dataclass(frozen=True)
class Member:
    """A file (data), a folder (no data, a name that ends with a slash) or a symbolic link (target) in an archive."""

    name: str
    data: bytes = b""
    mode: int = PLAIN
    target: str = ""


def pack(members: Iterable[Member], suffix: str, at: datetime, prefix: str = "") -> bytes:
    """Pack members into an archive of the kind that its suffix says. `prefix` is put before each name, such as `./`."""
    if suffix == ".zip":
        return pack_zip(members, at)
    packed = pack_tar(members, at, prefix)
    if suffix == ".tar.zst":
        return zstandard.ZstdCompressor(level=19, write_checksum=True).compress(packed)
    buffer = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, buffer, mtime=0) as stream:
        stream.write(packed)
    return buffer.getvalue()


def pack_tar(members: Iterable[Member], at: datetime, prefix: str) -> bytes:
    """Write a tar archive in the format of POSIX 2001, which can hold any name in UTF-8."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for member in members:
            info = tarfile.TarInfo(prefix + member.name.rstrip("/"))
            info.mtime, info.mode = int(at.timestamp()), member.mode
            info.uid, info.gid, info.uname, info.gname = OWNER, OWNER, "student", "student"
            info.size = len(member.data)
            if member.target:
                info.type, info.linkname, info.mode = tarfile.SYMTYPE, member.target, 0o777
            elif member.name.endswith("/"):
                info.type, info.mode = tarfile.DIRTYPE, PROGRAM
            archive.addfile(info, io.BytesIO(member.data))
    return buffer.getvalue()


def pack_zip(members: Iterable[Member], at: datetime) -> bytes:
    """Write a zip archive as Unix programs do: with permissions, and in UTF-8."""
    buffer = io.BytesIO()
    when = (at.year, at.month, at.day, at.hour, at.minute, at.second // 2 * 2)
    with zipfile.ZipFile(buffer, "w") as archive:
        for member in members:
            info = zipfile.ZipInfo(member.name, when)
            kind = stat.S_IFDIR | PROGRAM if member.name.endswith("/") else stat.S_IFREG | member.mode
            info.create_system, info.external_attr = UNIX, kind << 16 | (FOLDER_OF_DOS if info.is_dir() else 0)
            info.compress_type = zipfile.ZIP_DEFLATED if member.data else zipfile.ZIP_STORED
            archive.writestr(info, member.data, compresslevel=9)
    return buffer.getvalue()
