"""Guides as PDF: a book of the chosen assignments, or a document for each, for students or for teachers."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace
from typing import BinaryIO, Literal

from pydantic import Field

from exportmanager.core.course import Course
from exportmanager.core.errors import NothingToExport
from exportmanager.core.export import Estimate, PagesPreview, Section, counted
from exportmanager.core.meter import Meter
from exportmanager.core.names import unique_parts
from exportmanager.core.options import AssignmentChoice, Options
from exportmanager.core.report import Report
from exportmanager.exports.pieces.archive import archive_in, modified_on, spool
from exportmanager.exports.pieces.guide_choice import GuideChoice, guides_of, title_of, undamaged
from exportmanager.exports.pieces.guide_report import report_of
from exportmanager.exports.pieces.pdf_readme import pdf_readme
from exportmanager.formats.manifest import MANIFEST
from exportmanager.formats.pdf.book import Document, Printing, Project
from exportmanager.formats.pdf.front import Front
from exportmanager.formats.pdf.view import Edition
from exportmanager.formats.untrusted import printable

_README = "README.txt"
_TITLE = 100
"""Letters of a title that a file is called by."""
_FONTS, _PER_TEXT = 120_000, 3_000
_PREVIEW_PAGES = 6
"""Pages of the guide in a preview, at least."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_EDITIONS = {"student": "Student edition", "teacher": "Teacher edition, with solutions"}


class PdfOptions(Options):
    """What can be chosen."""

    assignments: AssignmentChoice = Field(
        default=None, title="Assignments", description="Which assignments; all if none is named."
    )
    edition: Literal["student", "teacher"] = Field(
        default="student",
        title="Edition",
        description="For students without any answers, or for teachers with expected answers, rubrics and guidance.",
        json_schema_extra={"labels": list(_EDITIONS.values())},
    )
    teacher_notes: bool = Field(
        default=False,
        title="Include teacher-only notes",
        description="Also the pages and boxes of a guide that only teachers see on the platform.",
    )
    one_file: bool = Field(
        default=True,
        title="One PDF for all assignments",
        description="All in one document; otherwise one for each assignment, several of them in a zip.",
    )
    paper: Literal["A4", "Letter"] = Field(
        default="A4", title="Paper", description="The size of the pages: A4, or US Letter."
    )


class Pdf:
    """The kind: see the module."""

    id = "pdf"
    title = "PDF"
    section = Section.CONTENT
    summary = "The guides of assignments to read and print, with all pages, pictures and questions."
    suffix = ".pdf"
    Options = PdfOptions

    def unavailable(self, course: Course) -> str | None:
        """Every course may have guides."""
        return None

    def estimate(self, course: Course, options: PdfOptions) -> Estimate:
        """From the sizes of texts and pictures; nothing is drawn."""
        work = _Work.of(course, options)
        guided = work.choice.guided
        files = len(guided) if work.is_zip else 1
        body = sum(each.text_bytes + each.picture_bytes + each.texts * _PER_TEXT for each in guided)
        pages = sum(each.texts for each in guided)
        told = f"{counted(len(guided), 'assignment')} with about {counted(pages, 'guide page')}"
        return Estimate(files * _FONTS + body, told, work.suffix, work.first_notes)

    def preview(self, course: Course, options: PdfOptions) -> PagesPreview:
        """The first pages of the first assignment."""
        work = _Work.of(course, options)
        first = replace(work, choice=GuideChoice(work.choice.guided[:1], []))
        out = io.BytesIO()
        with first.printing(Meter(), most=1) as printing:
            _refuse_nothing(printing)
            printing.draw(headings=False, pages=_PREVIEW_PAGES)
            printing.join(first.document((0,)), out)
        title = title_of(first.choice.guided[0])
        return PagesPreview(out.getvalue(), f"The first pages of {title}, as they will be printed.")

    def write(self, course: Course, options: PdfOptions, out: BinaryIO, meter: Meter) -> Report:
        """Write the PDF, or the zip of PDFs."""
        meter.stage("Checking the projects")
        work = _Work.of(course, options).undamaged(meter)
        with work.printing(meter) as printing:
            found = _refuse_nothing(printing)
            printing.draw(headings=options.one_file and len(found) > 1)
            if work.is_zip:
                return work.write_zip(printing, found, out, meter)
            printing.join(work.document(tuple(found)), out)
            return work.report(printing)


