"""Assessment data: what students answered and earned, a table for each assignment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Literal

from pydantic import Field

from exportmanager.core.course import Course
from exportmanager.core.events import Span
from exportmanager.core.export import Estimate, Preview, Section, counted
from exportmanager.core.meter import Meter
from exportmanager.core.names import unique_parts
from exportmanager.core.report import Count, Report
from exportmanager.exports.pieces.archive import archive_in, modified_on
from exportmanager.exports.pieces.assessment_tables import AssessmentTables
from exportmanager.exports.pieces.choice import (
    AnswerCounts,
    Choice,
    ChoiceOptions,
    answer_counts,
    answer_size,
    choice_of,
)
from exportmanager.exports.pieces.data_options import Period, PeriodOptions, notes_on, period_of
from exportmanager.exports.pieces.data_readme import data_readme
from exportmanager.exports.pieces.legend import legend_table, repeated_names, told_apart
from exportmanager.exports.pieces.person_columns import PERSON
from exportmanager.exports.pieces.streams import stoppable
from exportmanager.exports.pieces.table_file import preview_of, write_table
from exportmanager.formats.manifest import MANIFEST

_LEGEND, _README = "legend.csv", "README.txt"
_OURS = (_LEGEND, _README, MANIFEST)
_FILES = (("*.csv", "a table for each assignment"), (_LEGEND, "what their columns mean"))
_TITLE = 100
"""Letters of a title that a file is called by."""
_PER_TABLE, _PER_ROW, _PER_CELLS = 4_000, 200, 16
"""About so many bytes."""
_FREE_WIDE = ("the columns that end in _Answer",)
_FREE_LONG = ("Answer", "Raw_Answer")


class AssessmentOptions(PeriodOptions, ChoiceOptions):
    """What can be chosen."""

    form: Literal["wide", "long"] = Field(
        default="wide",
        title="Rows",
        description="A row for each student with the last answers beside each other, or a row for each attempt.",
        json_schema_extra={"labels": ["one for each student", "one for each attempt"]},
    )
    legend: bool = Field(
        default=False,
        title="Legend for a single table",
        description="Make a zip of a single table too, with a legend of its columns; several always come so.",
        json_schema_extra={"advanced": True},
    )


class AssessmentData:
    """The kind: see the module."""

    id = "assessment"
    title = "Assessment data"
    section = Section.DATA
    summary = "What students answered and earned in each assessment, a table for each assignment."
    suffix = ".zip"
    Options = AssessmentOptions

    def unavailable(self, course: Course) -> str | None:
        """Every course may have assessments."""
        return None

    def estimate(self, course: Course, options: AssessmentOptions) -> Estimate:
        """About the size of the tables before they are packed."""
        work = _Work.of(course, options, Meter())
        students, tables, answers = len(work.choice.students), len(work.choice.assignments), work.counts.wanted
        told = [counted(students, "student"), counted(tables, "assignment"), counted(answers, "answer")]
        suffix = ".zip" if work.is_zip else ".csv"
        return Estimate(_size(course, work), ", ".join(told), suffix, work.first_notes)

    def preview(self, course: Course, options: AssessmentOptions) -> Preview:
        """How the table of the first assignment begins."""
        work = _Work.of(course, options, Meter())
        first = work.choice.assignments[0]
        return preview_of(work.tables.table(first, first.title), options.dialect, first.title)

    def write(self, course: Course, options: AssessmentOptions, out: BinaryIO, meter: Meter) -> Report:
        """Write the table, or the zip of tables."""
        meter.stage("Writing")
        work = _Work.of(course, options, meter)
        if work.is_zip:
            work.write_zip(out, meter)
        else:
            (only,) = work.choice.assignments
            write_table(out, options.dialect, work.tables.table(only, only.title), meter)
        return work.report


KIND = AssessmentData()


def _size(course: Course, work: _Work) -> int:
    """About how many bytes the tables take; in a zip a third of that, and the legend."""
    choice = work.choice
    students, tables = len(choice.students), len(choice.assignments)
    each = answer_size(course, choice)
    if work.tables.is_long:
        body = work.counts.wanted * (2 * each + _PER_ROW)
    else:
        questions = sum(a.assignment_id in choice.about for a in course.assessments())
        cells = students * questions or work.counts.wanted
        body = tables * students * _PER_ROW + cells * _PER_CELLS + min(work.counts.wanted, cells) * each
    return tables * _PER_TABLE + round(body / 3 if work.is_zip else body)


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be written, of whom, and what is to be said of it."""

    course: Course
    options: AssessmentOptions
    choice: Choice
    period: Period
    counts: AnswerCounts
    tables: AssessmentTables

    @classmethod
    def of(cls, course: Course, options: AssessmentOptions, meter: Meter) -> _Work:
        """As it was chosen. Raises `BadOptions`, `NothingToExport`."""
        choice = choice_of(course, options, is_pseudonymous=options.is_pseudonymous)
        period = period_of(course, options)
        counts = answer_counts(course, choice, period.wanted, period.older)
        tables = AssessmentTables(course, choice, period.wanted, meter, is_long=options.form == "long")
        return cls(course, options, choice, period, counts, tables)

    @property
    def is_zip(self) -> bool:
        """Whether it is more than one table."""
        return len(self.choice.assignments) > 1 or self.options.legend

    @property
    def first_notes(self) -> tuple[str, ...]:
        """What a person should know first."""
        period, empty = self.period, []
        if not self.choice.students:
            empty.append("There is no student in it.")
        if not self.counts.wanted:
            empty.append("No answers in this period." if period.since or period.until else "No answers in it.")
        older = notes_on(period, Span(rows=self.counts.older), "answers", self.course.settings.retention_months)
        return (*empty, *older, *self.counts.notes)

    @property
    def notes(self) -> tuple[str, ...]:
        """All there is to say, once the tables were asked for."""
        legends = self.tables.legends
        which = told_apart(legends) if self.is_zip else repeated_names(legends[0].name, legends[0].questions)
        told = (*([] if self.tables.is_long else ["Time_Spent is in whole seconds."]), *which)
        privacy = self.choice.names.notes(PERSON, _FREE_LONG if self.tables.is_long else _FREE_WIDE)
        return (*self.first_notes, *told, *privacy)

    def write_zip(self, out: BinaryIO, meter: Meter) -> None:
        """A table for each assignment, what their columns mean, and a text on the whole."""
        titles = [f"{assignment.title[:_TITLE]}.csv" for assignment in self.choice.assignments]
        names = unique_parts([*_OURS, *titles])[len(_OURS) :]
        with archive_in(out, modified_on(self.course.info.taken_on)) as archive:
            for assignment, name in zip(self.choice.assignments, names, strict=True):
                before = out.tell()
                header, rows = self.tables.table(assignment, name)
                archive.rows(name, self.options.dialect, header, stoppable(rows, meter))
                meter.advance(out.tell() - before, name)
            archive.rows(_LEGEND, self.options.dialect, *legend_table(self.tables.legends))
            archive.text(_README, data_readme(self.course, "assessment data", _FILES, self.notes, self.options.dialect))

    @property
    def report(self) -> Report:
        """What came of it."""
        answers = Count(thing="answers", expected=self.counts.wanted, done=self.tables.answers)
        expected = len(self.choice.students) * len(self.choice.assignments)
        rows = Count(thing="rows", expected=expected, done=self.tables.rows)
        return Report(counts=(answers,) if self.tables.is_long else (rows, answers), notes=self.notes)
