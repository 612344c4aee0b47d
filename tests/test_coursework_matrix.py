"""The account that an export of coursework gives: every student and assignment, totals, and what is not there."""

from __future__ import annotations

import contextlib
import io
import json
import random
import shutil
import sqlite3
import time
import zipfile
from pathlib import Path

import pytest
from building import CourseBuilder
from handling import DATABASE, bring_in, cells, export, exported, file_of, members, needs, rows, run, table

from exportmanager.core.course import CourseId
from exportmanager.core.errors import Cancelled
from exportmanager.core.meter import Meter
from exportmanager.core.report import Cell, Count, Gap
from exportmanager.program import Program


@pytest.fixture
def builder(tmp_path: Path) -> CourseBuilder:
    return CourseBuilder(tmp_path / "course")


def package_of(program: Program, student: str) -> Path:
    """Where the library keeps a student's files for the first assignment."""
    query = f"SELECT package FROM workspaces WHERE student_id = '{student}' AND assignment_id = 'a1'"
    ((sha256,),) = rows(program.library.folder, query)
    return Path(program.library.folder / "workspaces" / sha256[:2] / f"{sha256}.zip")


def test_every_status_of_a_cell(program: Program, builder: CourseBuilder) -> None:
    builder.student("old", last_active_at="2025-01-01", first_name="Old", last_name="Timer")
    builder.file("old", "a1", "main.py")
    builder.file("s1", "a1", "main.py", "12345")
    builder.file("s1", "a1", "b/c.txt", "1234567")
    (builder.folder / "workspaces" / "a1" / "s2").mkdir()
    builder.add("results", student="s3", assignment="a1", state="started")
    builder.add("results", student="s1", assignment="a2", state="not_started")
    builder.add("results", student="s2", assignment="a2", state="not_started", time_spent_seconds=60)
    builder.add("answers", student="s3", assignment="a2", assessment="q", attempt=1)
    bring_in(program, builder.write())
    job = export(program)
    begun = "it was begun, but there are no files of it in the data that came in"
    assert cells(members(file_of(program, job))) == {
        ("s1", "a1"): ("present", ""),
        ("s2", "a1"): ("empty", "opened, but there are no files in it"),
        ("s3", "a1"): ("missing", begun),
        ("old", "a1"): ("left out", "inactive for 424 days on the day the data were taken"),
        ("s1", "a2"): ("never started", ""),
        ("s2", "a2"): ("missing", begun),
        ("s3", "a2"): ("missing", begun),
        ("old", "a2"): ("left out", "inactive for 424 days on the day the data were taken"),
    }
    assert job.report is not None
    assert job.report.cells == {
        Cell.PRESENT: 1, Cell.EMPTY: 1, Cell.NEVER_STARTED: 1, Cell.LEFT_OUT: 2, Cell.MISSING: 3,
    }  # fmt: skip
    assert job.report.counts == (
        Count(thing="students", expected=4, done=3),
        Count(thing="workspaces", expected=5, done=2),
        Count(thing="files", expected=2, done=2),
        Count(thing="answers", expected=1, done=1),
    )
    assert [gap for gap in job.report.unchosen_gaps] == [
        Gap(what="workspace", who=who, why=begun)
        for who in ("Cy Specimen, Hello", "Bo Sample, Loops", "Cy Specimen, Loops")
    ]
    present = table(members(file_of(program, job)), "report.csv")[0]
    assert (present["files"], present["bytes"]) == ("2", "12")
    assert present["folder"] == "workspaces/Hello/Example Ada (user1)"


