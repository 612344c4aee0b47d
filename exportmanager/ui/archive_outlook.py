"""What an archive will hold and whether its place has room, found out before it is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from exportmanager.archive.options import ArchiveOptions
from exportmanager.archive.placing import check_room
from exportmanager.core.course import CourseId
from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.report import Gap
from exportmanager.core.trash import Going
from exportmanager.deleting import Proof
from exportmanager.program import Program
from exportmanager.ui.archive_words import going_words, sentences
from exportmanager.ui.words import counted, size, tr


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants archived, how and where. The passphrase is asked for, and kept nowhere."""

    courses: tuple[CourseId, ...]
    options: ArchiveOptions
    folder: Path
    passphrase: str | None = None


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is in one course, what its last import did not get, which exports it has not (and why), how it is proven."""

    going: Going
    gaps: tuple[Gap, ...]
    not_there: tuple[tuple[str, str], ...]
    proof: Proof


@dataclass(frozen=True, slots=True)
class Outlook:
    """All of it; `problem`: why it cannot be made there. `is_beside`: the folder is on the library's own disk."""

    courses: Sequence[Ahead]
    problem: ProblemForTeacher | None
    is_beside: bool

    @property
    def gaps(self) -> list[Gap]:
        """What is known to be missing in all of them."""
        return [gap for course in self.courses for gap in course.gaps]


def look_ahead(program: Program, wish: Wish) -> Outlook:
    """Look. Raises `NotFound` for a course that has gone."""
    courses = [_course(program, course) for course in wish.courses]
    problem = None
    try:
        program.archives.placing(wish.folder, wish.passphrase).check(wish.options.form)
        check_room(wish.folder, sum(course.going.bytes for course in courses))
    except ProblemForTeacher as found:
        problem = found
    return Outlook(courses, problem, is_on_one_disk(program.library.folder, wish.folder))


def _course(program: Program, course: CourseId) -> Ahead:
    report = program.library.overview(course).report
    with program.library.course(course) as opened:
        reasons = [(kind.title, kind.unavailable(opened)) for kind in program.kinds.values()]
    return Ahead(
        going=program.library.trash.going(course),
        gaps=tuple(gap for gap in report.gaps if not gap.chosen) if report else (),
        not_there=tuple((title, why) for title, why in reasons if why),
        proof=program.deleting.proof(course),
    )


def is_on_one_disk(first: Path, second: Path) -> bool:
    """Whether two folders lie on one disk, as far as can be told."""
    try:
        return first.stat().st_dev == second.stat().st_dev
    except OSError:
        return False


def outlook_lines(outlook: Outlook, wish: Wish) -> Iterator[str]:
    """What will come of it, as sentences."""
    if outlook.problem:
        yield sentences(outlook.problem)
        return
    if len(outlook.courses) == 1:
        yield tr("It will hold {what}.", what=going_words(outlook.courses[0].going))
    else:
        students = counted(sum(one.going.students for one in outlook.courses), "1 student", "%Ln students")
        held = size(sum(one.going.bytes for one in outlook.courses))
        courses = counted(len(outlook.courses), "1 archive", "%Ln archives")
        yield tr("{courses}, with {students} and {size} of files.", courses=courses, students=students, size=held)
    if outlook.gaps:
        yield counted(len(outlook.gaps), "1 gap is known now; it stands in the certificate.",
                      "%Ln gaps are known now; they stand in the certificate.")  # fmt: skip
    if outlook.is_beside:
        yield tr("This folder is on the same disk as the library. Best is another one: a USB stick, a network drive.")


def not_included(outlook: Outlook, options: ArchiveOptions) -> Iterator[str]:
    """Which exports will not be in the archive of a single course, and why."""
    if len(outlook.courses) == 1 and options.exports:
        for title, why in outlook.courses[0].not_there:
            yield tr("Without {kind}: {why}", kind=tr(title), why=tr(why))
