"""Files kept together: a package, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class PackedFile(NamedTuple):
    """A file or link in a package: `size` in bytes, `mode` its permission bits, `link` where a link points."""

    path: str
    size: int
    mode: int
    sha256: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Package:
    """Files kept as one immutable zip, named by its SHA-256; `portable` when every name in it suits every system.

    `longest_path` is in UTF-16 units.
    """

    sha256: str
    packed_bytes: int
    files: int
    bytes: int
    portable: bool
    longest_path: int
