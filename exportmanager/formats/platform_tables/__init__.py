"""The platform's CSV files: recognised by their columns, surveyed, and read as values that are still to be matched."""

from exportmanager.formats.platform_tables.access_rows import access_rows
from exportmanager.formats.platform_tables.columns import TableKind
from exportmanager.formats.platform_tables.findings import CellFindings
from exportmanager.formats.platform_tables.platform_table import PlatformTable
from exportmanager.formats.platform_tables.recognising import Recognition, recognise
from exportmanager.formats.platform_tables.rows import assessment_rows, coach_rows, grade_rows, lti_rows, roster_rows
from exportmanager.formats.platform_tables.survey import Survey, survey
from exportmanager.formats.platform_tables.values import (
    AccessRow,
    AnswerCell,
    AssessmentRow,
    CoachRow,
    GradeRow,
    LtiRow,
    Person,
    RosterRow,
    TableRow,
)

__all__ = [
    "AccessRow",
    "AnswerCell",
    "AssessmentRow",
    "CellFindings",
    "CoachRow",
    "GradeRow",
    "LtiRow",
    "Person",
    "PlatformTable",
    "Recognition",
    "RosterRow",
    "Survey",
    "TableKind",
    "TableRow",
    "access_rows",
    "assessment_rows",
    "coach_rows",
    "grade_rows",
    "lti_rows",
    "recognise",
    "roster_rows",
    "survey",
]
