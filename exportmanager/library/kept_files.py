"""Where the files of a workspace or project lie in the library, and whose they are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, select

from exportmanager.core.course import AssignmentId, CourseId, StudentId
from exportmanager.core.errors import NotFound
from exportmanager.core.package import PackedFile
from exportmanager.core.report import Gap
from exportmanager.library import tables as t
from exportmanager.library.db import reading
from exportmanager.library.listing import IS_HERE
from exportmanager.library.store import PackageStore


@dataclass(frozen=True, slots=True)
class Held:
    """A workspace, or, without a student, an assignment's published project: `number` is the version, from 1.

    `package` is the SHA-256 of the zip that it is kept as, `path` where that lies.
    """

    course: CourseId
    assignment: AssignmentId
    assignment_title: str
    student: StudentId
    student_name: str
    number: int
    stack: str
    package: str
    path: Path


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept at one address: `name` for people; `files` by path; the rest as in `Held`."""

    name: str
    package: str
    path: Path
    student: str = ""
    assignment: str = ""
    stack: str = ""
    number: int = 0
    files: Mapping[str, PackedFile] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()


class LibraryFiles:
    """Finds the packages of workspaces, published projects, and projects that belong to no course."""

    def __init__(self, engine: Engine, store: PackageStore) -> None:
        self._engine, self._store = engine, store

    def held(self, course: CourseId, *, every_version: bool = False) -> Sequence[Held]:
        """The workspaces of a course, by assignment and student: the newest version of each, or every one."""
        with reading(self._engine) as connection:
            rows = connection.execute(_workspaces(course)).all()
        found = [self._held(row) for row in rows]
        if every_version:
            return found
        return list({(one.assignment, one.student): one for one in found}.values())

    def published(self, course: CourseId, *, every_version: bool = False) -> Sequence[Held]:
        """The published projects of a course, by assignment: the newest version of each, or every one."""
        with reading(self._engine) as connection:
            rows = connection.execute(_published(course)).all()
        found = [self._held(row) for row in rows]
        return found if every_version else list({one.assignment: one for one in found}.values())

    def _held(self, row: Row[Any]) -> Held:
        return Held(
            course=CourseId(row.course_id),
            assignment=AssignmentId(row.assignment_id),
            assignment_title=row.assignment_title,
            student=StudentId(getattr(row, "student_id", "")),
            student_name=_name(row) if hasattr(row, "student_id") else "",
            number=row.number,
            stack=row.stack,
            package=row.package,
            path=self._store.path(row.package),
        )

    def workspace(self, course: CourseId, assignment: AssignmentId, student: StudentId, number: int = 0) -> Kept:
        """A version of a student's workspace; 0 is the newest. Raises `NotFound`."""
        w = t.Workspaces
        query = _workspaces(course).where(w.assignment_id == assignment, w.student_id == student)
        with reading(self._engine) as connection:
            row = _version(connection, query, w.number, number, "workspace of this student in this assignment")
            return self._kept(connection, row, f"{_name(row)}, {row.assignment_title}", _name(row))

    def published_version(self, course: CourseId, assignment: AssignmentId, number: int = 0) -> Kept:
        """A version of an assignment's published project; 0 is the newest. Raises `NotFound`."""
        p = t.PublishedVersions
        query = _published(course).where(p.assignment_id == assignment)
        with reading(self._engine) as connection:
            row = _version(connection, query, p.number, number, "published project of this assignment")
            return self._kept(connection, row, f"Published: {row.assignment_title}", "")

    def _kept(self, connection: Connection, row: Row[Any], name: str, student: str) -> Kept:
        return Kept(
            name=name,
            package=row.package,
            path=self._store.path(row.package),
            student=student,
            assignment=row.assignment_title,
            stack=row.stack,
            number=row.number,
            files=manifest_of(connection, row.package),
            gaps=tuple(Gap.model_validate(gap) for gap in row.gaps),
        )


def _name(row: Row[Any]) -> str:
    """As `Student.name`."""
    return f"{row.first_name} {row.last_name}".strip() or row.username or row.student_id


def manifest_of(connection: Connection, package: str) -> Mapping[str, PackedFile]:
    """The files and links in a package, by path."""
    text = connection.execute(select(t.Packages.manifest).where(t.Packages.sha256 == package)).scalar_one()
    return {entry[0]: PackedFile(*entry) for entry in json.loads(text)}


def _version(connection: Connection, query: Select[*tuple[Any, ...]], of: Any, number: int, what: str) -> Row[Any]:
    if number:
        query = query.where(of == number)
    if rows := connection.execute(query).all():
        return rows[-1]
    version = f" with the number {number}" if number else ""
    raise NotFound(f"There is no {what}{version}.", "See the list of students and assignments.")


def _workspaces(course: CourseId) -> Select[*tuple[Any, ...]]:
    w, a, s = t.Workspaces, t.Assignments, t.Students
    title, who = a.title.label("assignment_title"), (s.first_name, s.last_name, s.username)
    query = select(w.course_id, w.assignment_id, w.student_id, w.number, w.package, w.gaps, title, a.stack, *who)
    query = query.join(a, (a.id == w.assignment_id) & (a.course_id == w.course_id))
    query = query.join(s, (s.id == w.student_id) & (s.course_id == w.course_id))
    query = query.join(t.Courses, t.Courses.id == w.course_id).where(w.course_id == course, IS_HERE)
    return query.order_by(a.position, a.id, s.position, s.id, w.number)


def _published(course: CourseId) -> Select[*tuple[Any, ...]]:
    p, a = t.PublishedVersions, t.Assignments
    title = a.title.label("assignment_title")
    query = select(p.course_id, p.assignment_id, p.number, p.package, p.gaps, title, a.stack)
    query = query.join(a, (a.id == p.assignment_id) & (a.course_id == p.course_id))
    query = query.join(t.Courses, t.Courses.id == p.course_id).where(p.course_id == course, IS_HERE)
    return query.order_by(a.position, a.id, p.number)
