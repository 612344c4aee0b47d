"""Rows of the platform's tables as values, one reader for each kind; a row is kept where it says anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from exportmanager.formats.numbers import boolean_of, whole_of
from exportmanager.formats.platform_tables.answer_columns import AnswerPart
from exportmanager.formats.platform_tables.cells import RowCells, rows_of
from exportmanager.formats.platform_tables.lti_addresses import assignment_in, is_address, is_constant
from exportmanager.formats.platform_tables.platform_table import PlatformTable
from exportmanager.formats.platform_tables.values import (
    AnswerCell,
    AssessmentRow,
    CoachRow,
    GradeRow,
    LtiRow,
    RosterRow,
)


def grade_rows(table: PlatformTable) -> Iterator[GradeRow]:
    """The rows of an assignment's CSV. Raises `MalformedFile`."""
    for row in rows_of(table):
        of_max = row.ratio("points_of_max")
        points, max_points = row.number("points"), row.number("max_points")
        yield GradeRow(
            line=row.line,
            who=row.who,
            person=row.person,
            assignment_name=row.word("assignment_name"),
            right=row.whole("right"),
            wrong=row.whole("wrong"),
            answered=row.whole("answered"),
            points=of_max[0] if of_max and points is None else points,
            max_points=of_max[1] if of_max and max_points is None else max_points,
            total_points=row.number("total_points"),
            time_spent_seconds=row.seconds("time_spent_seconds"),
            grade=row.percent("grade"),
            comments=row.text("comments"),
            teacher_grade=row.percent("teacher_grade"),
            assessments_grade=row.percent("assessments_grade"),
            script_grade=row.percent("script_grade"),
            grade_override=row.percent("grade_override"),
            extra_credit=row.number("extra_credit"),
            started_at=row.moment("started_at"),
            completed=row.boolean("completed"),
            completed_at=row.last_moment("completed_at"),
            behavioral_insights=row.whole("behavioral_insights"),
            answers=_answers(table, row),
            extra=row.extra,
        )


def assessment_rows(table: PlatformTable) -> Iterator[AssessmentRow]:
    """The rows of assessment data. Raises `MalformedFile`."""
    for row in rows_of(table):
        yield AssessmentRow(
            line=row.line,
            who=row.who,
            person=row.person,
            assignment_name=row.word("assignment_name"),
            earned=row.number("earned"),
            possible=row.number("possible"),
            time_spent_seconds=row.seconds("time_spent_seconds"),
            answers=_answers(table, row),
            extra=row.extra,
        )


def _answers(table: PlatformTable, row: RowCells) -> tuple[AnswerCell, ...]:
    """What a row says of each assessment of the table, also where that is nothing."""
    cells = []
    for assessment in table.recognition.assessments:
        part, kept = assessment.columns.get, dict[str, str]()
        cells.append(
            AnswerCell(
                assessment_name=assessment.name,
                number=assessment.number,
                correct=row.read_at(part(AnswerPart.CORRECT), boolean_of, kept),
                answer=row.text_at(part(AnswerPart.ANSWER)),
                attempts=row.read_at(part(AnswerPart.ATTEMPTS), whole_of, kept),
                earned=row.number_at(part(AnswerPart.EARNED), kept),
                possible=row.number_at(part(AnswerPart.POSSIBLE), kept),
                extra=kept,
            )
        )
    return tuple(cells)


def coach_rows(table: PlatformTable) -> Iterator[CoachRow]:
    """The rows of coach logs. Raises `MalformedFile`."""
    for row in rows_of(table):
        yield CoachRow(
            line=row.line,
            who=row.who,
            person=row.person,
            at=row.moment("at"),
            assignment_name=row.word("assignment_name"),
            assessment_id=row.word("assessment_id"),
            question=row.text("question"),
            context_guides=row.text("context_guides"),
            context_error=row.text("context_error"),
            context_files=row.text("context_files"),
            response=row.text("response"),
            extra=row.extra,
        )


def roster_rows(table: PlatformTable) -> Iterator[RosterRow]:
    """The rows of a list of people. Raises `MalformedFile`."""
    for row in rows_of(table):
        yield RosterRow(
            line=row.line,
            who=row.who,
            person=row.person,
            enrolled_on=_day(table, row),
            last_active_at=row.moment("last_active_at"),
            extra=row.extra,
        )


def _day(table: PlatformTable, row: RowCells) -> date | None:
    moment = row.moment("enrolled_on")
    return moment.astimezone(table.zone).date() if moment else None


def lti_rows(table: PlatformTable) -> Iterator[LtiRow]:
    """The rows that hold an LTI address. Raises `MalformedFile`."""
    for row in rows_of(table):
        addresses = row.addressed(is_address)
        if addresses:
            yield _lti_row(row, addresses)


def _lti_row(row: RowCells, addresses: list[str]) -> LtiRow:
    constant = next((address for address in addresses if is_constant(address)), "")
    usual = next((address for address in addresses if not is_constant(address)), "")
    told, name = row.word("assignment_id"), row.word("assignment_name")
    known = assignment_in(usual or constant)
    if told and not name and told != known:  # the column called "assignment" holds names as well as ids
        told, name = known, told
    extra = {column: text for column, text in row.extra.items() if text.strip() not in {usual, constant}}
    return LtiRow(
        line=row.line,
        assignment_id=told or known,
        assignment_name=name,
        url=usual,
        constant_url=constant,
        extra=extra,
    )
