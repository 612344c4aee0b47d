"""Copies workspaces from the library into an archive: no byte is compressed again."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from exportmanager.core.meter import Meter
from exportmanager.core.names import LONG_PATHS, PATH_BUDGET, NameChange, portable_paths, utf16_units
from exportmanager.core.package import Package, PackedFile
from exportmanager.formats.manifest import manifest_line
from exportmanager.formats.members import Members
from exportmanager.formats.zips import Member, ZipReader, link_member, members_of, packed_of

_LEAST_ROOM = 40  # what `portable_paths` needs


@dataclass(frozen=True, slots=True)
class Copied:
    """What copying a workspace left to list: changed names, and links with where they point."""

    changes: list[NameChange]
    links: list[tuple[str, str]]


Note = Callable[[Iterable[str]], None]
"""Takes manifest lines of files that were copied."""


def copy_workspace(
    archive: Members,
    note: Note,
    prefix: str,
    of: Package,
    files: Sequence[PackedFile],
    package: bytes | Path,
    meter: Meter,
) -> Copied:
    """Copy a package's files to ``prefix/``, and advance the meter by its size. `files` is what was recorded of it.

    Without a `prefix` they go to the root of the archive. Links that it does not take are only listed.
    """
    by_path = {file.path: file for file in files}
    before = f"{prefix}/" if prefix else ""
    room = _room(before, archive.depth)
    if isinstance(package, bytes):
        if archive.takes_packages and _fits_as_it_is(of, by_path.values(), room):
            archive.copy_package(package, before)
            note(manifest_line(file.sha256, f"{before}{file.path}") for file in by_path.values())
            meter.advance(of.packed_bytes, prefix)
            return Copied([], [])
        members = members_of(package)
        names, changes = _names(members, of, before, room)
        links = _copy_together(archive, package, members, names, changes, by_path)
        meter.advance(of.packed_bytes, prefix)
    else:
        with ZipReader(package) as reader:
            members = list(reader.members())
            names, changes = _names(members, of, before, room)
            links = _copy_one_by_one(archive, reader, members, names, changes, by_path, meter)
        meter.advance(of.packed_bytes - sum(member.packed for member in members))
    note(
        manifest_line(by_path[member.name].sha256, name)
        for name, member in zip(names, members, strict=True)
        if not member.is_link and not member.is_folder
    )
    return Copied(changes, links)


def _room(before: str, depth: int = 0) -> int:
    """UTF-16 units that a path has after `before`; some are always left, where folders of ours take nearly all."""
    return max(PATH_BUDGET - depth - utf16_units(before), _LEAST_ROOM)


def _fits_as_it_is(package: Package, files: Collection[PackedFile], room: int) -> bool:
    """Whether all names can stay, and no link is to be listed: most packages are copied in one piece."""
    return _can_stay(package, room) and all(file.link is None for file in files)


def names_can_stay(package: Package, before: str = "") -> bool:
    """Whether every system can hold the files of a package, with `before` in front of their paths."""
    return _can_stay(package, _room(before))


def _can_stay(package: Package, room: int) -> bool:
    return package.portable and package.longest_path <= room


def _names(members: Sequence[Member], package: Package, before: str, room: int) -> tuple[list[str], list[NameChange]]:
    """What each member is called in the archive, and the changes that took, relative to the workspace."""
    if _can_stay(package, room):
        return [f"{before}{member.name}" for member in members], []
    now, changes = portable_paths([member.name.rstrip("/") for member in members], room)
    names = [f"{before}{path}{'/' * member.is_folder}" for path, member in zip(now, members, strict=True)]
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


def _copy_together(
    archive: Members,
    package: bytes,
    members: list[Member],
    names: list[str],
    changes: list[NameChange],
    files: dict[str, PackedFile],
) -> list[tuple[str, str]]:
    """Copy a package that is in memory; list its links."""
    data = [packed_of(package, member) for member in members]
    links = _turn_links(members, names, data, changes, files)
    taken = [n for n, member in enumerate(members) if archive.takes_links or not member.is_link]
    archive.copy([names[n] for n in taken], [members[n] for n in taken], [data[n] for n in taken])
    return links


def _copy_one_by_one(
    archive: Members,
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
            if archive.takes_links:
                archive.copy([name], [new], [data])
            links.append((name, target))
            meter.advance(member.packed)
        else:
            archive.copy_chunks(name, member, _metered(reader.packed_chunks(member), name, meter))
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
        if new.startswith(LONG_PATHS) and not old.startswith(LONG_PATHS):
            continue  # it was moved out of its folder, which keeps its name
        while "/" in old and old.count("/") == new.count("/"):
            old, new = posixpath.dirname(old), posixpath.dirname(new)
            now[old] = new
    resolved = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    if resolved not in now and path not in now:
        return target
    return posixpath.relpath(now.get(resolved, resolved), posixpath.dirname(now.get(path, path)) or ".")
