"""Opens workspaces wherever they lie: in the library, an archive, a file of the shelf, any zip, tar or folder."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, NamedTuple

from exportmanager.core.errors import BadSource, NotFound
from exportmanager.core.package import PackedFile
from exportmanager.core.report import Gap
from exportmanager.core.trees import EntryKind, Findings, TreeEntry
from exportmanager.formats.containers import Container, open_container
from exportmanager.formats.untrusted import is_safe, printable, unreadable
from exportmanager.library.kept_files import Kept
from exportmanager.library.library import Library
from exportmanager.review.files import OURS, go_on, opened_file
from exportmanager.review.lying import Facts, Lying, lying_in
from exportmanager.review.where import Where

_PIECE = 1 << 20


class Entry(NamedTuple):
    """A file, link or empty folder of a workspace: `size` in bytes, `modified` seconds since 1970 (UTC).

    `sha256` is the file's, where that is known without reading it, else "". `link` is where a link points.
    """

    path: str
    size: int
    kind: EntryKind
    modified: int
    mode: int = 0o644
    sha256: str = ""
    link: str = ""


class Opened:
    """A workspace that is open; a context manager. Several threads may read it at the same time, until it is closed.

    `name` is what people call it; `student`, `assignment` and `stack` are "" where they are not known. `package` is the
    SHA-256 of the package in the library: what has the same one is the same. `is_published`: these are starter files.
    """

    def __init__(
        self,
        container: Container,
        folder: str,
        facts: Facts,
        where: Where,
        keep: ExitStack,
        check: Callable[[], None] = go_on,
    ) -> None:
        """`check` raises `NotFound` once the container was closed."""
        self.where = where
        self._check = check
        self.name, self.student, self.assignment = facts.name, facts.student, facts.assignment
        self.stack, self.number, self.package = facts.stack, facts.number, facts.package
        self.is_published = facts.is_published
        self._container, self._folder, self._facts, self._keep = container, folder, facts, keep
        self._lock = threading.Lock()
        self._found: dict[str, TreeEntry] | None = None
        self._by_path: dict[str, Entry] = {}
        self._gaps: Sequence[Gap] = ()

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of it."""
        self._keep.close()

    def entries(self) -> Sequence[Entry]:
        """Everything in it, sorted by path. Raises `BadSource`."""
        self._listed()
        return list(self._by_path.values())

    @property
    def gaps(self) -> Sequence[Gap]:
        """What is not there, and why. Raises `BadSource`."""
        self._listed()
        return self._gaps

    def entry(self, path: str) -> Entry:
        """One entry. Raises `NotFound`, `BadSource`."""
        self._listed()
        if (found := self._by_path.get(path)) is None:
            raise NotFound(f"There is no {printable(path)} in this workspace.", "See the list of its files.")
        return found

    def has(self, path: str) -> bool:
        """Whether there is a file at `path`. Raises `BadSource`."""
        found = self._listed().get(path)
        return found is not None and found.kind is EntryKind.FILE

    def read(self, path: str, limit: int) -> bytes:
        """The first `limit` bytes of a file, or all. Raises `BadSource`; `KeyError` for no file."""
        pieces = []
        with self.stream(path) as file:
            while limit > 0 and (piece := file.read(min(limit, _PIECE))):
                pieces.append(piece)
                limit -= len(piece)
        return b"".join(pieces)

    def stream(self, path: str) -> BinaryIO:
        """A file from front to back. Raises `BadSource`, also while reading; `KeyError` for no file."""
        found = self._listed()[path]
        if found.open is None:
            raise KeyError(path)
        try:
            return found.open()
        except OSError as error:
            raise BadSource(f"{printable(path)} was not read: {unreadable(error)}.") from error

    def archive(self, path: str) -> Container:
        """An archive in it, listed; to be closed before this is. Raises `BadSource`; `KeyError` for no file."""
        inside = self._listed()[path].path
        return self._container.inner_container(f"{self._folder}/{inside}" if self._folder else inside)

    def _listed(self) -> dict[str, TreeEntry]:
        self._check()
        with self._lock:
            if self._found is None:
                self._found = self._list()
        return self._found

    def _list(self) -> dict[str, TreeEntry]:
        findings = Findings()
        known, original = self._facts.files, self._facts.names
        try:
            found = list(self._container.tree(self._folder).entries(findings))
        except KeyError as error:
            if not self._facts.package or known:
                raise NotFound(f"There is no folder {printable(self._folder)} in it.", "Choose it again.") from error
            found = []  # the archive lists it, without any file: a zip has no folder for it then
        listed = dict(sorted(_called(found, original).items()))
        self._by_path = {path: _entry(path, entry, known) for path, entry in listed.items()}
        self._gaps = (*self._facts.gaps, *findings.gaps)
        self._facts = replace(self._facts, files={}, names={})  # the entries have what they said
        return listed


