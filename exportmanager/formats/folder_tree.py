"""The files below a folder: links are looked at and never followed, whatever happens to the folder meanwhile."""

from __future__ import annotations

import errno
import io
import os
import stat
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from exportmanager.core.trees import EntryKind, TreeEntry
from exportmanager.formats.counting import Counter
from exportmanager.formats.listing import Item, Listing, Notes
from exportmanager.formats.stretches import Stretch, stretch_of
from exportmanager.formats.untrusted import too_long, unreadable

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


@dataclass(frozen=True, slots=True)
class _There:
    """How the system calls a file, which may be no text, its permissions, and where it leads if it is a link."""

    name: str
    mode: int
    target: str


class Folder:
    """A folder, listed. Several threads may read it, until `close`."""

    def __init__(self, folder: Path, notes: Notes, counter: Counter) -> None:
        items: Iterable[Item[_There]] = ()
        self._root: _Root | None = None
        try:
            self._root = _Root(folder)
            items = _found(self._root, notes, counter)
        except OSError as error:
            notes.leave_out(_ITSELF, unreadable(error))
        try:
            self.listing = Listing(items, notes, counter)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of it."""
        if self._root:
            self._root.close()

    def entry(self, item: Item[_There], path: str) -> TreeEntry:
        """The entry for an item, with a path of its own."""
        there = item.where
        return TreeEntry(
            path=path,
            kind=item.kind,
            size=item.size,
            mode=there.mode,
            modified=item.modified,
            link=there.target,
            open=partial(self.open, item) if item.kind is EntryKind.FILE else None,
        )

    def open(self, item: Item[_There]) -> BinaryIO:
        """The bytes of a file. Raises `OSError`."""
        assert self._root, "where there is no folder, there are no items"
        return self._root.open(item.where.name)

    def window(self, item: Item[_There], keep: ExitStack) -> Stretch:
        """The bytes of a file, until `keep` closes it. Raises `OSError`."""
        return stretch_of(keep.enter_context(self.open(item)))


def _found(root: _Root, notes: Notes, counter: Counter) -> Iterator[Item[_There]]:
    """Everything below, folders too; what cannot be listed is noted."""
    todo = [("", 0)]
    while todo:
        folder, modified = todo.pop()
        try:
            items = root.items(folder)
        except OSError as error:
            notes.leave_out(folder or _ITSELF, unreadable(error))
            continue
        if folder:
            yield Item(notes.readable(folder), EntryKind.FOLDER, 0, modified, _There(folder, 0o755, ""))
        for item in items:
            notes.check()
            path = f"{folder}/{item.name}" if folder else item.name
            counter.entry(path)
            if why := item.why or too_long(path):
                notes.leave_out(path, why)
            elif item.info and stat.S_ISDIR(item.info.st_mode):
                todo.append((path, int(item.info.st_mtime)))
            elif found := _item_of(path, item, notes, counter):
                yield found


def _item_of(path: str, item: _Item, notes: Notes, counter: Counter) -> Item[_There] | None:
    info = item.info
    assert info is not None, "what the system tells nothing about has a reason"
    there = _There(path, info.st_mode & 0o777, item.target)
    modified = int(info.st_mtime)
    if stat.S_ISLNK(info.st_mode):
        return Item(notes.readable(path), EntryKind.LINK, 0, modified, there)
    if not stat.S_ISREG(info.st_mode):
        notes.leave_out(path, "it is a device, pipe or socket")
        return None
    counter.add(info.st_size)
    return Item(notes.readable(path), EntryKind.FILE, info.st_size, modified, there)


class _Root:
    """A folder that is held open. Where the system can, every way below starts from it and refuses links at each step.

    A path alone would not do: a folder in its middle may be replaced by a link after it was listed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._root = os.open(folder, _FOLDER) if _STEPS else -1
        self._near, self._near_path = self._root, ""  # the folder that was last asked for: files of one come together
        self._one_at_a_time = threading.Lock()

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
            with self._one_at_a_time:
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
