"""What can be chosen in an export of coursework, one option after the other."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from building import CourseBuilder
from handling import bring_in, cells, export, exported, files_below, table

from exportmanager.core.course import CourseId
from exportmanager.core.course_settings import CourseSettings
from exportmanager.core.errors import BadOptions, NothingToExport
from exportmanager.core.ledger import JobState
from exportmanager.core.report import Gap
from exportmanager.program import Program

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def builder(tmp_path: Path) -> CourseBuilder:
    """Three students and two assignments, each with a file that says whose it is; the third is long inactive."""
    builder = CourseBuilder(tmp_path / "course")
    builder.tables["roster"][2] |= {"last_active_at": "2025-09-01", "enrolled_on": "2025-08-01"}
    for student in ("s1", "s2", "s3"):
        for assignment in ("a1", "a2"):
            builder.file(student, assignment, "main.py", f"{student} {assignment}\n")
            builder.add("answers", student=student, assignment=assignment, assessment="q", attempt=1, answer=student)
    return builder


def contents(files: dict[str, bytes]) -> set[str]:
    """Which workspaces are in an export, as their files say."""
    return {data.decode().strip() for name, data in files.items() if name.startswith("workspaces/")}


def test_all_assignments_and_students_unless_some_are_named(program: Program, builder: CourseBuilder) -> None:
    bring_in(program, builder.write())
    assert contents(exported(program, include_inactive=True)) == {f"s{s} a{a}" for s in (1, 2, 3) for a in (1, 2)}


def test_chosen_assignments(program: Program, builder: CourseBuilder) -> None:
    bring_in(program, builder.write())
    files = exported(program, assignments=["a2"])
    assert contents(files) == {"s1 a2", "s2 a2"}
    assert [row["id"] for row in table(files, "assignments.csv")] == ["a2"]
    assert {row["assignment_id"] for row in table(files, "report.csv")} == {"a2"}
    assert [name for name in files if "Hello" in name] == []


def test_chosen_assignments_keep_the_order_of_the_course(program: Program, builder: CourseBuilder) -> None:
    bring_in(program, builder.write())
    assert exported(program, assignments=["a2", "a1"]) == exported(program, assignments=["a1", "a2"])


def test_chosen_students(program: Program, builder: CourseBuilder) -> None:
    bring_in(program, builder.write())
    files = exported(program, students=["s2"])
    assert contents(files) == {"s2 a1", "s2 a2"}
    assert [row["id"] for row in table(files, "students.csv")] == ["s2"]
    assert [row["answer"] for row in table(files, "answers/Hello.csv")] == ["s2"]
    assert [row["student_id"] for row in table(files, "totals/Hello.csv")] == ["s2"]


@pytest.mark.parametrize("choice", [{"assignments": ["a1", "a77"]}, {"students": ["s1", "a77"]}])
def test_an_unknown_id_gets_a_sentence(program: Program, builder: CourseBuilder, choice: dict[str, Any]) -> None:
    bring_in(program, builder.write())
    with pytest.raises(BadOptions, match=r"The course has no (assignment|student) with the id a77\."):
        export(program, **choice)
    assert program.ledger.jobs()[0].state is JobState.FAILED


def test_a_teacher_is_no_student(program: Program, builder: CourseBuilder) -> None:
    builder.student("t1", role="teacher")
    builder.file("t1", "a1", "solution.py", "teacher\n")
    bring_in(program, builder.write())
    assert "teacher" not in contents(exported(program))
    with pytest.raises(BadOptions):
        export(program, students=["t1"])


def test_inactive_students_are_left_out_and_always_named(program: Program, builder: CourseBuilder) -> None:
    bring_in(program, builder.write())
    why = "inactive for 181 days on the day the data were taken"
    report = export(program).report
    assert report is not None
    assert report.gaps == (Gap(what="student", who="Cy Specimen", why=why, chosen=True),)
    assert report.unchosen_gaps == ()
    files = exported(program)
    assert contents(files) == {"s1 a1", "s1 a2", "s2 a1", "s2 a2"}
    assert cells(files)["s3", "a2"] == ("left out", why)
    assert [row["left_out"] for row in table(files, "students.csv")] == ["", "", why]
    assert f"Cy Specimen: {why}" in files["README.txt"].decode()


@pytest.mark.parametrize("course_says", [False, True])
@pytest.mark.parametrize("asked", [None, False, True])
def test_the_switch_of_the_course_holds_unless_the_export_says_otherwise(
    program: Program, builder: CourseBuilder, course_says: bool, asked: bool | None
) -> None:
    bring_in(program, builder.write())
    program.library.set_course_settings(CourseId("course-1"), CourseSettings(include_inactive=course_says))
    is_there = "s3 a1" in contents(exported(program, include_inactive=asked))
    assert is_there == (course_says if asked is None else asked)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles", "UTC"])
@pytest.mark.parametrize(("days", "is_left_out"), [(0, False), (90, False), (91, True)])
@pytest.mark.parametrize("hour", ["00:00:00", "23:59:59"])
def test_ninety_days_are_counted_in_the_zone_of_the_course(
    program: Program, builder: CourseBuilder, zone: str, days: int, is_left_out: bool, hour: str
) -> None:
    builder.course["time_zone"] = zone
    day = date(2026, 3, 1) - timedelta(days=days)
    moment = datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=ZoneInfo(zone))
    builder.tables["roster"][2]["last_active_at"] = moment.astimezone(BERLIN).isoformat()
    bring_in(program, builder.write())
    assert (cells(exported(program))["s3", "a1"][0] == "left out") == is_left_out


@pytest.mark.parametrize(("days", "is_left_out"), [(90, False), (91, True)])
def test_a_student_who_was_never_active_counts_from_the_day_of_enrolment(
    program: Program, builder: CourseBuilder, days: int, is_left_out: bool
) -> None:
    enrolled = (date(2026, 3, 1) - timedelta(days=days)).isoformat()
    builder.tables["roster"][2] |= {"last_active_at": "", "enrolled_on": enrolled}
    bring_in(program, builder.write())
    assert (cells(exported(program))["s3", "a1"][0] == "left out") == is_left_out


def test_a_student_of_whom_no_day_is_known_is_not_left_out(program: Program, builder: CourseBuilder) -> None:
    builder.tables["roster"][2] |= {"last_active_at": "", "enrolled_on": ""}
    bring_in(program, builder.write())
    assert cells(exported(program))["s3", "a1"] == ("present", "")


@pytest.mark.parametrize(
    ("order", "path"),
    [
        ("assignment", "workspaces/Hello/Example Ada (user1)/main.py"),
        ("student", "workspaces/Example Ada (user1)/Hello/main.py"),
    ],
)
def test_either_folder_comes_first(program: Program, builder: CourseBuilder, order: str, path: str) -> None:
    bring_in(program, builder.write())
    files = exported(program, order=order)
    assert files[path] == b"s1 a1\n"
    assert table(files, "report.csv")[0]["folder"] == path.rpartition("/")[0]
    first = "ASSIGNMENT/STUDENT" if order == "assignment" else "STUDENT/ASSIGNMENT"
    assert f"workspaces/{first}/" in files["README.txt"].decode()


HARMFUL = ("=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "\rx", "＝1")
HARMLESS = ("-5", "+1.5", "a=b", "", " =1", "5%")


@pytest.mark.parametrize("preset", ["spreadsheets", "programs"])
def test_cells_that_a_spreadsheet_would_run(program: Program, builder: CourseBuilder, preset: str) -> None:
    for attempt, text in enumerate((*HARMFUL, *HARMLESS), 2):
        builder.add("answers", student="s1", assignment="a1", assessment="q", attempt=attempt, answer=text)
    bring_in(program, builder.write())
    data = exported(program, csv=preset)["answers/Hello.csv"]
    assert data.startswith(b"\xef\xbb\xbf") == (preset == "spreadsheets")
    answers = [row["answer"] for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))][1:-1]
    mark = "'" if preset == "spreadsheets" else ""
    assert answers == [*(f"{mark}{text}" for text in HARMFUL), *HARMLESS]


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ({"assignments": []}, "There is no assignment to export."),
        ({"students": []}, "There is no student to export."),
        ({"students": ["s3"]}, "There is no work of the chosen students on the chosen assignments."),
    ],
)
def test_nothing_to_export_is_a_sentence_and_no_file(
    program: Program, builder: CourseBuilder, choice: dict[str, Any], sentence: str
) -> None:
    bring_in(program, builder.write())
    before = files_below(program.library.folder)
    with pytest.raises(NothingToExport) as raised:
        export(program, **choice)
    assert raised.value.what == sentence
    assert raised.value.next_step
    left = files_below(program.library.folder)
    assert left.pop("shelf.lock") == b"", "held for the moment in which an export begins"
    assert left == before
    assert (program.ledger.jobs()[0].state, program.ledger.jobs()[0].problem) == (JobState.FAILED, sentence)


def test_a_course_without_work_has_nothing_to_export(program: Program, tmp_path: Path) -> None:
    bring_in(program, CourseBuilder(tmp_path / "bare").write())
    with pytest.raises(NothingToExport):
        export(program)


def test_answers_alone_are_enough_to_export(program: Program, tmp_path: Path) -> None:
    builder = CourseBuilder(tmp_path / "answers")
    builder.add("answers", student="s1", assignment="a1", assessment="q", attempt=1, answer="42")
    bring_in(program, builder.write())
    assert [row["answer"] for row in table(exported(program), "answers/Hello.csv")] == ["42"]
