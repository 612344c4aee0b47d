"""Course access data: ten documented columns, just the events that were asked for, and an account of all others."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from building import CourseBuilder
from conftest import Clock
from handling import export, file_of, taken_in
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exportmanager.core.course import Course, CourseId, CourseInfo, Student, StudentId
from exportmanager.core.course_settings import CourseSettings
from exportmanager.core.events import AccessLine, Span, Wanted
from exportmanager.core.export import Estimate
from exportmanager.core.meter import Meter
from exportmanager.core.report import Report
from exportmanager.exports.access import KIND
from exportmanager.exports.pieces import event_access
from exportmanager.exports.pieces.event_access import AccessTable
from exportmanager.exports.pieces.event_choice import Chosen
from exportmanager.exports.pieces.event_table import write_table
from exportmanager.exports.pieces.names import Names
from exportmanager.formats.csv import DIALECTS, CsvWriter, texts_of
from exportmanager.program import Program

COLUMNS = [
    "Username", "Users registered email address", "First name", "Last name", "Date/time when user logged in",
    "Access type", "Assignment name", "Role in course", "Project path", "IP address",
]  # fmt: skip
TIME, TYPE, TITLE, ROLE, PATH, IP = 4, 5, 6, 7, 8, 9


@pytest.fixture
def builder(tmp_path: Path) -> CourseBuilder:
    """Three students, a teacher, a project and a book; the data were taken on 1 March 2026, in Berlin."""
    builder = CourseBuilder(tmp_path / "course")
    builder.course["modules"][0]["assignments"] = [
        {"id": "a1", "title": "Hello, loops"},
        {"id": "b1", "title": "The book", "kind": "book"},
    ]
    builder.tables["roster"].clear()
    for number in (1, 2, 3):
        builder.student(
            f"s{number}", username=f"user{number}", email=f"user{number}@school.example", first_name=f"First{number}",
            last_name=f"Last{number}",
        )  # fmt: skip
    builder.student("t1", role="teacher", username="teacher1", first_name="Test", last_name="Teacher")
    return builder


def visit(builder: CourseBuilder, at: str, user: str = "s1", type: str = "log_in", **cells: Any) -> None:
    builder.add("access", at=at, user=user, type=type, **cells)


def written(course: Course, **options: Any) -> tuple[list[list[str]], Report]:
    """The lines of the table and the report."""
    out = io.BytesIO()
    report = KIND.write(course, KIND.Options(**{"csv": "programs", **options}), out, Meter())
    return list(csv.reader(io.StringIO(out.getvalue().decode(), newline=""), strict=True)), report


def rows(course: Course, **options: Any) -> list[list[str]]:
    lines, report = written(course, **options)
    assert report.counts[0].expected == report.counts[0].done == len(lines) - 1
    return lines[1:]


def estimate(course: Course, **options: Any) -> Estimate:
    return KIND.estimate(course, KIND.Options(**options))


def test_a_row_has_the_ten_documented_columns(program: Program, builder: CourseBuilder) -> None:
    visit(
        builder, "2026-02-03T08:04:05Z", "s2", "project_open", assignment="a1", role="Student",
        project_path="user2/loops", ip="192.0.2.7",
    )  # fmt: skip
    with taken_in(program, builder) as course:
        header, row = written(course)[0]
    assert header == COLUMNS
    assert row == [
        "user2", "user2@school.example", "First2", "Last2", "2026-02-03T09:04:05+01:00", "Project Open", "Hello, loops",
        "Student", "user2/loops", "192.0.2.7",
    ]  # fmt: skip


def test_types_are_in_the_words_of_the_documentation_and_books_tell_their_name(
    program: Program, builder: CourseBuilder
) -> None:
    for minute, kind in enumerate(("log_in", "project_open", "project_close", "log_out")):
        visit(builder, f"2026-02-03T08:0{minute}:00Z", type=kind, assignment="b1" if "project" in kind else "")
    with taken_in(program, builder) as course:
        found = rows(course)
    assert [(row[TYPE], row[TITLE]) for row in found] == [
        ("Log In", ""), ("Project Open", "The book"), ("Project Close", "The book"), ("Log Out", "")
    ]  # fmt: skip


def test_roles_are_those_of_the_event_or_else_of_the_list_of_people(program: Program, builder: CourseBuilder) -> None:
    for minute, (user, role) in enumerate(
        [("s1", ""), ("t1", ""), ("s1", "teacher"), ("t1", "STUDENT"), ("s1", "Teaching assistant")]
    ):
        visit(builder, f"2026-02-03T08:0{minute}:00Z", user, role=role)
    with taken_in(program, builder) as course:
        assert [row[ROLE] for row in rows(course)] == ["Student", "Teacher", "Teacher", "Student", "Teaching assistant"]


ZONES = {
    "Europe/Berlin": "2025-10-26T00:59:58",
    "Asia/Kathmandu": "2026-02-01T18:14:58",
    "Australia/Lord_Howe": "2026-04-04T14:59:58",
    "America/St_Johns": "2006-10-29T02:30:58",
    "America/Moncton": "2006-04-02T04:00:58",  # the clock changed at one minute past midnight
    "UTC": "2025-12-31T23:59:58",
}


@pytest.mark.parametrize(("zone", "start"), ZONES.items(), ids=ZONES)
def test_times_are_iso_8601_in_the_zone_of_the_course(
    zone: str, start: str, program: Program, builder: CourseBuilder
) -> None:
    builder.course["time_zone"] = zone
    first = datetime.fromisoformat(f"{start}+00:00")
    moments = [first + timedelta(seconds=7 * n, microseconds=n % 2 * 500) for n in range(-300, 300)]
    for moment in moments:
        visit(builder, moment.isoformat())
    with taken_in(program, builder) as course:
        found = [row[TIME] for row in rows(course, since="2000-01-01")]
    assert found == [moment.astimezone(ZoneInfo(zone)).isoformat().replace("+00:00", "Z") for moment in moments]


# What is asked for, and what is left out


def test_a_course_keeps_six_months_and_older_rows_are_counted(program: Program, builder: CourseBuilder) -> None:
    for at in (
        "2025-08-31T21:59:59Z",
        "2025-08-31T22:00:00Z",
        "2026-02-28T22:59:59Z",
    ):  # midnight in Berlin is at 22:00
        visit(builder, at)
    with taken_in(program, builder) as course:
        lines, report = written(course)
        foretold = estimate(course)
    assert [row[TIME] for row in lines[1:]] == ["2025-09-01T00:00:00+02:00", "2026-02-28T23:59:59+01:00"]
    assert foretold.summary == "2 access events"
    assert foretold.notes == report.notes == (
        "There are access events from 2025-08-31 to 2026-02-28.",
        "It covers the time from 2025-09-01 to the newest (the course keeps 6 months).",
        "Older access events are left out: 1.",
    )  # fmt: skip


def test_without_a_rule_everything_is_there(program: Program, builder: CourseBuilder) -> None:
    for at in ("2019-01-29T08:00:00Z", "2026-02-28T08:00:00Z"):
        visit(builder, at)
    with taken_in(program, builder):
        pass
    program.library.set_course_settings(CourseId("course-1"), CourseSettings(retention_months=None))
    with program.library.course(CourseId("course-1")) as course:
        assert len(rows(course)) == 2
        assert estimate(course).notes == ("There are access events from 2019-01-29 to 2026-02-28.",)


def test_days_of_a_period_are_those_of_the_zone_of_the_course(program: Program, builder: CourseBuilder) -> None:
    for at in ("2026-02-01T22:59:59Z", "2026-02-01T23:00:00Z", "2026-02-03T22:59:59Z", "2026-02-03T23:00:00Z"):
        visit(builder, at)
    with taken_in(program, builder) as course:
        found = rows(course, since="2026-02-02", until="2026-02-03")
    assert [row[TIME] for row in found] == ["2026-02-02T00:00:00+01:00", "2026-02-03T23:59:59+01:00"]


FILTERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "everybody": ({}, ["user1", "teacher1", "user2", "user1"]),
    "students": ({"role": "students"}, ["user1", "user2", "user1"]),
    "teachers": ({"role": "teachers"}, ["teacher1"]),
    "one student": ({"students": ("s1",)}, ["user1", "user1"]),
    "a student and a teacher": ({"students": ("t1", "s2")}, ["teacher1", "user2"]),
    "no teacher among them": ({"students": ("s1",), "role": "teachers"}, []),
    "a type": ({"type": "log_in"}, ["user1", "teacher1"]),
    "a type of a student": ({"type": "project_open", "students": ("s1",)}, ["user1"]),
}


@pytest.mark.parametrize(("options", "whose"), FILTERS.values(), ids=FILTERS)
def test_rows_are_those_that_were_asked_for(
    options: dict[str, Any], whose: list[str], program: Program, builder: CourseBuilder
) -> None:
    for minute, (user, kind) in enumerate(
        [("s1", "log_in"), ("t1", "log_in"), ("s2", "project_open"), ("s1", "project_open")]
    ):
        visit(builder, f"2026-02-03T08:0{minute}:00Z", user, kind)
    with taken_in(program, builder) as course:
        assert [row[0] for row in rows(course, **options)] == whose


def test_that_there_is_nothing_is_said_first_and_a_table_with_a_header_can_be_had(
    program: Program, builder: CourseBuilder
) -> None:
    visit(builder, "2026-02-03T08:00:00Z")
    with taken_in(program, builder) as course:
        foretold = estimate(course, since="2026-02-04")
        lines, report = written(course, since="2026-02-04")
        of_teachers = estimate(course, role="teachers")
    assert foretold.summary == "0 access events"
    assert "No access events in this period: the table has a header and no rows." in foretold.notes
    assert "There are access events from 2026-02-03 to 2026-02-03." in foretold.notes
    assert "No access events fit: the table has a header and no rows." in of_teachers.notes
    assert lines == [COLUMNS]
    assert report.counts[0].expected == 0
    assert report.notes == foretold.notes


def test_an_assignment_that_the_course_does_not_have_is_named_and_its_rows_stay(
    program: Program, builder: CourseBuilder
) -> None:
    for minute in range(3):
        visit(builder, f"2026-02-03T08:0{minute}:00Z", type="project_open", assignment="gone" if minute else "a1")
    for number in range(25):
        visit(builder, f"2026-02-04T08:{number:02}:00Z", type="project_open", assignment=f"other{number:02}")
    with taken_in(program, builder) as course:
        lines, report = written(course)
    assert [row[TITLE] for row in lines[1:5]] == ["Hello, loops", "gone", "gone", "other00"]
    assert len(report.gaps) == 21
    assert (report.gaps[0].who, report.gaps[0].why) == ("gone", "2 rows name it by this id, but the course has none")
    assert report.gaps[-1].why == "6 rows name 6 more by ids that the course does not have"
    assert report.counts[0].done == 28


def test_columns_of_the_source_come_last_under_their_own_names(program: Program, builder: CourseBuilder) -> None:
    visit(builder, "2026-02-03T08:00:00Z", **{"Seat, row": "=4", "Access type": "odd"})
    visit(builder, "2026-02-03T08:01:00Z")
    visit(builder, "2026-02-03T08:02:00Z", **{"Seat, row": "5"})
    with taken_in(program, builder) as course:
        lines, report = written(course)
        assert KIND.preview(course, KIND.Options(csv="programs")).rows == tuple(map(tuple, lines[1:]))
    assert lines[0] == [*COLUMNS, "Access type (2)", "Seat, row"]
    assert [row[10:] for row in lines[1:]] == [["odd", "=4"], ["", ""], ["", "5"]]
    assert report.gaps == ()


# Who it was


def secrets() -> list[str]:
    who = [f"{word}{number}" for word in ("user", "First", "Last") for number in (1, 2, 3)]
    return [*who, "school.example", "teacher1", "192.0.2", "loops", "s1", "badge-7"]


def test_a_pseudonymous_table_does_not_tell_who_it_was(program: Program, builder: CourseBuilder) -> None:
    builder.course["modules"][0]["assignments"][0]["title"] = "Hello"
    for minute, who in enumerate(("s1", "s2", "t1", "s1")):
        visit(
            builder, f"2026-02-03T08:0{minute}:00Z", who, "project_open", assignment="a1", ip="192.0.2.7",
            project_path=f"{who}/loops", badge="badge-7",
        )  # fmt: skip
    with taken_in(program, builder) as course:
        lines, report = written(course, privacy="pseudonymous")
        names = Names(course, is_pseudonymous=True)
    assert [word for word in secrets() if word in str(lines) + str(report)] == []
    assert lines[0] == COLUMNS
    first, second, teacher, again = lines[1:]
    assert first[:4] == [names.of(StudentId("s1")).id] * 4
    assert first[:4] + first[PATH:] == again[:4] + again[PATH:]
    assert (
        len({row[0] for row in (first, second, teacher)}) == len({row[PATH] for row in (first, second, teacher)}) == 3
    )
    assert first[IP] == second[IP] != ""
    assert [first[TYPE], first[TITLE], teacher[ROLE]] == ["Project Open", "Hello", "Teacher"]
    assert report.notes[-2].startswith(
        "This table is pseudonymous: Username, Users registered email address, First name, Last name, Project path, "
        "IP address hold pseudonyms"
    )
    assert report.notes[-1] == "Left out, because it may tell who somebody is: badge."


# Other programs, and this one again


@pytest.mark.parametrize(
    "options",
    [{"csv": "programs"}, {}, {"separator": "semicolon"}, {"separator": "tab"}],
    ids=["programs", "comma", "semicolon", "tab"],
)
def test_what_goes_out_comes_in_again(
    options: dict[str, str], program: Program, builder: CourseBuilder, tmp_path: Path, clock: Clock
) -> None:
    builder.tables["roster"][0] |= {"first_name": "=cmd()", "last_name": 'Quote "; and\nline'}
    builder.course["modules"][0]["assignments"][0]["title"] = "+Loops; and, more"
    for minute in range(40):
        visit(
            builder, f"2026-02-03T08:{minute:02}:00Z", f"s{minute % 3 + 1}", ("log_in", "project_open")[minute % 2],
            assignment="a1" if minute % 2 else "", role="Student", ip=f"192.0.2.{minute}", project_path=f"-p/{minute}",
        )  # fmt: skip
    with taken_in(program, builder):
        pass
    first = file_of(program, export(program, kind="access", **options))
    other = Program(tmp_path / "other", clock)
    try:
        came = other.bring_in("auto", str(first), {"title": "Again", "time_zone": "Europe/Berlin"})
        assert [(change.read, change.added) for change in came.changes if change.thing == "access"] == [(40, 40)]
        assert came.gaps == ()
        again = file_of(other, export(other, came.course_id, kind="access", **options))
        assert again.read_bytes() == first.read_bytes()
    finally:
        other.close()


CELLS = st.text(st.sampled_from('a=+-@,;"\t\r\n\0\u00e9\uff1d \U0001f600'), max_size=5)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=5), st.sampled_from(list(DIALECTS)))
def test_rows_put_together_from_parts_are_those_of_the_preview(
    cells: list[tuple[str, str, str, str]], preset: Any
) -> None:
    events = [
        (f"2026-02-03 08:0{n}:00.000000", StudentId("s1"), told("log_in", None, role, path, ip, {"more": more}))
        for n, (role, path, ip, more) in enumerate(cells)
    ]
    course = ManyEvents(events, Student(id=StudentId("s1"), username=cells[0][0], email=cells[0][1]), ("more",))
    table = course.table()
    pieces: list[bytes] = []
    writer = CsvWriter(pieces.append, DIALECTS[preset], table.header)
    table.writing(writer)(events)
    writer.close()
    read = csv.reader(io.StringIO(b"".join(pieces).decode("utf-8-sig"), newline=""), strict=True)
    assert [tuple(row) for row in read] == [
        texts_of(row, DIALECTS[preset]) for row in (table.header, *map(table.cells, events))
    ]


def told(*what: Any) -> str:
    """What happened, as the library gives it."""
    *rest, extra = what
    return json.dumps([*rest, json.dumps(extra)])


@dataclass
class ManyEvents:
    """As much of a course as the table needs."""

    events: Iterable[AccessLine]
    student: Student
    more: tuple[str, ...] = ()
    info: CourseInfo = CourseInfo(id=CourseId("c"), title="C", taken_on=date(2026, 3, 1), time_zone="Europe/Berlin")

    pseudonym_key = privacy_key = b"key"

    def assignments(self) -> list[Any]:
        return []

    def students(self) -> list[Student]:
        return [self.student]

    def access_columns(self, wanted: Wanted) -> tuple[str, ...]:
        return self.more

    def access_rows(self, wanted: Wanted) -> Iterator[AccessLine]:
        yield from self.events

    def access_span(self, wanted: Wanted) -> Span:
        return Span()

    def table(self, rows: int = 0) -> AccessTable:
        course: Any = self
        return AccessTable(course, Chosen(Wanted(), Span(rows=rows), ()), Names(course, is_pseudonymous=False))


def test_memory_does_not_grow_with_the_number_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_access, "_REMEMBERED", 1_000)

    def peak(number: int) -> int:
        moments = (f"2026-02-03 {n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}.000000" for n in range(number))
        events = ((at, StudentId("s1"), told("log_in", None, "", "", at, {})) for at in moments)
        course = ManyEvents(events, Student(id=StudentId("s1"), username="x" * 100))
        tracemalloc.start()
        write_table(course.table(number), DIALECTS["programs"], Nowhere(), Meter())
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(60_000) < peak(15_000) + (2 << 20)


class Nowhere(io.BytesIO):
    """Takes bytes and forgets them."""

    def write(self, data: Any) -> int:
        return len(data)
