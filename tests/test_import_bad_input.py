"""What is wrong with a course folder gets a sentence with file and line, and the library stays as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from building import CourseBuilder
from handling import bring_in, cells, dump, exported, files_below

from exportmanager.core.errors import BadSource, MalformedFile, NotACourse
from exportmanager.core.report import Gap
from exportmanager.program import Program

Change = Callable[[Path], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A course with work, written."""
    builder = CourseBuilder(tmp_path / "course")
    builder.course["modules"][0]["assignments"][0]["version"] = 1
    (builder.folder / "assignments" / "a1").mkdir(parents=True)
    builder.file("s1", "a1", "main.py")
    for table in ("results", "answers"):
        builder.add(table, student="s1", assignment="a1", assessment="q", attempt="1", state="started")
    builder.add("access", at="2026-02-01T08:00:00Z", user="s1", type="log_in")
    builder.add("coach-logs", at="2026-02-01T08:00:00Z", user="s1")
    builder.write()
    for name in ("results", "answers"):  # without each other's columns
        path = builder.folder / f"{name}.csv"
        path.write_text(path.read_text())
    return builder.folder


def appended(name: str, *lines: str) -> Change:
    def change(folder: Path) -> None:
        with (folder / name).open("a", encoding="utf-8", newline="") as file:
            file.writelines(f"{line}\r\n" for line in lines)

    return change


