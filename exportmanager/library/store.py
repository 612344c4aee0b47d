"""Where packages lie: immutable zips, each named by its SHA-256, whole or not there."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import BinaryIO

from exportmanager.formats.files import file_sha256, sync_folder


class PackageDraft:
    """A package being written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self.file: BinaryIO = os.fdopen(os.open(path, flags, 0o600), "w+b", buffering=1 << 18)

    def close(self) -> None:
        """Bring it to the disk."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()

    def discard(self) -> None:
        """Remove it."""
        if not self.file.closed:
            with contextlib.suppress(OSError):  # a full disk refuses the last buffer; the file goes anyway
                self.file.close()
        self.path.unlink(missing_ok=True)


class PackageStore:
    """The folder of packages: ``ab/ab12....zip``.

    `is_left`: one that should have gone is there still, because a program has it open, and a later sweep removes it.
    """

    def __init__(self, folder: Path) -> None:
        self.is_left = False
        self._folder = folder
        self._drafts = folder / "drafts"
        self._made: set[Path] = set()

    def path(self, sha256: str) -> Path:
        """Where a package lies."""
        return self._folder / sha256[:2] / f"{sha256}.zip"

    def is_whole(self, sha256: str, advance: Callable[[int], None] = lambda _: None) -> bool:
        """Whether a package is there, and what its name says. `advance` gets the bytes of each piece that was read."""
        try:
            return file_sha256(self.path(sha256), advance) == sha256
        except OSError:
            return False

    def new_draft(self) -> PackageDraft:
        """A file to write a package into."""
        self._make(self._drafts)
        return PackageDraft(self._drafts / f"{uuid.uuid4().hex}.part")

    def adopt(self, draft: PackageDraft, sha256: str) -> bool:
        """Give a written package its name; False where it was there. `sync` must follow before a row names it."""
        path = self.path(sha256)
        if self.is_whole(sha256):
            draft.discard()
            return False
        self._make(path.parent)
        draft.path.replace(path)
        return True

    def _make(self, folder: Path) -> None:
        """Make a folder; nobody removes one, so that asking once is enough."""
        if folder not in self._made:
            folder.mkdir(parents=True, exist_ok=True)
            self._made.add(folder)

    def sync(self, packages: Iterable[str]) -> None:
        """Bring the names of `packages` to the disk."""
        for folder in sorted({self.path(sha256).parent for sha256 in packages}):
            sync_folder(folder)
        sync_folder(self._folder)

    def remove(self, sha256: str) -> None:
        """Remove a package that no row names."""
        self._remove(self.path(sha256))

    def _remove(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except PermissionError:  # Windows removes nothing that a program has open
            self.is_left = True

    def sweep(self, named: Collection[str]) -> None:
        """Remove the drafts and packages that no row names. Nobody may be importing."""
        self.is_left = False
        for draft in self._drafts.glob("*.part"):
            self._remove(draft)
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*.zip"):
            if len(path.stem) == 64 and path.stem not in named:
                self._remove(path)
