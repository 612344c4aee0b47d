"""Between the core's values and the tables' rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import Row

from exportmanager.core.course import (
    Answer,
    Assessment,
    Assignment,
    AssignmentKind,
    CourseId,
    CourseInfo,
    Module,
    Parent,
    Published,
    Result,
    Role,
    State,
    Student,
    Workspace,
)
from exportmanager.core.package import Package
from exportmanager.core.report import Gap
from exportmanager.formats.packing import Packed

_V = TypeVar("_V")


def row_of(course: CourseId, value: Any) -> dict[str, Any]:
    """A value as a row of its table, which has the same names for the same things."""
    row: dict[str, Any] = {"course_id": course}
    for field in fields(value):
        item = getattr(value, field.name)
        if isinstance(item, Enum):
            item = item.value
        elif isinstance(item, Mapping):
            item = dict(item)
        row[field.name] = item
    return row


def course_row(info: CourseInfo, shift_days: int) -> dict[str, Any]:
    """A course as a row."""
    row = row_of(info.id, info)
    del row["course_id"]
    parent = row.pop("child_of")
    return row | {
        "parent_title": parent.title if parent else None,
        "parent_is_licensed_master": bool(parent and parent.licensed_master),
        "dates_shift_days": shift_days,
        "trashed_at": None,
    }


def course_of(row: Row[Any]) -> CourseInfo:
    """A row as a course."""
    data = dict(row._mapping)
    title, master = data.pop("parent_title"), data.pop("parent_is_licensed_master")
    del data["dates_shift_days"], data["trashed_at"]
    return CourseInfo(**data, child_of=None if title is None else Parent(title, master))


def _of(row: Row[Any], make: type[_V], **converted: Any) -> _V:
    data = row._asdict()
    del data["course_id"]
    return make(**(data | converted))


def module_of(row: Row[Any]) -> Module:
    """A row as a module."""
    return _of(row, Module)


def assignment_of(row: Row[Any]) -> Assignment:
    """A row as an assignment."""
    return _of(row, Assignment, kind=AssignmentKind(row.kind))


def student_of(row: Row[Any]) -> Student:
    """A row as a student."""
    return _of(row, Student, role=Role(row.role))


def assessment_of(row: Row[Any]) -> Assessment:
    """A row as an assessment."""
    return _of(row, Assessment)


def result_of(row: Row[Any]) -> Result:
    """A row as a result."""
    return _of(row, Result, state=State(row.state))


def answer_of(row: Row[Any]) -> Answer:
    """A row as an answer."""
    return _of(row, Answer)


def package_row(packed: Packed) -> dict[str, Any]:
    """What was packed as a row of packages."""
    return {
        "sha256": packed.sha256,
        "identity": packed.identity,
        "packed_bytes": packed.packed_bytes,
        "files": len(packed.files),
        "bytes": packed.bytes,
        "portable": packed.portable,
        "longest_path": packed.longest_path,
        "manifest": packed.manifest,
    }


def workspace_of(row: Row[Any]) -> Workspace:
    """A row of workspaces joined with packages as a workspace."""
    return Workspace(
        student_id=row.student_id,
        assignment_id=row.assignment_id,
        number=row.number,
        imported_at=row.imported_at,
        package=_package_of(row),
        gaps=tuple(Gap.model_validate(gap) for gap in row.gaps),
    )


def published_of(row: Row[Any]) -> Published:
    """A row of published versions joined with packages as a published project."""
    gaps = tuple(Gap.model_validate(gap) for gap in row.gaps)
    return Published(row.assignment_id, row.version, row.published_at, _package_of(row), gaps)


def _package_of(row: Row[Any]) -> Package:
    return Package(row.sha256, row.packed_bytes, row.files, row.bytes, row.portable, row.longest_path)
