"""Puts a copy of a workspace on the disk, with what a container needs to run it; the original is only read."""

from __future__ import annotations

import json
import os
import shutil
import sys
import uuid
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from exportmanager.core.errors import AlreadyThere, HostileArchive, NoRoom, from_os_error
from exportmanager.core.meter import Meter
from exportmanager.core.names import NameChange, portable_paths
from exportmanager.core.report import Gap
from exportmanager.core.trees import DEFAULT_LIMITS, EntryKind
from exportmanager.formats.untrusted import printable, unreadable
from exportmanager.review.opening import Entry, Opened
from exportmanager.review.stacks import Stack

_PIECE = 1 << 20
_NAME = 255
_SPARE = 64 << 20
_LATEST = (1 << 32) - 1
_FOLDER = ".devcontainer"


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy in `folder`. `config` is the file for containers that was written (None: there is one like it).

    `brings_own`: the workspace has such a file of its own, which may run commands on the computer that opens it.
    `gaps` is what could not be copied, `renamed` what this system cannot hold under its own name.
    """

    folder: Path
    files: int
    config: Path | None
    brings_own: bool
    gaps: Sequence[Gap]
    renamed: Sequence[NameChange]


def unpack_copy(opened: Opened, folder: Path, stack: Stack, meter: Meter) -> Copy:
    """Copy a workspace into `folder`, which must be empty or not there; all of it, or nothing.

    Raises `AlreadyThere`, `NoRoom`, `NoAccess`, `BadSource`, `Cancelled`.
    """
    folder = folder.absolute()
    draft = folder.with_name(f"{folder.name}.unfinished-{uuid.uuid4().hex[:8]}")
    try:
        _check_empty(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        _check_room(opened, folder.parent)
        try:
            made = _Unpacking(opened, draft, meter).unpack(stack, folder)
            _check_empty(folder)
            if folder.exists():  # Windows renames to no folder that is there
                folder.rmdir()
            draft.rename(folder)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    except OSError as error:
        raise from_os_error(error, "copying the workspace") from error
    return made


def _check_empty(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise AlreadyThere(f"{folder} is there and not empty.", "Choose an empty folder, or one that is not there yet.")


def _check_room(opened: Opened, folder: Path) -> None:
    needed = sum(entry.size for entry in opened.entries())
    if needed > max(DEFAULT_LIMITS.ratio_from, DEFAULT_LIMITS.ratio * _packed(opened)):
        raise HostileArchive(f"It unpacks to {needed >> 20:,} MB: it may be a zip bomb.")
    if shutil.disk_usage(folder).free < needed + _SPARE:
        raise NoRoom(f"The copy needs {needed >> 20:,} MB, and the disk has no room for that.", "Choose another disk.")


def _packed(opened: Opened) -> int:
    """How large the zip, or what else it lies in, is on the disk; a folder is as large as it is."""
    where = opened.where
    if where.kind != "file" or Path(where.path).is_dir():
        return sum(entry.size for entry in opened.entries())  # what is in the library was looked at when it came
    return Path(where.path).stat().st_size


def _names(paths: Sequence[str]) -> tuple[Sequence[str], Sequence[NameChange]]:
    """The names that this system can hold. On Linux these are nearly all, and only very long ones are not."""
    if sys.platform in {"win32", "darwin"} or any(len(part.encode()) > _NAME for p in paths for part in p.split("/")):
        return portable_paths(paths)
    return paths, ()


class _Unpacking:
    """One copy on its way."""

    def __init__(self, opened: Opened, draft: Path, meter: Meter) -> None:
        self._opened, self._draft, self._meter = opened, draft, meter
        self._gaps: list[Gap] = list(opened.gaps)

    def unpack(self, stack: Stack, folder: Path) -> Copy:
        """Everything: files first, then links, so that nothing is written through one."""
        entries = self._opened.entries()
        self._meter.stage("Copying", sum(entry.size for entry in entries))
        paths, renamed = _names([entry.path for entry in entries])
        self._draft.mkdir(mode=0o700)
        files = 0
        for entry, path in sorted(zip(entries, paths, strict=True), key=lambda pair: pair[0].kind is EntryKind.LINK):
            self._meter.advance(0, entry.path)
            files += self._put(entry, self._draft / path)
        folded = [path.casefold() for path in paths]  # where capitals do not count, theirs is found under any
        config = self._describe(stack, {path.partition("/")[0] for path in folded})
        own = any(path == f"{_FOLDER}.json" or path.startswith(f"{_FOLDER}/") for path in folded)
        return Copy(folder, files, folder / config if config else None, own, self._gaps, renamed)

    def _put(self, entry: Entry, to: Path) -> bool:
        """Whether a file was written."""
        if entry.kind is EntryKind.FOLDER:
            to.mkdir(parents=True, exist_ok=True)
            return False
        to.parent.mkdir(parents=True, exist_ok=True)
        if entry.kind is EntryKind.LINK:
            self._link(entry, to, moved=to != self._draft / entry.path)
            return False
        with self._opened.stream(entry.path) as file, to.open("xb") as out:
            self._copy(file, out)
        to.chmod(entry.mode & 0o777 | 0o600)
        moment = min(max(entry.modified, 0), _LATEST)
        os.utime(to, (moment, moment))
        return True

    def _copy(self, file: BinaryIO, out: BinaryIO) -> None:
        while piece := file.read(_PIECE):
            out.write(piece)
            self._meter.advance(len(piece))

    def _link(self, entry: Entry, to: Path, *, moved: bool) -> None:
        """Links that lead out were left out when the workspace was listed; one that lies elsewhere now may lead out."""
        if moved:
            self._gaps.append(Gap(what=f"link {printable(entry.path)}", why="it lies where its name had to change"))
            return
        try:
            to.symlink_to(entry.link)
        except OSError as error:  # Windows asks for a right that few have
            self._gaps.append(
                Gap(what=f"link {printable(entry.path)} to {printable(entry.link)}", why=unreadable(error))
            )

    def _describe(self, stack: Stack, top: Set[str]) -> str:
        """Write the file that tells programs which container to use; where, or "" where there is one like it.

        `top` is what lies at the top, in small letters.
        """
        spot = f"{_FOLDER}/devcontainer.json"
        if f"{_FOLDER}.json" in top or _FOLDER in top:
            spot = f"{_FOLDER}/exportmanager/devcontainer.json"
        place = self._draft / spot
        if (self._draft / _FOLDER).is_symlink() or (self._draft / _FOLDER).is_file():
            place, spot = self._draft / f"{_FOLDER}.json", f"{_FOLDER}.json"
        if place.exists() or place.is_symlink() or place.parent.is_symlink():
            return ""
        place.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"name": self._opened.name, "image": stack.image}, ensure_ascii=False, indent=2)
        place.write_text(f"{text}\n", encoding="utf-8")
        return spot
