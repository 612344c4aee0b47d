"""Coursework data: every student's workspaces, answers and totals, with an account of what is not there."""

from __future__ import annotations

from typing import BinaryIO

from pydantic import Field

from exportmanager.core.course import Course
from exportmanager.core.export import Estimate, Section
from exportmanager.core.meter import Meter
from exportmanager.core.options import AssignmentChoice, Options, StudentChoice
from exportmanager.core.report import Report
from exportmanager.exports.pieces.account import wanted_workspaces
from exportmanager.exports.pieces.coursework_estimate import estimate_of
from exportmanager.exports.pieces.coursework_zip import CourseworkZip, Order
from exportmanager.exports.pieces.who import Naming, Plan, plan
from exportmanager.formats.csv import DIALECTS, Preset


class CourseworkOptions(Options):
    """What can be chosen."""

    assignments: AssignmentChoice = Field(
        default=None, title="Assignments", description="Which assignments; all if none is named."
    )
    students: StudentChoice = Field(default=None, title="Students", description="Which students; all if none is named.")
    include_inactive: bool | None = Field(
        default=None,
        title="Students inactive for more than 90 days",
        description="Include them too, counted to the day the data were taken; otherwise as the course is set.",
    )
    order: Order = Field(
        default="assignment",
        title="Folders",
        description="What comes first: a folder per assignment with its students, or the other way round.",
        json_schema_extra={"labels": ["assignment / student", "student / assignment"], "advanced": True},
    )
    naming: Naming = Field(
        default="names",
        title="Students are called",
        description="Names, or pseudonyms in every file of ours (what students wrote themselves is not changed).",
        json_schema_extra={"labels": ["by name", "by pseudonym"]},
    )
    csv: Preset = Field(
        default="spreadsheets",
        title="Tables",
        description="CSV for spreadsheets (formulas cannot run) or for programs (nothing changed).",
        json_schema_extra={"labels": ["for spreadsheets", "for programs"], "advanced": True},
    )


class Coursework:
    """The kind: see the module."""

    id = "coursework"
    title = "Coursework data"
    section = Section.DATA
    summary = "Everything students made: workspaces, answers and grades, one folder per assignment and student."
    suffix = ".zip"
    Options = CourseworkOptions

    def unavailable(self, course: Course) -> str | None:
        """Every course has coursework."""
        return None

    def estimate(self, course: Course, options: CourseworkOptions) -> Estimate:
        """The packages as they lie in the library, and what the tables may take."""
        return estimate_of(course, _plan(course, options))

    def preview(self, course: Course, options: CourseworkOptions) -> None:
        """It is no table."""

    def write(self, course: Course, options: CourseworkOptions, out: BinaryIO, meter: Meter) -> Report:
        """Write the zip."""
        chosen = _plan(course, options)
        total = sum(workspace.package.packed_bytes for workspace in wanted_workspaces(course, chosen))
        meter.stage("Packing", total)
        return CourseworkZip(course, chosen, options.order, DIALECTS[options.csv], meter).write(out)


KIND = Coursework()


def _plan(course: Course, options: CourseworkOptions) -> Plan:
    return plan(
        course,
        assignments=options.assignments,
        students=options.students,
        include_inactive=options.include_inactive,
        naming=options.naming,
    )
