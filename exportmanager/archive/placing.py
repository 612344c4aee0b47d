"""Gives an archive its place: written beside it, brought to the disk, read back, and only then called by its name."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from exportmanager.archive.certificate import beside, write_beside
from exportmanager.archive.drafts import ArchiveDraft, ArchiveDrafts, sync_tree
from exportmanager.archive.encrypting import HOW_TO_OPEN, check_passphrase, encrypted, how_to_open
from exportmanager.archive.verifying import verify
from exportmanager.core.archive import ArchiveRecord, Certificate, Form, Standing, Verified
from exportmanager.core.course import CourseId
from exportmanager.core.errors import AlreadyThere, BadOptions, Damaged, NoAccess, NoRoom, from_os_error
from exportmanager.core.meter import Meter
from exportmanager.formats.members import FolderMembers, Members
from exportmanager.formats.zips import ZipWriter

Write = Callable[[Members, str], Certificate]
"""Writes a whole bag, as the folder of that name ("" or ending in ``/``); what certifies it."""

_RESERVE = 64 << 20
"""Bytes that are wanted free besides: for tables and pages, and for a system to live on."""
_BUFFER = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """Where archives go: into `folder`, encrypted if there is a `passphrase`. `record` makes the library know one."""

    folder: Path
    drafts: ArchiveDrafts
    record: Callable[[ArchiveRecord], ArchiveRecord]
    passphrase: str | None = None

    def check(self, form: Form) -> None:
        """Whether an archive can go there. Raises `BadOptions`, `NoAccess`."""
        if not self.folder.is_dir():
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
        with left_whole_or_not(draft):
            work = draft.work / ("bag" if form == "folder" else "bag.zip")
            suffix = "" if form == "folder" else ".zip"
            folder_name = next(free_names(self.folder, name, suffix)).removesuffix(suffix)
            certificate, verified = self._write(work, folder_name, form, write, meter)
            made = self._publish(draft, work.name, free_names(self.folder, name, suffix), form, certificate, verified)
            made = self.record(made)
            draft.forget()
        return made

    def _write(self, work: Path, name: str, form: Form, write: Write, meter: Meter) -> tuple[Certificate, Verified]:
        """Write the draft, bring it to the disk, and read it back."""
        if form == "folder":
            work.mkdir()
            certificate = write(FolderMembers(work), "")
            return certificate, self._read_back(work, lambda: sync_tree(work), certificate, meter)
        with work.open("xb+", buffering=_BUFFER) as out:
            if self.passphrase is None:
                with ZipWriter(out) as members:
                    certificate = write(members, f"{name}/")
            else:
                with encrypted(out, f"{name}.zip", self.passphrase) as forward:
                    certificate = write(forward, f"{name}/")
            out.flush()
            return certificate, self._read_back(work, lambda: os.fsync(out.fileno()), certificate, meter)

    def _read_back(self, work: Path, sync: Callable[[], None], certificate: Certificate, meter: Meter) -> Verified:
        with ThreadPoolExecutor(1, thread_name_prefix="sync") as pool:  # the disk and the processor at the same time
            synced = pool.submit(sync)
            verified = verify(work, meter, self.passphrase)
            meter.stage("Bringing it to the disk")
            synced.result()
        found = verified.certificate
        if verified.damage or found is None or found.payload_sha256 != certificate.payload_sha256:
            told = f": {verified.damage[0].path}: {verified.damage[0].why}" if verified.damage else "."
            raise Damaged(
                f"The archive in {self.folder} did not come out right, and was removed{told}",
                "Check that disk, or choose another folder.",
            )
        return verified

    def _publish(
        self,
        draft: ArchiveDraft,
        work: str,
        names: Iterator[str],
        form: Form,
        certificate: Certificate,
        found: Verified,
    ) -> ArchiveRecord:
        size = size_of(draft.work / work)
        stamp(draft.work / work, certificate.made_at)
        for name in names:
            path = draft.folder / name
            certified = certificate.model_copy(update={"sha256": found.sha256, "place": str(path)})
            made = record_of(certified, path, form, size, is_encrypted=self.passphrase is not None)
            others = self._write_beside(draft, path, certified)
            draft.seal([(work, name), *((other, other) for other in others)], made)
            try:
                draft.publish()
            except AlreadyThere:  # a file took this name at this moment: the next one
                continue
            return made
        raise AssertionError("there are always more names")

    def _write_beside(self, draft: ArchiveDraft, path: Path, certificate: Certificate) -> list[str]:
        """Write what will stand beside the archive; the names."""
        is_encrypted = self.passphrase is not None
        names = [other.name for other in beside(path)]
        if is_encrypted:
            names.append(how_to_open_path(path).name)
            with (draft.work / names[-1]).open("w", encoding="utf-8") as file:
                file.write(how_to_open(path.name))
                file.flush()
                os.fsync(file.fileno())
        write_beside(path, certificate, encrypted=is_encrypted, folder=draft.work)  # this brings the folder to the disk
        return names


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


@contextlib.contextmanager
def left_whole_or_not(draft: ArchiveDraft) -> Iterator[None]:
    """Whatever ends the work early removes the draft, but for one that is whole: the next start gives it its name."""
    try:
        yield
    except BaseException as error:
        if draft.note.record is None:
            draft.discard()
        else:
            draft.release()
        if isinstance(error, OSError):
            raise from_os_error(error, f"making the archive in {draft.folder}") from error
        raise


def stamp(archive: Path, made_at: datetime) -> None:
    """Give a zip the time at which it was made: another one tells that somebody wrote to it since."""
    if archive.is_file():
        os.utime(archive, (made_at.timestamp(), made_at.timestamp()))


def free_names(folder: Path, name: str, suffix: str) -> Iterator[str]:
    """`name`, and the same with numbers, as long as nothing stands there that is called so."""
    number, stem = 1, name
    while True:
        path = folder / f"{stem}{suffix}"
        if not any(os.path.lexists(taken) for taken in (path, *beside(path), how_to_open_path(path))):
            yield path.name
        number += 1
        stem = f"{name} ({number})"


def how_to_open_path(path: Path) -> Path:
    """Where it is said beside an encrypted archive how to open it."""
    return path.with_name(f"{path.name}{HOW_TO_OPEN}")


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
