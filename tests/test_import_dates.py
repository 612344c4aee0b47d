"""Days and times of a course folder: zones, the change of the clocks, and dates that float."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from building import CourseBuilder
from conftest import Clock
from handling import bring_in, dump, exported, table, taken_in

from exportmanager.core.course import AssignmentId
from exportmanager.program import Program


@pytest.fixture
def builder(tmp_path: Path) -> CourseBuilder:
    return CourseBuilder(tmp_path / "course")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-03-29T01:30:00", "2026-03-29T00:30:00"),  # the last half hour of winter in Berlin
        ("2026-03-29T03:30:00", "2026-03-29T01:30:00"),
        ("2026-10-25T02:30:00", "2026-10-25T00:30:00"),  # comes twice: the first is meant
        ("2026-10-25T02:30:00+01:00", "2026-10-25T01:30:00"),
        ("2026-07-01T12:00:00.250", "2026-07-01T10:00:00.250"),
    ],
)
def test_times_around_the_change_of_the_clocks(
    program: Program, builder: CourseBuilder, written: str, moment: str
) -> None:
    builder.tables["roster"][0]["last_active_at"] = written
    with taken_in(program, builder) as course:
        assert course.students()[0].last_active_at == datetime.fromisoformat(moment).replace(tzinfo=UTC)


def floating(builder: CourseBuilder) -> CourseBuilder:
    """Taken on 1 March; a deadline at eight in the morning, first in winter and then in summer time."""
    builder.course |= {"dates": "floating", "starts_on": "2026-01-12", "ends_on": None}
    first, second = builder.course["modules"][0]["assignments"]
    first |= {"due_at": "2026-03-20T08:00:00"}
    second |= {"due_at": "2026-04-20T06:00:00Z"}
    builder.add("access", at="2026-02-02T08:00:00", user="s1", type="log_in")
    builder.add("answers", student="s1", assignment="a1", assessment="q", attempt=1, at="2026-02-02T08:00:00")
    builder.file("s1", "a1", "x.py")
    return builder


def test_floating_dates_move_by_whole_days_and_keep_their_hour(
    program: Program, builder: CourseBuilder, clock: Clock
) -> None:
    clock.now = datetime(2026, 3, 20, 23, 30, tzinfo=UTC)  # in Berlin it is the 21st already: 20 days later
    with taken_in(program, floating(builder)) as course:
        assert course.info.taken_on == date(2026, 3, 21)
        assert (course.info.starts_on, course.info.ends_on) == (date(2026, 2, 1), None)
        assert course.students()[0].enrolled_on == date(2026, 1, 30)
        first, second = course.assignments()
        assert first.due_at == datetime(2026, 4, 9, 6, tzinfo=UTC)  # eight, but in summer now
        assert second.due_at == datetime(2026, 5, 10, 6, tzinfo=UTC)
        (answer,) = course.answers(AssignmentId("a1"))
        assert answer.at == datetime(2026, 2, 22, 7, tzinfo=UTC)


@pytest.mark.parametrize("days", [1, 40, 200])
def test_floating_dates_stay_where_they_are_when_it_comes_again_on_another_day(
    program: Program, builder: CourseBuilder, clock: Clock, days: int
) -> None:
    folder = floating(builder).write()
    bring_in(program, folder)
    before = dump(program.library.folder, leave_out=["imports"])
    clock.forward(days=days)
    assert not bring_in(program, folder).changed_anything
    assert dump(program.library.folder, leave_out=["imports"]) == before


def test_inactivity_of_a_floating_course_does_not_depend_on_the_day(
    program: Program, builder: CourseBuilder, clock: Clock
) -> None:
    clock.now += timedelta(days=1000)
    bring_in(program, floating(builder).write())
    assert [row["left_out"] for row in table(exported(program), "students.csv")] == ["", "", ""]
