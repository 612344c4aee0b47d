"""Options that data exports share, each declared once: privacy, how tables are written, and the period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from pydantic import Field, model_validator

from exportmanager.core.course import Course
from exportmanager.core.events import Span, Wanted
from exportmanager.core.export import counted
from exportmanager.core.options import Day, Options
from exportmanager.core.preset import Preset, Separator
from exportmanager.core.retention import months_before, zone_of
from exportmanager.formats.csv import Dialect, dialect_of

Privacy = Literal["full", "pseudonymous"]


class CsvOptions(Options):
    """How tables are written."""

    csv: Preset = Field(
        default="spreadsheets",
        title="Tables",
        description="CSV for spreadsheets (formulas cannot run) or for programs (nothing changed).",
        json_schema_extra={"labels": ["for spreadsheets", "for programs"], "advanced": True},
    )
    separator: Separator = Field(
        default="comma",
        title="Between cells",
        description="What stands between the cells of tables for spreadsheets; for programs it is a comma.",
        json_schema_extra={"labels": ["a comma", "a semicolon", "a tab"], "advanced": True},
    )

    @property
    def dialect(self) -> Dialect:
        """How tables are written."""
        return dialect_of(self.csv, self.separator)


class TableOptions(CsvOptions):
    """What can be chosen of every table with people in it."""

    privacy: Privacy = Field(
        default="full",
        title="Students are called",
        description="By name, or by pseudonyms instead of everything that tells who somebody is.",
        json_schema_extra={"labels": ["by name", "by pseudonym"]},
    )

    @property
    def is_pseudonymous(self) -> bool:
        """Whether nothing may tell who somebody is."""
        return self.privacy == "pseudonymous"


class PeriodOptions(TableOptions):
    """What can be chosen of tables of what happened."""

    since: Day = Field(
        default="",
        title="From",
        description="The first day; without one, as the course is set.",
        json_schema_extra={"zero": "as the course is set"},
    )
    until: Day = Field(
        default="",
        title="Until",
        description="The last day; without one, up to the newest.",
        json_schema_extra={"zero": "the newest"},
    )

    @model_validator(mode="after")
    def _in_order(self) -> PeriodOptions:
        if self.since and self.until and self.until < self.since:
            raise ValueError("the last day lies before the first one.")
        return self


@dataclass(frozen=True, slots=True)
class Period:
    """From the day `since` to the day `until`, both included; None is without end. `by_rule`: the course says so."""

    since: date | None
    until: date | None
    by_rule: bool
    wanted: Wanted
    older: Wanted | None
    """What is left out for being older than the rule; None where there is no such rule or another day was chosen."""


def period_of(course: Course, options: PeriodOptions) -> Period:
    """The period that an export covers. Months are counted back from the day the data were taken."""
    months = course.settings.retention_months
    by_rule = not options.since and months is not None
    since = date.fromisoformat(options.since) if options.since else None
    if by_rule and months is not None:
        since = months_before(course.info.taken_on, months)
    until = date.fromisoformat(options.until) if options.until else None
    begins = _midnight(course, since) if since else None
    ends = _midnight(course, until + timedelta(days=1)) if until else None
    older = Wanted(until=begins) if by_rule else None
    return Period(since, until, by_rule, Wanted(since=begins, until=ends), older)


def _midnight(course: Course, day: date) -> datetime:
    return datetime.combine(day, time(), zone_of(course.info))


def notes_on(period: Period, older: Span, thing: str, months: int | None) -> tuple[str, ...]:
    """What a person should know of the period first: from when to when, and how many rows are older."""
    notes = []
    if period.since or period.until:
        first = f"from {period.since.isoformat()}" if period.since else "from the first one"
        last = f"to {period.until.isoformat()}" if period.until else "to the newest"
        rule = f" (the course keeps {counted(months, 'month')})" if period.by_rule and months is not None else ""
        notes.append(f"It covers the time {first} {last}{rule}.")
    if older.rows:
        notes.append(f"Older {thing} are left out: {older.rows:,}.")
    return tuple(notes)
