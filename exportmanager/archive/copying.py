"""Makes a second copy of an archive in another folder, best on another disk, and reads it back there."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from exportmanager.archive.certificate import beside, write_beside
from exportmanager.archive.drafts import ArchiveDraft, ArchiveDrafts, sync_tree
from exportmanager.archive.encrypting import how_to_open
from exportmanager.archive.placing import check_room, free_names, how_to_open_path, left_whole_or_not, stamp
from exportmanager.archive.verifying import verify
from exportmanager.core.archive import ArchiveRecord, Standing
from exportmanager.core.errors import AlreadyThere, Damaged, NoAccess, NotFound
from exportmanager.core.meter import Meter
from exportmanager.formats.files import file_sha256

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
    with left_whole_or_not(draft):
        work = draft.work / ("bag" if archive.form == "folder" else "bag.zip")
        if archive.form == "folder":
            _copy_folder(archive, work, meter)
        else:
            _copy_file(archive, work, meter)
        made = record(_publish(draft, work.name, archive, now))
        draft.forget()
    return made


def _check_places(archive: ArchiveRecord, folder: Path) -> None:
    if not archive.path.exists():
        raise NotFound(f"The archive {archive.path} is not there.", "Connect its disk.")
    if not folder.is_dir():
        raise NoAccess(f"There is no folder {folder}.", "Choose a folder that is there.")


def _copy_file(archive: ArchiveRecord, work: Path, meter: Meter) -> None:
    """Copy a zip; it has to be the one that was made, and so has the copy."""
    meter.stage("Copying", archive.size)
    sha = hashlib.sha256()
    with archive.path.open("rb") as source, work.open("xb") as out:
        while piece := source.read(_PIECE):
            sha.update(piece)
            out.write(piece)
            meter.advance(len(piece))
        out.flush()
        os.fsync(out.fileno())
    if sha.hexdigest() != archive.sha256:
        raise _changed(archive)
    meter.stage("Reading the copy back", archive.size)
    if file_sha256(work, meter.advance) != archive.sha256:
        raise _not_right(work)


def _copy_folder(archive: ArchiveRecord, work: Path, meter: Meter) -> None:
    """Copy a plain folder, and verify the copy as an archive."""
    meter.stage("Copying", archive.size)
    work.mkdir()
    for place, folders, names in os.walk(archive.path):
        here = work / Path(place).relative_to(archive.path)
        for name in folders:
            (here / name).mkdir()
        for name in names:
            _copy_plain(Path(place) / name, here / name, meter)
    sync_tree(work)
    found = verify(work, meter)
    if found.sha256 != archive.sha256:
        raise _changed(archive)
    if found.damage:
        raise _not_right(work, f" {found.damage[0].path}: {found.damage[0].why}.")


def _copy_plain(source: Path, target: Path, meter: Meter) -> None:
    with source.open("rb") as read, target.open("xb") as out:
        while piece := read.read(_PIECE):
            out.write(piece)
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


def _publish(draft: ArchiveDraft, work: str, archive: ArchiveRecord, now: datetime) -> ArchiveRecord:
    """Give the copy the archive's name, or one with a number; what the library is to know of it."""
    stamp(draft.work / work, archive.made_at)
    suffix = archive.path.suffix if archive.form == "zip" else ""
    for name in free_names(draft.folder, archive.path.name.removesuffix(suffix), suffix):
        path = draft.folder / name
        certificate = archive.certificate.model_copy(update={"place": str(path)})
        write_beside(path, certificate, encrypted=archive.encrypted, folder=draft.work)
        others = [other.name for other in beside(path)]
        if archive.encrypted:
            others.append(how_to_open_path(path).name)
            (draft.work / others[-1]).write_text(how_to_open(path.name), encoding="utf-8")
        made = replace(
            archive, id=0, path=path, certificate=certificate, checked_at=now, standing=Standing.WHOLE, problem=""
        )
        draft.seal([(work, name), *((other, other) for other in others)], made)
        try:
            draft.publish()
        except AlreadyThere:  # a file took this name at this moment: the next one
            continue
        return made
    raise AssertionError("there are always more names")
