"""A course in numbers: every count is that of the files it came from, and the list of courses agrees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sample
from building import CourseBuilder
from conftest import Clock
from handling import bring_in, dump
from sqlalchemy import event, insert

from exportmanager.core.course import CourseId, Role
from exportmanager.core.course_settings import CourseSettings
from exportmanager.core.errors import NotFound
from exportmanager.core.overview import AssignmentOverview, CourseOverview, StudentOverview
from exportmanager.core.package import Package
from exportmanager.library.db import writing
from exportmanager.library.tables import Imports
from exportmanager.program import Program

COURSE = CourseId("course-1")


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    program = Program(tmp_path_factory.mktemp("sample") / "library", Clock())
    program.bring_in("folder", str(sample.SAMPLE))
    yield program
    program.close()


@pytest.fixture(scope="module")
def overview(sampled: Program) -> CourseOverview:
    (summary,) = sampled.library.courses()
    return sampled.library.overview(summary.info.id)


def current_packages(program: Program, course: CourseId) -> dict[tuple[str, str], Package]:
    with program.library.course(course) as one:
        return {(kept.assignment_id, kept.student_id): kept.package for kept in one.workspaces()}


def test_each_assignment_of_the_sample_is_counted_as_its_tables_say(sampled: Program, overview: CourseOverview) -> None:
    learners = sample.students()
    kept = current_packages(sampled, overview.info.id)
    titles = {
        entry["id"]: (entry["title"], module["title"])
        for module in sample.course()["modules"]
        for entry in module["assignments"]
    }
    assert [item.assignment.id for item in overview.assignments] == list(titles)
    for item in overview.assignments:
        key = item.assignment.id
        results = [r for r in sample.table("results.csv") if r["assignment"] == key and r["student"] in learners]
        grades = [float(result["grade"]) for result in results if result["grade"]]
        answered = {a["student"] for a in sample.table("answers.csv") if a["assignment"] == key} & learners.keys()
        assert (item.assignment.title, item.module) == titles[key]
        assert item.started == sum(result["state"] in {"started", "completed"} for result in results)
        assert item.completed == sum(result["state"] == "completed" for result in results)
        assert item.answered == len(answered)
        assert item.workspaces == sum(a == key and student in learners for a, student in kept)
        assert item.average_grade == (pytest.approx(sum(grades) / len(grades)) if grades else None)
    assert len({item.answered for item in overview.assignments}) > 1, "the sample tells assignments apart"


def test_each_person_of_the_sample_is_counted_as_its_tables_say(sampled: Program, overview: CourseOverview) -> None:
    kept = current_packages(sampled, overview.info.id)
    with sampled.library.course(overview.info.id) as one:
        assert [item.student for item in overview.students] == list(one.students())
    for item in overview.students:
        key = item.student.id
        results = [result for result in sample.table("results.csv") if result["student"] == key]
        assert item.started == sum(result["state"] in {"started", "completed"} for result in results)
        assert item.completed == sum(result["state"] == "completed" for result in results)
        assert item.answers == sum(answer["student"] == key for answer in sample.table("answers.csv"))
        assert item.workspaces == sum(student == key for _, student in kept)
    assert {item.student.role for item in overview.students} == set(Role)
    assert any(item.inactive_days for item in overview.students)


def test_the_sample_as_a_whole_is_counted_as_its_tables_say(sampled: Program, overview: CourseOverview) -> None:
    kept = current_packages(sampled, overview.info.id)
    assert overview.answers == len(sample.table("answers.csv"))
    assert overview.access_events == len(sample.table("access.csv"))
    assert overview.coach_logs == len(sample.table("coach-logs.csv"))
    assert overview.blueprints > 0
    assert overview.workspaces == len(kept)
    assert overview.files == sum(package.files for package in kept.values())
    assert overview.bytes == sum(package.bytes for package in kept.values()) > 0
    assert overview.report == sampled.library.import_report(overview.info.id)
    assert (overview.source, overview.imported_at) == ("folder", Clock().now)


def only(overview: CourseOverview, assignment: str) -> AssignmentOverview:
    (found,) = [item for item in overview.assignments if item.assignment.id == assignment]
    return found


def of(overview: CourseOverview, student: str) -> StudentOverview:
    (found,) = [item for item in overview.students if item.student.id == student]
    return found


def test_what_a_teacher_tries_out_is_no_students_work(program: Program, tmp_path: Path) -> None:
    builder = CourseBuilder(tmp_path / "course")
    builder.student("t1", role="teacher")
    for person, state, grade in (("s1", "completed", "80"), ("s2", "started", ""), ("t1", "completed", "100")):
        builder.add("results", student=person, assignment="a1", state=state, grade=grade)
        builder.add("answers", student=person, assignment="a1", assessment="q", attempt=1)
        builder.file(person, "a1", "main.py", person)
    builder.add("results", student="s3", assignment="a1", state="not_started")
    builder.add("answers", student="s1", assignment="a1", assessment="q", attempt=2)
    bring_in(program, builder.write())
    found = program.library.overview(COURSE)
    first = only(found, "a1")
    assert (first.started, first.completed, first.answered, first.workspaces) == (2, 1, 2, 2)
    assert first.average_grade == 80.0
    teacher = of(found, "t1")
    assert (teacher.started, teacher.completed, teacher.answers, teacher.workspaces) == (1, 1, 1, 1)
    assert of(found, "s1").answers == 2
    assert (found.answers, found.workspaces, found.files) == (4, 3, 3)


def test_an_assignment_and_a_student_without_anything_are_there_with_zeros(program: Program, tmp_path: Path) -> None:
    bring_in(program, CourseBuilder(tmp_path / "course").write())
    found = program.library.overview(COURSE)
    second, student = only(found, "a2"), of(found, "s3")
    assert (second.started, second.completed, second.answered, second.workspaces, second.gaps) == (0, 0, 0, 0, 0)
    assert second.average_grade is None
    assert (student.started, student.completed, student.answers, student.workspaces, student.gaps) == (0, 0, 0, 0, 0)
    assert (found.answers, found.access_events, found.coach_logs, found.blueprints) == (0, 0, 0, 0)
    assert (found.workspaces, found.files, found.bytes) == (0, 0, 0)


def test_only_the_current_version_of_a_workspace_counts(program: Program, tmp_path: Path) -> None:
    builder = CourseBuilder(tmp_path / "course")
    main = builder.file("s1", "a1", "main.py", "x" * 100)
    builder.file("s1", "a1", "other.py", "y" * 10)
    bring_in(program, builder.write())
    main.write_text("x" * 7)
    bring_in(program, builder.folder)
    found = program.library.overview(COURSE)
    assert (found.workspaces, found.files, found.bytes) == (1, 2, 17)
    assert only(found, "a1").workspaces == of(found, "s1").workspaces == 1
    (summary,) = program.library.courses()
    assert summary.workspaces == 1


def test_gaps_are_counted_where_they_belong_and_those_of_the_last_import_only(
    program: Program, clock: Clock, tmp_path: Path
) -> None:
    builder = CourseBuilder(tmp_path / "course")
    folder = builder.folder / "workspaces" / "a1"
    folder.mkdir(parents=True)
    for student in ("s1", "s2"):
        (folder / f"{student}.zip").write_bytes(b"no archive")
    builder.add("answers", student="s1", assignment="a9", assessment="q", attempt=1)
    bring_in(program, builder.write())
    found = program.library.overview(COURSE)
    assert found.report is not None
    assert len(found.report.gaps) == program.library.courses()[0].gaps == 3
    assert (only(found, "a1").gaps, only(found, "a2").gaps) == (2, 0)
    assert [of(found, student).gaps for student in ("s1", "s2", "s3")] == [1, 1, 0]
    (folder / "s2.zip").unlink()
    clock.forward(days=-1)
    bring_in(program, builder.folder)
    found = program.library.overview(COURSE)
    (summary,) = program.library.courses()
    assert (only(found, "a1").gaps, of(found, "s2").gaps, summary.gaps) == (1, 0, 2)
    assert found.imported_at == summary.imported_at == clock.now, "the last one, also where the clock went back"


def test_inactivity_is_that_of_the_rules(program: Program, tmp_path: Path) -> None:
    builder = CourseBuilder(tmp_path / "course")
    builder.student("s4", last_active_at="2025-11-29T23:30:00Z")
    builder.student("s5", last_active_at="", enrolled_on="")
    bring_in(program, builder.write())
    found = program.library.overview(COURSE)
    assert (of(found, "s4").inactive_days, of(found, "s4").last_active_on) == (91, date(2025, 11, 30))
    assert (of(found, "s5").inactive_days, of(found, "s5").last_active_on) == (None, None)
    assert (of(found, "s1").inactive_days, of(found, "s1").last_active_on) == (None, date(2026, 2, 27))


def test_one_course_is_not_counted_with_another(program: Program, tmp_path: Path) -> None:
    for number, course in enumerate(("course-1", "course-2"), 1):
        builder = CourseBuilder(tmp_path / course)
        builder.course["id"] = course
        for attempt in range(number):
            builder.add("answers", student="s1", assignment="a1", assessment="q", attempt=attempt + 1)
            builder.add("access", at=f"2026-02-0{attempt + 1}T09:00:00Z", user="s1", type="log_in")
        builder.file("s1", "a1", "main.py")
        bring_in(program, builder.write())
    found = {course: program.library.overview(CourseId(course)) for course in ("course-1", "course-2")}
    assert [(item.answers, item.access_events, item.workspaces) for item in found.values()] == [(1, 1, 1), (2, 2, 1)]
    assert [of(item, "s1").answers for item in found.values()] == [1, 2]
    assert [(item.info.id, item.workspaces, item.students) for item in program.library.courses()] == [
        ("course-1", 1, 3),
        ("course-2", 1, 3),
    ]


def test_what_the_teacher_decided_is_in_it(program: Program, tmp_path: Path) -> None:
    bring_in(program, CourseBuilder(tmp_path / "course").write())
    assert program.library.overview(COURSE).settings == CourseSettings()
    program.library.set_course_settings(COURSE, CourseSettings(include_inactive=True))
    assert program.library.overview(COURSE).settings.include_inactive


def test_a_course_that_is_not_there_has_no_overview(program: Program) -> None:
    with pytest.raises(NotFound, match="nowhere is not in the library"):
        program.library.overview(CourseId("nowhere"))


def test_looking_at_a_course_changes_nothing_and_asks_no_more_of_a_larger_one(program: Program, tmp_path: Path) -> None:
    asked: list[str] = []
    event.listen(program.library._engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    numbers = []
    for name, students in (("course-1", 0), ("course-2", 50)):
        builder = CourseBuilder(tmp_path / name)
        builder.course["id"] = name
        for number in range(students):
            builder.student(f"more-{number}")
            builder.add("answers", student=f"more-{number}", assignment="a1", assessment="q", attempt=1)
        bring_in(program, builder.write())
        before = dump(program.library.folder)
        asked.clear()
        program.library.overview(CourseId(name))
        numbers.append(len(asked))
        assert dump(program.library.folder) == before
    assert numbers[0] == numbers[1]


def test_the_list_of_courses_reads_no_report(program: Program, tmp_path: Path) -> None:
    bring_in(program, CourseBuilder(tmp_path / "course").write())
    with writing(program.library._engine) as connection:
        now = datetime(2026, 4, 1, tzinfo=UTC)
        row = {"course_id": COURSE, "source": "other", "at": now, "gaps": 7, "report": "not read"}
        connection.execute(insert(Imports).values(row))
    (summary,) = program.library.courses()
    assert (summary.gaps, summary.imported_at) == (7, now)
