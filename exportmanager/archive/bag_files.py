"""Opens a bag wherever it lies: in a zip of ours, in somebody else's, in an encrypted one, or as plain files."""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from io import BytesIO, FileIO
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

from exportmanager.archive.decrypting import Plain, decrypted
from exportmanager.core.errors import BadSource, Damaged, NotFound
from exportmanager.core.trees import EntryKind
from exportmanager.formats import bags
from exportmanager.formats.ahead import ahead
from exportmanager.formats.containers import Container, open_container
from exportmanager.formats.files import file_sha256, forget_cached, is_there
from exportmanager.formats.untrusted import printable
from exportmanager.formats.zip_back import Hashes, Inflate, ZipBack, content_of, strictly
from exportmanager.formats.zip_layout import Layout, layout_of
from exportmanager.formats.zip_records import Member

ALGORITHMS: Mapping[str, Callable[..., Any]] = {
    name: getattr(hashlib, name) for name in ("sha256", "sha512", "sha1", "md5", "sha224", "sha384")
}
"""The hashes of manifests that are known here, by their names in BagIt."""
_PIECE = _SMALL = 1 << 20
_BATCH = 64
_READ_LIMIT = 1 << 30
_NO_FILE = "it is not a file, but a link or a device"
Facts = tuple[int, int, int, int, int, int]
"""Of an entry of a zip: mode, time, method, CRC, packed size, size."""


class FileRead(NamedTuple):
    """A file of a bag as it is now: `digests` in the order they were asked for, none if it cannot be read.

    `path` is "" for the archive itself, and begins with ``../`` for what lies outside of the bag's folder.
    """

    path: str
    size: int = 0
    digests: tuple[str, ...] = ()
    why: str = ""
    facts: Facts | None = None


class BagFiles(Protocol):
    """The files of one bag. `sha256` is that of the archive file once all was read; "" for a folder."""

    total: int
    sha256: str

    def names(self) -> Iterable[str]:
        """The paths of all files."""

    def read(self, path: str) -> bytes:
        """A small file. Raises `KeyError`, `Damaged`."""

    def open(self, path: str) -> BinaryIO:
        """The content of a file. Raises `KeyError`, `Damaged`, `OSError`."""

    def read_back(self, algorithms: Sequence[str], advance: Callable[[int], None]) -> Iterator[FileRead]:
        """Every file, read from its disk; `advance` hears of the bytes of `total`, and may raise to end it."""


@contextmanager
def open_bag(path: Path, passphrase: str | None, inflate: Inflate = strictly) -> Iterator[BagFiles]:
    """The bag at `path`. Raises `NotFound`, `BadSource`, `BadOptions` for the passphrase, `OSError`."""
    if not path.exists():
        raise NotFound(f"{path} is not there.", "Connect its disk, or choose where it is now.")
    with ExitStack() as keep:
        if path.is_dir():
            if not (is_there(path / bags.DECLARATION_NAME) or is_there(path / bags.PAYLOAD)):  # maybe a whole disk
                raise BadSource(f"{path} is no archive: it has no list of its files.", "Choose an archive.")
            yield FolderBag(path)
            return
        plain = keep.enter_context(decrypted(path, passphrase))
        layout = layout_of(plain.at, plain.size)
        if layout:
            yield ZipBag(plain, layout, inflate)
        elif plain.is_encrypted:
            raise BadSource(f"What {path.name} holds is no archive of this program, or it is badly damaged.")
        else:
            yield ForeignBag(path, keep.enter_context(_container(path)))


def _container(path: Path) -> Container:
    try:
        return open_container(path)
    except BadSource as problem:
        what, next_step = f"{path.name} is no archive, or it is badly damaged.", "Choose an archive, or another copy."
        raise BadSource(what, next_step, details=problem.what) from problem


