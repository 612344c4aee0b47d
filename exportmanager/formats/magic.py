"""Tells an archive by its first bytes, and not by its name."""

from __future__ import annotations

import io
import tarfile
import zlib
from collections.abc import Callable
from enum import Enum

import zstandard

_FEW, _MANY = 512, (128 << 10) + 1024  # zstd gives nothing before a block is whole, which may have 128 KB
_ZIPS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK\x03\x04")
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPED = b"\x2a\x4d\x18"
_WEB_PAGES = (b"<!doctype", b"<html", b"<head", b"<?xml")
_BLOCK = tarfile.BLOCKSIZE


class Form(Enum):
    """What an archive is: a zip, or a tar as it is or compressed."""

    ZIP = "zip"
    TAR = "tar"
    GZIP = "tar.gz"
    ZSTD = "tar.zst"


def form_of(starts: Callable[[int], bytes]) -> Form | None:
    """What it is of which `starts` gives the first bytes, so many of them or all; None: no archive.

    What is compressed counts where a tar begins in it, or where the beginning is damaged and nobody can tell.
    """
    start = starts(_FEW)
    if start.startswith(_ZIPS):
        return Form.ZIP
    if start.startswith(_GZIP):
        return Form.GZIP if _is_tar_inside(starts(_MANY), _from_gzip) else None
    if start.startswith(_ZSTD) or start[1:4] == _ZSTD_SKIPPED:
        return Form.ZSTD if _is_tar_inside(starts(_MANY), _from_zstd) else None
    return Form.TAR if _is_tar(start) else None


def is_web_page(start: bytes) -> bool:
    """Whether these are the first bytes of a page that tells of a failed download."""
    return start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_WEB_PAGES)


def _is_tar_inside(start: bytes, unpack: Callable[[bytes], bytes]) -> bool:
    try:
        block = unpack(start)
    except (zlib.error, zstandard.ZstdError):
        return True
    return len(block) < _BLOCK or not block.strip(b"\0") or _is_tar(block)


def _from_gzip(start: bytes) -> bytes:
    return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(start, _BLOCK)


def _from_zstd(start: bytes) -> bytes:
    return zstandard.ZstdDecompressor().stream_reader(io.BytesIO(start), read_across_frames=True).read(_BLOCK)


def _is_tar(block: bytes) -> bool:
    if block[257:262] == b"ustar":
        return True
    try:
        tarfile.TarInfo.frombuf(block[:_BLOCK], "utf-8", "surrogateescape")  # one of 1979 has nothing but a checksum
    except (tarfile.HeaderError, ValueError):
        return False
    return True
