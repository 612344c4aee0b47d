"""Opens what a stranger's folder or archive holds, once, so that several trees can be read from it at the same time."""

from __future__ import annotations

import io
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple, Protocol

from exportmanager.core.errors import BadSource, HostileArchive
from exportmanager.core.trees import DEFAULT_LIMITS, EntryKind, Findings, Limits, Tree, TreeEntry
from exportmanager.formats.counting import Counter, Counts, counts_of
from exportmanager.formats.folder_tree import Folder
from exportmanager.formats.listing import Item, LeftOut, Listing, Notes
from exportmanager.formats.magic import Form, form_of, is_web_page
from exportmanager.formats.stretches import Stretch, spooled, stretch_of
from exportmanager.formats.tar_tree import TarArchive
from exportmanager.formats.untrusted import DAMAGE, PIECE, damaged, printable, unreadable
from exportmanager.formats.zip_tree import ZipArchive

SUFFIXES = (".zip", ".tar.gz", ".tgz", ".tar.zst")
"""How archives are called. This is no proof: `Container.is_archive` looks into them."""

ContainerKind = Literal["folder", "zip", "tar"]


def _go_on() -> None:
    """Nobody wants to stop."""


class ContainerEntry(NamedTuple):
    """A file, link or folder: `path` relative, with ``/`` and safe; `size` in bytes; `modified` seconds since 1970."""

    path: str
    size: int
    kind: EntryKind
    modified: int


class _Archive(Protocol):
    """What is known of a folder or archive."""

    listing: Listing[Any]

    def entry(self, item: Item[Any], path: str) -> TreeEntry:
        """The entry of a tree."""

    def open(self, item: Item[Any]) -> BinaryIO:
        """The bytes of a file."""

    def window(self, item: Item[Any], keep: ExitStack) -> Stretch | None:
        """The bytes of a file where they lie, until `keep` closes them; None where they are compressed."""


class Container:
    """A folder or archive that was listed once; a context manager. Several threads may use it at the same time.

    `entries` are sorted so that what lies in a folder follows it. Folders come as far as the archive names them: those
    that only paths imply do not. Links are listed as they are, and judged where a tree is made of them. `left_out` is
    what cannot be read, with sentences or parts of them why; a tree reports what lies in it, or is refused for it.
    """

    kind: ContainerKind

    def __init__(
        self, archive: _Archive, limits: Limits, counts: Counts, keep: ExitStack, *, is_inner: bool = False
    ) -> None:
        self._archive, self._limits, self._counts, self._keep = archive, limits, counts, keep
        self._is_inner = is_inner
        self.kind = "folder" if isinstance(archive, Folder) else "zip" if isinstance(archive, ZipArchive) else "tar"

    def __enter__(self) -> Container:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files. No tree of it may be read any more, nor any of its files."""
        self._keep.close()

    def close_with(self, keep: ExitStack) -> None:
        """Let go of what `keep` holds too, when this is closed."""
        self._keep.callback(keep.close)

    @cached_property
    def entries(self) -> Sequence[ContainerEntry]:
        """Everything that is listed."""
        return [ContainerEntry(item.path, item.size, item.kind, item.modified) for item in self._archive.listing.items]

    @property
    def left_out(self) -> Sequence[LeftOut]:
        """What cannot be read, and why."""
        return self._archive.listing.left_out

    def open(self, path: str) -> BinaryIO:
        """The bytes of a file, from front to back. Raises `BadSource`, also while reading; `KeyError` for no file."""
        with _told(path):
            file = self._archive.open(self._file(path))
        return io.BufferedReader(file) if isinstance(file, io.RawIOBase) else file

    def read(self, path: str, limit: int) -> bytes:
        """A whole file of at most `limit` bytes. Raises `BadSource`, also for more; `KeyError` for no file."""
        data = self._first(path, limit + 1)
        if len(data) > limit:
            raise BadSource(f"{printable(path)} has more than {limit:,} bytes, and was not read.")
        return data

    def starts(self, path: str, n: int = 512) -> bytes:
        """The first `n` bytes of a file, or all. Raises `BadSource`; `KeyError` for no file."""
        return self._first(path, n)

    def _first(self, path: str, n: int) -> bytes:
        with self.open(path) as file, _told(path):
            return file.read(n)

    def _file(self, path: str) -> Item[Any]:
        item = self._archive.listing.find(path)
        if item.kind is not EntryKind.FILE:
            raise KeyError(path)
        return item

    def tree(self, prefix: str = "") -> Tree:
        """What lies in the folder `prefix` ("": everything), paths relative to it; links must stay inside of it.

        Raises `KeyError` for no folder.
        """
        if not self._archive.listing.holds(prefix):
            raise KeyError(prefix)
        return _FolderOf(self._archive, prefix)

    def is_archive(self, path: str) -> bool:
        """Whether a file is a zip, tar, tar.gz or tar.zst, by its first bytes; by its name if they cannot be read.

        Jars and office documents are zips. In an inner archive nothing is an archive. Raises `KeyError` for no file.
        """
        item = self._file(path)
        if self._is_inner or item.size == 0:
            return False
        try:
            return form_of(lambda n: self.starts(path, n)) is not None
        except BadSource:  # whoever reads it as an archive is told
            return path.lower().endswith(SUFFIXES)

    def inner(self, path: str) -> Tree:
        """The files of an inner archive. What is wrong with it, its tree raises. Raises `KeyError` for no file."""
        self._file(path)
        return _InnerTree(self, path)

    def inner_container(self, path: str, check: Callable[[], None] = _go_on) -> Container:
        """An inner archive, listed; to be closed before this one is. Raises `BadSource`; `KeyError` for no file."""
        item = self._file(path)
        if self._is_inner:
            raise BadSource(f"{printable(path)} lies too deep: it is an archive in an archive in an archive.")
        with ExitStack() as keep:
            data = self._data(item, check, keep)
            counts = self._counts.inner(self._limits, max(data.size, 1))
            archive = _archive(data, Notes(check), counts, keep)
            return Container(archive, self._limits, counts, keep.pop_all(), is_inner=True)

    def _data(self, item: Item[Any], check: Callable[[], None], keep: ExitStack) -> Stretch:
        """The bytes of an inner archive: where they lie, if they are many and not packed; else a copy."""
        with _told(item.path):
            window = self._archive.window(item, keep)
        return window.near() if window else spooled(self._pieces(item, check), keep)

    def _pieces(self, item: Item[Any], check: Callable[[], None]) -> Iterator[bytes]:
        with self._archive.open(item) as file:
            while piece := file.read(PIECE):
                check()
                yield piece


class _FolderOf:
    """The files in a folder of a container."""

    def __init__(self, archive: _Archive, folder: str) -> None:
        self._archive, self._folder = archive, folder

    def entries(self, findings: Findings) -> Iterator[TreeEntry]:
        """All entries, sorted by path. Raises `BadSource`."""
        return self._archive.listing.entries(self._folder, findings, self._archive.entry)


class _InnerTree:
    """The files of an archive in a container, opened only while they are read."""

    def __init__(self, container: Container, path: str) -> None:
        self._container, self._path = container, path

    def entries(self, findings: Findings) -> Iterator[TreeEntry]:
        """All entries, sorted by path. Raises `BadSource`."""
        with self._container.inner_container(self._path, findings.check) as inner:
            yield from inner.tree().entries(findings)


class OpenedTree:
    """The files at a path, opened only while they are read."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path, self._limits = path, limits
        self._opened = _opened_folder if path.is_dir() else _opened_archive

    def entries(self, findings: Findings) -> Iterator[TreeEntry]:
        """All entries, sorted by path. Raises `BadSource`."""
        with self._opened(self._path, self._limits, findings.check) as container:
            yield from container.tree().entries(findings)


