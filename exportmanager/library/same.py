"""Moves the answers of an assessment that turned out to be another one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Table, TableClause, delete, literal, select
from sqlalchemy.dialects import sqlite

from exportmanager.core.course import AssessmentId, AssignmentId, CourseId
from exportmanager.library import tables as t
from exportmanager.library.base import core_table
from exportmanager.library.merge import staged
from exportmanager.library.parts import part
from exportmanager.library.staging import joining


@dataclass(frozen=True, slots=True)
class SameAssessment:
    """In an assignment, `before` is what is known as `now`."""

    assignment: AssignmentId
    before: AssessmentId
    now: AssessmentId

    def move(self, connection: Connection, course: CourseId) -> None:
        """Move what the library has and what waits for it. A row that is there says more than one that moves."""
        if self.before == self.now:
            return
        answers, assessments = core_table(t.Answers), core_table(t.Assessments)
        for answer_rows in (answers, staged(answers)):
            self._move_answers(connection, course, answers, answer_rows)
        for rows in (assessments, staged(assessments)):
            mine = (rows.c.course_id == course, rows.c.assignment_id == self.assignment, rows.c.id == self.before)
            connection.execute(delete(rows).where(*mine))

    def _move_answers(self, connection: Connection, course: CourseId, table: Table, rows: Table | TableClause) -> None:
        c, names = rows.c, [column.name for column in table.columns]
        mine = (c.course_id == course, c.assignment_id == self.assignment, c.assessment_id == self.before)
        moved = [literal(str(self.now)).label(n) if n == "assessment_id" else c[n] for n in names]
        adding = sqlite.insert(rows).from_select(names, select(*moved).where(*mine))
        connection.execute(joining(table, adding, part, incoming_counts=False))
        connection.execute(delete(rows).where(*mine))