def _root(names: Iterable[str]) -> str:
    """The folder of a zip that the bag is: "" or ending in ``/``."""
    names = list(names)
    declared = [name[: -len(bags.DECLARATION_NAME)] for name in names if name.endswith(bags.DECLARATION_NAME)]
    declared = [root for root in declared if not root or root.endswith("/")]
    if declared:
        return min(declared, key=lambda root: root.count("/"))
    first = {name.partition("/")[0] for name in names if "/" in name}
    return f"{first.pop()}/" if len(first) == 1 else ""


def _below(root: str, name: str) -> str:
    return name[len(root) :] if name.startswith(root) else f"../{name}"


class ZipBag:
    """A bag in a zip of ours: all of its bytes have to be as we write them."""

    def __init__(self, plain: Plain, layout: Layout, inflate: Inflate) -> None:
        self._plain, self._layout, self._inflate = plain, layout, inflate
        self.total = plain.size + plain.outer_size
        self.sha256 = ""
        self._root = _root(member.name for member in layout.members)
        self._members = {_below(self._root, m.name): m for m in layout.members if not m.is_folder}

    def names(self) -> Iterable[str]:
        """The paths of all files."""
        return self._members.keys()

    def read(self, path: str) -> bytes:
        """A small file."""
        member = self._members[path]
        if max(member.packed, member.size) > _READ_LIMIT:
            raise Damaged(f"{printable(path)} is larger than it can be.")
        return content_of(self._plain.at, member)

    def open(self, path: str) -> BinaryIO:
        """The content of a file."""
        return BytesIO(self.read(path))

    def member(self, path: str) -> Member:
        """The entry of a file. Raises `KeyError`."""
        return self._members[path]

    def at(self, offset: int, length: int) -> bytes:
        """So many bytes of the zip, or fewer at its end."""
        return self._plain.at(offset, length)

    def read_back(self, algorithms: Sequence[str], advance: Callable[[int], None]) -> Iterator[FileRead]:
        """Every file."""
        listed = dict(self._layout.wrong)
        for name in sorted(listed.keys() - {member.name for member in self._layout.members}):
            yield FileRead(_below(self._root, name) if name else "", why=listed[name])
        hashes = [ALGORITHMS[name] for name in algorithms]
        zip_ = ZipBack(self._plain.file, self._layout, hashes, advance, self._inflate)
        known: set[str] = set()
        for member, digests, found in zip_.read():
            path, wrong = _below(self._root, member.name), listed.get(member.name) or found
            if member.is_folder:
                if wrong or member.size:
                    yield FileRead(path, why=wrong or "it is a folder that holds bytes")
                continue
            twice = "it stands in the archive twice" if path in known else ""
            known.add(path)
            why = _NO_FILE if member.is_link else wrong or twice
            facts = member.mode, member.modified, member.method, member.crc, member.packed, member.size
            yield FileRead(path, member.size, digests, why, facts if self._layout.has_modes else None)
        if wrong_around := self._plain.wrong():
            yield FileRead("", why=wrong_around)
        self.sha256 = self._plain.outer_sha256(advance) if self._plain.is_encrypted else zip_.sha256.hexdigest()


