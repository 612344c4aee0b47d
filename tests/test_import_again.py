"""Importing a course again: what is equal stays, what changed is taken in, what is gone is kept and said."""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path

import pytest
from building import CourseBuilder
from conftest import Clock
from handling import bring_in, cells, dump, exported, files_below, members, rows, table

from exportmanager.core.course import CourseId, StudentId
from exportmanager.core.course_settings import CourseSettings
from exportmanager.core.errors import MalformedFile
from exportmanager.core.report import Change
from exportmanager.program import Program


@pytest.fixture
def builder(tmp_path: Path) -> CourseBuilder:
    """A course with something of everything."""
    builder = CourseBuilder(tmp_path / "course")
    builder.course["modules"][0]["assignments"][0]["version"] = 1
    guide = builder.folder / "assignments" / "a1" / ".guides" / "assessments" / "q.json"
    guide.parent.mkdir(parents=True)
    guide.write_text('{"taskId": "q", "type": "test", "source": {"name": "Q"}}')
    (builder.folder / "blueprints.json").write_text('[{"name": "One", "content": "# One"}]')
    for student in ("s1", "s2"):
        builder.file(student, "a1", "main.py", f"print('{student}')\n")
        builder.file(student, "a1", "data/numbers.txt", "1 2 3\n")
        builder.add("results", student=student, assignment="a1", state="started", grade="50")
        builder.add("answers", student=student, assignment="a1", assessment="q", attempt=1, answer="yes", points="1")
        builder.add("coach-logs", at="2026-02-01T09:00:00Z", user=student, question="Why?")
        for _ in range(2):
            builder.add("access", at="2026-02-01T09:00:00+01:00", user=student, type="log_in", note="x", browser="Lynx")
    return builder


def state(program: Program) -> tuple[list[str], dict[str, bytes]]:
    return dump(program.library.folder, leave_out=["imports"]), files_below(program.library.folder)


def test_touched_files_change_nothing(program: Program, builder: CourseBuilder) -> None:
    folder = builder.write()
    bring_in(program, folder)
    before = state(program)
    for path in folder.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert not bring_in(program, folder).changed_anything
    assert state(program) == before


def test_equal_access_lines_are_two_events_and_never_four(program: Program, builder: CourseBuilder) -> None:
    folder = builder.write()
    for _ in range(3):
        report = bring_in(program, folder)
        assert rows(program.library.folder, "SELECT count(*) FROM access_events") == [(4,)]
    assert report.of("access") == Change(thing="access", read=4, unchanged=4)


def test_a_third_equal_event_is_one_more(program: Program, builder: CourseBuilder) -> None:
    bring_in(program, builder.write())
    builder.add("access", **builder.tables["access"][0])
    assert bring_in(program, builder.write()).of("access") == Change(thing="access", read=5, added=1, unchanged=4)


def test_an_event_is_the_same_however_its_zone_and_columns_are_written(
    program: Program, builder: CourseBuilder
) -> None:
    folder = builder.write()
    bring_in(program, folder)
    for row in builder.tables["access"]:
        row["at"] = "2026-02-01T08:00:00Z"
    builder.write()
    path = folder / "access.csv"
    with path.open(newline="") as file:
        read = list(csv.DictReader(file))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(reversed(read[0])))
        writer.writeheader()
        writer.writerows(read)
    report = bring_in(program, folder)
    assert report.of("access").unchanged == 4
    assert not report.changed_anything


def test_exactly_what_changed_is_updated(program: Program, builder: CourseBuilder, clock: Clock) -> None:
    bring_in(program, builder.write())
    clock.forward(days=1)
    builder.course["title"] = "Another title"
    builder.course["modules"][0]["assignments"][1]["points"] = 5
    builder.tables["roster"][0]["last_name"] = "Renamed"
    builder.tables["results"][1]["grade"] = "75"
    builder.tables["answers"][0]["points"] = "0"
    builder.add("answers", student="s1", assignment="a1", assessment="q", attempt=2, answer="no", points="0.5")
    builder.add("access", at="2026-02-03T09:00:00Z", user="s3", type="log_out")
    builder.student("s4")
    builder.file("s2", "a1", "main.py", "print('better')\n")
    builder.file("s3", "a2", "new.py")
    report = bring_in(program, builder.write())
    changed = {change.thing: (change.added, change.changed) for change in report.changes}
    assert {thing: counts for thing, counts in changed.items() if counts != (0, 0)} == {
        "course": (0, 1),
        "assignments": (0, 1),
        "people": (1, 1),
        "results": (0, 1),
        "answers": (1, 1),
        "access": (1, 0),
        "workspaces": (1, 1),
    }
    with program.library.course(CourseId("course-1")) as course:
        assert course.info.title == "Another title"
        assert [result.grade for result in course.results()] == [50, 75]
        versions = {(w.student_id, w.assignment_id): w.number for w in course.workspaces()}
    assert versions == {("s1", "a1"): 1, ("s2", "a1"): 2, ("s3", "a2"): 1}


