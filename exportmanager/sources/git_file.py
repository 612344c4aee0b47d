"""One file of a public git repository, for which no more is fetched than the server insists on.

First come the lists of all folders of the newest commit, without a file, and then the one file by its id. A server that
knows no such filter, or refuses it, sends the newest files of the branch, which are unpacked within limits and
forgotten. Nothing is written but temporary files without names.
"""

from __future__ import annotations

import stat
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import unquote

from dulwich.errors import FileFormatException
from dulwich.objects import ObjectID, parse_tree

from exportmanager.core.errors import BadSource, HostileArchive, from_os_error
from exportmanager.core.meter import Meter
from exportmanager.core.trees import Limits
from exportmanager.formats.untrusted import DAMAGE, damaged, printable
from exportmanager.sources.git_address import AS_FILES, AS_FOLDER, GitAddress, checked_address
from exportmanager.sources.git_choice import Asked, Sent
from exportmanager.sources.git_fetch import LFS, SUBMODULE, GitLimits, commit_of, refusal
from exportmanager.sources.git_https import LATER, NotUnderstood, download
from exportmanager.sources.git_pack import GitObjects, Kind, unpacked
from exportmanager.sources.git_page import InGit, split_page

_NO_FILES = b"blob:none"
_LARGEST = 64 << 20
_SLACK = 1 << 20
"""What git sends around a file."""
_NAMED = 5
_LOOKED_THROUGH = 5_000
"""Folders, for a hostile repository has them without end, and names in one folder."""
_PATH_LIMIT = 4_096
_EXAMPLE = "Give all folders and the file's whole name, such as blueprints/lab.json."
_STEPS = {
    AS_FILES: "Download the file from the repository's page, and import that.",
    AS_FOLDER: "Import it as a file instead.",
    LATER: "Try again later, or download the file and import that.",
}
"""What to do instead, where it is about one file and not about a whole repository."""


class BadPath(BadSource):
    """There is no such file in the repository, or it is of a kind that is not read."""


def read_file(
    place: InGit,
    meter: Meter,
    *,
    limits: GitLimits = GitLimits(),  # noqa: B008  # it is frozen
    ca_certs: Path | None = None,
) -> bytes:
    """The bytes of the file at `place`, 64 MB at most. `ca_certs` is as for `git_fetch.fetch`.

    Raises `BadPath`, `BadRef`, or `BadSource` where something is wrong with the address or the connection; `NoRoom`.
    """
    try:
        _check_page(place.address)
        asked = checked_address(place.address, inside=ca_certs is not None)
        parts = checked_path(place.path)
        try:
            return _sparingly(_Reading(asked, place.ref, meter, limits, ca_certs), parts)
        except HostileArchive as problem:
            raise refusal(asked, problem) from problem
    except BadSource as problem:
        problem.next_step = _STEPS.get(problem.next_step, problem.next_step)
        raise
    except OSError as error:
        raise from_os_error(error, "fetching the file") from error


def _sparingly(reading: _Reading, parts: list[str]) -> bytes:
    """The bytes of the file, with a filter if the server bears it."""
    try:
        return reading.file(parts, _NO_FILES)
    except NotUnderstood:
        return reading.file(parts, None)


def _check_page(address: str) -> None:
    if found := split_page(address):
        raise BadSource(
            "This is the address of a page with one file, not of a repository.",
            f"Give {printable(found.address)} as the address, {printable(found.path)} as the path, "
            f"and {printable(found.ref)} as the branch.",
        )


def checked_path(untrusted: str) -> list[str]:
    """The parts of a path that somebody wrote. Raises `BadPath`."""
    path = unicodedata.normalize("NFC", untrusted.strip())
    if not path:
        raise BadPath("No path was given.", _EXAMPLE)
    if len(path) > _PATH_LIMIT or any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in path):
        raise BadPath("The path holds what no path in a repository has.", _EXAMPLE)
    if "\\" in path:
        raise BadPath("The path holds a backslash.", "Write / between folders, such as blueprints/lab.json.")
    if path.startswith("/"):
        raise BadPath("The path begins with a slash.", "Begin with the first folder, such as blueprints/lab.json.")
    if "://" in path:
        raise BadPath("This is an address, not a path in the repository.", _EXAMPLE)
    parts = path.split("/")
    if ".." in parts or "." in parts:
        raise BadPath("The path holds a part such as .. or a single dot.", _EXAMPLE)
    if not parts[-1]:
        raise BadPath(f"{printable(path)} is a folder, as it ends with a slash.", "Add the name of the file in it.")
    if "" in parts:
        raise BadPath("The path holds two slashes with nothing between them.", _EXAMPLE)
    return parts


class _Reading:
    """One way to a file. Its packs lie in temporary files until the file is read."""

    def __init__(self, address: GitAddress, ref: str, meter: Meter, limits: GitLimits, ca_certs: Path | None) -> None:
        self._address, self._ref, self._meter, self._limits, self._ca_certs = address, ref, meter, limits, ca_certs

    def file(self, parts: list[str], filter: bytes | None) -> bytes:
        """The bytes of the file, after asking for a branch with this filter."""
        path = "/".join(parts)
        with self._objects(Asked(self._ref, filter=filter), self._limits) as (sent, objects):
            id = _Folders(objects, commit_of(objects, sent.id).tree, self._address, self._meter).file(parts)
            if id in objects:
                return _bytes(objects, id, path)
        room = replace(self._limits, bytes=min(self._limits.bytes, _LARGEST + _SLACK))
        with self._objects(Asked(id=ObjectID(id), what="file"), room) as (_, objects):
            return _bytes(objects, id, path)

    @contextmanager
    def _objects(self, asked: Asked, room: GitLimits) -> Iterator[tuple[Sent, GitObjects]]:
        with tempfile.TemporaryFile() as pack, tempfile.TemporaryFile() as plain:
            sent = download(self._address, asked, pack, self._meter, room, self._ca_certs)
            yield sent, unpacked(pack, plain, Limits(self._limits.files, self._limits.bytes), self._meter, asked.what)