def replaced(name: str, old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        text = (folder / name).read_bytes().decode()
        assert old in text
        (folder / name).write_bytes(text.replace(old, new, 1).encode())

    return change


def whole(name: str, content: bytes | str) -> Change:
    return lambda folder: (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def course(**keys: object) -> Change:
    def change(folder: Path) -> None:
        path = folder / "course.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | keys))

    return change


def linked(name: str) -> Change:
    def change(folder: Path) -> None:
        (folder / name).rename(folder.parent / "elsewhere")
        (folder / name).symlink_to(folder.parent / "elsewhere")

    return change


def modules(*ids: str) -> list[dict[str, object]]:
    return [{"id": "m", "title": "M", "assignments": [{"id": name, "title": name} for name in ids]}]


ROSTER_LINE = ",,,,student,,"
MALFORMED: dict[str, tuple[Change, str, int]] = {
    "JSON that ends early": (whole("course.json", '{"format":\n "exportm'), "course.json", 2),
    "a course that is no object": (whole("course.json", "[]"), "course.json", 0),
    "JSON that is not UTF-8": (whole("course.json", b'{\n"title": "\xff"}'), "course.json", 2),
    "JSON nested too deeply": (whole("course.json", '{"x":' + "[" * 200_000), "course.json", 0),
    "JSON with half a character": (course(extra="\ud800"), "course.json", 0),
    "another format": (course(format="zip"), "course.json", 0),
    "a version to come": (course(version=2), "course.json", 0),
    "no title": (course(title=None), "course.json", 0),
    "a day that is none": (course(taken_on="2026-02-30"), "course.json", 0),
    "a zone that is none": (course(time_zone="Mars/Olympus"), "course.json", 0),
    "a zone that climbs": (course(time_zone="../../etc/passwd"), "course.json", 0),
    "an id that climbs": (course(id="../x"), "course.json", 0),
    "an id that Windows reserves": (course(id="con"), "course.json", 0),
    "two assignments of one id": (course(modules=modules("a1", "A1")), "course.json", 0),
    "a deadline that is none": (
        course(modules=[{"id": "m", "title": "M", "assignments": [{"id": "a1", "title": "A", "due_at": "soon"}]}]),
        "course.json",
        0,
    ),
    "a duplicate student": (appended("roster.csv", f"S2{ROSTER_LINE}"), "roster.csv", 5),
    "an id with a slash": (appended("roster.csv", f"a/b{ROSTER_LINE}"), "roster.csv", 5),
    "an empty id": (appended("roster.csv", ROSTER_LINE), "roster.csv", 5),
    "an unknown role": (replaced("roster.csv", "student,", "wizard,"), "roster.csv", 2),
    "a roster without ids": (replaced("roster.csv", "id,", "key,"), "roster.csv", 1),
    "an empty roster": (whole("roster.csv", ""), "roster.csv", 1),
    "no roster": (lambda folder: (folder / "roster.csv").unlink(), "roster.csv", 0),
    "a roster that is a link": (linked("roster.csv"), "roster.csv", 0),
    "a column twice": (whole("roster.csv", "id,role,id\ns1,student,s1\n"), "roster.csv", 1),
    "a cell too many": (appended("roster.csv", f"s9{ROSTER_LINE},"), "roster.csv", 5),
    "a quote that never ends": (appended("roster.csv", '"s9'), "roster.csv", 5),
    "CSV that is not UTF-8": (whole("roster.csv", b"id,role\ns1,student\n\xe9,student\n"), "roster.csv", 3),
    "a time that is none": (replaced("roster.csv", "2026-02-27T10:00:00Z", "yesterday"), "roster.csv", 2),
    "a time before all times": (replaced("roster.csv", "2026-02-27T10:00:00Z", "0001-01-01T00:00:00"), "roster.csv", 2),
    "a time after all times": (
        replaced("roster.csv", "2026-02-27T10:00:00Z", "9999-12-31T23:59:59-10:00"), "roster.csv", 2,
    ),
    "an unknown state": (replaced("results.csv", "started,", "lost,"), "results.csv", 2),
    "a grade that is no number": (
        whole("results.csv", "student,assignment,state,grade\ns1,a1,started,A+\n"), "results.csv", 2,
    ),
    "a grade that is not finite": (
        whole("results.csv", "student,assignment,state,grade\ns1,a1,started,nan\n"), "results.csv", 2,
    ),
    "seconds beyond counting": (
        whole("results.csv", f"student,assignment,state,time_spent_seconds\ns1,a1,started,{10**30}\n"),
        "results.csv", 2,
    ),
    "two results of a pair": (
        whole("results.csv", "student,assignment,state\ns1,a1,started\ns1,a1,started\n"), "results.csv", 3,
    ),
    "the same attempt twice": (
        whole("answers.csv", "student,assignment,assessment,attempt\ns1,a1,q,1\ns1,a1,q,1\n"), "answers.csv", 3,
    ),
    "attempt nought": (whole("answers.csv", "student,assignment,assessment,attempt\ns1,a1,q,0\n"), "answers.csv", 2),
    "correct perhaps": (
        whole("answers.csv", "student,assignment,assessment,attempt,correct\ns1,a1,q,1,maybe\n"), "answers.csv", 2,
    ),
    "an event without a time": (appended("access.csv", ",s1,log_in,,,,"), "access.csv", 3),
    "an unknown event": (appended("access.csv", "2026-02-01,s1,explode,,,,"), "access.csv", 3),
    "an error below cells of many lines": (
        whole("coach-logs.csv", 'at,user,question\n2026-02-01,s1,"a\nb\nc"\nnever,s1,\n'), "coach-logs.csv", 5,
    ),
    "blueprints that are no list": (whole("blueprints.json", "{}"), "blueprints.json", 1),
    "a blueprint without a name": (whole("blueprints.json", '[{"content": ""}]'), "blueprints.json", 0),
    "two blueprints of one name": (
        whole("blueprints.json", json.dumps([{"name": "A", "content": ""}] * 2)), "blueprints.json", 0,
    ),
    "a blueprint with half a character": (
        whole("blueprints.json", '[{"name": "\\ud800", "content": ""}]'), "blueprints.json", 0,
    ),
    "two workspaces for one student": (
        lambda folder: (folder / "workspaces/a1/s1.zip").write_bytes(b""), "workspaces/a1", 0,
    ),
    "two workspaces that differ in case": (
        lambda folder: (folder / "workspaces/a1/S1.tar.gz").write_bytes(b""), "workspaces/a1", 0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_file_stops_the_import_with_file_and_line(program: Program, folder: Path, case: str) -> None:
    bring_in(program, folder)
    before = dump(program.library.folder), files_below(program.library.folder)
    change, file, line = MALFORMED[case]
    change(folder)
    (folder / "workspaces" / "a1" / "s2").mkdir()
    (folder / "workspaces" / "a1" / "s2" / "new.py").write_text("print()\n")
    with pytest.raises(MalformedFile) as raised:
        bring_in(program, folder)
    assert (raised.value.file, raised.value.line) == (file, line)
    assert raised.value.what.endswith(".")
    assert str(raised.value).startswith(f"{file}, line {line}: " if line else f"{file}: ")
    assert (dump(program.library.folder), files_below(program.library.folder)) == before


@pytest.mark.parametrize("case", MALFORMED)
def test_nothing_of_a_malformed_course_is_in_an_empty_library(program: Program, folder: Path, case: str) -> None:
    MALFORMED[case][0](folder)
    with pytest.raises(MalformedFile):
        bring_in(program, folder)
    assert program.library.courses() == []
    assert [path for path in (program.library.folder / "workspaces").rglob("*") if path.is_file()] == []


def test_a_floating_day_that_cannot_move_gets_a_sentence(program: Program, folder: Path) -> None:
    course(dates="floating", ends_on="9999-12-31")(folder)
    with pytest.raises(MalformedFile, match="beyond the calendar"):
        bring_in(program, folder)


def test_a_folder_that_is_not_there(program: Program, tmp_path: Path) -> None:
    with pytest.raises(NotACourse, match="is not a folder"):
        bring_in(program, tmp_path / "nowhere")


def test_a_folder_without_a_course(program: Program, tmp_path: Path) -> None:
    with pytest.raises(NotACourse, match="it has no course.json"):
        bring_in(program, tmp_path)


def test_a_file_instead_of_a_folder(program: Program, folder: Path) -> None:
    with pytest.raises(NotACourse, match="is not a folder"):
        bring_in(program, folder / "course.json")


@pytest.mark.parametrize("name", ["roster.csv", "results.csv", "blueprints.json", "course.json"])
def test_a_folder_where_a_file_should_be(program: Program, folder: Path, name: str) -> None:
    (folder / name).unlink(missing_ok=True)
    (folder / name).mkdir()
    with pytest.raises(BadSource, match=rf"{name}|is not a course folder"):
        bring_in(program, folder)


def test_lines_about_an_unknown_assignment_are_gaps(program: Program, folder: Path) -> None:
    appended("results.csv", "s2,a9,started,,,,,,,")(folder)
    report = bring_in(program, folder)
    why = "course.json has no assignment of this id; the line was not taken in"
    assert Gap(what="results.csv, line 3", who="a9", why=why) in report.gaps
    assert report.of("results").read == 1


def test_workspaces_of_an_unknown_assignment_are_a_gap(program: Program, folder: Path) -> None:
    (folder / "workspaces" / "a9" / "s1").mkdir(parents=True)
    report = bring_in(program, folder)
    why = "course.json has no assignment of this id; its workspaces were not taken in"
    assert report.gaps == (Gap(what="workspaces/a9", why=why),)


@pytest.mark.parametrize("name", ["notes.txt", "s2.rar", "a b", "s1.ZIP.part"])
def test_what_is_no_workspace_is_a_gap_and_the_rest_comes_in(program: Program, folder: Path, name: str) -> None:
    (folder / "workspaces" / "a1" / name).write_text("?")
    report = bring_in(program, folder)
    why = "it is neither a student's folder nor a student's archive"
    assert report.gaps == (Gap(what=f"workspaces/a1/{name}", why=why),)
    assert report.of("workspaces").read == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("[", "JSON"),
        ("[]", "its taskId is missing"),
        ('{"taskId": 5}', "its taskId is missing"),
        ('{"taskId": "\\ud800"}', "half"),
        ('{"taskId": "q", "source": {"points": 1e400}}', "number"),
    ],
)
def test_an_assessment_that_cannot_be_read_is_a_gap(program: Program, folder: Path, content: str, why: str) -> None:
    guide = folder / "assignments" / "a1" / ".guides" / "assessments"
    guide.mkdir(parents=True)
    (guide / "broken.json").write_text(content)
    (guide / "fine.json").write_text('{"taskId": "q", "type": "test"}')
    report = bring_in(program, folder)
    assert [(gap.what, gap.who) for gap in report.gaps] == [("assessment", "Hello")]
    assert why in report.gaps[0].why
    assert report.of("assessments").read == 1


def test_the_rest_of_a_course_with_a_broken_archive_goes_out_again(program: Program, folder: Path) -> None:
    (folder / "workspaces" / "a1" / "s2.tar.zst").write_bytes(b"\x28\xb5\x2f\xfd broken")
    bring_in(program, folder)
    assert cells(exported(program))["s1", "a1"] == ("present", "")
