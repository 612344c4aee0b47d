"""The tables of what is kept apart from courses: packages of files, where archives lie, and projects of no course."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from exportmanager.library.base import Size, Table


class Packages(Table):
    """Immutable zips of files, named by their SHA-256. `identity` and `manifest`: see `packing.Packed`."""

    __tablename__ = "packages"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    identity: Mapped[bytes]
    packed_bytes: Mapped[Size]
    files: Mapped[int]
    bytes: Mapped[Size]
    portable: Mapped[bool]
    longest_path: Mapped[int]
    manifest: Mapped[str]


class Archives(Table):
    """Each archive that was made or restored here, wherever it lies. It outlives its course, so it names it.

    `bag` is the same for all copies of one archive: the SHA-256 of its payload's manifest. `sha256` is that of the
    file, or of a folder's tag manifest;
    `certificate` its certificate (JSON), `accepted` the gaps that the teacher accepted by name. `checked_at`,
    `standing` and `problem` say what came of reading it back last.
    """

    __tablename__ = "archives"
    id: Mapped[int] = mapped_column(primary_key=True)
    bag: Mapped[str] = mapped_column(index=True)
    course_id: Mapped[str] = mapped_column(index=True)
    course_title: Mapped[str]
    path: Mapped[str]
    form: Mapped[str]
    encrypted: Mapped[bool]
    pseudonymous: Mapped[bool]
    made_at: Mapped[datetime]
    size: Mapped[Size]
    sha256: Mapped[str] = mapped_column(String(64))
    certificate: Mapped[str]
    accepted: Mapped[list[Any]]
    checked_at: Mapped[datetime | None]
    standing: Mapped[str]
    problem: Mapped[str]
    __table_args__ = ({"sqlite_autoincrement": True},)


class Projects(Table):
    """Workspaces that were opened for review and belong to no course, with the stack that the teacher chose."""

    __tablename__ = "projects"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    stack: Mapped[str]
    origin: Mapped[str]
    imported_at: Mapped[datetime]
    package: Mapped[str] = mapped_column(ForeignKey("packages.sha256"), index=True)
    gaps: Mapped[list[Any]]
    __table_args__ = ({"sqlite_autoincrement": True},)
