"""All of one student: nothing of anybody else, in the order in which a teacher reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sample
from building import CourseBuilder
from conftest import Clock
from handling import bring_in, dump
from sqlalchemy import event

from exportmanager.core.course import CourseId, State, StudentId
from exportmanager.core.errors import NotFound
from exportmanager.core.overview import StudentRecord
from exportmanager.program import Program

COURSE = CourseId("course-1")


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    program = Program(tmp_path_factory.mktemp("sample") / "library", Clock())
    program.bring_in("folder", str(sample.SAMPLE))
    yield program
    program.close()


def record(program: Program, student: str = "s1") -> StudentRecord:
    return program.library.student(COURSE, StudentId(student))


def test_every_person_of_the_sample_has_what_the_course_holds_of_them(sampled: Program) -> None:
    (summary,) = sampled.library.courses()
    with sampled.library.course(summary.info.id) as course:
        results = {(result.student_id, result.assignment_id): result for result in course.results()}
        workspaces = {(kept.student_id, kept.assignment_id): kept for kept in course.workspaces()}
        answers = [answer for item in course.assignments() for answer in course.answers(item.id)]
        assignments, students = course.assignments(), course.students()
    for student in students:
        found = sampled.library.student(summary.info.id, student.id)
        assert (found.student, found.info) == (student, summary.info)
        assert [work.assignment for work in found.work] == assignments
        for work in found.work:
            assert work.result == results.get((student.id, work.assignment.id))
            assert work.workspace == workspaces.get((student.id, work.assignment.id))
        mine = [answer for answer in answers if answer.student_id == student.id]
        assert sorted(map(repr, (line.answer for line in found.answers))) == sorted(map(repr, mine))
        assert sum(work.answers for work in found.work) == len(mine)
        assert len(found.access) == sum(row["user"] == student.id for row in sample.table("access.csv"))
        assert len(found.coach) == sum(row["user"] == student.id for row in sample.table("coach-logs.csv"))
        for events in (found.access, found.coach):
            assert [event.at for event in events] == sorted((event.at for event in events), reverse=True)


def test_answers_in_the_sample_are_named_by_their_assessments(sampled: Program) -> None:
    (summary,) = sampled.library.courses()
    titles = {item["id"]: item["title"] for item in sample.assignments()}
    lines = [
        line
        for student in sample.students()
        for line in sampled.library.student(summary.info.id, StudentId(student)).answers
    ]
    assert {line.answer.assignment_id: line.assignment for line in lines}.items() <= titles.items()
    named = [line for line in lines if line.answer.assessment_id in sample.definitions()]
    assert named
    assert all(
        line.assessment == sample.definitions()[line.answer.assessment_id][1]["source"]["name"] for line in named
    )


@pytest.fixture
def builder(tmp_path: Path) -> CourseBuilder:
    """A course whose first assignment has two questions, in an order that is not that of their ids."""
    builder = CourseBuilder(tmp_path / "course")
    builder.course["modules"][0]["assignments"][0]["version"] = 1
    guide = builder.folder / "assignments" / "a1" / ".guides" / "assessments"
    guide.mkdir(parents=True)
    for file, task, name in (("1.json", "zebra", "First question"), ("2.json", "ant", "")):
        (guide / file).write_text(json.dumps({"taskId": task, "type": "test", "source": {"name": name}}))
    return builder


def test_answers_stand_by_assignment_assessment_and_attempt(program: Program, builder: CourseBuilder) -> None:
    for assignment, assessment, attempt in (
        ("a2", "q", 1), ("a1", "gone", 1), ("a1", "ant", 1), ("a1", "zebra", 10), ("a1", "zebra", 9),
    ):  # fmt: skip
        for student in ("s1", "s2"):
            builder.add("answers", student=student, assignment=assignment, assessment=assessment, attempt=attempt)
    bring_in(program, builder.write())
    found = record(program)
    assert [(line.assignment, line.assessment, line.answer.attempt) for line in found.answers] == [
        ("Hello", "First question", 9),
        ("Hello", "First question", 10),
        ("Hello", "ant", 1),
        ("Hello", "gone", 1),
        ("Loops", "q", 1),
    ]
    assert {line.answer.student_id for line in found.answers} == {"s1"}
    assert [work.answers for work in found.work] == [4, 1]


def test_work_is_told_for_each_assignment_whether_or_not_it_was_begun(program: Program, builder: CourseBuilder) -> None:
    main = builder.file("s1", "a1", "main.py", "one")
    builder.file("s2", "a2", "main.py", "another's")
    builder.add("results", student="s1", assignment="a1", state="completed", grade="90")
    builder.add("results", student="s2", assignment="a2", state="started")
    bring_in(program, builder.write())
    main.write_text("two, longer")
    bring_in(program, builder.folder)
    begun, never = record(program).work
    assert (begun.assignment.title, begun.module, never.assignment.title) == ("Hello", "Module one", "Loops")
    assert begun.result is not None
    assert (begun.result.state, begun.result.grade) == (State.COMPLETED, 90.0)
    assert begun.workspace is not None
    assert (begun.workspace.number, begun.versions, begun.workspace.package.bytes) == (2, 2, 11)
    assert (never.result, never.workspace, never.versions, never.answers, never.gaps) == (None, None, 0, 0, ())


def test_a_workspace_that_could_not_be_read_says_why(program: Program, builder: CourseBuilder) -> None:
    for student in ("s1", "s2"):
        path = builder.folder / "workspaces" / "a2" / f"{student}.zip"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"no archive")
    bring_in(program, builder.write())
    first, second = record(program).work
    (gap,) = second.gaps
    assert (first.gaps, second.workspace) == ((), None)
    assert (gap.student_id, gap.assignment_id) == ("s1", "a2")
    assert gap.why


def test_access_and_coach_come_newest_first_and_of_nobody_else(program: Program, builder: CourseBuilder) -> None:
    for hour in (9, 23, 11):
        for user in ("s1", "s2"):
            at = f"2026-02-01T{hour:02}:00:00Z"
            builder.add("access", at=at, user=user, type="project_open", assignment="a1", browser="Lynx")
            builder.add("coach-logs", at=at, user=user, question=f"{user} at {hour}?", response="Yes.")
    bring_in(program, builder.write())
    found = record(program)
    assert [event.at.hour for event in found.access] == [23, 11, 9]
    assert [log.question for log in found.coach] == ["s1 at 23?", "s1 at 11?", "s1 at 9?"]
    assert found.access[0].assignment_id == "a1"
    assert found.access[0].extra == {"browser": "Lynx"}


def test_equal_events_are_both_there(program: Program, builder: CourseBuilder) -> None:
    for _ in range(2):
        builder.add("access", at="2026-02-01T09:00:00Z", user="s1", type="log_in")
    bring_in(program, builder.write())
    assert len(record(program).access) == 2


def test_inactivity_is_that_of_the_rules(program: Program, builder: CourseBuilder) -> None:
    builder.student("s4", last_active_at="2025-11-01T10:00:00Z")
    bring_in(program, builder.write())
    assert (record(program, "s4").inactive_days, record(program).inactive_days) == (120, None)


def test_a_student_or_course_that_is_not_there_gets_a_sentence(program: Program, builder: CourseBuilder) -> None:
    bring_in(program, builder.write())
    with pytest.raises(NotFound, match="no student s9 in the course A small course"):
        record(program, "s9")
    with pytest.raises(NotFound, match="nowhere is not in the library"):
        program.library.student(CourseId("nowhere"), StudentId("s1"))


def test_looking_at_a_student_changes_nothing_and_asks_a_few_questions(
    program: Program, builder: CourseBuilder
) -> None:
    more = [{"id": f"more-{number}", "title": f"More {number}"} for number in range(30)]
    builder.course["modules"][0]["assignments"] += more
    bring_in(program, builder.write())
    before = dump(program.library.folder)
    asked: list[str] = []
    event.listen(program.library._engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    assert len(record(program).work) == 32
    assert len(asked) < 20
    assert dump(program.library.folder) == before


@pytest.mark.parametrize("table", ["answers", "access_events", "coach_logs"])
def test_one_students_rows_are_found_without_reading_everybodys(
    program: Program, builder: CourseBuilder, table: str
) -> None:
    bring_in(program, builder.write())
    plans: list[str] = []

    def explain(connection: object, cursor: object, statement: str, parameters: object, *rest: object) -> None:
        if f"FROM {table}" in statement and not statement.startswith("EXPLAIN"):
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[attr-defined]
            plans.extend(row[3] for row in plan.fetchall())

    event.listen(program.library._engine, "before_cursor_execute", explain)
    record(program)
    (search,) = [plan for plan in plans if f" {table} " in plan]
    assert "user_id=?" in search or "student_id=?" in search
