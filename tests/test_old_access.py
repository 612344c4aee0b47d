"""Old access events go from the library where the teacher wants that: a week after it was said, and never otherwise."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Clock
from sqlalchemy import Connection, Engine

from exportmanager.core.course import CourseId, CourseInfo, Student, StudentId
from exportmanager.core.course_settings import CourseSettings
from exportmanager.core.errors import BadOptions, LibraryBusy
from exportmanager.core.events import Wanted
from exportmanager.core.meter import Meter
from exportmanager.core.old_access import NOTICE, OldAccess, Rule
from exportmanager.library import old_access
from exportmanager.library.db import writing
from exportmanager.library.library import Library
from exportmanager.program import Program

COURSE, OTHER = CourseId("course-1"), CourseId("course-2")
LETS_GO = CourseSettings(remove_old_access=True)
SECRET = "203.0.113.77"


def take(library: Library, days: Iterable[datetime], course: CourseId = COURSE, people: int = 3, ip: str = "") -> None:
    """Bring access events of these moments in, of one person after the other."""
    with library.writer("test", datetime(2026, 3, 2, tzinfo=UTC), Meter()) as writer:
        writer.partial()
        writer.course(CourseInfo(id=course, title=course, taken_on=date(2026, 3, 1), time_zone="Europe/Berlin"))
        for number in range(people):
            writer.student(Student(id=StudentId(f"s{number}")))
        writer.access_events(
            (at, StudentId(f"s{n % people}"), "log_in", None, "student", "", ip, {}) for n, at in enumerate(days)
        )
        writer.finish()


def days_ago(clock: Clock, *days: float) -> list[datetime]:
    return [clock.now - timedelta(days=number) for number in days]


def there(program: Program, course: CourseId = COURSE) -> int:
    with program.library.course(course) as one:
        return one.access_span(Wanted()).rows


def told(program: Program) -> list[tuple[str, int, date, datetime | None]]:
    return [(one.info.id, one.rows, one.before, one.goes_at) for one in program.tidy().old_access]


@pytest.fixture
def taken(program: Program, clock: Clock) -> Program:
    """A course with four events of this month and six of a year ago, which may go; another whose may not."""
    old = [365.0 + number for number in range(6)]
    take(program.library, days_ago(clock, 1, 2, 3, 4, *old))
    take(program.library, days_ago(clock, *old), OTHER)
    program.library.set_course_settings(COURSE, LETS_GO)
    return program


def test_old_events_are_announced_and_go_a_week_later(taken: Program, clock: Clock) -> None:
    goes_at = clock.now + NOTICE
    announced = [(COURSE, 6, date(2025, 9, 9), goes_at)]
    assert told(taken) == announced
    clock.forward(days=3)
    assert told(taken) == announced, "until they go it is said again, with the same day"
    clock.forward(days=4, seconds=-1)
    assert (told(taken), there(taken)) == (announced, 10)
    clock.forward(seconds=1)
    assert told(taken) == [(COURSE, 6, date(2025, 9, 9), None)]
    assert (there(taken), there(taken, OTHER)) == (4, 6)
    assert told(taken) == []


def test_another_process_may_announce_and_another_one_remove(taken: Program, second: Program, clock: Clock) -> None:
    before = told(taken)
    assert told(second) == before
    clock.forward(days=7)
    assert [rows for _, rows, *_ in told(second)] == [6]
    assert told(taken) == []


@pytest.mark.parametrize(
    "settings",
    [
        CourseSettings(),
        replace(LETS_GO, keep_everything=True),
        replace(LETS_GO, retention_months=None),
        replace(LETS_GO, retention_months=18),
    ],
)
def test_nothing_goes_that_is_to_stay(program: Program, clock: Clock, settings: CourseSettings) -> None:
    take(program.library, days_ago(clock, 1, 400))
    program.library.set_course_settings(COURSE, settings)
    for _ in range(3):
        assert told(program) == []
        clock.forward(days=10)
    assert there(program) == 2


def test_a_day_begins_at_midnight_where_the_course_is(program: Program, clock: Clock) -> None:
    midnight = datetime(2025, 9, 8, 22, tzinfo=UTC)  # in Berlin: 9 September
    take(program.library, [midnight - timedelta(microseconds=1), midnight], people=1)
    program.library.set_course_settings(COURSE, LETS_GO)
    assert told(program) == [(COURSE, 1, date(2025, 9, 9), clock.now + NOTICE)]
    clock.forward(days=7)
    assert len(told(program)) == 1
    with program.library.course(COURSE) as course:
        assert course.access_span(Wanted()).first == midnight


@pytest.mark.parametrize("change", [{"retention_months": 3}, {"keep_everything": True}, {"remove_old_access": False}])
def test_another_rule_is_announced_anew(taken: Program, clock: Clock, change: dict[str, object]) -> None:
    told(taken)
    clock.forward(days=7)
    taken.library.change_course_settings(COURSE, **change)
    taken.library.set_course_settings(COURSE, replace(LETS_GO, retention_months=4))
    assert [goes_at for *_, goes_at in told(taken)] == [clock.now + NOTICE]
    assert there(taken) == 10


def test_a_change_of_something_else_leaves_the_announcement(taken: Program, clock: Clock) -> None:
    before = told(taken)
    clock.forward(days=2)
    assert taken.library.change_course_settings(COURSE, include_inactive=True) == replace(
        LETS_GO, include_inactive=True
    )
    assert told(taken) == before


@pytest.mark.parametrize("jump", [-3, 61])
def test_a_clock_that_jumped_removes_nothing_and_begins_the_week_anew(taken: Program, clock: Clock, jump: int) -> None:
    told(taken)
    clock.forward(days=6)
    told(taken)
    clock.forward(days=jump)
    assert [goes_at for *_, goes_at in told(taken)] == [clock.now + NOTICE]
    clock.forward(hours=1)
    assert [goes_at for *_, goes_at in told(taken)] == [clock.now + NOTICE - timedelta(hours=1)]
    assert there(taken) == 10
    clock.forward(days=7)
    assert [goes_at for *_, goes_at in told(taken)] == [None]


def test_a_clock_that_jumped_is_not_forgotten_by_a_start_that_failed(
    taken: Program, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(taken)
    clock.forward(days=70)

    def refuse(janitor: object) -> None:
        raise LibraryBusy("Another program holds the library.", "Try again.")

    with monkeypatch.context() as patch:
        patch.setattr(type(taken.janitor), "reconcile", refuse)
        with pytest.raises(LibraryBusy):
            taken.tidy()
    assert [goes_at for *_, goes_at in told(taken)] == [clock.now + NOTICE]


def test_events_that_grow_old_later_go_without_another_word(program: Program, clock: Clock) -> None:
    take(program.library, days_ago(clock, 200, 150, 100))
    program.library.set_course_settings(COURSE, replace(LETS_GO, retention_months=5))
    assert [rows for _, rows, *_ in told(program)] == [2], "the second is 5 months old in a week"
    clock.forward(days=7)
    assert [(rows, goes_at) for _, rows, _, goes_at in told(program)] == [(2, None)]
    clock.forward(days=50)
    assert [(rows, goes_at) for _, rows, _, goes_at in told(program)] == [(1, None)]
    assert (there(program), told(program)) == (0, [])


def test_old_events_that_come_in_later_are_announced_before_they_go(taken: Program, clock: Clock) -> None:
    told(taken)
    clock.forward(days=7)
    told(taken)
    take(taken.library, days_ago(clock, 700, 701))
    assert [(rows, goes_at) for _, rows, _, goes_at in told(taken)] == [(2, clock.now + NOTICE)]
    assert there(taken) == 6
    clock.forward(days=7)
    assert [(rows, goes_at) for _, rows, _, goes_at in told(taken)] == [(2, None)]


def test_imports_leave_the_rules_and_announcements_alone(taken: Program, clock: Clock) -> None:
    before = told(taken)
    clock.forward(days=6)
    take(taken.library, days_ago(clock, 0))
    assert taken.library.course_settings(COURSE) == LETS_GO
    assert told(taken) == before


def test_a_teacher_who_thinks_better_of_it_stops_a_removal_under_way(
    program: Program, second: Program, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(program.library, days_ago(clock, *range(300, 306)))
    program.library.set_course_settings(COURSE, LETS_GO)
    told(program)
    clock.forward(days=7)

    @contextmanager
    def once_with_second_thoughts(engine: Engine) -> Iterator[Connection]:
        monkeypatch.setattr(old_access, "writing", writing)
        with writing(engine) as connection:
            yield connection
        second.library.change_course_settings(COURSE, keep_everything=True)

    monkeypatch.setattr(old_access, "_BATCH", 1)
    monkeypatch.setattr(old_access, "writing", once_with_second_thoughts)
    assert [rows for _, rows, *_ in told(program)] == [2], "what one person left"
    assert there(program) == 4
    clock.forward(days=30)
    assert (told(program), there(program)) == ([], 4)


def test_what_is_said_of_a_rule_that_does_not_hold_any_more_is_not_done(taken: Program, clock: Clock) -> None:
    (rule,) = taken.library.old_access.rules()
    assert rule == Rule(rule.info, 6)
    taken.library.change_course_settings(COURSE, retention_months=7)
    taken.library.old_access.note(rule, replace(rule, warned_at=clock.now, goes_before=date(2026, 1, 1)))
    assert taken.library.old_access.remove(rule, date(2026, 1, 1)) == 0
    (now,) = taken.library.old_access.rules()
    assert (now.months, now.warned_at, there(taken)) == (7, None, 10)


def test_many_events_go_in_batches(program: Program, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    take(program.library, days_ago(clock, *(300 + number / 100 for number in range(3_000))), people=40)
    program.library.set_course_settings(COURSE, LETS_GO)
    told(program)
    clock.forward(days=7)
    batches = []
    remove_some = old_access._remove_some

    def counted(*arguments: Any) -> int:
        batches.append(remove_some(*arguments))
        return batches[-1]

    monkeypatch.setattr(old_access, "_BATCH", 500)
    monkeypatch.setattr(old_access, "_remove_some", counted)
    assert [rows for _, rows, *_ in told(program)] == [3_000]
    assert sum(batches) == 3_000
    assert max(batches) < 600


def files_with(folder: Path, text: str) -> list[str]:
    return [path.name for path in folder.iterdir() if path.is_file() and text.encode() in path.read_bytes()]


def test_nothing_of_them_is_left_in_the_files_of_the_library(program: Program, clock: Clock) -> None:
    take(program.library, days_ago(clock, *range(300, 900)), ip=SECRET)
    take(program.library, days_ago(clock, 1), ip="198.51.100.1")
    program.library.set_course_settings(COURSE, LETS_GO)
    assert files_with(program.library.folder, SECRET)
    told(program)
    clock.forward(days=7)
    assert [rows for _, rows, *_ in told(program)] == [600]
    assert files_with(program.library.folder, SECRET) == []
    assert files_with(program.library.folder, "198.51.100.1")
    with closing(sqlite3.connect(program.library.folder / "library.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_reader_keeps_its_moment_while_events_go(taken: Program, clock: Clock) -> None:
    told(taken)
    clock.forward(days=7)
    with taken.library.course(COURSE) as course:
        assert len(told(taken)) == 1
        assert len(list(course.access_rows(Wanted()))) == 10
    assert there(taken) == 4


@pytest.mark.parametrize("months", [0, -1, 1201])
def test_months_without_sense_are_refused(taken: Program, months: int) -> None:
    with pytest.raises(BadOptions):
        taken.library.change_course_settings(COURSE, retention_months=months)
    assert taken.library.course_settings(COURSE) == LETS_GO


def test_what_is_told_names_the_course(taken: Program) -> None:
    (one,) = taken.tidy().old_access
    assert isinstance(one, OldAccess)
    assert (one.info.title, one.info.id) == (COURSE, COURSE)
