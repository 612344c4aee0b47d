"""Archives as strangers make them, byte by byte where need be, and what our readers make of them."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import zstandard

from exportmanager.core.errors import BadSource
from exportmanager.core.trees import DEFAULT_LIMITS, EntryKind, Findings, Limits
from exportmanager.formats.archives import open_tree

TAR_PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".tar.gz": lambda data: gzip.compress(data, mtime=0),
    ".tar.zst": zstandard.ZstdCompressor(write_checksum=True).compress,  # as the zstd program does
}


@dataclass(frozen=True)
class Found:
    """An entry with its bytes."""

    kind: EntryKind
    content: bytes = b""
    link: str = ""
    mode: int = 0
    modified: int = 0


@dataclass(frozen=True)
class Reading:
    """What a reader gave: entries by path in their order, and what was left out and why."""

    entries: dict[str, Found]
    left_out: dict[str, str]

    @property
    def files(self) -> dict[str, bytes]:
        return {path: found.content for path, found in self.entries.items() if found.kind is EntryKind.FILE}

    @property
    def links(self) -> dict[str, str]:
        return {path: found.link for path, found in self.entries.items() if found.kind is EntryKind.LINK}

    @property
    def folders(self) -> list[str]:
        return [path for path, found in self.entries.items() if found.kind is EntryKind.FOLDER]


def read(path: Path, limits: Limits = DEFAULT_LIMITS) -> Reading:
    """Everything that `open_tree` gives, read to the end."""
    findings, entries = Findings(), {}
    for entry in open_tree(path, limits).entries(findings):
        content = b""
        if entry.kind is EntryKind.FILE:
            assert entry.open is not None
            with entry.open() as file:
                content = file.read()
        assert entry.path not in entries
        entries[entry.path] = Found(entry.kind, content, entry.link, entry.mode, entry.modified)
    assert list(entries) == sorted(entries)
    return Reading(entries, {gap.what: gap.why for gap in findings.gaps})


def refusal(path: Path, limits: Limits = DEFAULT_LIMITS) -> str:
    """Why the archive at `path` is refused whole."""
    with pytest.raises(BadSource) as raised:
        read(path, limits)
    assert raised.value.what.endswith(".")
    return raised.value.what


def zip_info(name: str, mode: int = 0o100644, system: int = 3) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (2026, 3, 2, 12, 0, 0))
    info.create_system = system
    info.external_attr = mode << 16
    return info


Item = tuple[str, bytes] | tuple[zipfile.ZipInfo, bytes]


def zip_bytes(*items: Item, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for info, content in items:
            archive.writestr(zip_info(info) if isinstance(info, str) else info, content, compress_type=method)
    return out.getvalue()


def tar_info(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", mode: int = 0o644) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode, info.mtime = kind, link, mode, 1_772_000_000
    return info


def tar_bytes(*items: tuple[str | tarfile.TarInfo, bytes], form: int = tarfile.GNU_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, encoding="utf-8", errors="surrogateescape") as archive:
        for item, content in items:
            info = tar_info(item) if isinstance(item, str) else item
            if info.isreg():
                info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def saved(folder: Path, suffix: str, data: bytes) -> Path:
    path = folder / f"s1{suffix}"
    path.write_bytes(data)
    return path


def saved_tar(folder: Path, suffix: str, *items: tuple[str | tarfile.TarInfo, bytes]) -> Path:
    return saved(folder, suffix, TAR_PACKERS[suffix](tar_bytes(*items)))


def archive_of(folder: Path, suffix: str, *items: tuple[str, bytes]) -> Path:
    """A zip or tar with these files."""
    return saved(folder, ".zip", zip_bytes(*items)) if suffix == ".zip" else saved_tar(folder, suffix, *items)
