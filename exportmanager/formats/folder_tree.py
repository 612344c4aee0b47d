"""The files below a folder: links are looked at and never followed, whatever happens to the folder meanwhile."""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from exportmanager.core.trees import DEFAULT_LIMITS, EntryKind, Findings, Limits, TreeEntry
from exportmanager.formats.untrusted import Counter, checked, printable, readable, too_long, unreadable

_NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_FILE = os.O_RDONLY | _NO_LINKS | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)  # a pipe must not block
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_STEPS = os.open in os.supports_dir_fd
_JUNCTION = 0xA0000003  # IO_REPARSE_TAG_MOUNT_POINT
_CHANGED = "it changed while it was read"
_ITSELF = "the folder itself"


@dataclass(frozen=True, slots=True)
class _Item:
    """What stands in a folder; `target` is a link's, `why` says that the system told nothing about it."""

    name: str
    info: os.stat_result | None
    target: str = ""
    why: str = ""


class FolderTree:
    """The files below a folder; see the module."""

    def __init__(self, folder: Path, limits: Limits = DEFAULT_LIMITS) -> None:
        self._folder, self._limits = folder, limits

    def entries(self, findings: Findings) -> Iterator[TreeEntry]:
        """All files, links and empty folders, sorted by path. Raises `HostileArchive` for more than `Limits`."""
        try:
            root = _Root(self._folder)
        except OSError as error:
            findings.left_out(_ITSELF, unreadable(error))
            return
        counter = Counter(self._limits)
        try:
            yield from checked(_found(root, findings, counter), findings, counter)
        finally:
            root.close()


def _found(root: _Root, findings: Findings, counter: Counter) -> Iterator[TreeEntry]:
    """Everything below, folders too; those that cannot be listed get a finding."""
    todo = [("", 0)]
    while todo:
        folder, modified = todo.pop()
        try:
            items = root.items(folder)
        except OSError as error:
            findings.left_out(printable(folder) or _ITSELF, unreadable(error))
            continue
        if folder:
            yield TreeEntry(path=readable(folder, findings), kind=EntryKind.FOLDER, mode=0o755, modified=modified)
        for item in items:
            findings.check()
            path = f"{folder}/{item.name}" if folder else item.name
            counter.entry(path)
            if why := item.why or too_long(path):
                findings.left_out(printable(path), why)
            elif item.info and stat.S_ISDIR(item.info.st_mode):
                todo.append((path, int(item.info.st_mtime)))
            elif entry := _entry(root, path, item, findings, counter):
                yield entry


def _entry(root: _Root, path: str, item: _Item, findings: Findings, counter: Counter) -> TreeEntry | None:
    info = item.info
    assert info is not None, "what the system tells nothing about has a reason"
    modified = int(info.st_mtime)
    if stat.S_ISLNK(info.st_mode):
        return TreeEntry(path=readable(path, findings), kind=EntryKind.LINK, link=item.target, modified=modified)
    if not stat.S_ISREG(info.st_mode):
        findings.left_out(printable(path), "it is a device, pipe or socket")
        return None
    counter.add(info.st_size)
    return TreeEntry(
        path=readable(path, findings),
        size=info.st_size,
        mode=info.st_mode & 0o777,
        modified=modified,
        open=partial(root.open, path),
    )


class _Root:
    """A folder that is held open. Where the system can, every way below starts from it and refuses links at each step.

    A path alone would not do: a folder in its middle may be replaced by a link after it was listed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._root = os.open(folder, _FOLDER) if _STEPS else -1
        self._near, self._near_path = self._root, ""  # the folder that was last asked for: files of one come together

    def close(self) -> None:
        """Let go of it."""
        self._leave()
        if self._root >= 0:
            os.close(self._root)
            self._root = self._near = -1

    def items(self, path: str) -> list[_Item]:
        """What stands in the folder `path` ("": the root). Raises `OSError`."""
        if not _STEPS:
            with os.scandir(self._folder / path) as scan:
                return [_item(entry, None) for entry in scan]
        self._enter(path)
        with os.scandir(self._near) as scan:
            return [_item(entry, self._near) for entry in scan]

    def open(self, path: str) -> BinaryIO:
        """The bytes of the file `path`. Raises `OSError`."""
        if _STEPS:
            folder, _, name = path.rpartition("/")
            self._enter(folder)
            file = _open(name, _FILE, self._near)
        else:
            file = os.open(self._folder / path, _FILE)
        if not stat.S_ISREG(os.fstat(file).st_mode):
            os.close(file)
            raise OSError(None, _CHANGED, path)
        return io.FileIO(file, "rb")

    def _enter(self, path: str) -> None:
        if path == self._near_path:
            return
        self._leave()
        for part in filter(None, path.split("/")):
            inner = _open(part, _FOLDER | _NO_LINKS, self._near)
            self._leave()
            self._near = inner
        self._near_path = path

    def _leave(self) -> None:
        if self._near != self._root:
            os.close(self._near)
        self._near, self._near_path = self._root, ""


def _open(name: str, flags: int, folder: int) -> int:
    try:
        return os.open(name, flags, dir_fd=folder)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENOTDIR}:
            raise OSError(None, _CHANGED, name) from error
        raise


def _item(entry: os.DirEntry[str], folder: int | None) -> _Item:
    try:
        info = entry.stat(follow_symlinks=False)
        if getattr(info, "st_reparse_tag", 0) == _JUNCTION:
            return _Item(entry.name, info, why="it is a junction, which leads to another folder")
        if not stat.S_ISLNK(info.st_mode):
            return _Item(entry.name, info)
        target = os.readlink(entry.path) if folder is None else os.readlink(entry.name, dir_fd=folder)  # noqa: PTH115
        return _Item(entry.name, info, target)
    except OSError as error:
        return _Item(entry.name, None, why=unreadable(error))
