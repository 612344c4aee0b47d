"""Grades: students by assignments in one table, with totals."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from building import CourseBuilder
from handling import bring_in, export, file_of, taken_in

from exportmanager.core.ledger import Job
from exportmanager.core.options import checked
from exportmanager.core.report import Count
from exportmanager.exports.grades import KIND, GradesOptions
from exportmanager.program import Program


@pytest.fixture
def builder(tmp_path: Path) -> CourseBuilder:
    """Ada did both assignments, Bo one, Cy none."""
    builder = CourseBuilder(tmp_path / "course")
    done = {"state": "completed", "grade": 90, "time_spent_seconds": 100}
    builder.add("results", student="s1", assignment="a1", **done)
    builder.add("results", student="s1", assignment="a2", **done | {"grade": 45.5})
    builder.add("results", student="s2", assignment="a2", state="started", time_spent_seconds=20)
    builder.add("answers", student="s1", assignment="a1", assessment="q", attempt=1, answer="x", points=1)
    builder.add("answers", student="s1", assignment="a1", assessment="q", attempt=2, answer="x", points=3)
    return builder


def written(program: Program, **options: Any) -> tuple[Job, list[dict[str, str]]]:
    job = export(program, kind="grades", **{"csv": "programs"} | options)
    text = file_of(program, job).read_text("utf-8-sig")
    return job, list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_a_row_for_each_student_and_a_grade_for_each_assignment(program: Program, builder: CourseBuilder) -> None:
    bring_in(program, builder.write())
    job, rows = written(program)
    columns = ("Username", "Hello_Grade", "Loops_Grade", "Assignments_Completed", "Assignments_Graded",
               "Average_Grade", "Time_Spent_In_All")  # fmt: skip
    assert [tuple(row[name] for name in columns) for row in rows] == [
        ("user1", "90", "45.5", "2", "2", "67.75", "200"),
        ("user2", "", "", "0", "0", "", "20"),
        ("user3", "", "", "0", "0", "", "0"),
    ]
    assert list(rows[0])[6:] == list(columns[1:])
    assert job.report is not None
    assert job.report.counts == (Count(thing="students", expected=3, done=3), Count(thing="grades", expected=2, done=2))


def test_state_time_and_points_can_be_had_too(program: Program, builder: CourseBuilder) -> None:
    bring_in(program, builder.write())
    _, rows = written(program, columns="details")
    columns = [f"Hello_{name}" for name in ("State", "Grade", "Time_Spent", "Points", "Points_Possible")]
    assert list(rows[0])[6:11] == columns
    assert [rows[0][name] for name in columns] == ["completed", "90", "100", "3", ""]
    assert [rows[2][name] for name in columns] == ["not_started", "", "", "", ""]
    assert (rows[0]["Points_In_All"], rows[0]["Points_Possible_In_All"]) == ("3", "0")


def test_what_the_platform_summed_up_counts_before_our_sums(program: Program, builder: CourseBuilder) -> None:
    builder.add("results", student="s3", assignment="a1", state="started", points=7.5, max_points=10)
    bring_in(program, builder.write())
    _, rows = written(program, columns="details")
    assert (rows[2]["Hello_Points"], rows[2]["Hello_Points_Possible"]) == ("7.5", "10")
    assert (rows[2]["Points_In_All"], rows[2]["Points_Possible_In_All"]) == ("7.5", "10")


def test_assignments_of_one_title_are_told_apart(program: Program, builder: CourseBuilder) -> None:
    builder.course["modules"][0]["assignments"][1]["title"] = "Hello"
    bring_in(program, builder.write())
    job, rows = written(program)
    assert (rows[0]["Hello_Grade"], rows[0]["Hello (2)_Grade"]) == ("90", "45.5")
    assert job.report is not None
    assert "Hello (2) is the assignment a2." in job.report.notes


def test_only_the_chosen_are_in_it_and_no_teacher(program: Program, builder: CourseBuilder) -> None:
    builder.student("boss", role="teacher", username="boss")
    builder.add("results", student="boss", assignment="a1", state="completed", grade=100)
    bring_in(program, builder.write())
    job, rows = written(program, students=["s2", "s1"], assignments=["a2"])
    assert [(row["Username"], row["Loops_Grade"]) for row in rows] == [("user1", "45.5"), ("user2", "")]
    assert "Hello_Grade" not in rows[0]
    assert job.report is not None
    assert job.report.counts[1] == Count(thing="grades", expected=1, done=1)


def test_with_pseudonyms_no_name_is_in_it(program: Program, builder: CourseBuilder) -> None:
    bring_in(program, builder.write())
    job, rows = written(program, privacy="pseudonymous", columns="details")
    text = file_of(program, job).read_text("utf-8")
    assert not any(name in text for name in ("Ada", "Example", "user1", "s1"))
    assert sorted(row["Hello_Grade"] for row in rows) == ["", "", "90"]
    assert job.report is not None
    assert any(note.startswith("This table is pseudonymous: Student_Name") for note in job.report.notes)


def test_the_preview_is_how_the_table_begins(program: Program, builder: CourseBuilder) -> None:
    with taken_in(program, builder) as course:
        preview = KIND.preview(course, checked(GradesOptions, {"csv": "programs"}))
        _, rows = written(program)
        assert list(preview.columns) == list(rows[0])
        assert [list(row) for row in preview.rows] == [list(row.values()) for row in rows]


def test_that_there_are_no_grades_is_said_first(program: Program, builder: CourseBuilder) -> None:
    with taken_in(program, builder) as course:
        assert KIND.estimate(course, checked(GradesOptions, {})).notes == ()
        assert KIND.estimate(course, checked(GradesOptions, {"students": ["s3"]})).notes == ("No grades in it.",)
