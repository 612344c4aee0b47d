"""Archives of a library's courses: made, recorded, and after a kill either finished or gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from exportmanager import __version__
from exportmanager.archive.decrypting import is_encrypted
from exportmanager.archive.drafts import ArchiveDrafts
from exportmanager.archive.options import ArchiveOptions
from exportmanager.archive.placing import Placing, record_of, size_of
from exportmanager.archive.proofs import Proofs
from exportmanager.archive.restoring import Restored, restore
from exportmanager.core.archive import ArchiveRecord, Certificate, Form
from exportmanager.core.course import CourseId
from exportmanager.core.errors import BadOptions, LibraryBusy, ProblemForTeacher
from exportmanager.core.export import ExportKind
from exportmanager.core.meter import Meter
from exportmanager.library.library import Library

PROGRAM = f"Export Manager {__version__}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one course among several: its archive, or why there is none."""

    course: CourseId
    title: str
    record: ArchiveRecord | None = None
    problem: ProblemForTeacher | None = None


class Archives:
    """What makes archives of the courses of one library; `kinds` gives the exports that go into them.

    Not before they are needed: a start does not load what draws PDFs.
    """

    def __init__(
        self,
        library: Library,
        kinds: Callable[[], Mapping[str, ExportKind]],
        clock: Callable[[], datetime],
        program: str = PROGRAM,
    ) -> None:
        self._library, self._kinds, self._clock, self._program = library, kinds, clock, program
        self.drafts = ArchiveDrafts(library.folder / "archive-drafts", self._refuse)

    def _refuse(self) -> None:
        """No archive is begun while a student is erased: it would hold what is just going."""
        if self._library.erasure.intended():
            raise LibraryBusy("A student is being erased.", "Wait until that has ended, and try again.")

    def archive(
        self,
        course: CourseId,
        options: ArchiveOptions,
        folder: Path,
        meter: Meter,
        passphrase: str | None = None,
        *,
        notes: tuple[str, ...] = (),
        source: Library | None = None,
    ) -> ArchiveRecord:
        """Make an archive of a course in `folder`, read it back, and record it.

        `notes` say in its certificate what was done to it; `source` is another library, where the course is in that.
        Raises `NotFound`, `BadOptions`, `NoRoom`, `NoAccess`, `Damaged`, `Cancelled`; then nothing of it is left.
        """
        from exportmanager.archive.making import Order, make  # what draws pages and PDFs takes its time to load

        placing = self.placing(folder, passphrase)
        placing.check(options.form)
        order = Order(options=options, kinds=self._kinds(), made_at=self._clock(), program=self._program, notes=notes)
        with (source or self._library).whole_course(course) as opened:
            return make(opened, order, placing, meter)

    def archive_several(
        self,
        courses: Sequence[CourseId],
        options: ArchiveOptions,
        folder: Path,
        meter: Meter,
        passphrase: str | None = None,
        told: Callable[[Outcome], object] = lambda _: None,
    ) -> list[Outcome]:
        """The same for several courses, one after the other: one that cannot be archived does not keep the others back.

        `told` hears of each as it ends. Raises `BadOptions`, `NoAccess` where none of them could, and `Cancelled`; what
        was finished by then stays.
        """
        self.placing(folder, passphrase).check(options.form)
        titles = {one.info.id: one.info.title for one in self._library.courses()}
        outcomes = []
        for course in courses:
            title = titles.get(course, course)
            try:
                outcome = Outcome(course, title, self.archive(course, options, folder, meter, passphrase))
            except ProblemForTeacher as problem:
                outcome = Outcome(course, title, problem=problem)
            outcomes.append(outcome)
            told(outcome)
        return outcomes

    def restore(
        self, path: Path, meter: Meter, passphrase: str | None = None, *, student: str = "", only_look: bool = False
    ) -> Restored:
        """Restore an archive, or a student of it, and know the archive from then on: see `restoring.restore`."""
        found = restore(path, self._library, meter, passphrase, student=student, only_look=only_look, now=self._clock())
        is_news = not only_look and not found.damage and self._library.archives.at(path.absolute()) is None
        if is_news and found.certificate:
            self._library.archives.add(self._known(path.absolute(), found.certificate, found.sha256))
        return found

    def _known(self, path: Path, certificate: Certificate, sha256: str) -> ArchiveRecord:
        """An archive that was read back at this moment."""
        certified = certificate.model_copy(update={"sha256": sha256, "place": str(path)})
        form: Form = "folder" if path.is_dir() else "zip"
        is_hidden = form == "zip" and is_encrypted(path)
        record = record_of(certified, path, form, size_of(path), is_encrypted=is_hidden)
        return replace(record, checked_at=self._clock())

    @property
    def proofs(self) -> Proofs:
        """What is known of archives, and proves that they are whole."""
        return Proofs(self._library.archives, self.drafts, self._clock)

    def copy(self, archive: ArchiveRecord, folder: Path, meter: Meter) -> ArchiveRecord:
        """Make a second copy of an archive in `folder`: see `archive.copying`."""
        self.placing(folder)
        return self.proofs.copy(archive, folder, meter)

    def placing(self, folder: Path, passphrase: str | None = None) -> Placing:
        """What gives an archive its place in `folder`. Raises `BadOptions` for one that belongs to the library."""
        folder = folder.absolute()
        if folder.resolve().is_relative_to(self._library.folder.resolve()):
            raise BadOptions(
                f"The folder {folder} belongs to the library itself.",
                "Choose a folder outside it, best on another disk.",
            )
        return Placing(folder=folder, drafts=self.drafts, record=self._library.archives.add, passphrase=passphrase)

    def finish_left(self) -> None:
        """Make true what a killed process left: what was whole gets its name and is recorded, all else goes."""
        self.drafts.finish_left(self._library.archives.add)
