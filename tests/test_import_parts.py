"""Part of a course comes in: it adds to what is there, nothing empty overwrites, what disagrees is listed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from conftest import Clock
from handling import dump, files_below, rows

from exportmanager.core.course import (
    Answer,
    Assessment,
    AssessmentId,
    Assignment,
    AssignmentId,
    Blueprint,
    CourseId,
    CourseInfo,
    Module,
    ModuleId,
    Result,
    Role,
    State,
    Student,
    StudentId,
)
from exportmanager.core.meter import Meter
from exportmanager.core.report import Change, Difference, Gap, ImportReport, Piece
from exportmanager.core.source import CourseWriter
from exportmanager.core.trees import Tree
from exportmanager.formats.archives import open_tree
from exportmanager.program import Program

COURSE = CourseId("course-1")
INFO = CourseInfo(id=COURSE, title="A small course", taken_on=date(2026, 3, 1), time_zone="Europe/Berlin")
ADA, BO = StudentId("s1"), StudentId("s2")
HELLO, LOOPS = AssignmentId("a1"), AssignmentId("a2")
QUIZ = AssessmentId("q1")


class Part:
    """A part of the course in the making."""

    def __init__(self, writer: CourseWriter) -> None:
        self.writer = writer
        self.report: ImportReport | None = None

    @property
    def done(self) -> ImportReport:
        assert self.report is not None
        return self.report


@contextmanager
def part(program: Program, info: CourseInfo = INFO) -> Iterator[Part]:
    """Takes part of the course in when it is left."""
    with program.library.writer("test", program.clock(), Meter()) as writer:
        writer.partial()
        writer.course(info)
        given = Part(writer)
        yield given
        given.report = writer.finish()


def change(report: ImportReport, thing: str) -> tuple[int, int, int]:
    """How many were added, changed, unchanged."""
    of = report.of(thing)
    assert (of.read, of.kept) == (of.added + of.changed + of.unchanged, 0)
    return of.added, of.changed, of.unchanged


def tree(folder: Path, **files: str) -> Tree:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    return open_tree(folder)


@pytest.fixture
def begun(program: Program) -> Program:
    """A library that has the frame of the course, a result and two answers."""
    with part(program) as given:
        w = given.writer
        w.module(Module(ModuleId("m1"), "Module one"))
        w.assignment(Assignment(id=HELLO, module_id=ModuleId("m1"), title="Hello", points=10))
        w.assignment(Assignment(id=LOOPS, module_id=ModuleId("m1"), title="Loops", position=1))
        w.student(
            Student(id=ADA, username="user1", first_name="Ada", last_name="Example", extra={"group": "A", "n": 1})
        )
        w.student(Student(id=BO, role=Role.TEACHER, first_name="Bo", last_name="Sample", position=1))
        w.assessment(Assessment(id=QUIZ, assignment_id=HELLO, name="Quiz", type="test", definition={"a": 1, "b": 2}))
        w.result(Result(student_id=ADA, assignment_id=HELLO, state=State.STARTED, grade=50, comments="Good"))
        w.answer(answer(1, '{"text": "yes"}', points=1))
        w.answer(answer(2, "no"))
        w.blueprint(Blueprint("One", "# One", {"layout": "2"}))
    return program


def answer(attempt: int, text: str, assessment: str = QUIZ, points: float | None = None) -> Answer:
    return Answer(
        student_id=ADA, assignment_id=HELLO, assessment_id=AssessmentId(assessment), attempt=attempt,
        answer=text, points=points,
    )  # fmt: skip


def answers(program: Program) -> dict[tuple[str, int], tuple[str, float | None]]:
    with program.library.course(COURSE) as course:
        return {(a.assessment_id, a.attempt): (a.answer, a.points) for a in course.answers(HELLO)}


def test_what_is_empty_in_a_part_overwrites_nothing(begun: Program) -> None:
    before = dump(begun.library.folder, leave_out=["imports"])
    with part(begun, CourseInfo(id=COURSE, title="", taken_on=date(2026, 1, 1))) as given:
        w = given.writer
        w.module(Module(ModuleId("m1"), ""))
        w.assignment(Assignment(id=HELLO, module_id=ModuleId("m1"), title=""))
        w.student(Student(id=ADA, on_roster=False))
        w.student(Student(id=BO))
        w.assessment(Assessment(id=QUIZ, assignment_id=HELLO, name="", type=""))
        w.result(Result(student_id=ADA, assignment_id=HELLO))
        w.answer(answer(1, ""))
    assert not given.done.changed_anything
    assert (given.done.differences, given.done.different) == ((), 0)
    assert dump(begun.library.folder, leave_out=["imports"]) == before


def test_a_part_fills_what_was_empty_and_that_is_no_difference(begun: Program) -> None:
    with part(begun) as given:
        w = given.writer
        w.student(Student(id=BO, username="user2", email="bo@school.example"))
        w.result(Result(student_id=ADA, assignment_id=HELLO, time_spent_seconds=90))
        w.assignment(
            Assignment(id=LOOPS, module_id=ModuleId("m1"), title="Loops", due_at=datetime(2026, 5, 1, tzinfo=UTC))
        )
    assert [change(given.done, thing) for thing in ("people", "results", "assignments")] == [(0, 1, 0)] * 3
    assert given.done.differences == ()
    with begun.library.course(COURSE) as course:
        bo = course.students()[1]
        (result,) = course.results()
    assert (bo.name, bo.username, bo.role) == ("Bo Sample", "user2", "teacher")
    assert (result.state, result.grade, result.time_spent_seconds) == ("started", 50, 90)


def test_what_disagrees_counts_and_is_listed(begun: Program) -> None:
    with part(begun) as given:
        w = given.writer
        w.student(Student(id=ADA, last_name="Renamed", extra={"n": 2, "new": True, "group": ""}))
        w.assignment(Assignment(id=LOOPS, module_id=ModuleId("m1"), title="More loops", position=7))
        w.assessment(Assessment(id=QUIZ, assignment_id=HELLO, name="Quiz", type="test", definition={"a": 3}))
        w.result(Result(student_id=ADA, assignment_id=HELLO, state=State.COMPLETED, grade=75.5))
        w.answer(answer(2, "maybe", points=1))
    listed = [(d.thing, d.who, d.field, d.before, d.now) for d in given.done.differences]
    assert listed == [
        ("assignments", "Loops", "title", "Loops", "More loops"),
        ("people", "Ada Example", "last_name", "Example", "Renamed"),
        ("people", "Ada Example", "n", "1", "2"),
        ("assessments", "Quiz, Hello", "definition", '{"a":1,"b":2}', '{"a":3}'),
        ("results", "Ada Example, Hello", "state", "started", "completed"),
        ("results", "Ada Example, Hello", "grade", "50", "75.5"),
        ("answers", "Ada Example, Hello, Quiz, attempt 2", "answer", "no", "maybe"),
    ]
    assert given.done.different == len(listed)
    with begun.library.course(COURSE) as course:
        assert course.students()[0].extra == {"group": "A", "n": 2, "new": True}
        assert [a.position for a in course.assignments()] == [0, 7]
        assert course.assessments()[0].definition == {"a": 3}


def test_the_report_of_an_import_keeps_differences_and_pieces(begun: Program) -> None:
    with part(begun) as given:
        given.writer.piece(Piece(kind="roster", name="people.csv"))
        given.writer.student(Student(id=ADA, last_name="Renamed"))
    kept = begun.library.import_report(COURSE)
    assert kept == given.done
    assert kept.pieces == (Piece(kind="roster", name="people.csv"),)
    assert kept.differences[0] == Difference(
        thing="people", who="Ada Example", field="last_name", before="Example", now="Renamed"
    )


def test_of_very_many_differences_some_are_listed_and_all_counted(begun: Program) -> None:
    for text in ("first", "second"):
        with part(begun) as given:
            for attempt in range(1, 1_503):
                given.writer.answer(answer(attempt, f"{text} {attempt}"))
    assert len(given.done.differences) == 1_000
    assert given.done.different == 1_501, "the first one stays in the form of the platform"


def test_a_later_day_counts_whichever_came_last(begun: Program) -> None:
    new, old = datetime(2026, 2, 5, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    for moment, day in ((new, date(2026, 4, 1)), (old, date(2026, 2, 1))):
        with part(begun, CourseInfo(id=COURSE, title="", taken_on=day)) as given:
            given.writer.student(Student(id=ADA, last_active_at=moment))
    assert given.done.differences == ()
    with begun.library.course(COURSE) as course:
        assert course.info.taken_on == date(2026, 4, 1)
        assert course.students()[0].last_active_at == new


def test_the_platforms_own_form_of_an_answer_stays(begun: Program) -> None:
    with part(begun) as given:
        given.writer.answer(answer(1, "yes", points=1))
        given.writer.answer(answer(2, '{"text": "no"}'))
    assert given.done.differences == ()
    assert answers(begun) == {("q1", 1): ('{"text": "yes"}', 1), ("q1", 2): ('{"text": "no"}', None)}


def test_the_same_thing_may_come_several_times_in_one_part(begun: Program) -> None:
    for wanted in ((1, 0, 0), (0, 0, 1)):
        with part(begun) as given:
            given.writer.answer(answer(3, '{"text": "one"}'))
            given.writer.answer(answer(3, "one", points=0.5))
            given.writer.answer(answer(3, ""))
            for name in ("", "Cy", ""):
                given.writer.student(Student(id=StudentId("s3"), first_name=name, extra={name or "x": name}))
        assert change(given.done, "answers") == wanted
        assert change(given.done, "people") == wanted
        assert given.done.differences == ()
    assert answers(begun)["q1", 3] == ('{"text": "one"}', 0.5)
    with begun.library.course(COURSE) as course:
        assert course.students()[1].extra == {"Cy": "Cy", "x": ""}


def test_a_part_brought_in_twice_changes_nothing(begun: Program, tmp_path: Path) -> None:
    files = tree(tmp_path / "one", main="1")
    other = tree(tmp_path / "two", main="2")
    seen = []
    for _ in range(3):
        with part(begun) as given:
            given.writer.workspace(ADA, HELLO, files, "Ada, Hello")
            given.writer.workspace(ADA, HELLO, other, "Ada, Hello")
            given.writer.workspace(ADA, LOOPS, files, "Ada, Loops")
            given.writer.workspace(ADA, LOOPS, files, "Ada, Loops")
            given.writer.published(HELLO, None, None, files, "Hello, published project")
        seen.append((change(given.done, "workspaces"), change(given.done, "published")))
        seen_state = dump(begun.library.folder, leave_out=["imports"]), files_below(begun.library.folder)
        if len(seen) == 1:
            state = seen_state
    assert seen == [((2, 0, 0), (1, 0, 0)), ((0, 0, 2), (0, 0, 1)), ((0, 0, 2), (0, 0, 1))]
    assert seen_state == state
    query = "SELECT assignment_id, number FROM workspaces ORDER BY assignment_id, number"
    assert rows(begun.library.folder, query) == [("a1", 1), ("a1", 2), ("a2", 1)]


def test_a_published_project_without_a_number_is_the_next_version_if_its_files_are_others(
    begun: Program, tmp_path: Path
) -> None:
    one, two, three = (tree(tmp_path / name, main=name) for name in ("one", "two", "three"))
    found = []
    for number, files in ((4, one), (None, one), (None, two), (None, two), (9, three), (None, one)):
        with part(begun) as given:
            given.writer.published(HELLO, number, None, files, "Hello, published project")
        with begun.library.course(COURSE) as course:
            found.append((change(given.done, "published"), course.assignments()[0].version))
    added, changed, unchanged = (1, 0, 0), (0, 1, 0), (0, 0, 1)
    assert found == [(added, 4), (unchanged, 4), (changed, 5), (unchanged, 5), (changed, 9), (changed, 10)]
    query = "SELECT number, version FROM published_versions ORDER BY number"
    assert rows(begun.library.folder, query) == [(1, 4), (2, 5), (3, 9), (4, 10)]


def test_the_first_project_of_an_assignment_has_the_version_that_the_assignment_is_at(
    program: Program, tmp_path: Path
) -> None:
    with part(program) as given:
        given.writer.module(Module(ModuleId("m1"), "Module one"))
        given.writer.assignment(Assignment(id=HELLO, module_id=ModuleId("m1"), title="Hello", version=3))
        given.writer.assignment(Assignment(id=LOOPS, module_id=ModuleId("m1"), title="Loops"))
    with part(program) as given:
        for assignment in (HELLO, LOOPS):
            given.writer.published(assignment, None, None, tree(tmp_path / assignment, main="1"), "Published")
    with program.library.course(COURSE) as course:
        assert [a.version for a in course.assignments()] == [3, 1]


def test_a_writer_knows_what_the_library_has(begun: Program, tmp_path: Path) -> None:
    with part(begun) as given:
        given.writer.workspace(ADA, LOOPS, tree(tmp_path / "one", main="1"), "Ada, Loops")
        given.writer.gap(Gap(what="workspace", why="it is not there"))
    with begun.library.writer("test", begun.clock(), Meter()) as writer:
        known = writer.known(COURSE)
        assert writer.known(CourseId("another")) is None
    assert known is not None
    with begun.library.course(COURSE) as course:
        assert (known.info, known.modules) == (course.info, course.modules())
        assert (known.assignments, known.students) == (course.assignments(), course.students())
        assert known.assessments == course.assessments()
    assert known.blueprints == [Blueprint("One", "# One", {"layout": "2"})]
    assert known.workspaces == {(LOOPS, ADA)}
    assert known.begun == {(HELLO, ADA)}
    assert known.gaps == (Gap(what="workspace", why="it is not there"),)


def test_answers_move_to_the_assessment_that_theirs_turned_out_to_be(begun: Program) -> None:
    name = AssessmentId("name:Quiz")
    with part(begun) as given:
        given.writer.assessment(Assessment(id=name, assignment_id=HELLO, name="Quiz", type=""))
        given.writer.answer(answer(1, "yes", name, points=1))
        given.writer.answer(answer(2, "never", name, points=0.5))
        given.writer.answer(answer(3, "later", name))
    for _ in range(2):
        with part(begun) as given:
            given.writer.same_assessment(HELLO, name, QUIZ)
            given.writer.answer(answer(4, "new", name))
        assert answers(begun) == {
            ("q1", 1): ('{"text": "yes"}', 1),
            ("q1", 2): ("no", 0.5),
            ("q1", 3): ("later", None),
            ("q1", 4): ("new", None),
        }
        with begun.library.course(COURSE) as course:
            assert [a.id for a in course.assessments()] == [QUIZ]
    assert given.done.of("answers") == Change(thing="answers", read=1, unchanged=1)


def test_an_earlier_version_of_a_course_folder_still_replaces(begun: Program, clock: Clock) -> None:
    clock.forward(days=1)
    with begun.library.writer("test", begun.clock(), Meter()) as writer:
        writer.course(INFO)
        writer.module(Module(ModuleId("m1"), "Module one"))
        writer.student(Student(id=ADA))
        report = writer.finish()
    assert report.of("people") == Change(thing="people", read=1, changed=1, kept=1)
    assert report.differences == ()
    with begun.library.course(COURSE) as course:
        assert course.students()[0].name == ADA
