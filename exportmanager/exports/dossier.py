"""A dossier: all on one student's work on one assignment as one PDF, for a grade dispute."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Literal

from pydantic import Field

from exportmanager.core.course import Course, Published, Workspace
from exportmanager.core.errors import Damaged
from exportmanager.core.export import Estimate, PagesPreview, Section, counted
from exportmanager.core.meter import Meter
from exportmanager.core.options import AssignmentChoice, Options, StudentChoice
from exportmanager.core.report import Count, Gap, Report
from exportmanager.exports.pieces.data_options import Privacy
from exportmanager.exports.pieces.dossier_files import Files, FilesTold, files_told
from exportmanager.exports.pieces.dossier_record import Pair, Record, pair_of, record_of
from exportmanager.exports.pieces.dossier_sections import Told
from exportmanager.exports.pieces.fetching import IN_MEMORY, read_package
from exportmanager.formats.pdf import dossier as drawing
from exportmanager.formats.pdf.dossier_printing import Dossier, Printed, print_dossier
from exportmanager.formats.pdf.front import Front
from exportmanager.formats.pdf.view import Edition
from exportmanager.formats.untrusted import printable

_FONTS, _MOST_CODE = 160_000, 2_000_000
_PREVIEWED = 8
"""Sections in a preview."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_HOLDS = "Not for students: it holds expected answers and the teacher's notes."
_PRIVACY = (
    "It is pseudonymous: the student is called by a pseudonym, the same one in every such export.",
    "What the student wrote in files and answers, and what teachers wrote, is not changed: it may tell who it is.",
)


class DossierOptions(Options):
    """What can be chosen."""

    students: StudentChoice = Field(default=None, title="Student", description="Which student; it must be one.")
    assignments: AssignmentChoice = Field(
        default=None, title="Assignment", description="Which assignment; it must be one."
    )
    privacy: Privacy = Field(
        default="full",
        title="Students are called",
        description="By name, or by pseudonyms instead of everything that tells who somebody is.",
        json_schema_extra={"labels": ["by name", "by pseudonym"]},
    )
    paper: Literal["A4", "Letter"] = Field(
        default="A4", title="Paper", description="The size of the pages: A4, or US Letter."
    )


class DossierOfOne:
    """The kind: see the module."""

    id = "dossier"
    title = "Dossier"
    section = Section.DATA
    summary = "All on the work of one student on one assignment, as one PDF for a grade dispute."
    suffix = ".pdf"
    Options = DossierOptions

    def unavailable(self, course: Course) -> str | None:
        """Every course may have students and assignments."""
        return None

    def estimate(self, course: Course, options: DossierOptions) -> Estimate:
        """From the sizes of answers and files; nothing is drawn."""
        record = record_of(_pair(course, options), Meter())
        files = record.workspace.package.files if record.workspace else 0
        code = min(record.workspace.package.bytes, _MOST_CODE) if record.workspace else 0
        written = sum(len(answer.answer) for answer in record.answers)
        written += sum(len(log.question) + len(log.response) for log in record.coach)
        told = [counted(len(record.answers), "answer"), counted(files, "file"), counted(record.access.rows, "event")]
        return Estimate(_FONTS + code + 2 * written, ", ".join(told), notes=_notes(record, options))

    def preview(self, course: Course, options: DossierOptions) -> PagesPreview:
        """Its first pages, without code."""
        record = record_of(_pair(course, options), Meter())
        sections = Told(record, "they are not in the preview", ()).beginning()[:_PREVIEWED]
        out = io.BytesIO()
        print_dossier(_dossier(record, options, sections), out, Meter(), most=1, is_whole=False)
        return PagesPreview(out.getvalue(), "The first pages, as they will be printed.")

    def write(self, course: Course, options: DossierOptions, out: BinaryIO, meter: Meter) -> Report:
        """Write the PDF."""
        pair = _pair(course, options)
        meter.stage("Reading the work")
        record = record_of(pair, meter)
        read = _Reading.of(record, meter)
        sections = Told(record, read.files, read.problems).sections()
        printed = print_dossier(_dossier(record, options, sections), out, meter)
        return _report(record, options, read, printed)


KIND = DossierOfOne()


def _pair(course: Course, options: DossierOptions) -> Pair:
    is_pseudonymous = options.privacy == "pseudonymous"
    return pair_of(course, options.assignments, options.students, is_pseudonymous=is_pseudonymous)


def _notes(record: Record, options: DossierOptions) -> tuple[str, ...]:
    return (_HOLDS, *record.notes, *(_PRIVACY if options.privacy == "pseudonymous" else ()))


@dataclass(slots=True)
class _Reading:
    """What was read of the files, or why there are none; `problems` are pairs of what could not be read and why."""

    files: FilesTold | str
    problems: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, record: Record, meter: Meter) -> _Reading:
        """Read workspace and starter files."""
        if record.workspace is None:
            return cls("no workspace of the student was imported")
        read = cls("")
        mine = read._fetched(record.pair.course, record.workspace, "workspace", meter)
        published = record.published
        before = read._fetched(record.pair.course, published, "starter files", meter) if published else None
        try:
            read.files = files_told(mine, before, meter) if mine else read.problems[0][1]
        except Damaged as damage:
            read.files = "a package in the library is damaged"
            read.problems.append(("files", damage.what))
        return read

    def _fetched(self, course: Course, of: Workspace | Published, what: str, meter: Meter) -> Files | None:
        sha256 = of.package.sha256
        package = read_package(course.package_path(sha256), of.package, lambda: meter.advance(0), IN_MEMORY)
        if isinstance(package, str):
            self.problems.append((what, package))
            return None
        return Files(package, course.contents([sha256])[sha256])


def _dossier(record: Record, options: DossierOptions, sections: Sequence[drawing.Section]) -> Dossier:
    info, pair = record.pair.course.info, record.pair
    course = " \u00b7 ".join(_line(name) for name in (info.title, info.code, info.term) if name)
    student, assignment = _line(pair.shown), _line(pair.assignment.title)
    language = info.extra.get("language")
    return Dossier(
        sections=tuple(sections),
        front=Front(
            edition=Edition(solutions=True, paper=options.paper),
            title=f"Dossier: {student}",
            above=course,
            below=(assignment, "Answers, grade, files, history and notes of one student and one assignment"),
            facts=(f"Taken from the platform on {info.taken_on.isoformat()}",),
        ),
        head=f"Dossier - {student} - {assignment}",
        subject=course,
        language=language if isinstance(language, str) and _LANGUAGE.fullmatch(language) else "",
        day=info.taken_on,
    )


def _line(text: str) -> str:
    return printable(" ".join(text.split()), 100)


def _report(record: Record, options: DossierOptions, read: _Reading, printed: Printed) -> Report:
    """What came of it."""
    who = record.pair.shown
    files = record.workspace.package.files if record.workspace else 0
    done = read.files.files if isinstance(read.files, FilesTold) else 0
    short = read.files.short if isinstance(read.files, FilesTold) else ()
    gaps = [Gap(what=what, who=who, why=why) for what, why in (*record.missing, *read.problems, *short)]
    gaps += [Gap(what=what, who=who, why=why) for (what, why), _ in sorted(printed.missed.items())]
    gaps += [Gap(what=title, who=who, why="this program could not draw it") for title in printed.lost]
    answers = len(record.answers)
    return Report(
        counts=(
            Count(thing="answers", expected=answers, done=answers),
            Count(thing="files", expected=max(files, done), done=done),
            Count(thing="pages", expected=printed.pages, done=printed.pages),
        ),
        gaps=tuple(gaps),
        notes=_notes(record, options),
    )
