"""Which events an export holds, how many there are, and what a person should know of them first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from exportmanager.core.course import AssignmentId, Course
from exportmanager.core.events import Span, Wanted
from exportmanager.core.report import Gap
from exportmanager.core.retention import zone_of
from exportmanager.exports.pieces.data_options import PeriodOptions, notes_on, period_of
from exportmanager.exports.pieces.sheets import at
from exportmanager.formats.untrusted import printable

_NAMED = 20

Counting = Callable[[Wanted], Span]
"""How many events of one kind a course has: `Course.access_span` or `Course.coach_span`."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The events that an export holds: how many they are, and sentences on their time that a person should read."""

    wanted: Wanted
    here: Span
    notes: tuple[str, ...]


def chosen_events(course: Course, options: PeriodOptions, things: str, counting: Counting, **only: Any) -> Chosen:
    """What was chosen of `things`, such as ``access events``; `only` are further fields of `Wanted`."""
    period = period_of(course, options)
    wanted = replace(period.wanted, **only)
    here = counting(wanted)
    older = counting(replace(period.older, **only)) if period.older else Span()
    is_all = not period.until and (period.by_rule or not period.since)
    at_all = _together(older, here) if is_all else counting(Wanted(**only))
    fit = "in this period" if at_all.rows else "fit"
    empty = "" if here.rows else f"No {things} {fit}: the table has a header and no rows."
    notes = notes_on(period, older, things, course.settings.retention_months)
    return Chosen(wanted, here, tuple(filter(None, (empty, _days(course, at_all, things), *notes))))


def _together(before: Span, after: Span) -> Span:
    return Span(rows=before.rows + after.rows, first=before.first or after.first, last=after.last or before.last)


def _days(course: Course, span: Span, things: str) -> str:
    """From which day on there are any."""
    first, last = (at(moment, zone_of(course.info)) for moment in (span.first, span.last))
    return f"There are {things} from {first.date().isoformat()} to {last.date().isoformat()}." if first and last else ""


class Titles:
    """What assignments are called; one that the course does not have is called by its id, and told."""

    def __init__(self, course: Course) -> None:
        self._titles = {assignment.id: assignment.title for assignment in course.assignments()}
        self._unknown: dict[AssignmentId, None] = {}

    def of(self, assignment: AssignmentId | None) -> str:
        """The title; "" for none."""
        if assignment is None:
            return ""
        if assignment not in self._titles:
            self._unknown[assignment] = None
        return self._titles.get(assignment, str(assignment))

    def gaps(self, wanted: Wanted, counting: Counting) -> Sequence[Gap]:
        """One for each assignment that was asked for and is not known, up to 20, and one for all others."""

        def rows_of(*assignments: AssignmentId) -> str:
            return f"{counting(replace(wanted, assignments=frozenset(assignments))).rows:,} rows"

        unknown = list(self._unknown)
        gaps = [
            Gap(
                what="assignment",
                who=printable(one),
                why=f"{rows_of(one)} name it by this id, but the course has none",
            )
            for one in unknown[:_NAMED]
        ]
        if others := unknown[_NAMED:]:
            why = f"{rows_of(*others)} name {len(others):,} more by ids that the course does not have"
            gaps.append(Gap(what="assignments", why=why))
        return gaps
