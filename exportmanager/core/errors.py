"""Problems a teacher can act on, each saying what happened and what to do next.

    ProblemForTeacher
    ├── NotFound              no such course, job, item, kind
    ├── Ambiguous             a word that fits several courses
    ├── BadOptions            options that contradict each other or the course
    ├── Unavailable           this export does not exist for this course, and why
    ├── NothingToExport       the choice is empty
    ├── BadSource             what was given is not what it should be
    │   ├── NotACourse        the folder is no course folder
    │   ├── MalformedFile     a file breaks its format: file, line, why
    │   └── HostileArchive    an archive that must not be unpacked
    ├── NoRoom                the disk is full, or will be
    ├── NoAccess              the system refuses to read or write
    ├── AlreadyThere          a file stands where one should be written
    ├── Damaged               a file is not what was recorded of it
    ├── LibraryTooNew         written by a newer version of the program
    ├── LibraryDamaged        the database cannot be read
    └── LibraryBusy           another process holds what is needed

``Cancelled`` is no problem: somebody pressed Stop. Every other exception is our bug.
"""

from __future__ import annotations

import errno


class ProblemForTeacher(Exception):
    """What happened (`what`) and the next step (`next_step`), each one sentence; `details` is for copying."""

    def __init__(self, what: str, next_step: str = "", *, details: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step
        self.details = details

    def __str__(self) -> str:
        return f"{self.what} {self.next_step}".strip()


class NotFound(ProblemForTeacher):
    """There is no such course, job, shelf item or kind."""


class Ambiguous(ProblemForTeacher):
    """A word fits more than one course."""


class BadOptions(ProblemForTeacher):
    """Options contradict each other or name what the course does not have."""


class Unavailable(ProblemForTeacher):
    """This course does not have this export; `what` says why."""


class NothingToExport(ProblemForTeacher):
    """The choice holds nothing."""


class BadSource(ProblemForTeacher):
    """What was given to import is not what it should be."""


class NotACourse(BadSource):
    """A folder that holds no course."""


class MalformedFile(BadSource):
    """A file breaks its format at a line (counted from 1; 0 where the whole file is meant)."""

    def __init__(self, file: str, line: int, why: str, next_step: str = "Correct it and import again.") -> None:
        place = f"{file}, line {line}" if line else file
        super().__init__(f"{place}: {why}", next_step)
        self.file = file
        self.line = line
        self.why = why


class HostileArchive(BadSource):
    """An archive that must not be unpacked, or cannot be; `what` says why."""


class NoRoom(ProblemForTeacher):
    """The disk is full, or would be."""


class NoAccess(ProblemForTeacher):
    """The system refuses to read or write a place."""


class AlreadyThere(ProblemForTeacher):
    """A file stands where one should be written, and nobody said to replace it."""


class Damaged(ProblemForTeacher):
    """A file on disk is not what was recorded when it was written."""


class LibraryTooNew(ProblemForTeacher):
    """The library was written by a newer version of the program."""


class LibraryDamaged(ProblemForTeacher):
    """The library's database cannot be read."""


class LibraryBusy(ProblemForTeacher):
    """Another process holds what is needed, for longer than anybody should wait."""


class Cancelled(Exception):
    """Somebody pressed Stop; raised by the next `Meter.advance`."""


_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_ACCESS = {errno.EACCES, errno.EPERM, errno.EROFS}
_WINDOWS_NO_ROOM = {39, 112}  # ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL


def from_os_error(error: OSError, doing: str) -> ProblemForTeacher:
    """The problem that the system's `error` means to a teacher; `doing` continues "while ..."."""
    place = f" ({error.filename})" if error.filename else ""
    if error.errno in _NO_ROOM or getattr(error, "winerror", None) in _WINDOWS_NO_ROOM:
        return NoRoom(f"The disk became full while {doing}.", "Make room on it and run it again.", details=str(error))
    if error.errno in _NO_ACCESS:
        return NoAccess(
            f"The system gave no permission while {doing}{place}.",
            "Check who may read and write there, then run it again.",
            details=str(error),
        )
    return NoAccess(
        f"The disk did not answer as it should while {doing}{place}: {error.strerror or error}.",
        "Check that the disk is still connected, then run it again.",
        details=str(error),
    )
