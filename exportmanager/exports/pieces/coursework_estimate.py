"""What a zip of coursework will hold, before it is written."""

from __future__ import annotations

from exportmanager.core.course import Course
from exportmanager.core.errors import NothingToExport
from exportmanager.core.export import Estimate, counted
from exportmanager.exports.pieces.account import wanted_workspaces
from exportmanager.exports.pieces.who import Plan

_PER_FILE = 260
"""Bytes that a file costs besides its data: headers, and a line in the manifest."""


def estimate_of(course: Course, chosen: Plan) -> Estimate:
    """The packages as they lie in the library, and what the tables may take. Raises `NothingToExport`."""
    packages = [workspace.package for workspace in wanted_workspaces(course, chosen)]
    if not packages and not _has_records(course, chosen):
        raise NothingToExport(
            "There is no work of the chosen students on the chosen assignments.", "Choose others, or all."
        )
    files = sum(package.files for package in packages)
    size = sum(package.packed_bytes for package in packages) + files * _PER_FILE
    people, assignments = len(chosen.included), len(chosen.assignments)
    within = f"{counted(len(packages), 'workspace')} with {counted(files, 'file')}"
    inactive = sum(bool(person.left_out) for person in chosen.people)
    left_out = f" ({inactive} inactive left out)" if inactive else ""
    summary = f"{counted(people, 'student')}{left_out}, {counted(assignments, 'assignment')}, {within}"
    return Estimate(size + 2_000 * people * assignments, summary)


def _has_records(course: Course, chosen: Plan) -> bool:
    people = {person.student.id for person in chosen.included}
    for assignment in chosen.assignments:
        if any(answer.student_id in people for answer in course.answers(assignment.id)):
            return True
    return any(result.student_id in people and result.assignment_id in chosen.folders for result in course.results())
