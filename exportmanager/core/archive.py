"""An archive of a course as values: where it lies, what it proves, and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from exportmanager.core.course import CourseId
from exportmanager.core.report import Cell, Count, Gap

Form = Literal["zip", "folder"]


class Standing(StrEnum):
    """What came of reading an archive back last."""

    WHOLE = "whole"
    CHANGED = "changed"
    NOT_REACHABLE = "not reachable"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Somebody(_Frozen):
    """A student or an assignment in a certificate."""

    id: str
    name: str


class CertifiedCell(_Frozen):
    """What the archive holds of one student's work on one assignment; `why` where there is something to say."""

    student: str
    assignment: str
    cell: Cell
    files: int = 0
    why: str = ""


class Certificate(_Frozen):
    """What an archive holds, and what that proves. `payload_sha256` is the SHA-256 of ``manifest-sha256.txt``.

    `sha256` (of the file, or of a folder's ``tagmanifest-sha256.txt``) and `accepted` stand only in the certificate
    beside the archive: the one within cannot know them. `notes` say what was done to it since, such as an erasure.
    """

    format: str = "exportmanager-certificate"
    version: int = 1
    course_id: str
    course_title: str
    course_code: str = ""
    taken_on: str = ""
    made_at: datetime
    program: str
    pseudonymous: bool = False
    files: int
    bytes: int
    payload_sha256: str
    students: tuple[Somebody, ...]
    assignments: tuple[Somebody, ...]
    cells: tuple[CertifiedCell, ...]
    counts: tuple[Count, ...] = ()
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()
    sha256: str = ""
    place: str = ""
    accepted: tuple[Gap, ...] = ()

    @property
    def open_gaps(self) -> tuple[Gap, ...]:
        """The gaps that nobody asked for and nobody accepted: while there are any, deleting is not called safe."""
        accepted = set(self.accepted)
        return tuple(gap for gap in self.gaps if not gap.chosen and gap not in accepted)

    def without_people(self) -> Certificate:
        """The same for everybody's eyes: it names nobody, and so leaves out the matrix and the gaps."""
        note = "Students, their work and gaps are named only in the certificate within the archive."
        return self.model_copy(
            update={"students": (), "cells": (), "gaps": (), "accepted": (), "notes": (*self.notes, note)}
        )


@dataclass(frozen=True, slots=True)
class Damage:
    """Something in an archive that is not as it was: which file (its path in the bag), whose, and what is wrong."""

    path: str
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of reading an archive back: how much was read, and all that is damaged, missing or too much."""

    certificate: Certificate | None
    files: int
    bytes: int
    sha256: str
    damage: Sequence[Damage] = ()

    @property
    def standing(self) -> Standing:
        """Whether everything is as it was."""
        return Standing.CHANGED if self.damage else Standing.WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveRecord:
    """An archive that this library knows. `standing` None: it was not read back since it was made elsewhere.

    Copies of one archive have the same `bag`: the SHA-256 of its payload's manifest.
    """

    id: int
    bag: str
    course: CourseId
    course_title: str
    path: Path
    form: Form
    encrypted: bool
    pseudonymous: bool
    made_at: datetime
    size: int
    sha256: str
    certificate: Certificate
    checked_at: datetime | None = None
    standing: Standing | None = None
    problem: str = ""

    @property
    def is_proof(self) -> bool:
        """Whether deleting the course is safe by what is known now: whole when last read, and no gap left open.

        One that is pseudonymous never is: who is who would be gone with the course.
        """
        return self.standing is Standing.WHOLE and not self.pseudonymous and not self.certificate.open_gaps
