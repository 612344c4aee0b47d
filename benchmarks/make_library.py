"""Makes a library of many large courses fast: one small course is taken in, its rows are multiplied in the database."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from benchmarks.make_course import ASSIGNMENTS, CourseSize, make_course
from exportmanager.library.db import FILE_NAME
from exportmanager.program import opened

_SEED = 5
"""Students of the course that is taken in."""
_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {upto})"
_STUDENTS = "SELECT id FROM students WHERE course_id = '{course}'"
_HOURS_AGO = "strftime('%Y-%m-%d %H:%M:%f000', '2026-06-30', '-' || n || ' hours')"
_OF_STUDENTS = {"students": "id", "results": "student_id", "answers": "student_id", "workspaces": "student_id"}
"""Tables that grow with the students, and the column that names these."""
_OF_COURSES = (
    "modules", "assignments", "students", "assessments", "results", "answers", "workspaces", "published_versions",
    "access_events", "course_settings", "imports",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LibrarySize:
    """How much is in a library; `visits` are those of each student, `diligent` those of the first one."""

    courses: int
    students: int
    visits: int = 10
    diligent: int = 0


def make_library(folder: Path, size: LibrarySize) -> int:
    """Make it in `folder`/library; returns how many rows there are."""
    course, library = folder / "seed", folder / "library"
    make_course(course, CourseSize(_SEED * ASSIGNMENTS, 0.1))
    with opened(library) as program:
        seed = program.bring_in("folder", str(course)).course_id
    with sqlite3.connect(library / FILE_NAME, isolation_level=None) as db:
        db.execute("PRAGMA synchronous=OFF")
        db.execute("BEGIN")
        _more_students(db, seed, size.students // _SEED - 1)
        _visits(db, seed, size.visits, _STUDENTS.format(course=seed))
        if size.diligent:
            _visits(db, seed, size.diligent, f"{_STUDENTS.format(course=seed)} ORDER BY position LIMIT 1", "long ")
        _more_courses(db, seed, size.courses - 1)
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        rows = sum(int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) for table in _OF_COURSES)
    db.close()
    return rows


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def _copy(db: sqlite3.Connection, table: str, upto: int, changed: dict[str, str], where: str) -> None:
    """Copy the rows of a table `upto` times; the columns of `changed` get another value, in which `n` is the number."""
    columns = [column for column in _columns(db, table) if (table, column) != ("imports", "id")]
    values = [changed.get(column, column) for column in columns]
    db.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) {_NUMBERS.format(upto=upto)} "
        f"SELECT {', '.join(values)} FROM numbers CROSS JOIN {table} WHERE {where}"
    )


def _more_students(db: sqlite3.Connection, course: str, times: int) -> None:
    where = f"course_id = '{course}'"
    for table, column in _OF_STUDENTS.items():
        changed = {column: f"{column} || '-' || n"}
        if table == "students":
            changed |= {
                "username": "username || '-' || n",
                "email": "'copy' || n || '-' || email",
                "first_name": "first_name || ' ' || (n * 7919 % 1000)",
                "last_name": "last_name || ' ' || n",
                "position": f"position + {_SEED} * n",
            }
        _copy(db, table, times, changed, where)


def _visits(db: sqlite3.Connection, course: str, each: int, students: str, mark: str = "") -> None:
    """So many visits of each of `students`, a query for ids; an hour lies between two of them."""
    db.execute(
        f"""INSERT INTO access_events
        (course_id, digest, occurrence, at, user_id, type, assignment_id, role, project_path, ip, extra)
        {_NUMBERS.format(upto=each)}
        SELECT '{course}', CAST('{mark}' || people.id || '/' || n AS BLOB), 1, {_HOURS_AGO}, people.id,
        CASE n % 5 WHEN 0 THEN 'log_in' ELSE 'project_open' END, CASE n % 5 WHEN 0 THEN NULL ELSE 'a01' END, 'student',
        'exercises/loops-' || (n % 20), '192.0.2.' || (n % 250), '{{}}'
        FROM numbers CROSS JOIN ({students}) AS people"""
    )


def _more_courses(db: sqlite3.Connection, course: str, times: int) -> None:
    named = {"id": f"'{course}-' || n", "title": "'Course number ' || n", "code": "'C' || (100 + n)"}
    _copy(db, "courses", times, named, f"id = '{course}'")
    for table in _OF_COURSES:
        _copy(db, table, times, {"course_id": f"'{course}-' || n"}, f"course_id = '{course}'")
