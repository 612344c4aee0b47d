"""The list of SHA-256 at the end of an archive, as ``sha256sum -c`` reads it (GNU coreutils)."""

from __future__ import annotations

MANIFEST = "manifest-sha256.txt"


def manifest_line(sha256: str, name: str) -> str:
    """The line of one file. Names in archives are portable, so none needs the escapes of ``sha256sum``."""
    return f"{sha256}  {name}\n"


def read_manifest(text: str) -> dict[str, str]:
    """The SHA-256 of each file, by name."""
    return {line[66:]: line[:64] for line in text.split("\n") if line}
