"""Copies workspaces from the library into an archive: each package checked, no byte recompressed."""

from __future__ import annotations

import hashlib
import posixpath
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from exportmanager.core.course import Course, PackedFile, Workspace
from exportmanager.core.errors import Cancelled
from exportmanager.core.meter import Meter
from exportmanager.core.names import PATH_BUDGET, NameChange, portable_paths, utf16_units
from exportmanager.exports.pieces.archive import Archive, manifest_line
from exportmanager.formats.archives import unreadable
from exportmanager.formats.files import file_sha256
from exportmanager.formats.zips import Member, ZipReader, link_member, members_of, packed_of

_IN_MEMORY = 8 << 20
_AHEAD = 4
_DAMAGED = "its file in the library is damaged: it is not what was imported"


@dataclass(frozen=True, slots=True)
class Copied:
    """What copying a workspace left to list: changed names, and links with where they point."""

    changes: list[NameChange]
    links: list[tuple[str, str]]


Fetched = bytes | Path | str
"""A package's bytes; the path of one too large for memory; or a sentence on why there is none."""


def fetched(
    course: Course, workspaces: Iterable[Workspace], meter: Meter
) -> Generator[tuple[Workspace, Fetched], None, None]:
    """Each workspace with its package, read and checked a few ahead by a thread, which ends when this is closed."""
    stop = threading.Event()

    def check(_: int) -> None:
        if stop.is_set():
            raise Cancelled

    with ThreadPoolExecutor(1, thread_name_prefix="fetch") as pool:
        ahead: deque[tuple[Workspace, Future[Fetched]]] = deque()
        try:
            for workspace in workspaces:
                path = course.package_path(workspace.package.sha256)
                ahead.append((workspace, pool.submit(_fetch, path, workspace, check)))
                if len(ahead) > _AHEAD:
                    first, future = ahead.popleft()
                    yield first, _result_of(future, meter)
            while ahead:
                first, future = ahead.popleft()
                yield first, _result_of(future, meter)
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)


def _result_of(future: Future[Fetched], meter: Meter) -> Fetched:
    while True:  # a large package must not keep Stop waiting
        try:
            return future.result(timeout=0.1)
        except TimeoutError:
            meter.advance(0)


def _fetch(path: Path, workspace: Workspace, check: Callable[[int], None]) -> Fetched:
    try:
        if path.stat().st_size != workspace.package.packed_bytes:  # it may have grown beyond all memory
            return _DAMAGED
        data = path.read_bytes() if workspace.package.packed_bytes <= _IN_MEMORY else None
        digest = file_sha256(path, check) if data is None else hashlib.sha256(data).hexdigest()
    except FileNotFoundError:
        return "its file has gone from the library's folder"
    except OSError as error:
        return f"its file in the library: {unreadable(error)}"
    if digest != workspace.package.sha256:
        return _DAMAGED
    return path if data is None else data


def copy_workspace(
    archive: Archive,
    prefix: str,
    workspace: Workspace,
    files: Sequence[PackedFile],
    package: bytes | Path,
    meter: Meter,
) -> Copied:
    """Copy a package's files to ``prefix/``, and advance the meter by its size. `files` is what was recorded of it."""
    by_path = {file.path: file for file in files}
    if isinstance(package, bytes):
        members = members_of(package)
        names, changes = _names(members, workspace, prefix)
        data = [packed_of(package, member) for member in members]
        links = _turn_links(members, names, data, changes, by_path)
        archive.zip.copy(names, members, data)
        meter.advance(workspace.package.packed_bytes, prefix)
    else:
        with ZipReader(package) as reader:
            members = list(reader.members())
            names, changes = _names(members, workspace, prefix)
            links = _copy_one_by_one(archive, reader, members, names, changes, by_path, meter)
        meter.advance(workspace.package.packed_bytes - sum(member.packed for member in members))
    archive.note(
        manifest_line(by_path[member.name].sha256, name)
        for name, member in zip(names, members, strict=True)
        if not member.is_link and not member.is_folder
    )
    return Copied(changes, links)


def _names(members: Sequence[Member], workspace: Workspace, prefix: str) -> tuple[list[str], list[NameChange]]:
    """What each member is called in the archive, and the changes that took, relative to the workspace."""
    room = PATH_BUDGET - utf16_units(prefix) - 1
    if workspace.package.portable and workspace.package.longest_path <= room:
        return [f"{prefix}/{member.name}" for member in members], []
    now, changes = portable_paths([member.name.rstrip("/") for member in members], room)
    names = [f"{prefix}/{path}{'/' * member.is_folder}" for path, member in zip(now, members, strict=True)]
    return names, changes


def _turn_links(
    members: list[Member],
    names: list[str],
    data: list[memoryview],
    changes: list[NameChange],
    files: dict[str, PackedFile],
) -> list[tuple[str, str]]:
    """Make the links among `members` point at what their targets are called now; list them."""
    links = []
    for index, member in enumerate(members):
        if member.is_link:
            target = _retarget(member.name, files[member.name].link or "", changes)
            members[index], packed = link_member(member, target)
            data[index] = memoryview(packed)
            links.append((names[index], target))
    return links


def _copy_one_by_one(
    archive: Archive,
    reader: ZipReader,
    members: list[Member],
    names: list[str],
    changes: list[NameChange],
    files: dict[str, PackedFile],
    meter: Meter,
) -> list[tuple[str, str]]:
    """Copy a package too large for memory; list its links."""
    links = []
    for name, member in zip(names, members, strict=True):
        if member.is_link:
            target = _retarget(member.name, files[member.name].link or "", changes)
            new, data = link_member(member, target)
            archive.zip.copy([name], [new], [data])
            links.append((name, target))
            meter.advance(member.packed)
        else:
            archive.zip.copy_chunks(name, member, _metered(reader.packed_chunks(member), name, meter))
    return links


def _metered(chunks: Iterator[bytes], name: str, meter: Meter) -> Iterator[bytes]:
    for chunk in chunks:
        meter.advance(len(chunk), name)
        yield chunk


def _retarget(path: str, target: str, changes: list[NameChange]) -> str:
    """Where a link at `path` must point so that it finds its target under the new names."""
    if not changes:
        return target
    now = {change.original: change.now for change in changes}
    for change in changes:  # a folder's new name shows in what lies below it
        old, new = change.original, change.now
        while "/" in old and old.count("/") == new.count("/"):
            old, new = posixpath.dirname(old), posixpath.dirname(new)
            now[old] = new
    resolved = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    if resolved not in now and path not in now:
        return target
    return posixpath.relpath(now.get(resolved, resolved), posixpath.dirname(now.get(path, path)) or ".")
