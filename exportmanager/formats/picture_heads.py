"""What kind of picture a file is and how large it would be on screen, by its first bytes and without drawing it."""

from __future__ import annotations

import struct
from typing import NamedTuple

PIXELS = 100_000_000
"""Of the largest picture that is drawn."""
_JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


class Head(NamedTuple):
    """The kind of a picture, and its size in pixels."""

    form: str
    width: int
    height: int

    @property
    def is_too_large(self) -> bool:
        """Whether drawing it would take more memory than there may be."""
        return self.width * self.height > PIXELS or not self.width or not self.height


def picture_head(data: bytes) -> Head | None:
    """The head of a PNG, JPEG, GIF, WebP or BMP picture; None where it is none, or is damaged."""
    try:
        return _head(data)
    except (struct.error, IndexError):
        return None


def _head(data: bytes) -> Head | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Head("PNG", *struct.unpack_from(">2L", data, 16))
    if data[:6] in {b"GIF87a", b"GIF89a"}:
        return Head("GIF", *struct.unpack_from("<2H", data, 6))
    if data.startswith(b"BM") and data[6:10] == b"\0\0\0\0":
        width, height = struct.unpack_from("<2l", data, 18)
        return Head("BMP", abs(width), abs(height))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    return _jpeg(data) if data.startswith(b"\xff\xd8\xff") else None


def _jpeg(data: bytes) -> Head | None:
    at = 2
    while data[at] == 0xFF:
        mark = data[at + 1]
        if mark in _JPEG_FRAMES:
            height, width = struct.unpack_from(">2H", data, at + 5)
            return Head("JPEG", width, height)
        if mark == 0xFF:
            at += 1
        else:
            at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    return None


def _webp(data: bytes) -> Head | None:
    """https://developers.google.com/speed/webp/docs/riff_container"""
    if data[12:16] == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
        return Head("WebP", width, height)
    if data[12:16] == b"VP8L":
        bits = struct.unpack_from("<L", data, 21)[0]
        return Head("WebP", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if data[12:16] == b"VP8 ":
        width, height = struct.unpack_from("<2H", data, 26)
        return Head("WebP", width & 0x3FFF, height & 0x3FFF)
    return None
