"""Course coach logs: what students asked the coach, what it was told besides, and what it said."""

from __future__ import annotations

from typing import BinaryIO

from pydantic import Field

from exportmanager.core.course import AssignmentId, Course
from exportmanager.core.export import Estimate, Preview, Section
from exportmanager.core.meter import Meter
from exportmanager.core.options import AssignmentChoice, chosen_assignments
from exportmanager.core.report import Report
from exportmanager.exports.pieces.data_options import PeriodOptions
from exportmanager.exports.pieces.event_choice import chosen_events
from exportmanager.exports.pieces.event_coach import CoachTable
from exportmanager.exports.pieces.event_table import estimate_of, preview_of, write_table
from exportmanager.exports.pieces.names import Names


class CoachLogsOptions(PeriodOptions):
    """What can be chosen."""

    assignments: AssignmentChoice = Field(
        default=None,
        title="Assignments",
        description="Which assignments; all, and questions of none, if none is named.",
    )


class CoachLogs:
    """The kind: see the module."""

    id = "coach-logs"
    title = "Course coach logs"
    section = Section.DATA
    summary = "What students asked the coach, what it was told besides, and what it said, as one table."
    suffix = ".csv"
    Options = CoachLogsOptions

    def unavailable(self, course: Course) -> str | None:
        """Every course has them, though there may be none."""
        return None

    def estimate(self, course: Course, options: CoachLogsOptions) -> Estimate:
        """How many rows, and of what time."""
        return estimate_of(_table(course, options), options.dialect)

    def preview(self, course: Course, options: CoachLogsOptions) -> Preview:
        """The first rows."""
        return preview_of(_table(course, options), options.dialect)

    def write(self, course: Course, options: CoachLogsOptions, out: BinaryIO, meter: Meter) -> Report:
        """Write the table."""
        return write_table(_table(course, options), options.dialect, out, meter)


KIND = CoachLogs()


def _table(course: Course, options: CoachLogsOptions) -> CoachTable:
    assignments = _assignments(course, options)
    chosen = chosen_events(course, options, CoachTable.things, course.coach_span, assignments=assignments)
    return CoachTable(course, chosen, Names(course, is_pseudonymous=options.is_pseudonymous))


def _assignments(course: Course, options: CoachLogsOptions) -> frozenset[AssignmentId] | None:
    """Those that were chosen; None for all."""
    if options.assignments is None:
        return None
    return frozenset(a.id for a in chosen_assignments(options.assignments, list(course.assignments())))
