"""A way out of a course: what every kind of export says of itself and does."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO, Protocol

from exportmanager.core.course import Course
from exportmanager.core.errors import Unavailable
from exportmanager.core.meter import Meter
from exportmanager.core.options import Options
from exportmanager.core.report import Report


class Section(StrEnum):
    """The parts of the Export tab, as the platforms' pages name them."""

    DATA = "Data exports"
    CONTENT = "Course content exports"
    BLUEPRINTS = "Course blueprint transfer"


@dataclass(frozen=True, slots=True)
class Estimate:
    """About how large the file will be, in bytes, and a sentence on what will be in it.

    `suffix` is that of this file, where it depends on what was chosen. `notes` are sentences that a person should read
    first: that nothing fits the choice, which period is covered, how much is older than that.
    """

    bytes: int
    summary: str
    suffix: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """How the table will begin: its columns, the first rows as text, and the name of the table where there are more."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class PagesPreview:
    """How the document will look: its first pages as a PDF of their own, and a sentence on what they are."""

    pdf: bytes
    says: str


class ExportKind(Protocol):
    """One way out. `write` gets an open, empty, seekable file: it names, places, syncs and overwrites nothing.

    The same course and options give the same bytes. `Options` is the model of what can be chosen.
    """

    id: str
    title: str
    section: Section
    summary: str
    suffix: str
    Options: type[Options]

    def unavailable(self, course: Course) -> str | None:
        """Why this course does not have this export; None where it has."""

    def estimate(self, course: Course, options: Any) -> Estimate:
        """What would come out. Raises `NothingToExport` or `BadOptions` for what `write` would refuse."""

    def preview(self, course: Course, options: Any) -> Preview | PagesPreview | None:
        """How the (first) table or document begins; None for what is neither. Raises what `estimate` raises."""

    def write(self, course: Course, options: Any, out: BinaryIO, meter: Meter) -> Report:
        """Write the export. The stages of the meter count bytes."""


def check_available(kind: ExportKind, course: Course) -> None:
    """Raises `Unavailable`, with the reason, where a course does not have this export."""
    if reason := kind.unavailable(course):
        raise Unavailable(f"{kind.title} is not available for this course: {reason}", "Choose another export.")


def counted(number: int, thing: str) -> str:
    """A number with its noun, for an estimate's sentence: "1 student", "1,024 files"."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
