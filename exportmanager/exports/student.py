"""Student data: all that single students made, one zip in the shape of coursework, or one for each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO, Literal

from pydantic import Field

from exportmanager.core.course import Course
from exportmanager.core.errors import NothingToExport
from exportmanager.core.export import Estimate, Section
from exportmanager.core.meter import Meter
from exportmanager.core.options import Options, StudentChoice
from exportmanager.core.report import Cell, Count, Gap, Report
from exportmanager.exports.pieces.account import wanted_workspaces
from exportmanager.exports.pieces.archive import archive_in, modified_on, spool
from exportmanager.exports.pieces.coursework_estimate import estimate_of
from exportmanager.exports.pieces.coursework_zip import CourseworkZip, Order
from exportmanager.exports.pieces.data_options import TableOptions
from exportmanager.exports.pieces.data_readme import data_readme
from exportmanager.exports.pieces.names import Names
from exportmanager.exports.pieces.one_student import each_student
from exportmanager.exports.pieces.who import Plan, plan

_PER_ZIP = 8_000
"""About so many bytes that a zip of its own takes, besides a student's work."""
_FILES = (("*.zip", "the work of one student in the whole course; a README.txt in it says what is where"),)
_PRIVACY = (
    "It is pseudonymous: students are called by pseudonyms in every file of ours, the same ones in every such export.",
    "What students wrote in files, answers and comments is not changed: it may tell who they are.",
)


class _WhichStudents(Options):
    students: StudentChoice = Field(default=None, title="Students", description="Which students; all if none is named.")
    bundle: Literal["one", "each"] = Field(
        default="one",
        title="Several students",
        description="One zip with all of them, or a zip for each, all of these in one.",
        json_schema_extra={"labels": ["one zip for all", "a zip for each"]},
    )
    include_inactive: bool | None = Field(
        default=None,
        title="Students inactive for more than 90 days",
        description="Include them too, counted to the day the data were taken; otherwise as the course is set.",
    )


class StudentOptions(TableOptions, _WhichStudents):
    """What can be chosen."""

    order: Order = Field(
        default="assignment",
        title="Folders",
        description="What comes first: a folder per assignment with its students, or the other way round.",
        json_schema_extra={"labels": ["assignment / student", "student / assignment"], "advanced": True},
    )


class StudentData:
    """The kind: see the module."""

    id = "student"
    title = "Student data"
    section = Section.DATA
    summary = "All that single students made in the whole course: workspaces, answers and grades."
    suffix = ".zip"
    Options = StudentOptions

    def unavailable(self, course: Course) -> str | None:
        """Every course may have students."""
        return None

    def estimate(self, course: Course, options: StudentOptions) -> Estimate:
        """As of coursework."""
        chosen = _plan(course, options)
        if not chosen.included:
            raise NothingToExport(
                "Everybody chosen was inactive for more than 90 days.", "Choose to include them, or choose others."
            )
        found = estimate_of(course, chosen)
        size = found.bytes + len(chosen.included) * _PER_ZIP
        return replace(found, bytes=size, notes=_PRIVACY if options.is_pseudonymous else ())

    def preview(self, course: Course, options: StudentOptions) -> None:
        """It is no table."""

    def write(self, course: Course, options: StudentOptions, out: BinaryIO, meter: Meter) -> Report:
        """Write the zip."""
        chosen = _plan(course, options)
        meter.stage("Packing", sum(workspace.package.packed_bytes for workspace in wanted_workspaces(course, chosen)))
        if options.bundle == "each" and len(chosen.people) > 1:
            report = _each(course, chosen, options, out, meter)
        else:
            report = CourseworkZip(course, chosen, options.order, options.dialect, meter).write(out)
        return report.model_copy(update={"notes": _PRIVACY if options.is_pseudonymous else ()})


KIND = StudentData()


def _plan(course: Course, options: StudentOptions) -> Plan:
    return plan(
        course,
        assignments=None,
        students=options.students,
        include_inactive=options.include_inactive,
        naming="pseudonyms" if options.is_pseudonymous else "names",
        names=Names(course, is_pseudonymous=options.is_pseudonymous),
    )


def _each(course: Course, chosen: Plan, options: StudentOptions, out: BinaryIO, meter: Meter) -> Report:
    """A zip for each of those who are included, in one, and a text that names the others."""
    views = each_student(course, [person.student.id for person in chosen.included], meter)
    reports = []
    with archive_in(out, modified_on(course.info.taken_on)) as archive:
        for person, view in zip(chosen.included, views, strict=True):
            with spool() as draft:
                alone = replace(chosen, people=[person])
                reports.append(CourseworkZip(view, alone, options.order, options.dialect, meter).write(draft))
                archive.stored(f"{person.folder}.zip", draft, lambda _: meter.advance(0))
        notes = [f"Left out: {chosen.shown(person)}, {person.left_out}." for person in chosen.people if person.left_out]
        if options.is_pseudonymous:
            notes += _PRIVACY
        archive.text("README.txt", data_readme(course, "student data", _FILES, notes, options.dialect))
    return _together(chosen, reports)


def _together(chosen: Plan, reports: Sequence[Report]) -> Report:
    """The reports of all zips as one, with those who were left out."""
    left_out = [person for person in chosen.people if person.left_out]
    gaps = [Gap(what="student", who=person.student.name, why=person.left_out, chosen=True) for person in left_out]
    cells = Counter({cell.value: 0 for cell in Cell})
    cells[Cell.LEFT_OUT.value] = len(left_out) * len(chosen.assignments)
    expected, done = Counter({"students": len(left_out)}), Counter[str]()
    for report in reports:
        cells.update(report.cells)
        gaps += report.gaps
        for count in report.counts:
            expected[count.thing] += count.expected
            done[count.thing] += count.done
    counts = tuple(Count(thing=thing, expected=expected[thing], done=done[thing]) for thing in expected)
    return Report(counts=counts, cells=dict(cells), gaps=tuple(gaps))
