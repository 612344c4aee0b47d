"""What the columns of exported tables mean: a table by itself, or sentences where there is no room for one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from exportmanager.exports.pieces.sheets import Table
from exportmanager.exports.pieces.standings import Question
from exportmanager.formats.answers import type_name
from exportmanager.formats.untrusted import printable

LEGEND = ("table", "column", "meaning", "assessment_id", "assessment_type")
"""No column of these is one that a table of the platform has: a legend that comes back is no list of people."""

_TOLD = 10


@dataclass(frozen=True, slots=True)
class LegendOf:
    """A table called `name`: what its plain columns mean, and what each ending means of each of its `questions`."""

    name: str
    columns: Mapping[str, str]
    endings: Mapping[str, str]
    questions: Sequence[Question]

    def rows(self) -> Iterable[tuple[str, ...]]:
        """A row for each column."""
        for column, meaning in self.columns.items():
            yield self.name, column, meaning, "", ""
        for question in self.questions:
            remark = "" if question.counts else " (not a part of totals)"
            for ending, meaning in self.endings.items():
                best = ", of the best attempt" if question.best_counts and "points earned" in meaning else ""
                column = f"{question.label}{ending}"
                yield self.name, column, f"{meaning}{best}{remark}", question.id, type_name(question.type)


def legend_table(tables: Iterable[LegendOf]) -> Table:
    """The legend of several tables."""
    return list(LEGEND), (row for table in tables for row in table.rows())


def told_apart(tables: Iterable[LegendOf]) -> tuple[str, ...]:
    """A sentence on where to look which is which, if any assessment is not called by its name."""
    if not any(question.is_renamed for table in tables for question in table.questions):
        return ()
    return ("Assessments of one name are told apart by numbers; legend.csv says which is which.",)


def repeated_names(where: str, questions: Sequence[Question]) -> tuple[str, ...]:
    """A sentence on each assessment of an assignment that is not called by its name, because another one is."""
    told = [q for q in questions if q.is_renamed]
    notes = [f"In {printable(where)}, {printable(q.label)} is the assessment {printable(q.id)}." for q in told[:_TOLD]]
    more = len(told) - _TOLD
    return (*notes, *([f"{more:,} more names of assessments there are told apart by numbers."] if more > 0 else ()))
