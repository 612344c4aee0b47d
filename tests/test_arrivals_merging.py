"""More of a course joins what is there: once, nothing is deleted, and all that was given is accounted for."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from arriving import Files, arrive, events_of, files_of, gaps, opened
from downloading import packed
from handling import dump, files_below, rows

from exportmanager.core.course import CourseId
from exportmanager.core.meter import Meter
from exportmanager.core.report import Gap
from exportmanager.program import Program

PEOPLE = ("s1,Kim Sample,kim,kim@school.example", "s2,Lee Example,lee,lee@school.example")
LTI = "assignment,name,URL\na1,Hello,https://apollo.codio.com/lti/x_y_a1"
LOGIN = "kim,,,2026-02-01T10:00:00Z,Log In,"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


@pytest.fixture
def course(program: Program, files: Files) -> str:
    """Two students and an assignment."""
    return arrive(program, files.roster(*PEOPLE), files.text("lti.csv", LTI)).course_id


def aged(path: Path, days: int) -> Path:
    """A file that is so many days old."""
    moment = 1_772_000_000 - days * 86_400
    os.utime(path, (moment, moment))
    return path


def test_importing_twice_doubles_nothing_in_any_table(program: Program, files: Files, course: str) -> None:
    brought = (
        files.access(LOGIN, LOGIN, "lee,,,2026-02-01T10:00:00Z,Project Open,Hello"),
        files.answers("Hello", "Quiz|Quiz", "kim,1,a,1,2,b,2", "lee,3,c,,,,"),
        files.guide(("free-text-1", "Quiz"), ("free-text-2", "Quiz")),
        files.workspaces("kim/Hello", "lee/Hello"),
        files.text("blueprints.json", json.dumps([{"name": "One", "content": "# One"}])),
        files.text("coach.csv", "User_email,Time,Question,Response\nkim@school.example,2026-02-01T10:00:00Z,Why,So"),
    )
    first = arrive(program, *brought, course=course)
    before = dump(program.library.folder, leave_out=["imports"]), files_below(program.library.folder)
    report = arrive(program, *brought, course=course)
    assert not report.changed_anything
    assert report.gaps == first.gaps
    assert (dump(program.library.folder, leave_out=["imports"]), files_below(program.library.folder)) == before
    for path in brought:
        assert not arrive(program, path, course=course).changed_anything
    assert (dump(program.library.folder, leave_out=["imports"]), files_below(program.library.folder)) == before


def test_the_same_file_under_two_names_counts_once(program: Program, files: Files, course: str) -> None:
    twice = [
        path
        for name in ("a", "b")
        for path in (
            files.access(LOGIN, LOGIN, name=f"{name}.csv"),
            files.workspaces("kim/Hello", name=f"{name}.zip"),
            files.text(f"{name}.json", json.dumps([{"name": "One", "content": "# One"}])),
        )
    ]
    report = arrive(program, *twice, course=course)
    added = {change.thing: change.added for change in report.changes if change.added}
    assert added == {"access": 2, "blueprints": 1, "workspaces": 1}
    assert gaps(report) == [("student's work", "Lee Example (s2)")]


def test_overlapping_access_data_give_each_event_once(program: Program, files: Files, course: str) -> None:
    events = [f"kim,,,2026-0{month}-01T10:00:00Z,Log In," for month in (1, 2, 3, 4)]
    january = files.access(*events[:3], events[1], name="january.csv")
    february = files.access(events[1], *events[1:], name="february.csv")
    for brought in ([january, february], [february], [january]):
        arrive(program, *brought, course=course)
        assert [event[0][:7] for event in events_of(program, course)] == [
            "2026-01", "2026-02", "2026-02", "2026-03", "2026-04",
        ]  # fmt: skip


def test_a_new_published_version_is_the_current_one_and_the_old_one_stays(
    program: Program, files: Files, course: str
) -> None:
    for number, text in enumerate(("one", "two", "two"), 1):
        report = arrive(program, files.guide(("free-text-1", "Quiz"), text=text), course=course)
        assert report.of("published").unchanged == (1 if number == 3 else 0)
    assert rows(program.library.folder, "SELECT number, version FROM published_versions") == [(1, 1), (2, 2)]
    assert rows(program.library.folder, "SELECT version FROM assignments") == [(2,)]


def test_of_two_files_that_came_together_the_newer_one_counts_whatever_they_are_called(
    program: Program, files: Files, course: str
) -> None:
    old = files.answers("Hello", "Quiz", "kim,1,old,1", name="z.csv")
    new = files.answers("Hello", "Quiz", "kim,1,new,2", name="a.csv")
    work = {name: packed({"kim/Hello/main.py": name.encode(), "kim/Hello/.codio": b"{}"}, "zip") for name in "ba"}
    for name, data in work.items():
        (files.folder / f"{name}.zip").write_bytes(data)
    brought = [aged(old, 30), aged(new, 1), aged(files.folder / "b.zip", 30), aged(files.folder / "a.zip", 1)]
    arrive(program, *brought, course=course)
    assert rows(program.library.folder, "SELECT answer, points FROM answers") == [("new", 2.0)]
    query = "SELECT number, manifest FROM workspaces JOIN packages ON package = sha256 ORDER BY number"
    assert len(rows(program.library.folder, query)) == 2
    before = dump(program.library.folder, leave_out=["imports"])
    arrive(program, *brought, course=course)
    assert dump(program.library.folder, leave_out=["imports"]) == before


def test_fields_that_disagree_are_listed_and_the_later_import_counts(
    program: Program, files: Files, course: str
) -> None:
    arrive(program, files.answers("Hello", "Quiz", "kim,1,yes,1"), course=course)
    report = arrive(program, files.answers("Hello", "Quiz", "kim,1,no,0"), course=course)
    listed = [(d.thing, d.who, d.field, d.before, d.now) for d in report.differences]
    assert listed == [
        ("answers", "Kim Sample, Hello, Quiz, attempt 1", "answer", "yes", "no"),
        ("answers", "Kim Sample, Hello, Quiz, attempt 1", "points", "1", "0"),
    ]


def test_columns_that_nobody_knows_are_kept(program: Program, files: Files, course: str) -> None:
    people = files.text("more.csv", "id,name,login,email,Tutor group\ns1,,kim,,Blue")
    lti = files.text("lti2.csv", f"{LTI.splitlines()[0]},Weight\n{LTI.splitlines()[1]},7")
    arrive(program, people, lti, course=course)
    with opened(program, course) as found:
        assert found.students()[0].extra["Tutor group"] == "Blue"
        assert found.assignments()[0].extra["Weight"] == "7"


def test_everything_that_was_given_came_in_or_is_named(program: Program, files: Files, course: str) -> None:
    contents = {
        "kim/Hello/.codio": b"{}",
        "lee/Hello.zip": b"PK\x03\x04 cut off",
        "nobody/Hello/.codio": b"{}",
        "kim/Unheard/.codio": b"{}",
        "kim/readme.txt": b"beside",
        "Kim Sample/Hello/main.py": b"a second one",
        "notes.docx": b"beside",
    }
    report = arrive(
        program,
        files.packed("work.zip", contents),
        files.access("kim,,,2026-02-01T10:00:00Z,Log In,", ",,,2026-02-01T10:00:00Z,Log In,"),
        files.guide(("free-text-1", "Quiz")),
        files.text("what.txt", "nothing that is known"),
        course=course,
    )
    named = gaps(report)
    assert ("workspace", "Lee Example (s2), Hello") in named
    assert ("student", "nobody") in named
    assert ("assignment", "Unheard") in named
    assert ("second workspace", "Kim Sample (s1), Hello") in named
    assert ("1 row", "access.csv") in named
    assert ("what.txt", "") in named
    left = [gap.why.partition(":")[0] for gap in report.gaps if gap.what == "work.zip"]
    assert left == ["kim/readme.txt", "notes.docx"]
    with opened(program, course) as found:
        ((place, kept),) = files_of(found).items()
    assert place == ("Hello", "kim")
    assert [file.path for file in kept] == ["main.py"]


def test_students_without_any_work_and_work_without_files_are_named_until_they_come(
    program: Program, files: Files, course: str
) -> None:
    report = arrive(program, files.workspaces("kim/Hello"), course=course)
    absent = Gap(
        what="student's work",
        who="Lee Example (s2)",
        why="there are no files and no answers of this student; "
        "the platform leaves out who was inactive for more than 90 days",
        student_id="s2",
    )
    assert report.gaps == (absent,)
    report = arrive(program, files.access(LOGIN), course=course)
    assert report.gaps == (absent,)
    report = arrive(program, files.answers("Hello", "Quiz", "lee,1,yes,1"), course=course)
    assert gaps(report) == [("workspace", "Lee Example (s2), Hello")]
    report = arrive(program, files.guide(("free-text-1", "Quiz"), text="{Check It!|assessment}(gone-1)"), course=course)
    dangling = [gap for gap in report.gaps if gap.what == "assessment"]
    assert len(dangling) == 1
    assert ("workspace", "Lee Example (s2), Hello") in gaps(report)
    report = arrive(program, files.workspaces("lee/Hello"), course=course)
    assert [*report.gaps] == dangling, "what is mended is gone, and what is not stays"
    report = arrive(program, files.guide(("free-text-1", "Quiz")), course=course)
    assert report.gaps == ()


def test_projects_that_did_not_come_are_named_until_they_do(program: Program, files: Files, course: str) -> None:
    arrive(program, files.access("kim,,,2026-02-01T10:00:00Z,Project Open,Loops"), course=course)
    report = arrive(program, files.guide(("free-text-1", "Quiz")), course=course)
    assert ("published project", "Loops") in gaps(report)
    report = arrive(program, files.access(LOGIN), course=course)
    assert ("published project", "Loops") in gaps(report)
    report = arrive(program, files.guide(("free-text-9", "Other"), name="Loops.zip"), course=course)
    assert gaps(report) == []


def test_a_broken_project_is_named_and_the_others_come(program: Program, files: Files, course: str) -> None:
    good = files.guide(("free-text-1", "Quiz")).read_bytes()
    sources = {"Hello.zip": good, "Loops.zip": good[:-40], "Other.zip": b"<!doctype html>"}
    report = arrive(program, files.packed("sources.zip", sources), course=course)
    assert report.of("published").added == 1
    assert sorted(who for what, who in gaps(report) if what == "published") == [
        "Loops, published project",
        "Other, published project",
    ]


STORED = json.dumps(
    [
        {
            "taskId": "free-text-1",
            "points": 3,
            "state": {"text": "draft"},
            "results": [
                {"timestamp": 1_772_445_600_000, "state": "fail", "answer": "first"},
                {"timestamp": "2026-03-02T11:00:00.000Z", "state": "pass", "answer": "second"},
            ],
        },
        {"taskId": "free-text-2", "points": 0, "results": []},
        {"taskId": 7, "results": [1]},
        "odd",
    ]
).encode()


@pytest.mark.parametrize("inner", [True, False])
def test_answers_that_workspaces_keep_come_in_with_those_of_tables(
    program: Program, files: Files, course: str, inner: bool
) -> None:
    own = {".guides/assessmentsAnswers.json": STORED, "main.py": b"1"}
    if inner:
        work = files.packed("work.zip", {"kim/Hello.zip": packed({**own}, "zip")})
    else:
        work = files.packed("work.zip", {f"kim/Hello/{path}": data for path, data in own.items()})
    table = files.answers("Hello", "Quiz", "kim,2,second,4")
    arrive(program, files.guide(("free-text-1", "Quiz")), work, table, course=course)
    query = "SELECT assessment_id, attempt, at, answer, points, correct FROM answers ORDER BY attempt"
    one, two = rows(program.library.folder, query)
    assert one[:3] == ("free-text-1", 1, "2026-03-02 10:00:00.000000")
    assert one[4:] == (None, 0)
    assert two[:3] == ("free-text-1", 2, "2026-03-02 11:00:00.000000")
    assert json.loads(two[3])["answer"] == "second"
    assert two[5] == 1
    before = dump(program.library.folder, leave_out=["imports"])
    for path in (work, table):
        arrive(program, path, course=course)
    assert len(rows(program.library.folder, query)) == 2
    assert [line for line in before if "assessments" in line] == [
        line for line in dump(program.library.folder, leave_out=["imports"]) if "assessments" in line
    ]


def test_stored_answers_of_a_guide_that_is_not_there_wait_for_it(program: Program, files: Files, course: str) -> None:
    work = files.packed("work.zip", {"kim/Hello/.guides/assessmentsAnswers.json": STORED})
    arrive(program, work, course=course)
    query = "SELECT assessment_id, name, type FROM answers JOIN assessments ON assessment_id = id"
    assert rows(program.library.folder, query) == [("free-text-1", "free-text-1", "")] * 2
    arrive(program, files.guide(("free-text-1", "Quiz")), course=course)
    assert rows(program.library.folder, query) == [("free-text-1", "Quiz", "free-text")] * 2


def test_stored_answers_that_cannot_be_read_are_named_and_the_files_come(
    program: Program, files: Files, course: str
) -> None:
    work = files.packed("work.zip", {"kim/Hello/.guides/assessmentsAnswers.json": b"[{", "kim/Hello/a": b""})
    report = arrive(program, work, course=course)
    assert ("stored answers", "Kim Sample (s1), Hello") in gaps(report)
    assert report.of("workspaces").added == 1


def test_what_is_odd_about_a_table_is_named_once(program: Program, files: Files, course: str) -> None:
    path = files.access("kim,,,3/4/2026 10:00 AM,Log In,", "kim,,,whenever,Log In,")
    with program.look() as look:
        look.add(str(path), Meter())
        for _ in range(2):
            (report,) = program.take_in(look, CourseId(course), "", {}, "UTC", Meter())
    odd = [gap.why for gap in report.gaps if gap.what == "access.csv"]
    assert len(odd) == len({*odd}) == 2
    assert any("whenever" in why for why in odd)
