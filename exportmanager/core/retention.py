"""How long things stay: inactive students, the shelf's expiry, months of data, and clocks that jump."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from exportmanager.core.course import CourseInfo, Student

INACTIVE_AFTER_DAYS = 90
SHELF_DAYS = 7
WARNING = timedelta(hours=24)
GRACE = timedelta(hours=24)
"""What became overdue while nobody was looking stays for this long after it was first shown as overdue."""
LONG_UNUSED = timedelta(days=60)
CLOCK_TOLERANCE = timedelta(minutes=10)
"""A clock that is corrected over the network steps back by less."""


def zone_of(info: CourseInfo) -> ZoneInfo:
    """The course's time zone; UTC where the system does not know its name."""
    try:
        return ZoneInfo(info.time_zone)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def months_before(day: date, months: int) -> date:
    """The day so many months before: the same day of the month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def midnight(day: date, info: CourseInfo) -> datetime:
    """The moment when a day begins in the course's time zone."""
    return datetime.combine(day, time(), zone_of(info))


def last_active_day(student: Student, info: CourseInfo) -> date | None:
    """The day, in the course's zone, when a student was last active.

    Where the platform knows of no activity it is the day of enrolment. None: nobody knows.
    """
    if student.last_active_at is not None:
        return student.last_active_at.astimezone(zone_of(info)).date()
    return student.enrolled_on


def inactive_days(student: Student, info: CourseInfo) -> int | None:
    """For how many days a student was inactive on the day the data were taken, if that is more than 90; else None."""
    last = last_active_day(student, info)
    if last is None:
        return None
    days = (info.taken_on - last).days
    return days if days > INACTIVE_AFTER_DAYS else None


class Due(Enum):
    """Where a finished export is on its way off the shelf."""

    KEPT = "kept"
    """Until somebody removes it."""
    LAST_COPY = "last copy"
    """Its course has left the library: it is never removed by itself."""
    STAYS = "stays"
    SOON = "soon"
    """Within the next 24 hours."""
    OVERDUE = "overdue"
    """It should be gone, but nobody could see that coming: it goes 24 hours after it was first shown as overdue."""
    GOES = "goes"
    """Now."""


def due(
    expires_at: datetime | None,
    now: datetime,
    *,
    course_is_here: bool,
    watching_since: datetime | None = None,
    overdue_seen_at: datetime | None = None,
) -> Due:
    """What to do with an item at `now`. `expires_at` None: kept until removed.

    `watching_since`: from when on the program ran without a break, so that the warning could be seen; None: it just
    started.
    """
    if expires_at is None:
        return Due.KEPT
    if not course_is_here:
        return Due.LAST_COPY
    if now < expires_at:
        return Due.SOON if expires_at - now <= WARNING else Due.STAYS
    was_watched = watching_since is not None and watching_since <= expires_at
    if was_watched or (overdue_seen_at is not None and overdue_seen_at + GRACE <= now):
        return Due.GOES
    return Due.OVERDUE


def clock_jump(last_seen: datetime | None, now: datetime) -> timedelta | None:
    """By how much the clock went back (negative) or far ahead since it was last looked at; None where it just went on.

    Far ahead may be a long holiday as well as a wrong clock: only whoever sits there knows.
    """
    if last_seen is None or -CLOCK_TOLERANCE <= now - last_seen < LONG_UNUSED:
        return None
    return now - last_seen
