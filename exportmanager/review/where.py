"""The address of a workspace, wherever it lies: one type for window and command line, which survives JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from exportmanager.core.course import AssignmentId, CourseId, StudentId
from exportmanager.core.errors import BadOptions
from exportmanager.formats.untrusted import printable

_Number = Annotated[int, Field(ge=0, lt=1 << 63)]
"""A database holds no higher one."""
Kind = Literal["workspace", "published", "project", "file"]


class Where(BaseModel):
    """Where a workspace lies. Make it with `of_workspace`, `of_published`, `of_project` or `of_file`.

    `number` is the version, 0 for the newest. `path` is a zip, tar or folder on a disk, absolute, `inner` the path of
    an archive in it, if the workspace lies in such a one, and `folder` the folder that it is ("": all there is). As
    JSON: `model_dump_json`, `model_validate_json`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    course: CourseId = CourseId("")
    assignment: AssignmentId = AssignmentId("")
    student: StudentId = StudentId("")
    number: _Number = 0
    project: _Number = 0
    path: str = ""
    inner: str = ""
    folder: str = ""

    @staticmethod
    def of_json(text: str) -> Where:
        """What `model_dump_json` gave, copied by somebody. Raises `BadOptions`."""
        try:
            return Where.model_validate_json(text)
        except ValidationError as error:
            raise BadOptions(
                f"{printable(text)} is no address of a workspace.", "Copy it whole.", details=str(error)
            ) from error

    @staticmethod
    def of_workspace(course: CourseId, assignment: AssignmentId, student: StudentId, number: int = 0) -> Where:
        """A version of a student's workspace in the library."""
        return Where(kind="workspace", course=course, assignment=assignment, student=student, number=number)

    @staticmethod
    def of_published(course: CourseId, assignment: AssignmentId, number: int = 0) -> Where:
        """A version of an assignment's published project in the library: the starter files."""
        return Where(kind="published", course=course, assignment=assignment, number=number)

    @staticmethod
    def of_project(project: int) -> Where:
        """A workspace that belongs to no course, in the library."""
        return Where(kind="project", project=project)

    @staticmethod
    def of_file(path: Path, folder: str = "", inner: str = "") -> Where:
        """A folder in an archive, in a file of the shelf, in any zip or tar, or in a folder on a disk."""
        return Where(kind="file", path=str(path.absolute()), inner=inner, folder=folder)


def import_words(number: int, newest: int) -> str:
    """What people call a version of a workspace."""
    return f"Import {number} of {newest}"


def starter_words(number: int, newest: int) -> str:
    """What people call a version of a published project."""
    return f"Starter files, version {number} of {newest}" if number < newest else "Starter files"
