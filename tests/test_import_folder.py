"""Everything that docs/course-folder.md says of reading: each table and key arrives in the library as it was meant."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from building import CourseBuilder
from handling import bring_in, exported, rows, table, taken_in

from exportmanager.core.course import (
    Answer,
    AssessmentId,
    Assignment,
    AssignmentId,
    AssignmentKind,
    CourseId,
    CourseInfo,
    Module,
    ModuleId,
    Parent,
    Result,
    Role,
    State,
    Student,
    StudentId,
)
from exportmanager.core.events import AccessType
from exportmanager.core.report import Gap
from exportmanager.program import Program

A1, A2, S1 = AssignmentId("a1"), AssignmentId("a2"), StudentId("s1")


@pytest.fixture
def builder(tmp_path: Path) -> CourseBuilder:
    return CourseBuilder(tmp_path / "course")


def test_every_key_of_the_course(program: Program, builder: CourseBuilder) -> None:
    builder.course |= {
        "title": "Größen & 数",
        "code": "CS101",
        "term": "Autumn 2026",
        "description": "Two\nlines",
        "starts_on": "2026-01-12",
        "ends_on": "2026-05-30",
        "time_zone": "Pacific/Auckland",
        "has_children": True,
        "child_of": {"title": "Mother", "licensed_master": True, "since": 2020},
        "licensed_master": True,
        "lti_enabled": True,
        "colour": {"red": [1, 2.5, None]},
    }
    with taken_in(program, builder) as course:
        assert course.info == CourseInfo(
            id=CourseId("course-1"),
            title="Größen & 数",
            taken_on=date(2026, 3, 1),
            code="CS101",
            term="Autumn 2026",
            description="Two\nlines",
            starts_on=date(2026, 1, 12),
            ends_on=date(2026, 5, 30),
            time_zone="Pacific/Auckland",
            has_children=True,
            child_of=Parent("Mother", True),
            licensed_master=True,
            lti_enabled=True,
            extra={"colour": {"red": [1, 2.5, None]}},
        )


def test_absent_keys_mean_not_known(program: Program, builder: CourseBuilder) -> None:
    builder.course = {key: builder.course[key] for key in ("format", "version", "id", "title", "taken_on", "modules")}
    with taken_in(program, builder) as course:
        assert course.info == CourseInfo(id=CourseId("course-1"), title="A small course", taken_on=date(2026, 3, 1))


@pytest.mark.parametrize("key", ["code", "term", "description", "starts_on", "time_zone", "child_of", "lti_enabled"])
def test_null_means_not_known(program: Program, builder: CourseBuilder, key: str) -> None:
    del builder.course["code"], builder.course["time_zone"]
    builder.course[key] = None
    with taken_in(program, builder) as course:
        assert course.info == CourseInfo(id=CourseId("course-1"), title="A small course", taken_on=date(2026, 3, 1))


def test_modules_and_assignments_in_their_order(program: Program, builder: CourseBuilder) -> None:
    full = {
        "id": "a9",
        "title": "Reader",
        "kind": "book",
        "points": 12.5,
        "due_at": "2026-04-01T23:59:00",
        "lti_url": "https://lti.example.org/9",
        "lti_constant_url": "https://lti.example.org/constant/9",
        "stack": "Python 3.12",
        "version": None,
        "published_at": "2026-01-05T09:00:00Z",
        "secret": "kept",
    }
    builder.course["modules"] = [
        {"id": "z", "title": "First", "assignments": [full, {"id": "a1", "title": "Hello"}], "icon": "star"},
        {"id": "b", "title": "Second", "assignments": [{"id": "a2", "title": "Loops"}]},
    ]
    with taken_in(program, builder) as course:
        assert list(course.modules()) == [
            Module(ModuleId("z"), "First", 0, {"icon": "star"}),
            Module(ModuleId("b"), "Second", 1),
        ]
        first, *others = course.assignments()
        assert [(item.id, item.module_id, item.position) for item in others] == [("a1", "z", 1), ("a2", "b", 2)]
        assert first == Assignment(
            id=AssignmentId("a9"),
            module_id=ModuleId("z"),
            title="Reader",
            kind=AssignmentKind.BOOK,
            points=12.5,
            due_at=datetime(2026, 4, 1, 21, 59, tzinfo=UTC),  # summer time in Berlin
            lti_url="https://lti.example.org/9",
            lti_constant_url="https://lti.example.org/constant/9",
            stack="Python 3.12",
            published_at=datetime(2026, 1, 5, 9, tzinfo=UTC),
            extra={"secret": "kept"},
        )


def test_the_roster(program: Program, builder: CourseBuilder) -> None:
    builder.tables["roster"].clear()
    builder.student("s1", username="ada", email="ada@example.org", first_name="Ada", last_name="O'Hara", group="blue")
    builder.student("t1", role="teacher", last_active_at="", enrolled_on="")
    with taken_in(program, builder) as course:
        student, teacher = course.students()
    assert student == Student(
        id=S1,
        username="ada",
        email="ada@example.org",
        first_name="Ada",
        last_name="O'Hara",
        enrolled_on=date(2026, 1, 10),
        last_active_at=datetime(2026, 2, 27, 10, tzinfo=UTC),
        extra={"group": "blue"},
    )
    assert teacher == Student(id=StudentId("t1"), role=Role.TEACHER, position=1)


def test_results(program: Program, builder: CourseBuilder) -> None:
    builder.add(
        "results",
        student="s1",
        assignment="a2",
        state="completed",
        started_at="2026-02-01T10:00:00",
        completed_at="2026-02-01T10:00:00+05:30",
        time_spent_seconds="3600",
        grade="87.5",
        comments='Fine,\r\n"really"',
        teacher_grade="90",
    )
    with taken_in(program, builder) as course:
        assert list(course.results()) == [
            Result(
                student_id=S1,
                assignment_id=A2,
                state=State.COMPLETED,
                started_at=datetime(2026, 2, 1, 9, tzinfo=UTC),
                completed_at=datetime(2026, 2, 1, 4, 30, tzinfo=UTC),
                time_spent_seconds=3600,
                grade=87.5,
                comments='Fine,\r\n"really"',
                extra={"teacher_grade": "90"},
            )
        ]


def test_answers(program: Program, builder: CourseBuilder) -> None:
    common = {"student": "s1", "assignment": "a1", "assessment": "q 1/2"}
    builder.add("answers", **common, attempt=2, at="2026-02-02", answer='{"a": [1]}', points="1.5", correct="true")
    builder.add("answers", **common, attempt=1, answer="", correct="", hint="seen")
    with taken_in(program, builder) as course:
        first, second = course.answers(A1)
        assert list(course.answers(A2)) == []
    known: dict[str, Any] = {"student_id": S1, "assignment_id": A1, "assessment_id": AssessmentId("q 1/2")}
    assert first == Answer(**known, attempt=1, extra={"hint": "seen"})
    at = datetime(2026, 2, 1, 23, tzinfo=UTC)  # where a day begins in Berlin
    assert second == Answer(**known, attempt=2, at=at, answer='{"a": [1]}', points=1.5, correct=True)


def test_access_events_coach_logs_and_blueprints(program: Program, builder: CourseBuilder) -> None:
    builder.add("access", at="2026-02-02T08:00:00", user="s1", type="log_in", ip="192.0.2.1", browser="Lynx")
    path = {"project_path": "p/a1", "role": "student"}
    builder.add("access", at="2026-02-02T08:01:00Z", user="s1", type="project_open", assignment="a1", **path)
    builder.add(
        "coach-logs", at="2026-02-02T08:00:00Z", user="s1", assignment="a1", assessment="q1", question="Why?",
        context_guides="page", context_error="trace", context_files="main.py", response="Because.", model="m",
    )  # fmt: skip
    blueprints = [{"name": "B", "content": "# B\n", "layout": "1-panel", "x": {"y": 1}}, {"name": "A", "content": ""}]
    (builder.folder / "blueprints.json").write_text(json.dumps(blueprints))
    bring_in(program, builder.write())
    folder = program.library.folder
    assert rows(
        folder, "SELECT at, user_id, type, assignment_id, role, project_path, ip, extra FROM access_events ORDER BY at"
    ) == [
        ("2026-02-02 07:00:00.000000", "s1", AccessType.LOG_IN, None, "", "", "192.0.2.1", '{"browser":"Lynx"}'),
        ("2026-02-02 08:01:00.000000", "s1", AccessType.PROJECT_OPEN, "a1", "student", "p/a1", "", "{}"),
    ]
    assert rows(folder, "SELECT * FROM coach_logs")[0][3:] == (
        "2026-02-02 08:00:00.000000", "s1", "a1", "q1", "Why?", "page", "trace", "main.py", "Because.", '{"model":"m"}',
    )  # fmt: skip
    assert rows(folder, "SELECT name, content, layout, position FROM blueprints ORDER BY position") == [
        ("B", "# B\n", '{"layout":"1-panel","x":{"y":1}}', 0),
        ("A", "", "{}", 1),
    ]


def test_assessments_are_read_whole_from_the_published_guide(program: Program, builder: CourseBuilder) -> None:
    builder.course["modules"][0]["assignments"][0]["version"] = 3
    guide = builder.folder / "assignments" / "a1" / ".guides" / "assessments"
    guide.mkdir(parents=True)
    definition = {"taskId": "q1", "type": "test", "source": {"name": "Sum", "points": 5, "x": [1]}, "unknown": True}
    (guide / "one.json").write_text(json.dumps(definition))
    with taken_in(program, builder) as course:
        (assessment,) = course.assessments()
    assert (assessment.id, assessment.assignment_id, assessment.name) == ("q1", "a1", "Sum")
    assert (assessment.type, assessment.points, assessment.definition) == ("test", 5, definition)


def test_a_byte_order_mark_any_order_of_columns_and_missing_ones(program: Program, builder: CourseBuilder) -> None:
    folder = builder.write()
    (folder / "roster.csv").write_text("\ufeffrole,id\r\nstudent,s1\r\n", encoding="utf-8")
    (folder / "course.json").write_text("\ufeff" + (folder / "course.json").read_text(), encoding="utf-8")
    bring_in(program, folder)
    with program.library.course(CourseId("course-1")) as course:
        assert list(course.students()) == [Student(id=S1)]


def test_unknown_keys_and_columns_come_out_again(program: Program, builder: CourseBuilder) -> None:
    builder.course["colour"] = "blue"
    builder.course["modules"][0]["icon"] = "star"
    builder.course["modules"][0]["assignments"][0]["difficulty"] = "hard"
    builder.student("s9", nickname="Nine")
    builder.add("results", student="s1", assignment="a1", state="started", teacher_grade="77")
    builder.add("answers", student="s1", assignment="a1", assessment="q", attempt=1, hint="seen")
    bring_in(program, builder.write())
    files = exported(program)
    facts = json.loads(files["course.json"])
    assert facts["colour"] == "blue"
    assert facts["modules"][0]["icon"] == "star"
    assert table(files, "assignments.csv")[0]["difficulty"] == "hard"
    assert table(files, "students.csv")[3]["nickname"] == "Nine"
    assert table(files, "totals/Hello.csv")[0]["teacher_grade"] == "77"
    assert json.loads(table(files, "answers/Hello.csv")[0]["more"]) == {"hint": "seen"}


def test_unknown_columns_named_like_ours_stay_apart(program: Program, builder: CourseBuilder) -> None:
    builder.student("s9", folder="theirs", left_out="theirs too")
    builder.course["modules"][0]["assignments"][0] |= {"module": "theirs", "folder": "theirs"}
    builder.add("results", student="s1", assignment="a1", state="started", answered="theirs", student_id="theirs")
    bring_in(program, builder.write())
    files = exported(program)
    for name in ("students.csv", "assignments.csv", "totals/Hello.csv"):
        header = files[name].decode("utf-8-sig").splitlines()[0].split(",")
        assert len(set(header)) == len(header), name
    assert table(files, "students.csv")[3]["folder"] == "s9"
    assert "theirs" in table(files, "students.csv")[3].values()
    assert table(files, "assignments.csv")[0]["folder"] == "Hello"
    assert table(files, "totals/Hello.csv")[0]["student_id"] == "s1"


def test_declared_counts_are_compared_with_what_came(program: Program, builder: CourseBuilder) -> None:
    builder.student("t1", role="teacher")
    builder.add("results", student="s1", assignment="a1", state="not_started")
    builder.file("s1", "a1", "x.py")
    builder.course["counts"] = {"students": 3, "results": 2, "answers": 1510, "access": 0, "workspaces": 2, "other": 5}
    report = bring_in(program, builder.write())
    assert set(report.gaps) == {
        Gap(what="results", why="the source says that there are 2, and 1 came"),
        Gap(what="answers", why="the source says that there are 1,510, and 0 came"),
        Gap(what="workspaces", why="the source says that there are 2, and 1 came"),
    }
    assert (report.of("results").expected, report.of("results").read) == (2, 1)
    assert report.of("blueprints").expected is None


def test_somebody_off_the_roster_is_kept_marked_and_named_once(program: Program, builder: CourseBuilder) -> None:
    builder.add("results", student="ghost", assignment="a1", state="started")
    builder.add("answers", student="ghost", assignment="a1", assessment="q", attempt=1)
    builder.add("access", at="2026-02-01T00:00:00Z", user="visitor", type="log_in")
    builder.file("loner", "a2", "x.py")
    report = bring_in(program, builder.write())
    named = [gap.who for gap in report.gaps if gap.what == "roster entry"]
    assert named == ["ghost", "visitor", "loner"]
    with program.library.course(CourseId("course-1")) as course:
        assert {s.id for s in course.students() if not s.on_roster} == set(named)
        assert [answer.student_id for answer in course.answers(A1)] == ["ghost"]
    assert {row["id"]: row["on_roster"] for row in table(exported(program), "students.csv")}["ghost"] == "false"


def test_begun_work_without_files_is_a_gap(program: Program, builder: CourseBuilder) -> None:
    builder.add("results", student="s1", assignment="a1", state="started")
    builder.add("results", student="s2", assignment="a1", state="not_started")
    report = bring_in(program, builder.write())
    why = "it was begun, but there are no files of it in the data that came in"
    who = "Ada Example (s1), Hello"
    assert report.gaps == (Gap(what="workspace", who=who, why=why, student_id="s1", assignment_id="a1"),)


def test_a_published_version_without_its_folder_is_a_gap(program: Program, builder: CourseBuilder) -> None:
    builder.course["modules"][0]["assignments"][0]["version"] = 3
    (gap,) = bring_in(program, builder.write()).gaps
    assert gap == Gap(
        what="published project", who="Hello", why="version 3 was published, but the folder holds no files of it"
    )