def test_the_report_covers_every_student_and_assignment(program: Program, builder: CourseBuilder) -> None:
    for number in range(30):
        builder.student(f"n{number}", last_active_at="2025-01-01" if number % 5 == 0 else "2026-02-01")
        if number % 3:
            builder.file(f"n{number}", f"a{1 + number % 2}", "x.py")
    builder.add("answers", student="ghost", assignment="a1", assessment="q", attempt=1)
    bring_in(program, builder.write())
    files = exported(program)
    students = [row["id"] for row in table(files, "students.csv")]
    assert len(students) == 34
    found = [(row["assignment_id"], row["student_id"]) for row in table(files, "report.csv")]
    assert found == [(assignment, student) for assignment in ("a1", "a2") for student in students]
    assert {row["status"] for row in table(files, "report.csv")} <= {cell.value for cell in Cell}
    for row in table(files, "report.csv"):
        inside = [name for name in files if row["folder"] and name.startswith(f"{row['folder']}/")]
        assert len(inside) == int(row["files"])
        assert sum(len(files[name]) for name in inside) == int(row["bytes"])
        assert (row["status"] == "present") == bool(inside)


@pytest.mark.parametrize("large", [False, True], ids=["in memory", "in pieces"])
@pytest.mark.parametrize(
    ("harm", "why"),
    [
        ("flipped", "its file in the library is damaged: it is not what was imported"),
        ("cut off", "its file in the library is damaged: it is not what was imported"),
        ("emptied", "its file in the library is damaged: it is not what was imported"),
        ("gone", "its file has gone from the library's folder"),
    ],
)
def test_a_damaged_package_is_missing_with_its_reason_and_the_rest_comes_in(
    program: Program, builder: CourseBuilder, harm: str, why: str, large: bool
) -> None:
    noise = random.Random(4711).randbytes((9 << 20) if large else 900)
    builder.file("s1", "a1", "noise.bin", noise)
    builder.file("s2", "a1", "main.py", "whole\n")
    bring_in(program, builder.write())
    package = package_of(program, "s1")
    data = bytearray(package.read_bytes())
    data[len(data) // 2] ^= 1
    harmed = {"flipped": bytes(data), "cut off": bytes(data[:-1]), "emptied": b""}
    package.unlink() if harm == "gone" else package.write_bytes(harmed[harm])
    job = export(program)
    files = members(file_of(program, job))
    assert cells(files)["s1", "a1"] == ("missing", why)
    assert files["workspaces/Hello/Sample Bo (user2)/main.py"] == b"whole\n"
    assert not [name for name in files if "Ada" in name]
    assert job.report is not None
    assert job.report.unchosen_gaps == (Gap(what="workspace", who="Ada Example, Hello", why=why),)
    assert Count(thing="workspaces", expected=2, done=1) in job.report.counts
    assert Count(thing="files", expected=2, done=1) in job.report.counts


def test_the_last_attempt_counts(program: Program, builder: CourseBuilder) -> None:
    builder.course["modules"][0]["assignments"][0]["version"] = 1
    guide = builder.folder / "assignments" / "a1" / ".guides" / "assessments"
    guide.mkdir(parents=True)
    for name, points in (("q1", 10), ("q2", 2.5), ("q3", None)):
        definition = {"taskId": name, "type": "test", "source": {"name": f"Question {name}", "points": points}}
        (guide / f"{name}.json").write_text(json.dumps(definition))
    attempts = [("q1", 10, "10"), ("q1", 9, "8"), ("q1", 2, "7"), ("q2", 1, "0.1"), ("q2", 2, ""), ("gone", 1, "0.2")]
    for assessment, attempt, earned in attempts:
        builder.add(
            "answers",
            student="s1",
            assignment="a1",
            assessment=assessment,
            attempt=attempt,
            points=earned,
            correct="true",
        )
    builder.add(
        "results", student="s1", assignment="a1", state="completed", grade="87.5", time_spent_seconds="61",
        started_at="2026-02-01T10:00:00Z", completed_at="2026-02-01T11:00:00Z", comments="Good",
    )  # fmt: skip
    bring_in(program, builder.write())
    files = exported(program)
    first, second, _ = table(files, "totals/Hello.csv")
    assert first == {
        "student_id": "s1", "username": "user1", "student": "Ada Example", "state": "completed",
        "started_at": "2026-02-01T11:00:00+01:00", "completed_at": "2026-02-01T12:00:00+01:00",
        "time_spent_seconds": "61", "grade": "87.5", "answered": "3", "assessments": "3", "points_earned": "10.2",
        "points_possible": "12.5", "comments": "Good",
    }  # fmt: skip
    assert (second["state"], second["answered"], second["points_earned"]) == ("not_started", "0", "0")
    answers = [(row["assessment_id"], row["attempt"]) for row in table(files, "answers/Hello.csv")]
    assert answers == [("gone", "1"), ("q1", "2"), ("q1", "9"), ("q1", "10"), ("q2", "1"), ("q2", "2")]
    question = table(files, "answers/Hello.csv")[1]
    assert (question["assessment"], question["type"], question["points_possible"]) == ("Question q1", "test", "10")
    assert (question["points"], question["correct"]) == ("7", "true")


def test_every_file_stands_in_the_manifest_and_sha256sum_accepts_it(
    program: Program, builder: CourseBuilder, tmp_path: Path
) -> None:
    builder.file("s1", "a1", "main.py")
    builder.file("s1", "a1", "empty.txt", b"")
    builder.file("s2", "a2", "größe 数.py")
    builder.file("s2", "a2", "large.bin", bytes(range(256)) * 40_000)
    bring_in(program, builder.write())
    path = file_of(program, export(program))
    files = members(path)
    listed = [line[66:] for line in files["manifest-sha256.txt"].decode().splitlines()]
    assert sorted(listed) == sorted(name for name in files if name != "manifest-sha256.txt")
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    output = run(needs("sha256sum"), "-c", "--strict", "manifest-sha256.txt", cwd=folder)
    assert output.count(": OK") == len(listed)
    (folder / "course.json").write_text("{}")
    with pytest.raises(AssertionError):
        run("sha256sum", "-c", "--strict", "manifest-sha256.txt", cwd=folder)


def test_a_later_import_does_not_show_in_an_export_that_runs(program: Program, builder: CourseBuilder) -> None:
    builder.file("s1", "a1", "main.py", "first\n")
    bring_in(program, builder.write())
    builder.file("s1", "a1", "main.py", "second\n")
    shutil.rmtree(builder.folder / "assignments", ignore_errors=True)
    with program.library.course(program.library.find_course("SMALL")) as course:
        workspace = next(iter(course.workspaces()))
        bring_in(program, builder.write())
        assert next(iter(course.workspaces())) == workspace
        assert members(course.package_path(workspace.package.sha256))["main.py"] == b"first\n"
    assert exported(program)["workspaces/Hello/Example Ada (user1)/main.py"] == b"second\n"


def test_a_package_that_has_grown_is_not_read_into_memory(program: Program, builder: CourseBuilder) -> None:
    builder.file("s1", "a1", "main.py")
    bring_in(program, builder.write())
    with package_of(program, "s1").open("r+b") as file:
        file.truncate(64 << 30)  # sparse: it takes no room
    assert cells(exported(program))["s1", "a1"][0] == "missing"


def test_stop_takes_less_than_a_second_while_a_huge_package_is_checked(
    program: Program, builder: CourseBuilder
) -> None:
    builder.file("s1", "a1", "main.py")
    bring_in(program, builder.write())
    huge = 16 << 30
    with package_of(program, "s1").open("r+b") as file:
        file.truncate(huge)
    with contextlib.closing(sqlite3.connect(program.library.folder / DATABASE)) as connection:
        connection.execute("UPDATE packages SET packed_bytes = ?", [huge])
        connection.commit()
    begin = time.monotonic()
    meter = Meter(stop=lambda: time.monotonic() > begin + 0.3)
    kind = program.kinds["coursework"]
    with program.library.course(CourseId("course-1")) as course, pytest.raises(Cancelled):
        kind.write(course, kind.Options(), io.BytesIO(), meter)
    assert time.monotonic() - begin < 1.3
