"""What a teacher wrote down about students' work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.dialects.sqlite import insert

from exportmanager.core.course import AssignmentId, CourseId, StudentId
from exportmanager.core.errors import BadOptions, NotFound
from exportmanager.library import tables as t
from exportmanager.library.db import reading, writing

LONGEST = 20_000
"""Letters of a note."""


class LibraryNotes:
    """Teachers' notes, one for a student's work on an assignment."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, course: CourseId, student: StudentId) -> Mapping[AssignmentId, str]:
        """The notes on a student, by assignment."""
        n = t.TeacherNotes
        query = select(n.assignment_id, n.text).where(n.course_id == course, n.student_id == student)
        with reading(self._engine) as connection:
            return {AssignmentId(assignment): text for assignment, text in connection.execute(query)}

    def keep(self, course: CourseId, student: StudentId, assignment: AssignmentId, text: str, now: datetime) -> None:
        """Keep a note in place of the one before; an empty one is none. Raises `BadOptions`, `NotFound`."""
        text = text.strip()
        if len(text) > LONGEST:
            raise BadOptions(f"The note has {len(text):,} letters.", f"Shorten it to {LONGEST:,} letters.")
        key = {"course_id": course, "assignment_id": assignment, "student_id": student}
        with writing(self._engine) as connection:
            _check(connection, course, student, assignment)
            if not text:
                connection.execute(delete(t.TeacherNotes).filter_by(**key))
                return
            values = {"text": text, "changed_at": now}
            row = insert(t.TeacherNotes).values(**key, **values)
            connection.execute(row.on_conflict_do_update(index_elements=list(key), set_=values))


def _check(connection: Connection, course: CourseId, student: StudentId, assignment: AssignmentId) -> None:
    for of, id_, what in ((t.Students, student, "student"), (t.Assignments, assignment, "assignment")):
        if connection.execute(select(of.id).where(of.course_id == course, of.id == id_)).first() is None:
            raise NotFound(f"There is no {what} {id_} in the course {course}.", f"See the list of {what}s.")
