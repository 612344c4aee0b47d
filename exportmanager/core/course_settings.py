"""What a teacher decided for one course."""

from __future__ import annotations

from dataclasses import dataclass

MOST_MONTHS = 1200


@dataclass(frozen=True, slots=True)
class CourseSettings:
    """What a teacher decided for one course; it outlives imports."""

    include_inactive: bool = False
    retention_months: int | None = 6
    """For how many months exports hold access and assessment data, counted back from the day the data were taken."""
    keep_everything: bool = False
    """Nothing of this course is ever removed from the library by itself."""
    remove_old_access: bool = False
    """Access events that are older than that are removed from the library, after a warning: they hold IP addresses."""
