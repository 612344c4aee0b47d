"""The files of a project for the reader of guides: from a tree on its way in, and from a package of the library."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import BinaryIO

from exportmanager.core.errors import BadSource
from exportmanager.core.guide import ProjectFiles
from exportmanager.core.trees import EntryKind, Findings, Tree, TreeEntry
from exportmanager.formats.untrusted import unreadable
from exportmanager.formats.zip_reading import ZipReader

FILE_LIMIT = 8 << 20
TREE_LIMIT = 64 << 20
"""Bytes that a guide may have in all, and in one file. The largest that is public has 6 MB."""
_SUFFIXES = (".json", ".md", ".html", ".css")


class _TreeFiles:
    """What was kept of a tree, and why some of it was not."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes | BadSource] = {}
        self._paths: list[str] = []
        self._left = TREE_LIMIT

    def paths(self) -> Collection[str]:
        return self._paths

    def read(self, path: str) -> bytes:
        kept = self._kept[path]
        if isinstance(kept, BadSource):
            raise kept
        return kept

    def add(self, entry: TreeEntry) -> None:
        self._paths.append(entry.path)
        if entry.open and entry.path.startswith(".guides/") and entry.path.endswith(_SUFFIXES):
            self._kept[entry.path] = self._bytes(entry.open)

    def _bytes(self, opened: Callable[[], BinaryIO]) -> bytes | BadSource:
        if self._left <= 0:
            return BadSource(f"The guide has more than {TREE_LIMIT >> 20} MB, and no more was read.")
        try:
            with opened() as file:
                data = _up_to(file, FILE_LIMIT + 1)
        except OSError as error:
            return BadSource(f"It was not read, as {unreadable(error)}.")
        if len(data) > FILE_LIMIT:
            return _too_large()
        self._left -= len(data)
        return data


def _up_to(file: BinaryIO, limit: int) -> bytes:
    """The next bytes; an unbuffered file may give less than it was asked for."""
    pieces = []
    while limit and (piece := file.read(limit)):
        pieces.append(piece)
        limit -= len(piece)
    return b"".join(pieces)


def _too_large() -> BadSource:
    return BadSource(f"It has more than {FILE_LIMIT >> 20} MB.")


def files_of_tree(tree: Tree, findings: Findings) -> ProjectFiles:
    """The files of `tree`, read once and now. A guide's texts are kept in memory; pictures are known by path only.

    Raises `BadSource` where the tree cannot be read at all.
    """
    files = _TreeFiles()
    for entry in tree.entries(findings):
        findings.check()
        if entry.kind is not EntryKind.FOLDER:
            files.add(entry)
    return files


class PackageFiles:
    """The files of a package of the library, each read when it is asked for; a context manager, for one thread."""

    def __init__(self, path: Path) -> None:
        self._zip = ZipReader(path)
        try:
            self._members = {member.name: member for member in self._zip.members() if not member.is_folder}
        except BaseException:
            self._zip.__exit__()
            raise

    def __enter__(self) -> PackageFiles:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.__exit__()

    def paths(self) -> Collection[str]:
        """All files and links."""
        return self._members.keys()

    def read(self, path: str) -> bytes:
        """The bytes of a file, pictures too.

        Raises `KeyError` where there is none, `BadSource` for more than 8 MB, `Damaged`.
        """
        member = self._members[path]
        if member.is_link:
            raise KeyError(path)
        if member.size > FILE_LIMIT:
            raise _too_large()
        return b"".join(self._zip.unpacked_chunks(member))


def files_of_package(path: Path) -> PackageFiles:
    """The files of the package at `path`. Raises `Damaged`, `OSError`."""
    return PackageFiles(path)
