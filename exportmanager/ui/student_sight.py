"""What a student's page shows, read in one go off the window's thread."""

from __future__ import annotations

from dataclasses import dataclass

from exportmanager.core.course import CourseId, StudentId
from exportmanager.core.options import FieldKind
from exportmanager.core.overview import StudentRecord
from exportmanager.jobs.sights import Offer
from exportmanager.program import Program
from exportmanager.ui.export_actions import offers_for


@dataclass(frozen=True, slots=True)
class StudentSight:
    """All of one student, and the ways out for which students can be chosen."""

    record: StudentRecord
    offers: tuple[Offer, ...]


def student_sight(
    program: Program, course: CourseId, student: StudentId, before: StudentRecord | None = None
) -> StudentSight:
    """Read a student; where nothing is other than `before`, the record is that very one. Raises `NotFound`."""
    record = program.library.student(course, student)
    if before is not None and record == before:
        record = before
    with program.library.course(course) as opened:
        offers = [Offer(kind, kind.unavailable(opened), None) for kind in program.kinds.values()]
    return StudentSight(record, tuple(offers_for(offers, FieldKind.STUDENTS)))
