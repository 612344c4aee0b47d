"""Erases one student, from the library and from archives: shown first, all at once, and taken up again after a kill."""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from exportmanager.archive.certificate import beside
from exportmanager.archive.decrypting import is_encrypted
from exportmanager.archive.publishing import how_to_open_path
from exportmanager.archive.restoring import Restored, certificate_in, restore
from exportmanager.archives import Archives
from exportmanager.core.archive import ArchiveRecord, Certificate
from exportmanager.core.course import CourseId, StudentId
from exportmanager.core.erasing import Erased, Erasure, Mentions, Person, Scrubber, Scrubbing
from exportmanager.core.errors import BadOptions, LibraryBusy, NoAccess, NotFound, ProblemForTeacher, from_os_error
from exportmanager.core.janitor import Janitor
from exportmanager.core.ledger import Job, JobState
from exportmanager.core.locks import FileLock
from exportmanager.core.meter import Meter
from exportmanager.core.report import Gap
from exportmanager.formats.untrusted import printable
from exportmanager.library.library import Library
from exportmanager.library.settings import PRIVACY_KEY, PSEUDONYM_KEY

_OF_NOBODY = {"blueprints", "lti-urls", "pdf", "sources"}
"""Kinds of export that hold nothing of any student."""
_UNPACKED = "erasing-"