class FolderBag:
    """A bag as plain files. Systems that take letters with marks apart get their names put together again."""

    def __init__(self, root: Path) -> None:
        self._root, self.sha256 = root, ""
        self._files: dict[str, tuple[str, int]] = {}
        found = sorted(_files_below(str(root), ""), key=lambda file: not unicodedata.is_normalized("NFC", file[0]))
        for name, size in found:  # no file hides another one
            together = unicodedata.normalize("NFC", name)
            self._files[name if together in self._files else together] = name, size
        self.total = sum(max(size, 0) for _, size in self._files.values())

    def names(self) -> Iterable[str]:
        """The paths of all files."""
        return self._files.keys()

    def read(self, path: str) -> bytes:
        """A small file."""
        name, size = self._files[path]
        if size < 0:
            raise Damaged(f"{printable(path)} is no file.")
        return (self._root / name).read_bytes()

    def open(self, path: str) -> BinaryIO:
        """The content of a file."""
        return (self._root / self._files[path][0]).open("rb")

    def read_back(self, algorithms: Sequence[str], advance: Callable[[int], None]) -> Iterator[FileRead]:
        """Every file."""
        makers = [ALGORITHMS[name] for name in algorithms]
        for seen in ahead(partial(self._seen, makers), self._batches(makers, advance)):
            advance(sum(found.size for found in seen if found.size <= _SMALL))
            yield from seen

    def _batches(self, makers: Hashes, advance: Callable[[int], None]) -> Iterator[list[Any]]:
        """Small files come in batches of their names; large ones were read already."""
        batch: list[str] = []
        for path, (_, size) in self._files.items():
            if 0 <= size <= _SMALL:
                batch.append(path)
            else:
                yield [self._read(path, makers, advance) if size > 0 else FileRead(path, why=_NO_FILE)]
            if len(batch) == _BATCH:
                yield batch
                batch = []
        yield batch

    def _seen(self, makers: Hashes, batch: list[Any]) -> list[FileRead]:
        return [found if isinstance(found, FileRead) else self._read(found, makers) for found in batch]

    def _read(self, path: str, makers: Hashes, advance: Callable[[int], None] | None = None) -> FileRead:
        """A file at once, or piece by piece if somebody wants to hear of it."""
        try:
            with open(f"{self._root}/{self._files[path][0]}", "rb", buffering=0) as file:  # noqa: PTH123 - very many
                forget_cached(file.fileno())
                if advance:
                    return _streamed(path, file, makers, advance)
                content = file.readall()
        except OSError as error:
            return FileRead(path, why=f"it cannot be read: {error.strerror or error}")
        return FileRead(path, len(content), tuple(make(content).hexdigest() for make in makers))


def _files_below(folder: str, prefix: str) -> Iterator[tuple[str, int]]:
    """Each file with its size, by name; -1 for what is none. Links are not followed."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _files_below(entry.path, f"{prefix}{entry.name}/")
        else:
            info = entry.stat(follow_symlinks=False)
            yield f"{prefix}{entry.name}", info.st_size if stat.S_ISREG(info.st_mode) else -1


def _streamed(path: str, file: BinaryIO | FileIO, makers: Hashes, advance: Callable[[int], None]) -> FileRead:
    """A file too large for memory."""
    shas = [make() for make in makers]
    size = 0
    while piece := file.read(_PIECE):
        size += len(piece)
        for sha in shas:
            sha.update(piece)
        advance(len(piece))
    return FileRead(path, size, tuple(sha.hexdigest() for sha in shas))


class ForeignBag:
    """A bag in a zip that another program wrote, such as one that was unpacked and packed again."""

    def __init__(self, path: Path, container: Container) -> None:
        self._path, self._container = path, container
        self.sha256 = ""
        files = [entry for entry in container.entries if entry.kind is not EntryKind.FOLDER]
        self._root = _root(entry.path for entry in files)
        self._files = {_below(self._root, entry.path): entry for entry in files}
        self.total = sum(entry.size for entry in files) + path.stat().st_size

    def names(self) -> Iterable[str]:
        """The paths of all files."""
        return self._files.keys()

    def read(self, path: str) -> bytes:
        """A small file."""
        try:
            return self._container.read(self._files[path].path, _READ_LIMIT)
        except BadSource as problem:
            raise Damaged(problem.what) from problem

    def open(self, path: str) -> BinaryIO:
        """The content of a file, whole in memory: two of them may be open at a time."""
        return BytesIO(self.read(path))

    def read_back(self, algorithms: Sequence[str], advance: Callable[[int], None]) -> Iterator[FileRead]:
        """Every file."""
        for left in self._container.left_out:
            yield FileRead(_below(self._root, left.path), why=left.why)
        makers = [ALGORITHMS[name] for name in algorithms]
        for path, entry in self._files.items():
            if entry.kind is not EntryKind.FILE:
                yield FileRead(path, why=_NO_FILE)
                continue
            try:
                with self._container.open(entry.path) as file:
                    yield _streamed(path, file, makers, advance)
            except BadSource as problem:
                yield FileRead(path, why=problem.what)
        self.sha256 = file_sha256(self._path, advance)