def open_container(path: Path, limits: Limits = DEFAULT_LIMITS, check: Callable[[], None] = _go_on) -> Container:
    """What lies at `path`: a folder, zip, tar, tar.gz or tar.zst, told apart by content and never by name.

    `check` is called often while it is listed and may raise to end the work. Raises `BadSource` where it is none of
    these, or must not be read (see `archives`).
    """
    return (_opened_folder if path.is_dir() else _opened_archive)(path, limits, check)


def open_stretch(data: Stretch, limits: Limits = DEFAULT_LIMITS, check: Callable[[], None] = _go_on) -> Container:
    """The same of an archive's bytes, which must stay readable until it is closed."""
    with ExitStack() as keep:
        counts = counts_of(limits, max(data.size, 1))
        return Container(_archive(data, Notes(check), counts, keep), limits, counts, keep.pop_all())


def _opened_folder(path: Path, limits: Limits, check: Callable[[], None]) -> Container:
    with ExitStack() as keep:
        folder = Folder(path, Notes(check), Counter(limits))
        keep.callback(folder.close)
        return Container(folder, limits, counts_of(limits), keep.pop_all())


def _opened_archive(path: Path, limits: Limits, check: Callable[[], None]) -> Container:
    with ExitStack() as keep:
        container = open_stretch(stretch_of(keep.enter_context(_file(path))), limits, check)
        container.close_with(keep.pop_all())
        return container


def _file(path: Path) -> BinaryIO:
    """A file, and nothing else. Raises `BadSource`."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # to open a pipe would wait for ever
            raise BadSource("The archive was not read: it is a device, pipe or socket.")
        return path.open("rb", buffering=0)
    except OSError as error:
        raise BadSource(f"The archive was not read: {unreadable(error)}.") from error


def _archive(data: Stretch, notes: Notes, counts: Counts, keep: ExitStack) -> _Archive:
    """Lists the archive that `data` is. Raises `HostileArchive`."""
    try:
        form = form_of(lambda n: data.at(0, min(n, data.size)))
        if form is Form.ZIP:
            return ZipArchive(data, notes, counts)
        if form is not None:
            return TarArchive(data, form, notes, counts, keep)
    except DAMAGE as error:
        raise damaged(error) from error
    if is_web_page(data.at(0, min(256, data.size))):
        raise HostileArchive("It is a web page and not an archive: the download failed. Download it again.")
    raise HostileArchive("It is neither a zip nor a tar that is whole: it is damaged, or something else.")


@contextmanager
def _told(path: str) -> Iterator[None]:
    """Errors of the system as problems with the file at `path`."""
    try:
        yield
    except OSError as error:
        raise BadSource(f"{printable(path)} was not read: {unreadable(error)}.") from error