KIND = Pdf()


def _refuse_nothing(printing: Printing) -> list[int]:
    """The numbers of the projects that have pages. Raises `NothingToExport` where none has."""
    found = [number for number, survey in enumerate(printing.read()) if not survey.problem]
    if not found:
        raise NothingToExport(
            "None of the guides of the chosen assignments has a page that can be read.",
            "Choose others, or import the published projects again.",
        )
    return found


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be written."""

    course: Course
    options: PdfOptions
    choice: GuideChoice
    is_zip: bool

    @classmethod
    def of(cls, course: Course, options: PdfOptions) -> _Work:
        """As it was chosen. Raises `BadOptions`, `NothingToExport`."""
        choice = guides_of(course, options.assignments)
        return cls(course, options, choice, not options.one_file and len(choice.guided) > 1)

    def undamaged(self, meter: Meter) -> _Work:
        """What of it is as it was imported."""
        return replace(self, choice=undamaged(self.choice, lambda: meter.advance(0)))

    @property
    def suffix(self) -> str:
        """That of the file."""
        return ".zip" if self.is_zip else ".pdf"

    @property
    def edition(self) -> Edition:
        """As the drawing knows it."""
        options = self.options
        solutions = options.edition == "teacher"
        return Edition(solutions=solutions, teacher_notes=options.teacher_notes, paper=options.paper)

    @property
    def first_notes(self) -> tuple[str, ...]:
        """What a person should know first."""
        held = [("expected answers, rubrics and guidance", self.edition.solutions)]
        held += [("what only teachers see on the platform", self.edition.teacher_notes)]
        told = ", and ".join(what for what, is_in in held if is_in)
        gone = len(self.choice.gaps)
        without = f"{counted(gone, 'assignment')} without a published guide {'is' if gone == 1 else 'are'} not in it."
        return (*([f"Not for students: it holds {told}."] if told else []), *([without] if gone else []))

    def printing(self, meter: Meter, most: int = 0) -> Printing:
        """The run, by `most` processes (0: as many as this computer is good for)."""
        projects = [Project(title_of(guided), guided.path) for guided in self.choice.guided]
        return Printing(projects, self.edition, meter, most=most)

    def document(self, projects: tuple[int, ...]) -> Document:
        """A PDF of some of the projects."""
        info = self.course.info
        titles = [title_of(self.choice.guided[number]) for number in projects]
        is_book = len(projects) > 1
        names = [printable(" ".join(name.split()), _TITLE) for name in (info.title, info.code, info.term)]
        course = " · ".join(name for name in names if name)
        notes = ("With teacher-only notes",) if self.options.teacher_notes else ()
        return Document(
            front=Front(
                edition=self.edition,
                title=names[0] if is_book else titles[0],
                above=" · ".join(name for name in names[1:] if name) if is_book else course,
                below=(_EDITIONS[self.options.edition], *notes),
                listed=tuple(titles) if is_book else (),
                facts=(f"Taken from the platform on {info.taken_on.isoformat()}",),
            ),
            projects=projects,
            subject=f"{course} - {_EDITIONS[self.options.edition]}",
            language=_language(info.extra.get("language")),
            day=info.taken_on,
        )

    def write_zip(self, printing: Printing, found: list[int], out: BinaryIO, meter: Meter) -> Report:
        """A PDF for each assignment, and a text on the whole."""
        titles = [f"{self.choice.guided[number].assignment.title[:_TITLE]}.pdf" for number in found]
        names = unique_parts([_README, MANIFEST, *titles])[2:]
        with archive_in(out, modified_on(self.course.info.taken_on)) as archive:
            for number, name in zip(found, names, strict=True):
                with spool() as file:
                    printing.join(self.document((number,)), file)
                    archive.stored(name, file, lambda _: meter.advance(0))
            report = self.report(printing)
            archive.text(_README, pdf_readme(self.course, _EDITIONS[self.options.edition], names, report))
        return report

    def report(self, printing: Printing) -> Report:
        """What came of it."""
        titles = [title_of(guided) for guided in self.choice.guided]
        return report_of(titles, printing, self.choice.gaps, self.first_notes)


def _language(told: object) -> str:
    """The course's language (BCP 47), where its source names it."""
    return told if isinstance(told, str) and _LANGUAGE.fullmatch(told) else ""
