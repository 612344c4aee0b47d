"""Saves a copy of a finished export somewhere else: whole or not there, never over a file unless told to."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import uuid
from pathlib import Path

from exportmanager.core.errors import AlreadyThere, Damaged, NoAccess, NoRoom, NotFound, from_os_error
from exportmanager.core.ledger import Sealed
from exportmanager.core.meter import Meter
from exportmanager.formats.files import NewFile, disk_sha256, sync_folder
from exportmanager.shelf.shelf import move_to_free_name

_CHUNK = 1 << 20


def save_copy(path: Path, file: Sealed, target: Path, meter: Meter, *, replace: bool = False) -> Path:
    """Copy the file at `path` to `target`, a folder or a file name; where it is now.

    The copy is read back and compared with the SHA-256 in the ledger before it gets its name. Raises `AlreadyThere`,
    `Damaged`, `NoRoom`, `NoAccess`, `NotFound`, `Cancelled`.
    """
    try:
        target = _free(target, file.name, replace=replace)
    except OSError as error:
        raise from_os_error(error, f"looking at {target}") from error
    draft = target.with_name(f".{uuid.uuid4().hex}.part")
    try:
        _copy(path, file, draft, meter)
        if replace:
            draft.replace(target)
        else:
            move_to_free_name(draft, target)
        sync_folder(target.parent)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and error.filename == str(path):
            raise NotFound(f"{path} is not there.", "It was moved or removed by hand: run the export again.") from error
        raise from_os_error(error, f"saving a copy to {target.parent}") from error
    finally:
        with contextlib.suppress(OSError):  # the disk may have been pulled out
            draft.unlink(missing_ok=True)
    return target


def _free(target: Path, name: str, *, replace: bool) -> Path:
    """The file to write: `target`, or `name` in it."""
    if target.is_dir():
        target = target / name
    if not target.parent.is_dir():
        raise NoAccess(f"There is no folder {target.parent}.", "Choose a folder that is there.")
    if os.path.lexists(target) and not replace:
        raise AlreadyThere(f"{target} is there already.", "Choose another name, or say that it may be replaced.")
    return target


def _copy(path: Path, file: Sealed, draft: Path, meter: Meter) -> None:
    free = shutil.disk_usage(draft.parent).free
    if free < file.size:
        raise NoRoom(
            f"There is no room in {draft.parent}: {file.size / 1e6:,.0f} MB are needed, {free / 1e6:,.0f} MB are free.",
            "Make room, or choose another folder.",
        )
    meter.stage("Copying", file.size)
    sha = hashlib.sha256()
    with path.open("rb") as source, NewFile(draft) as out:
        while chunk := source.read(_CHUNK):
            sha.update(chunk)
            out.write(chunk)
            meter.advance(len(chunk))
        out.sync()
    if sha.hexdigest() != file.sha256:
        raise Damaged(f"{file.name} on the shelf is damaged; it was not copied.", "Run the export again.")
    meter.stage("Reading the copy back", file.size)
    if disk_sha256(draft, meter.advance) != file.sha256:
        raise Damaged(f"The copy in {draft.parent} did not come out right.", "Check that disk, or choose another.")