def _called(entries: Sequence[TreeEntry], names: Mapping[str, str]) -> dict[str, TreeEntry]:
    """The entries by the paths they had before the archive changed them, as far as its list can be believed.

    Links stay where they are, for they were looked at there.
    """
    called = {entry.path: entry for entry in entries}
    folders = {folder for path in called for folder in _folders(path)}
    for now in sorted(called.keys() & names.keys()):
        was = names[now]
        if called[now].kind is EntryKind.FILE and is_safe(was) and was not in called and was not in folders:
            above = _folders(was)
            if all(folder not in called or called[folder].kind is EntryKind.FOLDER for folder in above):
                called[was] = called.pop(now)
                folders.update(above)
    return called


def _folders(path: str) -> list[str]:
    """The folders that a path leads through."""
    parts = path.split("/")
    return ["/".join(parts[:n]) for n in range(1, len(parts))]


def _entry(path: str, entry: TreeEntry, known: Mapping[str, PackedFile]) -> Entry:
    sha256 = known[path].sha256 if path in known else ""
    return Entry(path, entry.size, entry.kind, entry.modified, entry.mode, sha256, entry.link)


class Openings:
    """Opens workspaces of a library and of files; a context manager, for several threads.

    Archives and other files stay open, and are listed once, until this is closed: then nothing that came from them can
    be read any more, and nothing more can be opened. A passphrase is needed once for each encrypted archive. `check` is
    called often while something is listed, by whichever thread asked for it, and may raise to end that.
    """

    def __init__(self, library: Library, check: Callable[[], None] = go_on) -> None:
        self._library = library
        self._ask = check
        self._lock = threading.Lock()
        self._is_closed = False
        self._keep = ExitStack()
        self._containers: dict[tuple[str, str], Container] = {}
        self._lying: dict[str, dict[Where, Lying]] = {}

    def __enter__(self) -> Openings:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of everything, also of what is being listed: whoever waits for that is told."""
        self._is_closed = True
        with self._lock:
            self._containers.clear()
            self._lying.clear()
            self._keep.close()

    def _check(self) -> None:
        self._ask()
        self._check_open()

    def _check_open(self) -> None:
        if self._is_closed:
            raise NotFound("It was closed in the meantime.", "Open it again.")

    def open(self, where: Where, passphrase: str | None = None) -> Opened:
        """A workspace. Raises `NotFound`, `BadSource`, and `BadOptions` for the passphrase."""
        if where.kind == "file":
            return self._open_file(where, passphrase)
        self._check()
        facts = self._kept(where)
        if not facts.path.exists():
            raise NotFound(
                "The files of this work are not in the library's folder.",
                "If the library is on another disk, connect that; else restore the course from an archive.",
            )
        container = open_container(facts.path, OURS, self._check)
        with ExitStack() as keep:
            keep.callback(container.close)
            return Opened(container, "", Facts.of_kept(facts), where, keep.pop_all())

    def within(self, path: Path, passphrase: str | None = None) -> Sequence[Lying]:
        """The workspaces in a file or folder, with whose they are; one for all of it, where it tells none."""
        return list(self._within(path.absolute(), passphrase).values())

    def _within(self, path: Path, passphrase: str | None) -> dict[Where, Lying]:
        container = self._container(path, "", passphrase)
        with self._lock:
            if str(path) not in self._lying:
                self._check()
                self._lying[str(path)] = {one.where: one for one in lying_in(container, path, self._check)}
            return self._lying[str(path)]

    def _open_file(self, where: Where, passphrase: str | None) -> Opened:
        path = Path(where.path)
        lying = self._within(path, passphrase).get(where)
        container = self._container(path, where.inner, passphrase)
        facts = lying.facts if lying else Facts(name=path.name)
        return Opened(container, where.folder, facts, where, ExitStack(), self._check_open)

    def _container(self, path: Path, inner: str, passphrase: str | None) -> Container:
        with self._lock:
            self._check()
            if (str(path), "") not in self._containers:
                opened = opened_file(path, passphrase, self._check)
                self._containers[str(path), ""] = self._keep.enter_context(opened)
            if (str(path), inner) not in self._containers:
                self._containers[str(path), inner] = self._keep.enter_context(self._inner(path, inner))
            return self._containers[str(path), inner]

    def _inner(self, path: Path, inner: str) -> Container:
        try:
            return self._containers[str(path), ""].inner_container(inner, self._check)
        except KeyError as error:
            raise NotFound(f"There is no archive {printable(inner)} in {path.name}.", "Choose it again.") from error

    def _kept(self, where: Where) -> Kept:
        files = self._library.files
        if where.kind == "workspace":
            return files.workspace(where.course, where.assignment, where.student, where.number)
        if where.kind == "published":
            return files.published_version(where.course, where.assignment, where.number)
        return self._library.projects.kept(where.project)
