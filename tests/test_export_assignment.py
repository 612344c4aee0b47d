"""Assignment data: an archive for each student, the documented table, an account of it all, and the way back in."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from building import CourseBuilder
from conftest import Clock
from handling import ZIP_READERS, bring_in, cells, export, file_of, members, needs, rows, run, table, taken_in

from exportmanager.core.course import Course, CourseId, Result
from exportmanager.core.ledger import Job
from exportmanager.core.options import checked
from exportmanager.core.report import Count
from exportmanager.exports.assignment import KIND, AssignmentOptions
from exportmanager.program import Program

DOCUMENTED = [
    "Student_Name", "First_Name", "Last_Name", "Username", "Hashed_ID", "Email Address", "Right Count", "Wrong Count",
    "Answered Assessments", "Points/Max_points", "Points", "Total Points", "Time_Spent", "Final Grade", "Comments",
    "Teacher Grade", "Assessments Grade", "Script Grade", "Grade Override", "Extra Credit", "Created Date",
    "Completed (True/False)", "Completed Date/Time (all instances)", "LTI ID",
    "Behavioral Insights (0–5, number of thresholds exceeded)",
]  # fmt: skip
ADA, BO = "Hello/Example Ada (user1).zip", "Hello/Sample Bo (user2).zip"


@pytest.fixture
def builder(tmp_path: Path) -> CourseBuilder:
    """Ada completed the first assignment, and answered two of its three assessments; Bo only began it."""
    builder = CourseBuilder(tmp_path / "course")
    builder.course["modules"][0]["assignments"][0]["version"] = 1
    folder = builder.folder / "assignments" / "a1" / ".guides" / "assessments"
    folder.mkdir(parents=True)
    for task, name in (("q1", "Quiz"), ("q2", "Quiz"), ("q3", "=Why?")):
        source = {"name": name, "points": 5, "answers": [{"_id": "o1", "answer": "Pizza", "correct": True}]}
        (folder / f"{task}.json").write_text(json.dumps({"taskId": task, "type": "multiple-choice", "source": source}))
    builder.add(
        "results", student="s1", assignment="a1", state="completed", grade=85.5, time_spent_seconds=3725,
        started_at="2026-02-01T10:00:00Z", completed_at="2026-02-03T10:00:00Z", comments="=well done\n+1",
        teacher_grade=90, behavioral_insights=2,
    )  # fmt: skip
    builder.add("results", student="s2", assignment="a1", state="started", started_at="2026-02-01T10:00:00Z")
    given: dict[str, Any] = {"student": "s1", "assignment": "a1", "answer": '{"current": ["o1"]}'}
    builder.add("answers", **given, assessment="q1", attempt=1, points=0, correct="false")
    builder.add("answers", **given, assessment="q1", attempt=2, points=5, correct="true")
    builder.add("answers", **given, assessment="q2", attempt=1, points=1, correct="false")
    builder.file("s1", "a1", "main.py", "print('hello')\n" * 50)
    builder.file("s1", "a1", "notes/Größe.txt", "ä" * 500)
    builder.file("s2", "a1", "main.py")
    return builder


def written(program: Program, **options: Any) -> tuple[Job, dict[str, bytes]]:
    job = export(program, kind="assignment", **{"assignments": ["a1"]} | options)
    return job, members(file_of(program, job))


def inner(files: dict[str, bytes], name: str) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(files[name])) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_an_archive_for_each_student_and_a_table_in_a_folder_for_each_assignment(
    program: Program, builder: CourseBuilder
) -> None:
    bring_in(program, builder.write())
    job, files = written(program, assignments=None)
    assert list(files) == [
        "Hello/Hello.csv", ADA, BO, "Loops/Loops.csv", "legend.csv", "report.csv", "names.csv", "README.txt",
        "manifest-sha256.txt",
    ]  # fmt: skip
    assert inner(files, ADA) == {
        "main.py": b"print('hello')\n" * 50, "notes/Größe.txt": ("ä" * 500).encode(),
    }  # fmt: skip
    assert cells(files)["s3", "a1"] == ("never started", "")
    assert job.report is not None
    assert job.report.counts == (
        Count(thing="students", expected=3, done=3),
        Count(thing="workspaces", expected=2, done=2),
        Count(thing="files", expected=3, done=3),
        Count(thing="answers", expected=3, done=3),
    )


def test_an_archive_is_the_librarys_own_package(program: Program, builder: CourseBuilder) -> None:
    builder.file("s2", "a1", "large.bin", os.urandom(9 << 20))  # it is never read whole
    bring_in(program, builder.write())
    job, files = written(program)
    packages = {sha256 for (sha256,) in rows(program.library.folder, "SELECT package FROM workspaces")}
    assert {hashlib.sha256(files[name]).hexdigest() for name in (ADA, BO)} == packages
    with zipfile.ZipFile(file_of(program, job)) as archive:
        assert {archive.getinfo(name).compress_type for name in (ADA, BO)} == {zipfile.ZIP_STORED}


def test_the_table_has_the_documented_columns_in_their_order(program: Program, builder: CourseBuilder) -> None:
    bring_in(program, builder.write())
    _, files = written(program, csv="programs")
    ada, bo, cy = table(files, "Hello/Hello.csv")
    each = [f"{name}_{end}" for name in ("Quiz", "Quiz (2)", "=Why?") for end in ("Correct", "Answer", "Attempts")]
    assert list(ada) == DOCUMENTED + each
    assert list(ada.values())[6:] == [
        "1", "1", "2", "6/15", "6", "15", "3725", "85.5", "=well done\n+1", "90", "", "", "", "",
        "2026-02-01T11:00:00+01:00", "True", "2026-02-03T11:00:00+01:00", "", "2",
        "True", "Pizza", "2", "False", "Pizza", "1", "", "", "0",
    ]  # fmt: skip
    assert (bo["Completed (True/False)"], bo["Created Date"]) == ("False", "2026-02-01T11:00:00+01:00")
    assert (cy["Completed (True/False)"], cy["Created Date"], cy["Final Grade"]) == ("False", "", "")
    legend = {row["column"] for row in table(files, "legend.csv")}
    assert legend == set(ada)


def test_what_the_source_wrote_and_no_value_can_hold_goes_out_as_it_came(
    program: Program, builder: CourseBuilder
) -> None:
    both = "2026-02-02 10:00 UTC; 2026-02-03 10:00 UTC"
    builder.tables["results"][0] |= {"Completed Date/Time": both, "Script Grade": "see mail", "right": 7}
    bring_in(program, builder.write())
    ada = table(written(program, csv="programs")[1], "Hello/Hello.csv")[0]
    assert (ada["Completed Date/Time (all instances)"], ada["Script Grade"], ada["Right Count"]) == (
        both,
        "see mail",
        "7",
    )
    assert list(ada)[-1] == "=Why?_Attempts"
    hidden = table(written(program, csv="programs", privacy="pseudonymous")[1], "Hello/Hello.csv")
    assert "see mail" not in [row["Script Grade"] for row in hidden]


def test_columns_that_only_the_source_knows_come_at_the_end(program: Program, builder: CourseBuilder) -> None:
    builder.add("results", student="s3", assignment="a1", state="started", mood="fine", grade="")
    bring_in(program, builder.write())
    _, files = written(program, csv="programs")
    last = table(files, "Hello/Hello.csv")[2]
    assert list(last)[-1] == "mood"
    assert last["mood"] == "fine"
    assert "mood" not in table(written(program, privacy="pseudonymous")[1], "Hello/Hello.csv")[0]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot hold these names in the first place")
def test_names_that_not_every_system_can_hold_are_changed_and_listed(program: Program, builder: CourseBuilder) -> None:
    builder.course["modules"][0]["assignments"][0]["title"] = "legend.csv"
    builder.file("s2", "a1", "a:b.txt", "1")
    builder.file("s2", "a1", "con.txt", "2")
    (builder.folder / "workspaces/a1/s2/link").symlink_to("a:b.txt")
    bring_in(program, builder.write())
    _, files = written(program)
    place = "legend~2.csv/Sample Bo (user2).zip"
    assert inner(files, place) == {
        "a_b.txt": b"1", "_con.txt": b"2", "link": b"a_b.txt", "main.py": b"print('hello')\n",
    }  # fmt: skip
    listed = {(row["folder"], row["original"]): row["now"] for row in table(files, "names.csv")}
    assert listed == {
        ("", "legend.csv"): "legend~2.csv", (place, "a:b.txt"): "a_b.txt", (place, "con.txt"): "_con.txt",
    }  # fmt: skip


def test_what_is_missing_is_named(program: Program, builder: CourseBuilder) -> None:
    (builder.folder / "workspaces" / "a1" / "s3").mkdir()
    builder.add("results", student="s2", assignment="a2", state="started")
    bring_in(program, builder.write())
    ((damaged,),) = [rows(program.library.folder, "SELECT package FROM workspaces WHERE student_id = 's2'")]
    path = program.library.folder / "workspaces" / damaged[0][:2] / f"{damaged[0]}.zip"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])
    job, files = written(program, assignments=None)
    assert BO not in files
    found = cells(files)
    assert found["s2", "a1"] == ("missing", "its file in the library is damaged: it is not what was imported")
    assert found["s3", "a1"] == ("empty", "opened, but there are no files in it")
    assert found["s2", "a2"][0] == "missing"
    assert job.report is not None
    assert job.report.counts[1] == Count(thing="workspaces", expected=4, done=2)
    assert [gap.who for gap in job.report.gaps] == ["Bo Sample, Hello", "Bo Sample, Loops"]


def test_the_inactive_and_only_the_chosen_are_in_it(program: Program, builder: CourseBuilder) -> None:
    builder.student("old", username="gone", last_active_at="2025-01-01")
    builder.file("old", "a1", "main.py")
    builder.student("boss", role="teacher", username="boss")
    builder.add("answers", student="boss", assignment="a1", assessment="q1", attempt=1, answer="x")
    with taken_in(program, builder) as course:
        job, files = written(program)
        assert "Hello/gone.zip" in files
        assert job.report is not None
        assert job.report.notes[0] == "1 answer of a teacher is left out: the table is about students."
        assert KIND.estimate(course, checked(AssignmentOptions, {"assignments": ["a1"]})).notes == job.report.notes[:1]
        nothing = KIND.estimate(course, checked(AssignmentOptions, {"assignments": ["a2"]}))
        assert nothing.notes[0] == "No files of the chosen students in it."
    _, files = written(program, students=["s2"])
    assert [name for name in files if name.endswith(".zip")] == [BO]
    assert [row["Username"] for row in table(files, "Hello/Hello.csv")] == ["user2"]


def test_with_pseudonyms_only_what_students_wrote_may_tell_who_they_are(
    program: Program, builder: CourseBuilder
) -> None:
    builder.tables["roster"][0] |= {"email": "ada@example.org", "hashed_id": "known", "lti_id": "lti-ada"}
    builder.tables["results"][0] |= {"lti_id": "lti-ada", "nickname": "Ada the first"}
    with taken_in(program, builder) as course:
        estimate = KIND.estimate(course, checked(AssignmentOptions, {"privacy": "pseudonymous"}))
    job, files = written(program, privacy="pseudonymous", csv="programs")
    ours = b"".join([*map(str.encode, files), *(data for name, data in files.items() if not name.endswith(".zip"))])
    assert not re.search(rb"Ada|lti-ada|Example|user1|known|\bs1\b", ours)
    archives = [name for name in files if name.endswith(".zip")]
    assert all(re.fullmatch("Hello/P-[A-Z2-7]{10}.zip", name) for name in archives)
    users = [row["Username"] for row in table(files, "Hello/Hello.csv")]
    assert users == sorted(users)
    assert job.report is not None
    kept = "What students wrote in their files is not changed: it may tell who they are."
    assert kept in estimate.notes
    assert kept in job.report.notes
    assert kept in " ".join(files["README.txt"].decode().split())


@pytest.mark.parametrize("reader", ZIP_READERS)
def test_other_programs_read_the_archives_in_it(
    program: Program, builder: CourseBuilder, tmp_path: Path, reader: str
) -> None:
    needs(reader)
    bring_in(program, builder.write())
    _, files = written(program)
    path = tmp_path / "inner.zip"
    path.write_bytes(files[ADA])
    run(reader, *ZIP_READERS[reader](path))


def test_sha256sum_agrees_with_the_manifest(program: Program, builder: CourseBuilder, tmp_path: Path) -> None:
    needs("sha256sum")
    builder.file("s2", "a1", "a:b.txt" if sys.platform == "linux" else "b.txt")
    bring_in(program, builder.write())
    with zipfile.ZipFile(file_of(program, written(program)[0])) as archive:
        archive.extractall(tmp_path / "out")
    assert "FAILED" not in run("sha256sum", "-c", "manifest-sha256.txt", cwd=tmp_path / "out")


def told(result: Result, course: Course) -> dict[str, Any]:
    """What a result says, by whom and of what."""
    users = {student.id: student.username for student in course.students()}
    numbers = {
        key: float(value) for key, value in result.extra.items() if key in ("teacher_grade", "behavioral_insights")
    }
    return {
        "who": users[result.student_id], "state": result.state, "from": result.started_at, "to": result.completed_at,
        "seconds": result.time_spent_seconds, "grade": result.grade, "comments": result.comments, **numbers,
    }  # fmt: skip


def answered(course: Course) -> dict[tuple[str, str], tuple[int, bool | None]]:
    """The last attempt of everybody at each assessment, by its name."""
    users = {student.id: student.username for student in course.students()}
    names = {a.id: a.name for a in course.assessments()}
    (hello,) = (a.id for a in course.assignments() if a.title == "Hello")
    found = {}
    for answer in course.answers(hello):
        name = "Quiz (2)" if answer.assessment_id == "q2" else names[answer.assessment_id]
        found[users[answer.student_id], name] = (answer.attempt, answer.correct)
    return found


@pytest.mark.parametrize("options", [{"csv": "spreadsheets", "separator": "semicolon"}, {"csv": "programs"}], ids=str)
def test_what_went_out_comes_back_in(
    program: Program, builder: CourseBuilder, tmp_path: Path, clock: Clock, options: dict[str, str]
) -> None:
    bring_in(program, builder.write())
    path = file_of(program, written(program, assignments=None, **options)[0])
    again = Program(tmp_path / "again", clock)
    try:
        new = {"title": "Again", "match": ("assignment:hello=+", "assignment:loops=+")}
        course_id = CourseId(again.bring_in("auto", str(path), new).course_id)
        with program.library.course(CourseId("course-1")) as before, again.library.course(course_id) as after:
            results = [told(result, after) for result in after.results()]
            begun = [result for result in results if result["state"] != "not_started"]
            assert begun == [told(result, before) for result in before.results()]
            assert answered(after) == answered(before)
            files = {w.package.sha256 for w in before.workspaces()}
            assert {w.package.sha256 for w in after.workspaces()} == files
    finally:
        again.close()
