"""Makes a second copy of an archive in another folder, best on another disk, and reads it back there."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from exportmanager.archive.damage import damage_line
from exportmanager.archive.drafts import ArchiveDrafts
from exportmanager.archive.placing import check_room
from exportmanager.archive.publishing import left_whole_or_not, publish
from exportmanager.archive.verifying import verify
from exportmanager.core.archive import ArchiveRecord, Standing
from exportmanager.core.errors import Damaged, NoAccess, NotFound
from exportmanager.core.meter import Meter
from exportmanager.formats.files import (
    NewFile,
    Pace,
    disk_sha256,
    file_sha256,
    is_folder,
    is_there,
    sync_all,
    sync_tree,
)

_PIECE = 1 << 20


def copy_archive(
    archive: ArchiveRecord,
    folder: Path,
    drafts: ArchiveDrafts,
    record: Callable[[ArchiveRecord], ArchiveRecord],
    now: datetime,
    meter: Meter,
) -> ArchiveRecord:
    """Copy an archive into `folder`, read the copy back, and record it; whole or not there.

    A copy of a file is the same, byte for byte, so that an encrypted one needs no passphrase. Raises `NotFound`,
    `NoRoom`, `NoAccess`, `Damaged` where the archive or the copy is not as it was made, `Cancelled`.
    """
    _check_places(archive, folder)
    check_room(folder, archive.size)
    draft = drafts.new(folder)
    with left_whole_or_not(draft, f"copying the archive to {folder}"):
        work = draft.work / ("bag" if archive.form == "folder" else "bag.zip")
        if archive.form == "folder":
            _copy_folder(archive, work, meter)
        else:
            _copy_file(archive, work, meter)
        copy = replace(archive, id=0, checked_at=now, standing=Standing.WHOLE, problem="")
        made = record(publish(draft, work.name, copy))
        draft.forget()
    return made


def _check_places(archive: ArchiveRecord, folder: Path) -> None:
    if not is_there(archive.path):
        raise NotFound(f"The archive {archive.path} is not there.", "Connect its disk.")
    if not is_folder(folder):
        raise NoAccess(f"There is no folder {folder}.", "Choose a folder that is there.")


def _copy_file(archive: ArchiveRecord, work: Path, meter: Meter) -> None:
    """Copy a zip; it has to be the one that was made, and so has the copy."""
    meter.stage("Copying", archive.size)
    sha = hashlib.sha256()
    with archive.path.open("rb") as source, NewFile(work) as out:
        while piece := source.read(_PIECE):
            sha.update(piece)
            out.write(piece)
            meter.advance(len(piece))
        out.sync()
    if sha.hexdigest() != archive.sha256:
        raise _changed(archive)
    meter.stage("Reading the copy back", archive.size)
    if disk_sha256(work, meter.advance) != archive.sha256:
        raise _not_right(work)


def _copy_folder(archive: ArchiveRecord, work: Path, meter: Meter) -> None:
    """Copy a plain folder, and verify the copy as an archive."""
    meter.stage("Copying", archive.size)
    work.mkdir()
    pace = Pace(sync_all)
    for place, folders, names in os.walk(archive.path, onerror=_refuse):
        here = work / Path(place).relative_to(archive.path)
        for name in folders:
            (here / name).mkdir()
        for name in names:
            _copy_plain(Path(place) / name, here / name, meter, pace)
    sync_tree(work, lambda: meter.advance(0))
    found = verify(work, meter)
    if found.sha256 != archive.sha256 or (found.damage and _are_alike(archive.path, work, found.damage[0].path)):
        raise _changed(archive)
    if found.damage:
        raise _not_right(work, f" {damage_line(found.damage[0])}")


def _are_alike(source: Path, copy: Path, path: str) -> bool:
    """Whether a file is the same in both, so that it was not the copying that changed it."""
    one, other = source / path, copy / path
    if not (one.is_file() and other.is_file()):
        return one.is_file() == other.is_file()
    return file_sha256(one) == file_sha256(other)


def _refuse(error: OSError) -> None:
    """A folder that cannot be read is not left out in silence."""
    raise error


def _copy_plain(source: Path, target: Path, meter: Meter, pace: Pace) -> None:
    with source.open("rb") as read, target.open("xb") as out:
        while piece := read.read(_PIECE):
            out.write(piece)
            pace.wrote(len(piece))
            meter.advance(len(piece), source.name)
    shutil.copystat(source, target)


def _changed(archive: ArchiveRecord) -> Damaged:
    return Damaged(
        f"The archive {archive.path.name} is not as it was made; it was not copied.", "Verify it to see what changed."
    )


def _not_right(work: Path, told: str = "") -> Damaged:
    return Damaged(
        f"The copy in {work.parent.parent} did not come out right, and was removed.{told}",
        "Check that disk, or choose another folder.",
    )
