"""Course coach logs: ten documented columns, and texts of any shape that come out as they were."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from building import CourseBuilder
from conftest import Clock
from handling import export, file_of, taken_in

from exportmanager.core.course import Course, StudentId
from exportmanager.core.meter import Meter
from exportmanager.core.report import Report
from exportmanager.exports.coach_logs import KIND
from exportmanager.exports.pieces.names import Names
from exportmanager.program import Program

COLUMNS = [
    "Assignment_name", "Assessment_id", "User_email", "User_id", "Time", "Question", "Context_guides",
    "Context_error", "Context_files", "Response",
]  # fmt: skip
RESPONSE = '# Look\r\n\r\n```python\nfor i in range(3):\n    print("a, b; c")\n```\n\n* <b>why</b>?\t"quoted" & more\r'


@pytest.fixture
def builder(tmp_path: Path) -> CourseBuilder:
    """Three questions: about an assignment, about a question of another one, and about nothing."""
    builder = CourseBuilder(tmp_path / "course")
    for student in builder.tables["roster"]:
        student["email"] = f"{student['username']}@school.example"
    ask(builder, "2026-02-03T08:04:05Z", "s2", "a1", question="Why?", response=RESPONSE)
    ask(
        builder, "2026-02-04T08:00:00Z", "s1", "a2", assessment="q1", question="=1+1", context_guides="# Guide\n",
        context_error="Traceback:\n  line 1", context_files="main.py: print()",
    )  # fmt: skip
    ask(builder, "2026-02-05T08:00:00Z", "s1", "", question="Hello?")
    return builder


def ask(builder: CourseBuilder, at: str, user: str, assignment: str, **cells: str) -> None:
    builder.add("coach-logs", at=at, user=user, assignment=assignment, **cells)


def written(course: Course, **options: Any) -> tuple[list[list[str]], Report]:
    """The lines of the table and the report."""
    out = io.BytesIO()
    report = KIND.write(course, KIND.Options(**{"csv": "programs", **options}), out, Meter())
    lines = list(csv.reader(io.StringIO(out.getvalue().decode(), newline=""), strict=True))
    assert report.counts[0].expected == report.counts[0].done == len(lines) - 1
    return lines, report


def test_a_row_has_the_ten_documented_columns(program: Program, builder: CourseBuilder) -> None:
    with taken_in(program, builder) as course:
        lines, report = written(course)
        assert KIND.preview(course, KIND.Options(csv="programs")).rows == tuple(map(tuple, lines[1:]))
    assert lines == [
        COLUMNS,
        ["Hello", "", "user2@school.example", "s2", "2026-02-03T09:04:05+01:00", "Why?", "", "", "", RESPONSE],
        [
            "Loops", "q1", "user1@school.example", "s1", "2026-02-04T09:00:00+01:00", "=1+1", "# Guide\n",
            "Traceback:\n  line 1", "main.py: print()", "",
        ],
        ["", "", "user1@school.example", "s1", "2026-02-05T09:00:00+01:00", "Hello?", "", "", "", ""],
    ]  # fmt: skip
    assert report.gaps == ()
    assert report.counts[0].thing == "coach logs"


def test_only_questions_about_the_chosen_assignments_and_days_come_out(
    program: Program, builder: CourseBuilder
) -> None:
    with taken_in(program, builder) as course:
        assert [row[0] for row in written(course, assignments=("a2",))[0][1:]] == ["Loops"]
        assert [row[0] for row in written(course, assignments=("a1", "a2"))[0][1:]] == ["Hello", "Loops"]
        assert [row[0] for row in written(course, since="2026-02-04")[0][1:]] == ["Loops", ""]
        assert written(course, since="2026-02-04", assignments=("a1",))[0] == [COLUMNS]


def test_that_there_are_none_in_the_period_is_said_first(program: Program, builder: CourseBuilder) -> None:
    with taken_in(program, builder) as course:
        foretold = KIND.estimate(course, KIND.Options(until="2026-01-01"))
        lines, report = written(course, until="2026-01-01")
    assert foretold.summary == "0 coach logs"
    assert foretold.notes == report.notes == (
        "No coach logs in this period: the table has a header and no rows.",
        "There are coach logs from 2026-02-03 to 2026-02-05.",
        "It covers the time from 2025-09-01 to 2026-01-01 (the course keeps 6 months).",
    )  # fmt: skip
    assert lines == [COLUMNS]


def test_the_estimate_says_about_how_large_long_answers_make_it(program: Program, builder: CourseBuilder) -> None:
    for number in range(300):
        ask(builder, f"2026-02-06T08:00:00.{number:03}Z", "s1", "a1", response="word " * (number % 50 * 100))
    with taken_in(program, builder) as course:
        options = KIND.Options()
        out = io.BytesIO()
        KIND.write(course, options, out, Meter())
        assert 0.7 < KIND.estimate(course, options).bytes / len(out.getvalue()) < 1.4


def test_an_assignment_that_the_course_does_not_have_is_named(program: Program, builder: CourseBuilder) -> None:
    ask(builder, "2026-02-06T08:00:00Z", "s1", "gone", question="?")
    with taken_in(program, builder) as course:
        lines, report = written(course)
    assert lines[-1][0] == "gone"
    assert [(gap.who, gap.why) for gap in report.gaps] == [
        ("gone", "1 rows name it by this id, but the course has none")
    ]


def test_a_pseudonymous_table_says_that_people_may_have_named_themselves(
    program: Program, builder: CourseBuilder
) -> None:
    ask(builder, "2026-02-06T08:00:00Z", "s1", "a1", question="I am new", session="session-of-user1")
    with taken_in(program, builder) as course:
        lines, report = written(course, privacy="pseudonymous")
        name = Names(course, is_pseudonymous=True).of(StudentId("s1")).id
        assert written(course)[0][0] == [*COLUMNS, "session"]
    assert lines[0] == COLUMNS
    assert lines[-1][2:4] == [name, name]
    assert "user1" not in str(lines) + str(report)
    assert report.notes[-2] == (
        "Question, Context_guides, Context_error, Context_files, Response hold what people wrote, unchanged: it may "
        "name them."
    )
    assert report.notes[-1] == "Left out, because it may tell who somebody is: session."


@pytest.mark.parametrize("options", [{"csv": "programs"}, {}, {"separator": "semicolon"}], ids=str)
def test_what_goes_out_comes_in_again(
    options: dict[str, str], program: Program, builder: CourseBuilder, tmp_path: Path, clock: Clock
) -> None:
    with taken_in(program, builder):
        pass
    first = file_of(program, export(program, kind="coach-logs", **options))
    other = Program(tmp_path / "other", clock)
    try:
        came = other.bring_in("auto", str(first), {"title": "Again", "time_zone": "Europe/Berlin"})
        assert came.gaps == ()
        again = file_of(other, export(other, came.course_id, kind="coach-logs", **options))
        assert again.read_bytes() == first.read_bytes()
    finally:
        other.close()