def test_earlier_versions_of_a_workspace_are_kept(program: Program, builder: CourseBuilder) -> None:
    for content in (b"one\n", b"two\n", b"three\n"):
        builder.file("s1", "a1", "main.py", content)
        bring_in(program, builder.write())
    found = rows(
        program.library.folder,
        "SELECT number, package FROM workspaces WHERE student_id = 's1' ORDER BY number",
    )
    folder = program.library.folder / "workspaces"
    kept = {number: members(folder / package[:2] / f"{package}.zip")["main.py"] for number, package in found}
    assert kept == {1: b"one\n", 2: b"two\n", 3: b"three\n"}
    assert exported(program)["workspaces/Hello/Example Ada (user1)/main.py"] == b"three\n"


def test_a_changed_permission_bit_is_a_change(program: Program, builder: CourseBuilder) -> None:
    path = builder.file("s1", "a1", "run.sh", "#!/bin/sh\n")
    bring_in(program, builder.write())
    path.chmod(0o755)
    assert bring_in(program, builder.folder).of("workspaces").changed == 1


def test_what_is_gone_is_kept_and_said(program: Program, builder: CourseBuilder) -> None:
    bring_in(program, builder.write())
    before = exported(program)
    for name in ("results", "answers", "access", "coach-logs"):
        del builder.tables[name][0]
    shutil.rmtree(builder.folder / "workspaces" / "a1" / "s1")
    (builder.folder / "blueprints.json").unlink()
    report = bring_in(program, builder.write())
    kept = {change.thing: change.kept for change in report.changes if change.kept}
    assert kept == {"results": 1, "answers": 1, "access": 1, "coach_logs": 1, "workspaces": 1, "blueprints": 1}
    assert not report.changed_anything
    assert exported(program) == before


def test_somebody_who_left_the_roster_keeps_name_role_and_work(program: Program, builder: CourseBuilder) -> None:
    builder.student("t1", role="teacher", first_name="Tea", last_name="Cher")
    builder.add("access", at="2026-02-01T09:00:00Z", user="t1", type="log_in")
    bring_in(program, builder.write())
    builder.tables["roster"] = [row for row in builder.tables["roster"] if row["id"] not in {"s1", "t1"}]
    report = bring_in(program, builder.write())
    assert [gap.who for gap in report.gaps if gap.what == "roster entry"] == ["s1", "t1"]
    with program.library.course(CourseId("course-1")) as course:
        people = {student.id: student for student in course.students()}
    ada, teacher = people[StudentId("s1")], people[StudentId("t1")]
    assert (ada.name, ada.username, ada.on_roster) == ("Ada Example", "user1", False)
    assert (teacher.name, teacher.role, teacher.on_roster) == ("Tea Cher", "teacher", False)


def test_an_archive_in_place_of_the_folder_with_the_same_files_changes_nothing(
    program: Program, builder: CourseBuilder
) -> None:
    folder = builder.write()
    bring_in(program, folder)
    workspace = folder / "workspaces" / "a1" / "s1"
    shutil.make_archive(str(workspace), "gztar", workspace)
    shutil.rmtree(workspace)
    assert bring_in(program, folder).of("workspaces") == Change(thing="workspaces", read=2, unchanged=2)


