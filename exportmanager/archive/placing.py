"""Gives an archive its place: written beside it, brought to the disk, read back, and only then called by its name."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from exportmanager.archive.damage import damage_line
from exportmanager.archive.drafts import ArchiveDrafts
from exportmanager.archive.encrypting import check_passphrase, encrypted
from exportmanager.archive.publishing import free_names, left_whole_or_not, publish
from exportmanager.archive.verifying import verify
from exportmanager.core.archive import ArchiveRecord, Certificate, Form, Standing, Verified
from exportmanager.core.course import CourseId
from exportmanager.core.errors import BadOptions, Damaged, NoAccess, NoRoom, from_os_error
from exportmanager.core.meter import Meter
from exportmanager.formats.files import NewFile, is_folder, sync_tree
from exportmanager.formats.members import FolderMembers, Members
from exportmanager.formats.zip_back import quickly
from exportmanager.formats.zips import ZipWriter

Write = Callable[[Members, str], Certificate]
"""Writes a whole bag, as the folder of that name ("" or ending in ``/``); what certifies it."""

_RESERVE = 64 << 20
"""Bytes that are wanted free besides: for tables and pages, and for a system to live on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """Where archives go: into `folder`, encrypted if there is a `passphrase`. `record` makes the library know one."""

    folder: Path
    drafts: ArchiveDrafts
    record: Callable[[ArchiveRecord], ArchiveRecord]
    passphrase: str | None = None

    def check(self, form: Form) -> None:
        """Whether an archive can go there. Raises `BadOptions`, `NoAccess`."""
        if not is_folder(self.folder):
            raise NoAccess(f"There is no folder {self.folder}.", "Choose a folder that is there.")
        if self.passphrase is None:
            return
        check_passphrase(self.passphrase)
        if form == "folder":
            raise BadOptions("A plain folder cannot be encrypted.", "Choose one zip file.")

    def place(self, name: str, form: Form, size: int, write: Write, meter: Meter) -> ArchiveRecord:
        """Write an archive of about `size` bytes that is called `name`, or with a number; what the library knows of it.

        Raises `BadOptions`, `NoRoom`, `NoAccess`, `Damaged`, `Cancelled`; then nothing of it is left.
        """
        self.check(form)
        check_room(self.folder, size)
        draft = self.drafts.new(self.folder)
        with left_whole_or_not(draft, f"making the archive in {self.folder}"):
            work = draft.work / ("bag" if form == "folder" else "bag.zip")
            suffix = "" if form == "folder" else ".zip"
            folder_name = next(free_names(self.folder, name, suffix)).removesuffix(suffix)
            certificate, verified = self._write(work, folder_name, form, write, meter)
            certified = certificate.model_copy(update={"sha256": verified.sha256})
            path, is_encrypted = self.folder / f"{name}{suffix}", self.passphrase is not None
            made = record_of(certified, path, form, size_of(work), is_encrypted=is_encrypted)
            made = self.record(publish(draft, work.name, made))
            draft.forget()
        return made

    def _write(self, work: Path, name: str, form: Form, write: Write, meter: Meter) -> tuple[Certificate, Verified]:
        """Write the draft, bring it to the disk, and read it back."""
        if form == "folder":
            work.mkdir()
            certificate = write(FolderMembers(work), "")
            meter.stage("Bringing it to the disk")
            sync_tree(work, lambda: meter.advance(0))
            return certificate, self._found_whole(verify(work, meter), certificate)
        with NewFile(work) as out:
            if self.passphrase is None:
                with ZipWriter(out) as members:
                    certificate = write(members, f"{name}/")
            else:
                with encrypted(out, f"{name}.zip", self.passphrase) as forward:
                    certificate = write(forward, f"{name}/")
            meter.stage("Bringing it to the disk")
            out.sync()
        return certificate, self._found_whole(verify(work, meter, self.passphrase, inflate=quickly), certificate)

    def _found_whole(self, found: Verified, certificate: Certificate) -> Verified:
        there = found.certificate
        if found.damage or there is None or there.payload_sha256 != certificate.payload_sha256:
            raise self._not_right(f" {damage_line(found.damage[0])}" if found.damage else "")
        return found

    def _not_right(self, told: str) -> Damaged:
        return Damaged(
            f"The archive in {self.folder} did not come out right, and was removed.{told}",
            "Check that disk, or choose another folder.",
        )


def record_of(certificate: Certificate, path: Path, form: Form, size: int, *, is_encrypted: bool) -> ArchiveRecord:
    """What a library knows of an archive that is whole."""
    return ArchiveRecord(
        id=0,
        bag=certificate.payload_sha256,
        course=CourseId(certificate.course_id),
        course_title=certificate.course_title,
        path=path,
        form=form,
        encrypted=is_encrypted,
        pseudonymous=certificate.pseudonymous,
        made_at=certificate.made_at,
        size=size,
        sha256=certificate.sha256,
        certificate=certificate,
        checked_at=certificate.made_at,
        standing=Standing.WHOLE,
    )


def size_of(path: Path) -> int:
    """The bytes of an archive."""
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def check_room(folder: Path, size: int) -> None:
    """Raises `NoRoom` where `folder` has no room for an archive of about `size` bytes, `NoAccess`."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise from_os_error(error, f"looking for room in {folder}") from error
    if free < size + _RESERVE:
        raise NoRoom(
            f"The disk of {folder} has no room for this archive: it needs about {(size + _RESERVE) / 1e6:,.0f} MB, "
            f"and {free / 1e6:,.0f} MB are free.",
            "Make room on it, or choose another folder.",
        )
