"""Bytes for people: in rows of sixteen, as numbers and as letters."""

from __future__ import annotations

ROW = 16


def hex_rows(data: bytes, start: int = 0) -> list[str]:
    """Rows of `data`, which lies from byte `start` (a multiple of 16) of a file on."""
    return [_row(data[at : at + ROW], start + at) for at in range(0, len(data), ROW)]


def _row(piece: bytes, at: int) -> str:
    letters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in piece)
    return f"{at:08x}  {piece[:8].hex(' '):<23}  {piece[8:].hex(' '):<23}  {letters}"
