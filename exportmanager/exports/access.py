"""Course access data: who logged in and out, and who opened and closed which project, when and from where."""

from __future__ import annotations

from typing import BinaryIO, Literal

from pydantic import Field

from exportmanager.core.course import Course, Role, StudentId
from exportmanager.core.events import AccessType
from exportmanager.core.export import Estimate, Preview, Section
from exportmanager.core.meter import Meter
from exportmanager.core.options import StudentChoice, chosen_students
from exportmanager.core.report import Report
from exportmanager.exports.pieces.data_options import PeriodOptions
from exportmanager.exports.pieces.event_access import AccessTable
from exportmanager.exports.pieces.event_choice import chosen_events
from exportmanager.exports.pieces.event_table import estimate_of, preview_of, write_table
from exportmanager.exports.pieces.names import Names


class AccessOptions(PeriodOptions):
    """What can be chosen."""

    students: StudentChoice = Field(
        default=None, title="Students", description="Which students; everybody, with the teachers, if none is named."
    )
    role: Literal["everybody", "students", "teachers"] = Field(
        default="everybody",
        title="Whose",
        description="What everybody did, or only students, or only teachers.",
        json_schema_extra={"labels": ["everybody's", "students'", "teachers'"]},
    )
    type: Literal["all", "log_in", "log_out", "project_open", "project_close"] = Field(
        default="all",
        title="Access type",
        description="Everything, or only logins, logouts, opened or closed projects.",
        json_schema_extra={"labels": ["all", "Log In", "Log Out", "Project Open", "Project Close"]},
    )


class Access:
    """The kind: see the module."""

    id = "access"
    title = "Course access data"
    section = Section.DATA
    summary = "Who logged in and out, and opened and closed which project, when and from where, as one table."
    suffix = ".csv"
    Options = AccessOptions

    def unavailable(self, course: Course) -> str | None:
        """Every course has it, though it may be empty."""
        return None

    def estimate(self, course: Course, options: AccessOptions) -> Estimate:
        """How many rows, and of what time."""
        return estimate_of(_table(course, options), options.dialect)

    def preview(self, course: Course, options: AccessOptions) -> Preview:
        """The first rows."""
        return preview_of(_table(course, options), options.dialect)

    def write(self, course: Course, options: AccessOptions, out: BinaryIO, meter: Meter) -> Report:
        """Write the table."""
        return write_table(_table(course, options), options.dialect, out, meter)


KIND = Access()


def _table(course: Course, options: AccessOptions) -> AccessTable:
    types = None if options.type == "all" else frozenset({AccessType(options.type)})
    people = _people(course, options)
    chosen = chosen_events(course, options, AccessTable.things, course.access_span, people=people, types=types)
    return AccessTable(course, chosen, Names(course, is_pseudonymous=options.is_pseudonymous))


def _people(course: Course, options: AccessOptions) -> frozenset[StudentId] | None:
    """Those who were chosen; None for everybody."""
    if options.students is None and options.role == "everybody":
        return None
    role = {"students": Role.STUDENT, "teachers": Role.TEACHER}.get(options.role)
    people = chosen_students(options.students, list(course.students()))
    return frozenset(person.id for person in people if role in {None, person.role})