def test_an_archive_that_is_refused_later_leaves_the_earlier_version(program: Program, builder: CourseBuilder) -> None:
    folder = builder.write()
    bring_in(program, folder)
    shutil.rmtree(folder / "workspaces" / "a1" / "s1")
    (folder / "workspaces" / "a1" / "s1.zip").write_bytes(b"PK\x03\x04 this is no zip")
    report = bring_in(program, folder)
    assert [(gap.what, gap.who) for gap in report.gaps] == [("workspace", "Ada Example (s1), Hello")]
    assert report.of("workspaces") == Change(thing="workspaces", read=1, unchanged=1, kept=1)
    files = exported(program)
    assert files["workspaces/Hello/Example Ada (user1)/main.py"] == b"print('s1')\n"
    status, why = cells(files)["s1", "a1"]
    assert status == "present"
    assert why == f"a newer version: {report.gaps[0].why} What is here came in before."


@pytest.mark.parametrize("harm", ["gone", "cut off", "one bit flipped"])
@pytest.mark.parametrize("touched", [False, True])
def test_importing_again_mends_a_damaged_package(
    program: Program, builder: CourseBuilder, harm: str, touched: bool
) -> None:
    folder = builder.write()
    bring_in(program, folder)
    before = exported(program)
    ((sha256,),) = rows(program.library.folder, "SELECT package FROM workspaces WHERE student_id = 's1'")
    package = program.library.folder / "workspaces" / sha256[:2] / f"{sha256}.zip"
    whole = package.read_bytes()
    if harm == "gone":
        package.unlink()
    else:
        package.write_bytes(whole[:-9] if harm == "cut off" else bytes([whole[0] ^ 1]) + whole[1:])
    assert cells(exported(program))["s1", "a1"][0] == "missing"
    if touched:
        os.utime(folder / "workspaces" / "a1" / "s1" / "main.py", (1_000_000_000, 1_000_000_000))
    assert bring_in(program, folder).of("workspaces").changed == 1
    assert cells(exported(program))["s1", "a1"][0] == "present"
    assert {name: data for name, data in exported(program).items() if name.startswith("workspaces/")} == {
        name: data for name, data in before.items() if name.startswith("workspaces/")
    }


def test_two_students_with_equal_files_share_one_package(program: Program, builder: CourseBuilder) -> None:
    for student in ("s1", "s2", "s3"):
        path = builder.file(student, "a2", "same.py", "print('same')\n")
        os.utime(path, (1_000_000_000, 1_000_000_000))
    bring_in(program, builder.write())
    (counts,) = rows(
        program.library.folder, "SELECT count(*), count(DISTINCT package) FROM workspaces WHERE assignment_id = 'a2'"
    )
    assert counts == (3, 1)
    same = {name: data for name, data in exported(program).items() if name.endswith("same.py")}
    assert list(same.values()) == [b"print('same')\n"] * 3


def test_what_the_teacher_decided_outlives_an_import(program: Program, builder: CourseBuilder) -> None:
    bring_in(program, builder.write())
    decided = CourseSettings(include_inactive=True, retention_months=None, keep_everything=True, remove_old_access=True)
    program.library.set_course_settings(CourseId("course-1"), decided)
    bring_in(program, builder.write())
    assert program.library.course_settings(CourseId("course-1")) == decided


def test_two_courses_stay_apart(program: Program, builder: CourseBuilder, tmp_path: Path) -> None:
    bring_in(program, builder.write())
    before = exported(program)
    second = CourseBuilder(tmp_path / "second")
    second.course |= {"id": "course-2", "title": "The other"}
    second.file("s1", "a1", "main.py", "print('second')\n")
    second.add("answers", student="s1", assignment="a1", assessment="q", attempt=1, answer="other")
    report = bring_in(program, second.write())
    assert not any(change.changed or change.kept for change in report.changes)
    assert exported(program) == before
    assert [row["answer"] for row in table(exported(program, "course-2"), "answers/Hello.csv")] == ["other"]


@pytest.mark.parametrize("between", [0, 2_500])
def test_an_attempt_that_stands_in_a_table_twice_is_named_with_both_lines(
    program: Program, builder: CourseBuilder, between: int
) -> None:
    answer = {"student": "s1", "assignment": "a1", "assessment": "q", "attempt": 7}
    builder.add("answers", **answer, answer="two\nlines")
    for attempt in range(between):
        builder.add("answers", **answer | {"attempt": 8 + attempt})
    builder.add("answers", **answer)
    with pytest.raises(MalformedFile) as raised:
        bring_in(program, builder.write())
    assert raised.value.line == 6 + between
    assert "this attempt stands in line 4 already" in raised.value.what
    assert program.library.courses() == []