class Erasing:
    """Erases students for good. Archives change only where it is asked for."""

    def __init__(self, library: Library, janitor: Janitor, archives: Archives, clock: Callable[[], datetime]) -> None:
        self._library, self._janitor, self._archives, self._clock = library, janitor, archives, clock

    def going(self, course: CourseId, student: StudentId) -> Erasure:
        """What goes with a student, who may be in several courses. Raises `NotFound`."""
        erasure = self._library.erasure.going(course, student)
        files = [(job.state, job.file.name) for job in self._shelf(erasure.people) if job.file]
        courses = {person.course for person in erasure.people}
        waiting = [record.path for record in self._waiting() if record.course in courses]
        return replace(
            erasure,
            shelf=tuple(name for state, name in files if state is JobState.EXPORTED),
            missing=tuple(name for state, name in files if state is JobState.MISSING),
            archives=tuple(dict.fromkeys((*erasure.archives, *waiting))),
        )

    def _shelf(self, people: Sequence[Person]) -> list[Job]:
        """The finished exports that hold something of them, and those that are missing and not let go yet."""
        ids = {person.course: person.id for person in people}
        jobs = self._janitor.ledger.jobs([JobState.EXPORTED, JobState.MISSING])
        return [job for job in jobs if job.course_id in ids and not job.removing and _holds(job, ids[job.course_id])]

    def _waiting(self) -> Iterator[ArchiveRecord]:
        """The archives that are whole, and wait for their disk to be connected again to get their names."""
        for draft in self._archives.drafts.left():
            draft.release()
            if draft.note.record:
                yield draft.note.record

    def erase(self, course: CourseId, student: StudentId, meter: Meter) -> Erased:
        """Erase a student: all of `going`. Raises `NotFound`, `LibraryBusy`, `NoAccess`, `Cancelled`.

        After `Cancelled` and the like exports may have gone from the shelf, and nothing else; after a kill the next
        start goes on.
        """
        self._janitor.reconcile()  # what a killed process left on the shelf is known then
        erasure = self.going(course, student)
        meter.stage("Erasing")
        self._library.erasure.intend(erasure.people)
        try:
            mentions, changed = self._run(erasure.people, meter)
        except BaseException:
            self._library.erasure.withdraw()
            raise
        return Erased(erasure, mentions, self._library.erasure.clean(), changed)

    def _run(self, people: Sequence[Person], meter: Meter) -> tuple[Mentions, tuple[str, ...]]:
        """Erase them; where else they are named, and which files of the shelf were changed by somebody."""
        if self._archives.drafts.are_alive():
            raise LibraryBusy("An archive is being made.", "Wait until it has ended, and try again.")
        changed = self._janitor.clear(self._shelf(people), lambda: meter.advance(0))
        return self._library.erasure.erase(people, meter, self._scrub_waiting), changed

    def _scrub_waiting(self, scrubber: Scrubber) -> None:
        """Take them out of what is noted of archives that wait for their disk."""
        for draft in self._archives.drafts.left():
            if record := draft.note.record:
                certificate = scrubber.of_course(record.course).json(record.certificate.model_dump_json())
                scrubbed = replace(record, certificate=Certificate.model_validate_json(certificate))
                draft.seal(draft.note.names, scrubbed)
            draft.release()

    def finish(self) -> None:
        """Go on with what a kill interrupted; what cannot be done now is tried at the next start."""
        with contextlib.suppress(ProblemForTeacher):  # another program holds a file of it open
            self._sweep()
        ids = self._library.erasure.intended()
        if ids is None:
            return
        with contextlib.suppress(ProblemForTeacher):
            if people := self._library.erasure.people(ids):
                self._run(people, Meter())
            self._library.erasure.clean()

    def from_archive(
        self,
        path: Path,
        course: CourseId,
        student: StudentId,
        meter: Meter,
        passphrase: str | None = None,
        *,
        replaces: bool = False,
    ) -> ArchiveRecord | None:
        """Make the archive at `path` anew beside it, without a student; the old one stays unless it `replaces` it.

        It may be one of another course that the student is in, also of a course that has gone from the library. None:
        the student is not in it, and it stays as it is. Raises as `restoring.restore` and `Archives.archive` do; then
        everything is as it was.
        """
        with self._unpacked() as folder, closing(Library(folder)) as library:
            for key in (PSEUDONYM_KEY, PRIVACY_KEY):
                library.set_setting(key, self._library.setting(key))
            found = restore(path, library, meter, passphrase)
            if found.options.is_pseudonymous:
                raise _says_nobody(path)
            who = self._who_there(path, library, found, course, student)
            people = library.erasure.people([(found.course, who)])
            if not people:
                return None
            scrubbing = library.erasure.scrubber(people).of_course(found.course)
            library.erasure.erase(people, meter)
            secret = passphrase if _is_encrypted(path) else None
            made = self._made_anew(path, library, found, meter, secret)
            self._accept_again(path, found, made, scrubbing)
            made = self._library.archives.archive(made.id)
        if replaces:
            self._remove(path, made)
            self._library.erasure.clean()  # of what was known of the old one
        return made

    def _who_there(
        self, path: Path, library: Library, found: Restored, course: CourseId, student: StudentId
    ) -> StudentId:
        """The id that a student has in an archive, which was unpacked into `library`. Raises `BadOptions`."""
        if found.course == course:
            return student
        people: Sequence[Person] = ()
        with contextlib.suppress(NotFound):  # it may have gone from the library already
            people = self._library.erasure.going(course, student).people
        there = {person.course: person.id for person in people}
        for other in (other for person in people for other in library.erasure.alike(person)):
            there.setdefault(other.course, other.id)
        if found.course not in there:
            title = printable(found.title)
            raise BadOptions(f"{path.name} is an archive of another course, {title}.", "Choose another one.")
        return there[found.course]

    def _made_anew(
        self, path: Path, library: Library, found: Restored, meter: Meter, passphrase: str | None
    ) -> ArchiveRecord:
        notes = found.certificate.notes if found.certificate else ()
        note = f"One student was erased on {self._clock().astimezone().date().isoformat()}, on request."
        return self._archives.archive(
            found.course, found.options, path.parent, meter, passphrase, notes=(*notes, note), source=library
        )

    def _accept_again(self, path: Path, found: Restored, made: ArchiveRecord, scrubbing: Scrubbing) -> None:
        """What was accepted of the old archive is accepted of the new one, also where it named who was erased."""
        known = self._library.archives.at(path.absolute())
        certificate = known.certificate if known else found.certificate
        before = certificate.accepted if certificate else ()
        accepted = {Gap.model_validate(scrubbing.value(gap.model_dump())) for gap in before}
        if again := [gap for gap in made.certificate.gaps if gap in accepted]:
            self._archives.proofs.accept(made, again)

    def _remove(self, archive: Path, anew: ArchiveRecord) -> None:
        """Remove an archive, with what stands beside it, since another one was made `anew`. Raises `NoAccess`."""
        try:
            if archive.is_dir():
                shutil.rmtree(archive)
            for path in (archive, *beside(archive), how_to_open_path(archive)):
                path.unlink(missing_ok=True)
        except OSError as error:
            what = f"{anew.path.name} was made without the student, but {archive.name} could not be removed."
            raise NoAccess(what, "Remove it by hand, and erase the student again.", details=str(error)) from error
        if known := self._library.archives.at(archive.absolute()):
            self._library.archives.forget(known.id)

    @contextlib.contextmanager
    def _unpacked(self) -> Iterator[Path]:
        """A folder in the library, for this user only, that goes again; after a kill at the next start."""
        token = f"{_UNPACKED}{uuid.uuid4().hex}"
        lock = FileLock.take(self._library.folder / f"{token}.lock")
        assert lock, "nobody else has a lock of this name"
        folder = self._library.folder / token
        try:
            yield folder
        finally:
            self._remove_unpacked(folder, lock)

    def _remove_unpacked(self, folder: Path, lock: FileLock) -> None:
        """Raises `NoAccess` where it cannot go now: the next start tries again."""
        try:
            if folder.exists():
                shutil.rmtree(folder)
        except OSError as error:
            lock.release()
            raise from_os_error(error, f"removing what was unpacked into {folder}") from error
        lock.release(remove=True)

    def _sweep(self) -> None:
        for path in self._library.folder.glob(f"{_UNPACKED}*.lock"):
            if (lock := FileLock.take(path)) is not None:
                self._remove_unpacked(path.with_suffix(""), lock)


def check_archive(path: Path) -> None:
    """See quickly whether a student might be erased from what lies at `path`; what is encrypted is told later.

    Raises `NotFound`, `BadSource`, `BadOptions`, `NoAccess`.
    """
    if not _is_encrypted(path) and certificate_in(path, None).pseudonymous:
        raise _says_nobody(path)


def _says_nobody(path: Path) -> BadOptions:
    return BadOptions(
        f"{path.name} is pseudonymous: it does not say who anybody is.",
        "Remove it, or make another one from the library once the student is erased there.",
    )


def _is_encrypted(path: Path) -> bool:
    return path.is_file() and is_encrypted(path)


def _holds(job: Job, student: StudentId) -> bool:
    """Whether an export may hold something of a student: where nobody was chosen, everybody was."""
    chosen = job.options.get("students")
    return job.kind not in _OF_NOBODY and (chosen is None or student in chosen)
