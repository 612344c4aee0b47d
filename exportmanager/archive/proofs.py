"""Keeps what is known of archives true: reads them back, tells how they stand now, accepts gaps, makes copies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from exportmanager.archive.certificate import read_beside, write_beside
from exportmanager.archive.comparing import Changes, compare
from exportmanager.archive.copying import copy_archive
from exportmanager.archive.damage import problem_of
from exportmanager.archive.drafts import ArchiveDrafts
from exportmanager.archive.restoring import certificate_in
from exportmanager.archive.verifying import verify
from exportmanager.core.archive import ArchiveRecord, Certificate, Damage, Standing, Verified
from exportmanager.core.course import CourseId
from exportmanager.core.errors import BadOptions, NoAccess, NotFound, ProblemForTeacher
from exportmanager.core.meter import Meter
from exportmanager.core.report import Gap
from exportmanager.core.settings.archives import ArchiveSettings
from exportmanager.formats import bags
from exportmanager.formats.files import file_sha256, is_there
from exportmanager.formats.untrusted import printable
from exportmanager.library.archives import LibraryArchives

_SLACK = timedelta(seconds=3)
"""Disks count in steps of up to two seconds."""
_CHOOSE = "Choose the archive where it is now."
_TAGS = bags.TAG_MANIFEST.format(algorithm="sha256")


class Proofs:
    """The archives that a library knows, and what proves that they are whole."""

    def __init__(self, archives: LibraryArchives, drafts: ArchiveDrafts, clock: Callable[[], datetime]) -> None:
        self._archives, self._drafts, self._clock = archives, drafts, clock

    def all(self, course: CourseId | None = None) -> Sequence[ArchiveRecord]:
        """Those that are known (of a course), the newest first, as they stand now."""
        return [standing_now(archive) for archive in self._archives.all(course)]

    def archive(self, archive: int) -> ArchiveRecord:
        """One of them, as it stands now. Raises `NotFound`."""
        return standing_now(self._archives.archive(archive))

    def verify(
        self, archive: ArchiveRecord, meter: Meter, passphrase: str | None = None
    ) -> tuple[ArchiveRecord, Verified]:
        """Read an archive back, and keep what came of it. Raises as `verifying.verify` does; then nothing is kept."""
        found = verify(archive.path, meter, passphrase, recorded=archive.sha256)
        if found.certificate and found.certificate.payload_sha256 != archive.bag:
            found = replace(found, damage=(Damage("", "", "another archive stands in its place"), *found.damage))
        return self._archives.checked(archive.id, self._clock(), found.standing, problem_of(found)), found

    def accept(self, archive: ArchiveRecord, gaps: Sequence[Gap]) -> Sequence[Path]:
        """Accept gaps by name, in the library and in each certificate beside the archive and its copies.

        Gives back the archives whose certificate could not be written, since their disk is away or full. Raises
        `BadOptions` for what is no gap of it, `NotFound`.
        """
        known = set(archive.certificate.gaps)
        if unknown := [gap for gap in gaps if gap not in known]:
            raise BadOptions(f"The archive has no gap {unknown[0].what}.", "See the gaps in its certificate.")
        not_written = []
        for copy in self._archives.accept(archive.id, gaps):
            try:
                _check_there(copy)
                write_beside(copy.path, copy.certificate, encrypted=copy.encrypted)
            except ProblemForTeacher:
                not_written.append(copy.path)
        return not_written

    def copy(self, archive: ArchiveRecord, folder: Path, meter: Meter) -> ArchiveRecord:
        """Make a second copy: see `copying.copy_archive`."""
        folder = folder.absolute()
        return copy_archive(archive, folder, self._drafts, self._archives.add, self._clock(), meter)

    def since_last(self, archive: ArchiveRecord, passphrase: str | None = None) -> Changes | None:
        """What changed since the archive of the same course before this one; None where none can be read.

        `passphrase` is that of those that have one. Raises as `comparing.compare` does.
        """
        for before in self._archives.all(archive.course):
            is_copy = before.bag == archive.bag and before.made_at == archive.made_at
            is_before = not is_copy and (before.made_at, before.id) < (archive.made_at, archive.id)
            can_be_read = is_there(before.path) and (passphrase is not None or not before.encrypted)
            if is_before and can_be_read and before.pseudonymous == archive.pseudonymous:
                return compare(before.path, archive.path, passphrase)
        return None

    def locate(self, archive: ArchiveRecord, path: Path) -> ArchiveRecord:
        """Say where an archive lies now; it has to be read back there. Raises `NotFound`, `BadOptions` for another."""
        if not is_there(path):
            raise NotFound(f"{path} is not there.", _CHOOSE)
        found = _certificate_at(path)
        if found and found.payload_sha256 != archive.bag:
            whose = f"{printable(found.course_title)}, made on {found.made_at.date().isoformat()}"
            raise BadOptions(f"{path.name} is another archive: of {whose}.", _CHOOSE)
        return standing_now(self._archives.moved(archive.id, path.absolute()))

    def forget(self, archive: ArchiveRecord) -> None:
        """Take it from the list; its files stay as they are."""
        self._archives.forget(archive.id)

    def due(self, settings: ArchiveSettings) -> Sequence[ArchiveRecord]:
        """Those that should be read back again, the longest unread first."""
        now = self._clock()
        found = [archive for archive in self.all() if settings.is_due(archive.checked_at, now)]
        return sorted(found, key=lambda archive: archive.checked_at or archive.made_at)


def _certificate_at(path: Path) -> Certificate | None:
    """What an archive says of itself at a quick look, or the certificate beside it; None where neither can be read."""
    try:
        return certificate_in(path, None)
    except ProblemForTeacher:  # it may be encrypted, or damaged
        return read_beside(path)


def _check_there(archive: ArchiveRecord) -> None:
    """Raises `NoAccess` where an archive is away, or the certificate there is that of another one."""
    if not is_there(archive.path):
        raise NoAccess(f"{archive.path} is not there.")
    certificate = read_beside(archive.path)
    if certificate and certificate.payload_sha256 != archive.bag:
        raise NoAccess(f"{archive.path} is another archive.")


def standing_now(archive: ArchiveRecord) -> ArchiveRecord:
    """An archive as a quick look tells, without reading it: away, of another size, or touched since it was read back.

    One that was touched has no standing until it is read back.
    """
    try:
        info = archive.path.stat()
        if archive.form == "folder":
            info = (archive.path / _TAGS).stat()
            is_same = file_sha256(archive.path / _TAGS) == archive.sha256
        else:
            is_same = info.st_size == archive.size
    except OSError:
        away = not is_there(archive.path)
        problem = "" if away else "Its list of files is missing."
        return replace(
            archive, standing=Standing.NOT_REACHABLE if away else Standing.CHANGED, problem=problem or archive.problem
        )
    if not is_same:
        return replace(archive, standing=Standing.CHANGED, problem="It is not the file that was made.")
    if archive.standing is Standing.WHOLE and _was_touched(archive, datetime.fromtimestamp(info.st_mtime, UTC)):
        return replace(archive, standing=None, problem="It was written to since it was verified.")
    return archive


def _was_touched(archive: ArchiveRecord, at: datetime) -> bool:
    """Whether its time says so: it is neither that of its making (`publishing.stamp`) nor before it was read back."""
    is_as_made = archive.form == "zip" and abs(at - archive.made_at) <= _SLACK
    return not is_as_made and archive.checked_at is not None and at > archive.checked_at + _SLACK
