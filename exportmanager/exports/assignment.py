"""Assignment data: an archive of each student's files, and a table of grades and answers, for each assignment."""

from __future__ import annotations

from typing import BinaryIO

from exportmanager.core.course import Course
from exportmanager.core.export import Estimate, Section, counted
from exportmanager.core.meter import Meter
from exportmanager.core.report import Report
from exportmanager.exports.pieces.account import wanted_workspaces
from exportmanager.exports.pieces.assignment_zip import OURS, AssignmentZip
from exportmanager.exports.pieces.choice import Choice, ChoiceOptions, answer_counts, answer_size, choice_of
from exportmanager.exports.pieces.data_options import TableOptions
from exportmanager.exports.pieces.grade_columns import REPLACED
from exportmanager.exports.pieces.who import Plan, plan

_TITLE_UNITS = 80
"""A path is a title, a student's name and handle, and a suffix."""
_PER_ARCHIVE, _PER_ROW, _PER_TABLE = 400, 200, 6_000
"""About so many bytes in the zip, besides the files."""
_WORKSPACES = "What students wrote in their files is not changed: it may tell who they are."
_FREE = ("Comments", "the columns that end in _Answer")


class AssignmentOptions(TableOptions, ChoiceOptions):
    """What can be chosen."""


class AssignmentData:
    """The kind: see the module."""

    id = "assignment"
    title = "Assignment data"
    section = Section.DATA
    summary = (
        "Every student's files as an archive of their own, and a table of grades and answers, for each assignment."
    )
    suffix = ".zip"
    Options = AssignmentOptions

    def unavailable(self, course: Course) -> str | None:
        """Every course may have assignments."""
        return None

    def estimate(self, course: Course, options: AssignmentOptions) -> Estimate:
        """The packages as they lie in the library, and what the tables may take."""
        choice, chosen = _chosen(course, options)
        packages = [workspace.package for workspace in wanted_workspaces(course, chosen)]
        answers = answer_counts(course, choice)
        students, tables = len(choice.students), len(choice.assignments)
        size = sum(package.packed_bytes + _PER_ARCHIVE for package in packages)
        size += tables * (_PER_TABLE + students * _PER_ROW) + round(answers.wanted * answer_size(course, choice) / 3)
        within = [counted(students, "student"), counted(tables, "assignment"), counted(len(packages), "workspace")]
        empty = () if packages else ("No files of the chosen students in it.",)
        privacy = (_WORKSPACES,) if options.is_pseudonymous else ()
        return Estimate(size, ", ".join(within), notes=(*empty, *answers.notes, *privacy))

    def preview(self, course: Course, options: AssignmentOptions) -> None:
        """It is no table."""

    def write(self, course: Course, options: AssignmentOptions, out: BinaryIO, meter: Meter) -> Report:
        """Write the zip."""
        choice, chosen = _chosen(course, options)
        meter.stage("Packing", sum(workspace.package.packed_bytes for workspace in wanted_workspaces(course, chosen)))
        answers = answer_counts(course, choice)
        privacy = (_WORKSPACES, *choice.names.notes(REPLACED, _FREE)) if options.is_pseudonymous else ()
        archive = AssignmentZip(course, chosen, choice, options.dialect, meter)
        return archive.write(out, answers.wanted, (*answers.notes, *privacy))


KIND = AssignmentData()


def _chosen(course: Course, options: AssignmentOptions) -> tuple[Choice, Plan]:
    """Who and what is chosen; those who are inactive too. Raises `BadOptions`, `NothingToExport`."""
    choice = choice_of(course, options, is_pseudonymous=options.is_pseudonymous)
    chosen = plan(
        course,
        assignments=options.assignments,
        students=options.students,
        include_inactive=True,
        naming="pseudonyms" if options.is_pseudonymous else "names",
        names=choice.names,
        title_units=_TITLE_UNITS,
        taken=OURS,
    )
    return choice, chosen
