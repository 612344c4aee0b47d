"""Erasing one of two students who are called the same: the other keeps name, work and exports."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bagging import COURSE, everything

from exportmanager.core.course import CourseId, StudentId
from exportmanager.core.erasing import Person, Scrubber
from exportmanager.core.ledger import Job
from exportmanager.core.meter import Meter
from exportmanager.core.run import ExportRequest
from exportmanager.formats.archives import open_tree
from exportmanager.program import Program

ADA = Person(course=COURSE, course_title="", id=StudentId("s1"), first_name="Ada", last_name="Example", username="ada1",
             email="ada@example.org")  # fmt: skip
OTHER = replace(ADA, id=StudentId("s2"), username="ada2", email="another@example.org")
SECOND = CourseId("course-2")
BOTH = Scrubber([ADA], [OTHER, replace(OTHER, course=SECOND, id=StudentId("x9"))])


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("Ada Example (s1), Hello", "(erased), Hello"),
        ("Ada Example (ada1)", "(erased)"),
        ("Ada Example (s2), Hello", "Ada Example (s2), Hello"),
        ("Example, Ada (ada2)", "Example, Ada (ada2)"),
        ("Ada Example, Hello", "(erased), Hello"),
        ("Ada Example (late), ada@example.org", "(erased) (late), (erased)"),
    ],
)
def test_a_name_is_told_apart_by_what_stands_in_brackets_behind_it(text: str, now: str) -> None:
    assert BOTH.of_course(COURSE).text(text) == now


def test_in_a_course_of_the_namesake_alone_the_name_is_the_namesakes() -> None:
    assert BOTH.of_course(SECOND).text("Ada Example, ada@example.org") == "Ada Example, (erased)"
    assert BOTH.of_course(CourseId("course-3")).text("Ada Example") == "(erased)"
    assert BOTH.of_course(None).text("Ada Example (s2)") == "(erased) (s2)", "an id of no course is nobody's"


def test_what_says_by_an_id_that_it_is_the_namesakes_keeps_the_name() -> None:
    scrubbing = BOTH.of_course(COURSE)
    certificate = {"students": [{"id": "s1", "name": "Ada Example"}, {"id": "s2", "name": "Ada Example"}]}
    gaps = [{"who": "Ada Example, Hello", "student_id": who} for who in ("s1", "s2", "")]
    assert scrubbing.value(certificate) == {
        "students": [{"id": "(erased)", "name": "(erased)"}, {"id": "s2", "name": "Ada Example"}]
    }
    assert [gap["who"] for gap in scrubbing.value(gaps)] == ["(erased), Hello", "Ada Example, Hello", "(erased), Hello"]


def test_a_number_in_brackets_behind_a_name_is_an_id() -> None:
    person = replace(ADA, id=StudentId("12"))
    assert Scrubber([person]).of_course(COURSE).text("Ada Example (12): 12 files") == "(erased): 12 files"


def course_of_two(folder: Path, course: str = COURSE) -> str:
    """A course in which two are called the same, or only the other one is; of both a workspace is damaged."""
    builder = everything(folder)
    builder.course |= {"id": course, "title": course, "code": course}
    first, second = builder.tables["roster"][:2]
    second |= {"first_name": "Ada", "last_name": "Example"}
    if course != COURSE:
        first |= {"first_name": "Cy", "last_name": "Third"}
    for row in builder.tables["roster"]:
        row |= {"email": f"{course}-{row['id']}@example.org", "username": f"{course}-{row['id']}"}
    for student in ("s1", "s2"):
        shutil.rmtree(builder.folder / "workspaces" / "a2" / student, ignore_errors=True)
        (builder.folder / "workspaces" / "a2" / f"{student}.zip").write_bytes(b"PK damaged")
    return str(builder.write())


def exported(program: Program, course: CourseId, student: str) -> Job:
    options = program.kinds["student"].Options.model_validate({"students": [student]})
    job = program.exporter.run(program.exporter.submit(ExportRequest("student", course, options)))
    assert job.file is not None
    return job


@pytest.fixture
def two(program: Program, tmp_path: Path) -> Program:
    program.bring_in("folder", course_of_two(tmp_path / "first"))
    program.bring_in("folder", course_of_two(tmp_path / "second", SECOND))
    return program


def who_of_gaps(program: Program, course: CourseId) -> list[Any]:
    report = program.library.import_report(course)
    assert report is not None
    return [gap.who for gap in report.gaps]


def test_what_somebody_was_called_at_an_earlier_import_goes_too(program: Program, tmp_path: Path) -> None:
    builder = everything(tmp_path / "course")
    builder.tables["roster"][0] |= {"first_name": "Former", "last_name": "Nonesuch"}
    link = builder.file("s1", "a1", "main.py").with_name("outside")
    link.symlink_to("/nowhere")
    program.bring_in("folder", str(builder.write()))
    builder.tables["roster"][0] |= {"first_name": "Later", "last_name": "Nonesuch"}
    builder.file("s1", "a1", "main.py", "print(2)\n")
    program.bring_in("folder", str(builder.write()))
    program.erasing.erase(COURSE, StudentId("s1"), Meter())
    program.close()
    held = [path.read_bytes() for path in program.library.folder.rglob("*") if path.is_file()]
    assert not [word for word in (b"Former", b"Later", b"Nonesuch") if any(word in data for data in held)]


def test_reports_and_gaps_keep_the_name_of_the_other(two: Program) -> None:
    before = who_of_gaps(two, CourseId(COURSE))
    assert [who for who in before if who.startswith("Ada Example (s1)")]
    erased = two.erasing.erase(CourseId(COURSE), StudentId("s1"), Meter())
    now = who_of_gaps(two, CourseId(COURSE))
    assert [who for who in now if who.startswith("Ada Example (s2)")]
    assert not [who for who in now if "s1" in who]
    assert [who for who in who_of_gaps(two, SECOND) if who.startswith("Ada Example (s2)")]
    assert erased.mentions.rows == 0, "a report that names the other one is nobody's own words"


def test_exports_of_the_other_stay_where_they_are(two: Program) -> None:
    files = [exported(two, course, "s2") for course in (CourseId(COURSE), SECOND)]
    hers = exported(two, CourseId(COURSE), "s1")
    two.erasing.erase(CourseId(COURSE), StudentId("s1"), Meter())
    two.janitor.reconcile()
    for job in files:
        assert two.ledger.job(job.id) == job
    assert two.ledger.job(hers.id).state != hers.state


def test_a_project_that_is_the_others_by_its_files_stays(two: Program, tmp_path: Path) -> None:
    for student, name in (("s1", "Her project"), ("s2", "Ada Example project")):
        path = tmp_path / "first" / "workspaces" / "a1" / student
        two.library.projects.take_in(open_tree(path), name, "", str(path), two.clock(), Meter())
    erased = two.erasing.erase(CourseId(COURSE), StudentId("s1"), Meter())
    assert erased.erasure.projects == ("Her project",)
    assert [project.name for project in two.library.projects.all()] == ["(erased) project"]
