"""How long things stay: to the second, in every zone, and with clocks that are wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from exportmanager.core.course import CourseId, CourseInfo, Student, StudentId
from exportmanager.core.retention import (
    CLOCK_TOLERANCE,
    GRACE,
    LONG_UNUSED,
    WARNING,
    Due,
    clock_jump,
    due,
    inactive_days,
    last_active_day,
    zone_of,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def info(zone: str = "UTC", taken_on: date = date(2026, 3, 2)) -> CourseInfo:
    return CourseInfo(id=CourseId("c"), title="C", taken_on=taken_on, time_zone=zone)


def student(last_active_at: datetime | None = None, enrolled_on: date | None = None) -> Student:
    return Student(id=StudentId("s"), last_active_at=last_active_at, enrolled_on=enrolled_on)


def test_what_never_expires_is_kept_even_without_its_course() -> None:
    assert due(None, NOON, course_is_here=True) is Due.KEPT
    assert due(None, NOON, course_is_here=False) is Due.KEPT


@pytest.mark.parametrize("away", [-1000 * DAY, -SECOND, timedelta(), SECOND, 1000 * DAY])
def test_what_may_be_the_last_copy_never_goes_by_itself(away: timedelta) -> None:
    where = due(NOON, NOON + away, course_is_here=False, watching_since=NOON - DAY, overdue_seen_at=NOON - 30 * DAY)
    assert where is Due.LAST_COPY


@pytest.mark.parametrize(
    ("left", "where"),
    [
        (8 * DAY, Due.STAYS), (WARNING + SECOND, Due.STAYS), (WARNING, Due.SOON), (WARNING - SECOND, Due.SOON),
        (SECOND, Due.SOON), (timedelta(), Due.OVERDUE), (-SECOND, Due.OVERDUE), (-1000 * DAY, Due.OVERDUE),
    ],
)  # fmt: skip
def test_the_states_follow_each_other_to_the_second(left: timedelta, where: Due) -> None:
    assert due(NOON + left, NOON, course_is_here=True) is where


@pytest.mark.parametrize(
    ("since", "where"),
    [
        (NOON - DAY, Due.GOES), (NOON - SECOND, Due.GOES), (NOON, Due.GOES),
        (NOON + SECOND, Due.OVERDUE), (None, Due.OVERDUE),
    ],
)  # fmt: skip
def test_it_goes_at_once_only_if_the_program_ran_when_it_expired(since: datetime | None, where: Due) -> None:
    assert due(NOON, NOON + timedelta(minutes=1), course_is_here=True, watching_since=since) is where


@pytest.mark.parametrize(
    ("seen", "where"),
    [(GRACE, Due.GOES), (GRACE + SECOND, Due.GOES), (GRACE - SECOND, Due.OVERDUE), (timedelta(), Due.OVERDUE)],
)
def test_what_was_shown_as_overdue_goes_a_day_later(seen: timedelta, where: Due) -> None:
    now = NOON + 30 * DAY
    assert due(NOON, now, course_is_here=True, overdue_seen_at=now - seen) is where


def test_what_was_seen_as_overdue_and_kept_longer_stays() -> None:
    assert due(NOON + 9 * DAY, NOON, course_is_here=True, overdue_seen_at=NOON - 5 * DAY) is Due.STAYS


def test_zones_make_no_difference_to_when_it_goes() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert due(NOON.astimezone(tokyo), NOON - SECOND, course_is_here=True, watching_since=NOON - DAY) is Due.SOON
    assert due(NOON.astimezone(tokyo), NOON, course_is_here=True, watching_since=NOON - DAY) is Due.GOES


def test_a_day_of_summer_time_is_24_hours_too() -> None:
    expires = datetime(2026, 3, 29, 12, 0, tzinfo=zone_of(info("Europe/Berlin")))  # the clocks go forward that night
    assert due(expires, expires.astimezone(UTC) - WARNING, course_is_here=True) is Due.SOON
    assert due(expires, expires.astimezone(UTC) - WARNING - SECOND, course_is_here=True) is Due.STAYS


@pytest.mark.parametrize("step", [timedelta(), SECOND, LONG_UNUSED - SECOND, -SECOND, -CLOCK_TOLERANCE])
def test_a_clock_that_goes_on_or_is_corrected_a_little_did_not_jump(step: timedelta) -> None:
    assert clock_jump(NOON, NOON + step) is None


@pytest.mark.parametrize("step", [LONG_UNUSED, 1000 * DAY])
def test_a_clock_that_is_far_ahead_is_noticed_with_by_how_much(step: timedelta) -> None:
    assert clock_jump(NOON, NOON + step) == step


@pytest.mark.parametrize("step", [CLOCK_TOLERANCE + SECOND, timedelta(hours=1), 1000 * DAY])
def test_a_clock_that_was_set_back_is_noticed_with_by_how_much(step: timedelta) -> None:
    assert clock_jump(NOON, NOON - step) == -step


def test_a_clock_that_was_never_looked_at_did_not_jump() -> None:
    assert clock_jump(None, NOON) is None


@pytest.mark.parametrize(("days", "inactive"), [(0, None), (89, None), (90, None), (91, 91), (1000, 1000), (-5, None)])
def test_inactive_is_more_than_ninety_days_before_the_data_were_taken(days: int, inactive: int | None) -> None:
    assert inactive_days(student(NOON - days * DAY), info()) == inactive


def test_days_are_counted_in_the_course_s_zone() -> None:
    almost_midnight = datetime(2025, 12, 1, 23, 30, tzinfo=UTC)  # 91 days before in London, 90 in Berlin
    assert inactive_days(student(almost_midnight), info("Europe/London")) == 91
    assert inactive_days(student(almost_midnight), info("Europe/Berlin")) is None
    assert last_active_day(student(almost_midnight), info("Pacific/Kiritimati")) == date(2025, 12, 2)


def test_who_was_never_active_counts_from_the_day_of_enrolment() -> None:
    assert inactive_days(student(enrolled_on=date(2025, 11, 1)), info()) == 121
    assert inactive_days(student(enrolled_on=date(2026, 2, 1)), info()) is None
    assert inactive_days(student(NOON, enrolled_on=date(2025, 11, 1)), info()) is None


def test_who_has_no_days_at_all_is_not_called_inactive() -> None:
    assert last_active_day(student(), info()) is None
    assert inactive_days(student(), info()) is None


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../../etc/passwd", "/etc/passwd", "x" * 5000, "a\0b"])
def test_a_zone_that_the_system_does_not_know_is_utc(name: str) -> None:
    assert zone_of(info(name)).key == "UTC"
