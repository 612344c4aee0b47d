"""The course folder's files as values: what `docs/course-folder.md` allows is read, and what it does not is named."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exportmanager.core.course import AssignmentKind, Blueprint, Role, State
from exportmanager.core.errors import MalformedFile
from exportmanager.core.events import AccessType
from exportmanager.core.names import portable_part
from exportmanager.formats import course_folder as f

BERLIN = ZoneInfo("Europe/Berlin")
DATES = f.Dates(BERLIN)
COURSE: dict[str, Any] = {
    "format": "exportmanager-course",
    "version": 1,
    "id": "cs101",
    "title": "Programming",
    "taken_on": "2026-03-02",
    "modules": [{"id": "m1", "title": "One", "assignments": [{"id": "a1", "title": "Hello"}]}],
}


def course(tmp_path: Path, **changes: Any) -> f.CourseFile:
    path = tmp_path / "course.json"
    path.write_text(json.dumps(COURSE | changes), encoding="utf-8")
    return f.read_course(path)


def assignment(tmp_path: Path, **changes: Any) -> f.AssignmentEntry:
    entry = {"id": "a1", "title": "Hello"} | changes
    return course(tmp_path, modules=[{"id": "m1", "title": "One", "assignments": [entry]}]).modules[0].assignments[0]


def why_not(read: Callable[[], object]) -> str:
    """The sentence of a file that breaks the format, without its place."""
    with pytest.raises(MalformedFile) as raised:
        read()
    assert raised.value.what.endswith(".")
    assert not raised.value.what.endswith("..")
    assert raised.value.next_step
    return raised.value.why


# ids


@pytest.mark.parametrize("text", ["a", "0", "A-b_c.d", "s1", "x" * 64, "con1", "a..b", "com10", "a.con"])
def test_an_id_that_every_system_can_hold_is_one(text: str) -> None:
    assert f.checked_id(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " a",
        "a ",
        ".a",
        "-a",
        "_a",
        "a.",
        "x" * 65,
        "a b",
        "a/b",
        "..",
        "é",
        "\u0661",
        "a\n",
        "con",
        "NUL",
        "com1.txt",
    ],
    ids=ascii,
)
def test_anything_else_is_no_id(text: str) -> None:
    with pytest.raises(ValueError, match="is not an id"):
        f.checked_id(text)


@settings(max_examples=300)
@given(st.text(st.sampled_from("aZ09._- /\u00e9:\0conul1"), max_size=70) | st.text(max_size=5))
def test_an_id_is_always_a_name_for_a_folder(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert portable_part(f.checked_id(text)) == (text, "")


# course.json


def test_a_course_of_nothing_but_what_is_required_has_defaults(tmp_path: Path) -> None:
    found = course(tmp_path, modules=[])
    assert (found.id, found.title, found.taken_on) == ("cs101", "Programming", date(2026, 3, 2))
    assert (found.code, found.starts_on, found.time_zone, found.dates) == ("", None, "UTC", "fixed")
    assert (found.has_children, found.child_of, found.counts, found.modules) == (False, None, {}, ())


def test_every_key_of_the_format_is_read(tmp_path: Path) -> None:
    found = course(
        tmp_path,
        code="CS101", term="Autumn", description="d", starts_on="2026-01-01", ends_on="2026-06-30",
        time_zone="Europe/Berlin", dates="floating", has_children=True, licensed_master=True, lti_enabled=True,
        child_of={"title": "Parent", "licensed_master": True}, counts={"students": 26, "workspaces": 0},
    )  # fmt: skip
    assert (found.starts_on, found.ends_on) == (date(2026, 1, 1), date(2026, 6, 30))
    assert (found.has_children, found.licensed_master, found.lti_enabled) == (True, True, True)
    assert found.child_of is not None
    assert (found.child_of.title, found.child_of.licensed_master) == ("Parent", True)
    assert found.counts == {"students": 26, "workspaces": 0}
    entry = assignment(
        tmp_path,
        kind="book",
        points=12.5,
        due_at="2026-03-02T14:05:00+01:00",
        lti_url="https://x",
        version=3,
        stack="S",
    )
    assert (entry.kind, entry.points, entry.version) == (AssignmentKind.BOOK, 12.5, 3)
    assert assignment(tmp_path, points=12).points == 12


def test_null_means_not_known_for_every_key_that_may_be_missing(tmp_path: Path) -> None:
    optional = [name for name, field in f.CourseFile.model_fields.items() if not field.is_required()]
    assert course(tmp_path, **dict.fromkeys(optional)) == course(tmp_path, modules=[])
    optional = [name for name, field in f.AssignmentEntry.model_fields.items() if not field.is_required()]
    assert assignment(tmp_path, **dict.fromkeys(optional)) == assignment(tmp_path)
    assert course(tmp_path, counts={"students": None, "access": 1}).counts == {"access": 1}


def test_unknown_keys_are_kept_at_every_level_even_null(tmp_path: Path) -> None:
    odd = {"color": "blue", "unknown": 1, "model_extra": 2, "nothing": None}
    found = course(tmp_path, **odd, modules=[{"id": "m", "title": "M", **odd, "assignments": []}])
    assert found.unknown == odd
    assert found.modules[0].unknown == odd
    assert assignment(tmp_path, **odd).unknown == odd


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "another format": ({"format": "zip"}, "format: "),
    "a later version": ({"version": 2}, "version: "),
    "no title": ({"title": None}, "title is missing."),
    "a title that is a number": ({"title": 1}, "title: "),
    "an id that climbs": ({"id": "../x"}, "id: '../x' is not an id"),
    "a day with a time": ({"taken_on": "2026-03-02T00:00:00"}, "taken_on: '2026-03-02T00:00:00' is not a day such as"),
    "a day that is a number": ({"taken_on": 20260302}, "taken_on: '20260302' is not a day such as 2026-03-02."),
    "a day in other digits": ({"taken_on": "\u0662\u0660\u0662\u0666-03-02"}, "taken_on: "),
    "no such day": ({"ends_on": "2026-02-30"}, "ends_on: '2026-02-30' is not a day."),
    "a day beyond the calendar": ({"starts_on": "9999-12-31"}, "starts_on: '9999-12-31' is beyond the calendar"),
    "no such zone": ({"time_zone": "Mars/Olympus"}, "time_zone: 'Mars/Olympus' is not a time zone"),
    "a boolean in words": ({"has_children": "yes"}, "has_children: "),
    "a count in words": ({"counts": {"students": "26"}}, "counts > students: '26' is not a number."),
    "a count below nothing": ({"counts": {"students": -1}}, "counts > students: "),
    "a parent without a title": ({"child_of": {}}, "child_of > title is missing."),
    "modules that are no list": ({"modules": {}}, "modules: "),
    "a module that is no object": ({"modules": [1]}, "modules > 1: "),
}


@pytest.mark.parametrize(("changes", "why"), WRONG.values(), ids=WRONG)
def test_what_breaks_the_format_is_named_by_its_place(tmp_path: Path, changes: dict[str, Any], why: str) -> None:
    assert why_not(lambda: course(tmp_path, **changes)).startswith(why)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("points", "12"),
        ("points", True),
        ("version", True),
        ("version", "1"),
        ("version", -1),
        ("version", 1.5),
        ("kind", "x"),
    ],
)
def test_an_assignment_s_place_counts_from_one(tmp_path: Path, key: str, value: object) -> None:
    assert why_not(lambda: assignment(tmp_path, **{key: value})).startswith(f"modules > 1 > assignments > 1 > {key}")


@pytest.mark.parametrize("content", ["[]", '"text"', "1", "null"])
def test_a_file_that_holds_no_object_says_so(tmp_path: Path, content: str) -> None:
    (tmp_path / "course.json").write_text(content)
    assert why_not(lambda: f.read_course(tmp_path / "course.json")) == "it holds no JSON object."


def test_an_id_is_used_once_in_the_whole_course_whatever_its_case(tmp_path: Path) -> None:
    one = {"id": "m1", "title": "M", "assignments": [{"id": "a1", "title": "A"}]}
    other = {"id": "m2", "title": "M", "assignments": [{"id": "A1", "title": "A"}]}
    assert why_not(lambda: course(tmp_path, modules=[one, other])) == "the id A1 is used twice."
    assert why_not(lambda: course(tmp_path, modules=[one, {"id": "M1", "title": "M"}])) == "the id M1 is used twice."
    same = {"id": "a1", "title": "M", "assignments": [{"id": "m1", "title": "A"}]}
    assert len(course(tmp_path, modules=[same]).modules) == 1


# days and times


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-02T14:05:00+01:00", datetime(2026, 3, 2, 13, 5, tzinfo=UTC)),
        ("2026-03-02T13:05:00Z", datetime(2026, 3, 2, 13, 5, tzinfo=UTC)),
        ("2026-03-02T14:05:00", datetime(2026, 3, 2, 13, 5, tzinfo=UTC)),
        ("2026-07-02T14:05", datetime(2026, 7, 2, 12, 5, tzinfo=UTC)),
        ("2026-03-02 14:05:00.25", datetime(2026, 3, 2, 13, 5, 0, 250_000, tzinfo=UTC)),
        ("2026-03-02", datetime(2026, 3, 1, 23, 0, tzinfo=UTC)),
        (" 2026-03-02 ", datetime(2026, 3, 1, 23, 0, tzinfo=UTC)),
    ],
)
def test_times_are_read_with_their_zone_or_in_the_course_s(text: str, moment: datetime) -> None:
    found = DATES.moment(text)
    assert found == moment
    assert found is not None
    assert found.tzinfo is not None


@pytest.mark.parametrize("text", ["", "  ", None])
def test_an_empty_cell_is_no_time_and_no_day(text: str | None) -> None:
    assert DATES.moment(text) is None
    assert DATES.day(text) is None


@pytest.mark.parametrize(
    "text", ["soon", "02.03.2026", "2026-02-30", "2026-03-02T25:00", "1772000000", "2026-03-02T14:05+99:00"]
)
def test_what_is_no_time_says_what_one_looks_like(text: str) -> None:
    with pytest.raises(ValueError, match=f"{re.escape(repr(text))} is not a time such as"):
        DATES.moment(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1899-12-31", "2200-01-01"])
@pytest.mark.parametrize("shift", [0, -200_000, 200_000])
def test_times_beyond_the_calendar_are_named_and_not_stumbled_over(text: str, shift: int) -> None:
    with pytest.raises(ValueError, match="beyond the calendar"):
        f.Dates(BERLIN, shift).moment(text)


@settings(max_examples=200)
@given(st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)), st.integers(-100_000, 100_000))
def test_any_time_of_the_calendar_can_be_moved_and_turned_into_any_zone(moment: datetime, shift: int) -> None:
    found = f.Dates(ZoneInfo("Pacific/Kiritimati"), shift).moment(moment.isoformat())
    assert found is not None
    for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
        found.astimezone(ZoneInfo(zone))


def test_a_lesson_at_eight_stays_at_eight_when_summer_time_begins_in_between() -> None:
    found = f.Dates(BERLIN, 60).moment("2026-02-15T08:00:00+01:00")
    assert found == datetime(2026, 4, 16, 6, 0, tzinfo=UTC)
    assert f.Dates(BERLIN, 60).moment("2026-02-15T07:00:00Z") == found
    assert f.Dates(BERLIN, 60).day("2026-02-15") == date(2026, 4, 16)


def test_moving_keeps_the_order_and_the_days() -> None:
    dates = f.Dates(BERLIN, 7)
    for hour in range(24):
        text = f"2026-03-28T{hour:02}:00:00"
        before, after = DATES.needed(text), dates.needed(text)
        assert after.astimezone(BERLIN).replace(tzinfo=None) - before.replace(tzinfo=None) == timedelta(days=7)


def test_a_time_that_must_be_there_says_so() -> None:
    with pytest.raises(ValueError, match="the time is missing"):
        DATES.needed("")


# rows


def row(**cells: str) -> f.Row:
    return f.Row(cells)


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12.0), (" 12.5 ", 12.5), ("-3", -3.0), (".5", 0.5), ("1e3", 1000.0), ("", None)]
)
def test_numbers_use_a_dot(text: str, number: float | None) -> None:
    assert row(points=text).number("points") == number


@pytest.mark.parametrize(
    "text", ["12,5", "1_000", "nan", "inf", "-inf", "1e999", "1e15", "0x10", "A+", "\u0661", "5 %"]
)
def test_what_is_no_number_is_named_with_its_column(text: str) -> None:
    with pytest.raises(ValueError, match=f"points is {re.escape(repr(text))}, and not a number"):
        row(points=text).number("points")


@pytest.mark.parametrize("text", ["1.0", "1_0", "\u0661", "9" * 16, "9" * 5000, "one", "1e3", "--1"])
def test_what_is_no_whole_number_is_named_with_its_column(text: str) -> None:
    with pytest.raises(ValueError, match="seconds is '.{1,40}', and not a whole number"):
        row(seconds=text).whole("seconds")


def test_whole_numbers_and_booleans() -> None:
    assert row(n="-12").whole("n") == -12
    assert row(n="").whole("n") is row().whole("n") is None
    assert (row(b="true").boolean("b"), row(b="FALSE").boolean("b"), row(b="").boolean("b")) == (True, False, None)
    with pytest.raises(ValueError, match="b is 'yes', and not true or false"):
        row(b="yes").boolean("b")


def test_a_student_is_read_with_unknown_columns_kept() -> None:
    student = f.student_of(
        row(
            id="s1",
            role="student",
            first_name="Bo",
            enrolled_on="2026-01-15",
            last_active_at="2026-03-01",
            color="red",
            empty="",
        ),
        DATES,
    )
    assert (student.id, student.role, student.first_name, student.email) == ("s1", Role.STUDENT, "Bo", "")
    assert student.enrolled_on == date(2026, 1, 15)
    assert student.last_active_at == datetime(2026, 2, 28, 23, 0, tzinfo=UTC)
    assert student.extra == {"color": "red"}


def test_a_result_is_read() -> None:
    result = f.result_of(
        row(student="s1", assignment="a1", state="completed", time_spent_seconds="60", grade="87.5", lti_id="x"), DATES
    )
    assert (result.state, result.time_spent_seconds, result.grade) == (State.COMPLETED, 60, 87.5)
    assert result.extra == {"lti_id": "x"}


def test_an_answer_is_read_letter_by_letter() -> None:
    answer = f.answer_of(
        row(student="s1", assignment="a1", assessment="q 1", attempt="2", answer=' {"a":\n1} ', correct="false"), DATES
    )
    assert (answer.attempt, answer.answer, answer.correct, answer.points) == (2, ' {"a":\n1} ', False, None)


def test_events_and_logs_are_read() -> None:
    event = f.access_event_of(row(at="2026-03-01T10:00:00Z", user="s1", type="log_in", assignment=""), DATES)
    assert (event.type, event.assignment_id) == (AccessType.LOG_IN, None)
    log = f.coach_log_of(row(at="2026-03-01T10:00:00Z", user="s1", question="why?", mood="bad"), DATES)
    assert (log.question, log.assessment_id, log.extra) == ("why?", None, {"mood": "bad"})


BAD_ROWS: dict[str, tuple[Callable[[f.Row, f.Dates], object], dict[str, str], str]] = {
    "no id": (f.student_of, {"role": "student"}, "id: '' is not an id"),
    "bad role": (f.student_of, {"id": "s1", "role": "wizard"}, "role is 'wizard'; it can be student, teacher"),
    "bad day": (
        f.student_of,
        {"id": "s1", "role": "student", "enrolled_on": "x"},
        "enrolled_on: 'x' is not a day such as",
    ),
    "bad time": (
        f.student_of,
        {"id": "s1", "role": "student", "last_active_at": "x"},
        "last_active_at: 'x' is not a time",
    ),
    "bad state": (
        f.result_of,
        {"student": "s1", "assignment": "a1", "state": ""},
        "state is ''; it can be not_started",
    ),
    "bad student": (
        f.result_of,
        {"student": "a/b", "assignment": "a1", "state": "started"},
        "student: 'a/b' is not an id",
    ),
    "no assignment": (f.result_of, {"student": "s1", "state": "started"}, "assignment: '' is not an id"),
    "attempt nought": (f.answer_of, {"attempt": "0"}, "attempt is '0', and not a number from 1 on"),
    "no attempt": (f.answer_of, {}, "attempt is '', and not a number from 1 on"),
    "attempts without end": (f.answer_of, {"attempt": str(1 << 31)}, "attempt is '2147483648', and not"),
    "no assessment": (f.answer_of, {"student": "s1", "assignment": "a1", "attempt": "1"}, "assessment is empty"),
    "no time": (f.access_event_of, {"user": "s1", "type": "log_in"}, "at: the time is missing"),
    "bad type": (f.access_event_of, {"at": "2026-03-01", "user": "s1", "type": "x"}, "type is 'x'; it can be log_in"),
}


@pytest.mark.parametrize(("make", "cells", "why"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_what_is_wrong_with_a_row_is_named_with_column_and_line(
    tmp_path: Path, make: Callable[[f.Row, f.Dates], object], cells: dict[str, str], why: str
) -> None:
    cells = {"extra": "1"} | cells
    (tmp_path / "t.csv").write_text(f"{','.join(cells)}\n{','.join(cells.values())}\n")
    with pytest.raises(MalformedFile) as raised:
        list(f.read_values(tmp_path / "t.csv", (), lambda row: make(row, DATES)))
    assert (raised.value.file, raised.value.line) == ("t.csv", 2)
    assert raised.value.why.startswith(why)


def test_a_table_that_is_not_there_has_no_rows(tmp_path: Path) -> None:
    assert list(f.read_values(tmp_path / "t.csv", ("id",), lambda row: row)) == []


def test_values_come_with_the_line_they_begin_in(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('id,text\n1,"a\nb"\n2,c\n')
    assert list(f.read_values(tmp_path / "t.csv", ("id",), lambda row: row.text("id"))) == [(2, "1"), (4, "2")]


# blueprints.json


def blueprints(tmp_path: Path, content: object) -> list[Blueprint]:
    (tmp_path / "blueprints.json").write_text(json.dumps(content), encoding="utf-8")
    return f.read_blueprints(tmp_path / "blueprints.json")


def test_blueprints_keep_their_order_and_all_their_keys(tmp_path: Path) -> None:
    found = blueprints(
        tmp_path, [{"name": "B", "content": "# é", "layout": "2-panels", "odd": None}, {"name": "A", "content": ""}]
    )
    assert found == [Blueprint("B", "# é", {"layout": "2-panels", "odd": None}, 0), Blueprint("A", "", {}, 1)]


def test_a_course_without_blueprints_has_none(tmp_path: Path) -> None:
    assert f.read_blueprints(tmp_path / "blueprints.json") == []
    assert blueprints(tmp_path, []) == []


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({}, "it is not a list of blueprints."),
        ([{"name": "A"}], "blueprint 1 has no name or no content."),
        ([{"name": "A", "content": ""}, {"name": " ", "content": ""}], "blueprint 2 has no name or no content."),
        ([{"name": 1, "content": ""}], "blueprint 1 has no name or no content."),
        ([1], "blueprint 1 has no name or no content."),
        ([{"name": "A", "content": ""}] * 3, "there are 3 blueprints called A."),
    ],
    ids=str,
)
def test_what_is_no_blueprint_is_named(tmp_path: Path, content: object, why: str) -> None:
    assert why_not(lambda: blueprints(tmp_path, content)) == why
