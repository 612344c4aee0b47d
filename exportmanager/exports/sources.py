"""Course sources: the published project of each assignment, as the platform gives them out."""

from __future__ import annotations

from typing import BinaryIO

from pydantic import Field

from exportmanager.core.course import Assignment, Course, Published
from exportmanager.core.errors import NothingToExport
from exportmanager.core.export import Estimate, Section, counted
from exportmanager.core.meter import Meter
from exportmanager.core.options import AssignmentChoice, Options, chosen_assignments
from exportmanager.core.report import Report
from exportmanager.exports.pieces.sources_zip import SourcesZip
from exportmanager.formats.untrusted import printable

_PER_FILE, _PER_PROJECT = 60, 1_500
"""About so many bytes in the zip besides the content of files, which zstandard packs no worse than the library does."""


class SourcesOptions(Options):
    """What can be chosen."""

    assignments: AssignmentChoice = Field(
        default=None, title="Assignments", description="Which assignments; all if none is named."
    )
    level: int = Field(
        default=3,
        ge=1,
        le=19,
        title="Compression level",
        description="From 1, the fastest, to 19, which makes the smallest files and takes its time.",
        json_schema_extra={"advanced": True},
    )


class CourseSources:
    """The kind: see the module. Nothing of a student is in it."""

    id = "sources"
    title = "Course sources"
    section = Section.CONTENT
    summary = "The published project of each assignment: guides, starter files and settings, and nothing of students."
    suffix = ".zip"
    Options = SourcesOptions

    def unavailable(self, course: Course) -> str | None:
        """The platform does not give these out either."""
        parent = course.info.child_of
        licensed = parent is not None and parent.licensed_master
        return "the course is a child course of a licensed master course." if licensed else None

    def estimate(self, course: Course, options: SourcesOptions) -> Estimate:
        """About as large as the packages are in the library; by name what has no published project."""
        assignments, projects = _chosen(course, options)
        files = sum(project.package.files for project in projects)
        size = sum(project.package.packed_bytes for project in projects) + files * _PER_FILE
        there = {project.assignment_id for project in projects}
        missing = [printable(assignment.title) for assignment in assignments if assignment.id not in there]
        notes = (f"Without a published project: {', '.join(missing)}.",) if missing else ()
        summary = f"{counted(len(projects), 'project')} with {counted(files, 'file')}"
        return Estimate(size + len(assignments) * _PER_PROJECT, summary, notes=notes)

    def preview(self, course: Course, options: SourcesOptions) -> None:
        """It is no table."""

    def write(self, course: Course, options: SourcesOptions, out: BinaryIO, meter: Meter) -> Report:
        """Write the zip."""
        assignments, projects = _chosen(course, options)
        meter.stage("Packing", sum(project.package.bytes for project in projects))
        return SourcesZip(course, assignments, projects, options.level, meter).write(out)


KIND = CourseSources()


def _chosen(course: Course, options: SourcesOptions) -> tuple[list[Assignment], list[Published]]:
    """The chosen assignments, and those of their projects that there are. Raises `BadOptions`, `NothingToExport`."""
    assignments = chosen_assignments(options.assignments, list(course.assignments()))
    if not assignments:
        raise NothingToExport("There is no assignment to export.", "Tick at least one assignment.")
    wanted = {assignment.id for assignment in assignments}
    projects = [project for project in course.published() if project.assignment_id in wanted]
    if not projects:
        raise NothingToExport(
            "None of the chosen assignments has a published project.",
            "Import the course sources that the platform gives, or choose other assignments.",
        )
    return assignments, projects