def _bytes(objects: GitObjects, id: bytes, path: str) -> bytes:
    """The bytes of the file `path`. Raises `BadPath`, `HostileArchive`."""
    stored = objects.get(id, Kind.BLOB)
    if stored.size > _LARGEST:
        raise BadPath(f"{printable(path)} is larger than {_LARGEST >> 20} MB.", "Choose another file.")
    data = objects.open(stored).read()
    if data.startswith(LFS):
        what = f"{printable(path)} lies in Git LFS, and only a pointer to it is in the repository."
        raise BadPath(what, _STEPS[AS_FILES])
    return data


class _Folders:
    """The folders of a commit, from `root`."""

    def __init__(self, objects: GitObjects, root: bytes, address: GitAddress, meter: Meter) -> None:
        self._objects, self._root, self._address, self._meter = objects, root, address, meter

    def file(self, parts: list[str]) -> bytes:
        """The id of the file at this path. Raises `BadPath`, `HostileArchive`."""
        tree = self._root
        for depth, part in enumerate(parts):
            entries = self._list(tree)
            if part not in entries:
                raise self._missing(parts, depth, entries)
            mode, tree = entries[part]
            self._check(mode, tree, "/".join(parts[: depth + 1]), is_last=depth == len(parts) - 1)
        return tree

    def _list(self, tree: bytes) -> dict[str, tuple[int, bytes]]:
        """What is in a folder: the mode and id of each, by its name with its letters composed."""
        self._meter.advance(0)
        try:
            listed = list(parse_tree(self._objects.read(self._objects.get(tree, Kind.TREE)), sha_len=20))
        except (*DAMAGE, FileFormatException) as error:
            raise damaged(error) from error
        named = [(name.decode("utf-8", "surrogateescape"), mode, id) for name, mode, id in listed]
        return {unicodedata.normalize("NFC", name): (mode, id) for name, mode, id in reversed(named)}

    def _check(self, mode: int, id: bytes, path: str, *, is_last: bool) -> None:
        """Raises `BadPath` for what is no file at the end of the path, and no folder before it."""
        shown = printable(path)
        if stat.S_IFMT(mode) == SUBMODULE:
            raise BadPath(f"{shown} is another repository (a submodule).", "Give the address of that repository.")
        if stat.S_ISLNK(mode):
            raise BadPath(f"{shown} is a link to another place.", "Give the path of the file itself.")
        if stat.S_ISDIR(mode) and is_last:
            entries = self._list(id)
            files = [
                name for name in sorted(entries) if name.lower().endswith(".json") and stat.S_ISREG(entries[name][0])
            ]
            raise BadPath(
                f"{shown} is a folder.",
                _choose([f"{path}/{name}" for name in files], "No .json file is in it; give the path of the file."),
            )
        if not stat.S_ISDIR(mode) and not is_last:
            raise BadPath(f"{shown} is a file, and not a folder.", "End the path there, or correct it.")

    def _missing(self, parts: list[str], depth: int, entries: dict[str, tuple[int, bytes]]) -> BadPath:
        """What is said where the folder with these `entries`, so deep on the way, has no such part."""
        part, above = parts[depth], "/".join(parts[:depth])
        where = f"in the folder {printable(above)}" if above else "in the repository's main folder"
        what = f"There is no {printable(part)} {where} of {self._address.name}."
        if unquote(part) in entries:
            return BadPath(what, f"Write names as they are, not as in an address: {printable(unquote(part))}.")
        begin = f"{above}/" if above else ""
        near = [
            "/".join([*parts[:depth], name, *parts[depth + 1 :]])
            for name in get_close_matches(part, sorted(entries)[:_LOOKED_THROUGH], _NAMED)
        ]
        same = [path for path in self._files() if path.rpartition("/")[2] == parts[-1]]
        rest = [f"{begin}{name}" for name in sorted(entries) if name.lower().endswith(".json")]
        return BadPath(what, _choose([*dict.fromkeys([*same, *near, *rest])], _EXAMPLE))

    def _files(self) -> Iterator[str]:
        """The paths of files, folder by folder, the upper ones first; of very many the first."""
        todo = [("", self._root)]
        for above, tree in todo:  # it grows on the way
            for name, (mode, id) in sorted(self._list(tree).items()):
                if stat.S_ISREG(mode):
                    yield f"{above}{name}"
                elif stat.S_ISDIR(mode) and len(todo) < _LOOKED_THROUGH:
                    todo.append((f"{above}{name}/", id))


def _choose(paths: list[str], otherwise: str) -> str:
    """What to do next where some paths are likely to be meant."""
    if not paths:
        return otherwise
    named = ", ".join(printable(path) for path in paths[:_NAMED]) + (", ..." if len(paths) > _NAMED else "")
    return f"Perhaps it is one of these: {named}." if len(paths) > 1 else f"Perhaps it is {named}."
