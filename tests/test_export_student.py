"""Student data: coursework of single students, together or each in a zip of their own."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from building import CourseBuilder
from handling import bring_in, cells, export, exported, file_of, members, table, taken_in

from exportmanager.core.errors import NothingToExport
from exportmanager.core.ledger import Job
from exportmanager.core.options import checked
from exportmanager.core.report import Cell, Count, Gap
from exportmanager.exports.pieces import one_student
from exportmanager.exports.student import KIND, StudentOptions
from exportmanager.program import Program

INACTIVE = "inactive for 181 days on the day the data were taken"


@pytest.fixture
def builder(tmp_path: Path) -> CourseBuilder:
    builder = CourseBuilder(tmp_path / "course")
    builder.student("old", first_name="Long", last_name="Gone", username="gone", last_active_at="2025-09-01")
    for student in ("s1", "s2", "old"):
        for assignment in ("a1", "a2"):
            builder.file(student, assignment, "main.py", f"print('{student} {assignment}')\n")
            builder.add("answers", student=student, assignment=assignment, assessment="q", attempt=1, answer=student)
        builder.add("results", student=student, assignment="a1", state="completed", grade=50)
    return builder


def written(program: Program, **options: Any) -> tuple[Job, dict[str, bytes]]:
    job = export(program, kind="student", **options)
    return job, members(file_of(program, job))


def inner(files: dict[str, bytes], name: str) -> dict[str, bytes]:
    """The files of a zip among `files`."""
    with zipfile.ZipFile(io.BytesIO(files[name])) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_one_student_comes_in_the_shape_of_coursework(program: Program, builder: CourseBuilder) -> None:
    bring_in(program, builder.write())
    job, files = written(program, students=["s2"])
    assert files == exported(program, students=["s2"])
    assert {name for name in files if name.startswith("workspaces/")} == {
        "workspaces/Hello/Sample Bo (user2)/main.py", "workspaces/Loops/Sample Bo (user2)/main.py",
    }  # fmt: skip
    assert job.report is not None
    assert job.report.counts[0] == Count(thing="students", expected=1, done=1)
    assert written(program, students=["s2"], bundle="each")[1] == files


def test_each_of_several_gets_the_very_zip_that_they_would_get_alone(
    program: Program, builder: CourseBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_student, "_AT_ONCE", 2)
    bring_in(program, builder.write())
    job, files = written(program, bundle="each", order="student")
    names = {"s1": "Example Ada (user1).zip", "s2": "Sample Bo (user2).zip", "s3": "Specimen Cy (user3).zip"}
    assert list(files) == [*names.values(), "README.txt", "manifest-sha256.txt"]
    for student, name in names.items():
        if student == "s3":  # there is nothing of hers: alone she could not be exported
            assert cells(inner(files, name)) == {("s3", a): ("never started", "") for a in ("a1", "a2")}
        else:
            assert inner(files, name) == exported(program, students=[student], order="student")
    assert job.report is not None
    together = export(program, kind="student", order="student").report
    assert together is not None
    assert job.report == together
    assert f"Left out: Long Gone, {INACTIVE}." in " ".join(files["README.txt"].decode().split())


def test_the_inactive_are_left_out_by_the_courses_rule_and_named(program: Program, builder: CourseBuilder) -> None:
    bring_in(program, builder.write())
    for bundle in ("one", "each"):
        job, _ = written(program, bundle=bundle)
        assert job.report is not None
        assert job.report.counts[0] == Count(thing="students", expected=4, done=3)
        assert job.report.gaps == (Gap(what="student", who="Long Gone", why=INACTIVE, chosen=True),)
        assert job.report.cells[Cell.LEFT_OUT] == 2
        job, files = written(program, bundle=bundle, include_inactive=True)
        assert job.report is not None
        assert job.report.counts[0] == Count(thing="students", expected=4, done=4)
        assert bundle == "one" or "Gone Long (gone).zip" in files


def test_somebody_inactive_who_was_chosen_alone_is_told_how_to_be_included(
    program: Program, builder: CourseBuilder
) -> None:
    with taken_in(program, builder) as course:
        with pytest.raises(NothingToExport, match=r"inactive for more than 90 days") as problem:
            KIND.estimate(course, checked(StudentOptions, {"students": ["old"]}))
        assert "include them" in problem.value.next_step
        found = KIND.estimate(course, checked(StudentOptions, {"students": ["old"], "include_inactive": True}))
        assert found.summary.startswith("1 student, 2 assignments, 2 workspaces")


def test_pseudonyms_are_those_of_the_data_exports(program: Program, builder: CourseBuilder) -> None:
    builder.course["taken_on"] = "2025-10-01"  # nobody is inactive
    bring_in(program, builder.write())
    job, files = written(program, privacy="pseudonymous", bundle="each")
    names = [name.removesuffix(".zip") for name in files if name.endswith(".zip")]
    assert names == sorted(names)
    assert len(names) == 4
    assert all(re.fullmatch("P-[A-Z2-7]{10}", name) for name in names)
    grades = file_of(program, export(program, kind="grades", privacy="pseudonymous", csv="programs")).read_text()
    assert all(name in grades for name in names)
    coursework = exported(program, naming="pseudonyms")
    assert not set(names) & {row["id"] for row in table(coursework, "students.csv")}
    ours = b"".join(
        data for name in names for file, data in inner(files, f"{name}.zip").items() if "workspaces/" not in file
    )
    assert b"user1" not in ours
    assert b"Example" not in ours
    assert job.report is not None
    assert "files, answers and comments is not changed" in " ".join(job.report.notes)
    assert "pseudonymous" in files["README.txt"].decode()
