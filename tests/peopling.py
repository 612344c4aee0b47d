"""What tests of a course's pages share: a small course in which something of everything stands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from building import CourseBuilder

from exportmanager.core.course import CourseId
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.sights import CourseSight, course_sight
from exportmanager.program import Program
from exportmanager.ui.memory import Memory
from exportmanager.ui.table import Table

COURSE = CourseId("course-1")


def course_with_people(folder: Path, **keys: Any) -> CourseBuilder:
    """Four students, of whom one is inactive, and a teacher; Ada did most of the work."""
    builder = CourseBuilder(folder)
    builder.course |= keys
    builder.student("s4", first_name="Dee", last_name="Dormant", email="dee@example.org",
                    last_active_at="2025-11-01T10:00:00Z")  # fmt: skip
    builder.student("t1", first_name="Tea", last_name="Template", email="tea@example.org", role="teacher")
    for row, address in zip(builder.tables["roster"], ("ada@example.org", "bo@example.org"), strict=False):
        row["email"] = address
    builder.file("s1", "a1", "main.py")
    builder.file("s1", "a1", "notes.txt")
    builder.file("s2", "a2", "main.py")
    done = {"state": "completed", "started_at": "2026-02-01T10:00:00Z", "completed_at": "2026-02-02T11:00:00Z"}
    builder.add("results", student="s1", assignment="a1", grade="87.5", time_spent_seconds="10080", **done)
    builder.add("results", student="s2", assignment="a2", state="started")
    for attempt, text in (("1", "forty-one"), ("2", "forty-two\nand a reason\n<b>bold</b>")):
        builder.add("answers", student="s1", assignment="a1", assessment="q1", attempt=attempt, answer=text,
                    correct=str(attempt == "2").lower(), points=attempt, at="2026-02-01T12:00:00Z")  # fmt: skip
    for minute, what in enumerate(("log_in", "project_open", "project_close", "log_out")):
        inside = {"assignment": "a1", "project_path": "user1/a1"} if "project" in what else {}
        builder.add("access", at=f"2026-02-01T10:0{minute}:00Z", user="s1", type=what, ip="192.0.2.7", **inside)
    builder.add("coach-logs", at="2026-02-01T10:30:00Z", user="s1", assignment="a1", question="Why is it red?",
                response="Look at line 3.\nThere is a colon missing.", context_error="SyntaxError")  # fmt: skip
    return builder


def bring_in(program: Program, builder: CourseBuilder) -> CourseId:
    """Import it."""
    return CourseId(program.bring_in("folder", str(builder.write())).course_id)


def sight_of(program: Program, course: CourseId = COURSE) -> CourseSight:
    """A course as its pages show it."""
    return course_sight(program, course)


def memory_of(desk: Desk) -> Memory:
    """A memory in which nothing is yet."""
    return Memory(desk, {})


def column_of(table: Table, name: str) -> list[str]:
    """What stands in a column, from top to bottom."""
    place = next(n for n, column in enumerate(table.rows.columns) if column.id == name)
    return [table.rows.index(row, place).data() for row in range(table.rows.rowCount())]


def cells_of(table: Table, row: int) -> dict[str, str]:
    """What stands in a row, by column."""
    return {column.id: table.rows.index(row, n).data() for n, column in enumerate(table.rows.columns)}


def words_of(actions: Sequence[Any]) -> list[str]:
    """The entries of a menu."""
    return [action.text() for action in actions if not action.isSeparator()]
