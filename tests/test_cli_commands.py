"""Every command of the command line does what it says, as a table for people and as JSON for programs."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from building import CourseBuilder
from commanding import CommandLine
from exporting import names_in, read_only, sha256, small_course

from exportmanager.cli.main import run
from exportmanager.core.ledger import JobState
from exportmanager.program import Program
from exportmanager.user_config import LIBRARY_VARIABLE

HOSTILE = "\x1b[31mRed\x1b]0;title\x07 \x9b1m\u202e\u2066 \u2028数 🎓 O'Brien \U000e0041"
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]")


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line on a library with one small course."""
    cli = CommandLine(tmp_path / "library", capsys)
    assert cli("import", "folder", small_course(tmp_path / "course")).code == 0
    return cli


@pytest.fixture
def beside(cli: CommandLine) -> Iterator[Program]:
    """The same library opened by the test itself."""
    program = Program(cli.library)
    yield program
    program.close()


def test_an_empty_library_says_what_to_do_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli = CommandLine(tmp_path / "new", capsys)
    assert cli("courses") == (0, "The library has no courses. Add one: exportmanager import folder PATH\n", "")
    assert cli("jobs") == (0, "There have been no jobs.\n", "")
    assert cli("shelf", "list") == (0, "The shelf is empty.\n", "")
    assert cli.json("courses") == cli.json("jobs") == cli.json("shelf", "list") == cli.json("shelf", "verify") == []


def test_courses_lists_what_is_in_the_library(cli: CommandLine) -> None:
    table = cli("courses")
    assert (table.code, table.err) == (0, "")
    heading, row = table.out.splitlines()
    assert heading.split() == ["ID", "Code", "Title", "Students", "Assignments", "Workspaces", "Gaps", "Imported"]
    assert row.split()[:8] == ["course-1", "SMALL", "A", "small", "course", "3", "2", "2"]
    (record,) = cli.json("courses")
    assert (record["id"], record["students"], record["workspaces"], record["gaps"]) == ("course-1", 3, 2, 0)
    assert datetime.fromisoformat(record["imported_at"]).tzinfo is not None


def test_show_tells_all_of_a_course_and_of_its_last_import(cli: CommandLine) -> None:
    said = cli("show", "SMALL")
    assert "A small course" in said.out
    assert re.search(r"workspaces +2 +2 ", said.out)
    (record,) = cli.json("show", "SMALL")
    changes = {change["thing"]: change for change in record["import_report"]["changes"]}
    assert (changes["people"]["added"], changes["workspaces"]["read"]) == (3, 2)


def test_students_and_assignments_are_listed(cli: CommandLine) -> None:
    assert [record["name"] for record in cli.json("students", "SMALL")] == ["Ada Example", "Bo Sample", "Cy Specimen"]
    assert "Ada Example" in cli("students", "SMALL").out
    assert [(r["id"], r["title"], r["workspaces"]) for r in cli.json("assignments", "SMALL")] == [
        ("a1", "Hello", 1),
        ("a2", "Loops", 1),
    ]
    assert "Loops" in cli("assignments", "SMALL").out


def test_an_inactive_student_is_shown_with_the_days(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    builder = CourseBuilder(tmp_path / "course")
    builder.student("old", first_name="Di", last_name="Gone", last_active_at="2025-11-20")
    cli = CommandLine(tmp_path / "library", capsys)
    cli("import", "folder", builder.write())
    assert cli.json("students", "SMALL")[3]["inactive_days"] == 101


def test_kinds_and_version_and_help_need_no_library(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(LIBRARY_VARIABLE, str(tmp_path / "none"))
    for words in (["kinds"], ["--version"], ["--help"], ["-h"], ["export", "--help"], ["import", "folder", "--help"]):
        assert run(words) == 0, words
    assert "coursework" in capsys.readouterr().out
    assert not (tmp_path / "none").exists()


def test_the_variable_names_the_library_and_the_flag_goes_before_it(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(LIBRARY_VARIABLE, str(cli.library))
    assert run(["courses"]) == 0
    assert "SMALL" in capsys.readouterr().out
    assert CommandLine(tmp_path / "other", capsys).json("courses") == []


@pytest.mark.parametrize("word", ["course-1", "COURSE-1", "SMALL", "small", "A small course", "mall cou"])
def test_a_course_is_found_by_id_code_or_part_of_its_title(cli: CommandLine, word: str) -> None:
    assert cli.json("show", word)[0]["id"] == "course-1"


def test_a_word_that_fits_two_courses_is_refused_with_their_ids(cli: CommandLine, tmp_path: Path) -> None:
    cli("import", "folder", small_course(tmp_path / "b", id="course-2", title="A small course, again", code="SMALL"))
    for word in ("SMALL", "small cour"):
        said = cli("show", word)
        assert (said.code, said.out) == (1, "")
        assert "course-1" in said.err
        assert "course-2" in said.err
        assert said.err.endswith("Use the id.\n")
    assert cli.json("show", "course-2")[0]["id"] == "course-2"
    assert cli.json("show", "again")[0]["id"] == "course-2"


def test_importing_again_changes_nothing_and_says_so(cli: CommandLine, tmp_path: Path) -> None:
    (record,) = cli.json("import", "folder", tmp_path / "course")
    assert record["id"] == "course-1"
    assert not any(change["added"] or change["changed"] for change in record["changes"])


def test_an_export_stands_where_it_says_with_the_hash_it_says(cli: CommandLine) -> None:
    said = cli("export", "coursework", "SMALL")
    path, facts, digest, kept = said.out.splitlines()
    assert (said.code, said.err) == (0, "")
    assert digest == f"SHA-256 {sha256(Path(path))}"
    assert "2 of 2 workspaces" in facts
    assert kept.startswith("Kept on the shelf until 20")
    (record,) = cli.json("export", "coursework", "SMALL")
    assert (record["state"], record["saved_to"], record["due"]) == ("exported", None, "stays")
    assert Path(record["path"]).stat().st_size == record["size"]


def test_every_flag_of_the_export_reaches_it(cli: CommandLine, tmp_path: Path) -> None:
    (record,) = cli.json(
        "export", "coursework", "SMALL", "--assignment", "a1", "--student", "s1", "--student", "s3",
        "--include-inactive", "--order", "student", "--naming", "pseudonyms", "--csv", "programs",
        "--save-to", tmp_path,
    )  # fmt: skip
    assert record["options"] == {
        "assignments": ["a1"], "students": ["s1", "s3"], "include_inactive": True, "order": "student",
        "naming": "pseudonyms", "csv": "programs",
    }  # fmt: skip
    assert record["saved_to"] == str(tmp_path / record["name"])
    assert sha256(tmp_path / record["name"]) == record["sha256"]
    names = " ".join(zipfile.ZipFile(record["path"]).namelist())
    assert "Ada" not in names
    assert "main.py" in names


def test_a_choice_that_the_course_does_not_have_is_refused(cli: CommandLine) -> None:
    said = cli("export", "coursework", "SMALL", "--assignment", "a9")
    assert (said.code, said.out) == (1, "")
    assert said.err.splitlines()[0] == "The course has no assignment with the id a9."


def test_a_copy_that_cannot_be_saved_is_said_before_or_beside_the_export(cli: CommandLine, tmp_path: Path) -> None:
    said = cli("export", "coursework", "SMALL", "--save-to", tmp_path / "no" / "folder")
    assert said.code == 1
    assert cli.json("jobs") == []
    target = tmp_path / "target"
    target.mkdir()
    cli("export", "coursework", "SMALL", "--save-to", target)
    cli("shelf", "remove", 1)
    said = cli("export", "coursework", "SMALL", "--save-to", target)  # the same name again
    assert said.code == 1
    assert "is on the shelf (job 2), but no copy was saved" in said.err
    assert "is there already" in said.err
    assert cli.json("jobs")[0]["state"] == "exported"


def test_the_shelf_lists_saves_verifies_keeps_and_removes(cli: CommandLine, tmp_path: Path) -> None:
    cli("export", "coursework", "SMALL")
    listed = cli("shelf", "list", "--course", "SMALL")
    assert "removed in 7 days" in listed.out
    assert listed.out.splitlines()[-1].startswith("1 files, ")
    (record,) = cli.json("shelf", "list")
    (saved,) = cli.json("shelf", "save", 1, tmp_path / "copy.zip")
    assert sha256(Path(saved["saved_to"])) == record["sha256"]
    assert cli("shelf", "save", 1, tmp_path / "copy.zip").code == 1
    assert cli("shelf", "save", 1, tmp_path / "copy.zip", "--replace").code == 0
    assert cli.json("shelf", "verify")[0]["verdict"] == "whole"
    assert cli.json("shelf", "verify", 1)[0]["files"] > 5
    (kept,) = cli.json("shelf", "keep", 1, "--days", 30)
    assert datetime.fromisoformat(kept["expires_at"]) - datetime.now(UTC) > timedelta(days=29)
    assert "kept until you remove it" in cli("shelf", "keep", 1).out
    assert cli("shelf", "remove", 1).out.endswith(".zip: removed from the shelf.\n")
    assert cli.json("shelf", "list")[0]["state"] == "removed"
    assert cli("shelf", "verify", 1).code == cli("shelf", "keep", 1).code == cli("shelf", "remove", 1).code == 1


def test_remove_says_in_json_what_came_of_it(cli: CommandLine) -> None:
    cli("export", "coursework", "SMALL")
    (record,) = cli.json("shelf", "remove", 1)
    assert (record["state"], record["removal"], record["path"]) == ("removed", "removed", None)


def test_a_file_that_the_system_keeps_is_a_problem_with_a_next_step(cli: CommandLine) -> None:
    cli("export", "coursework", "SMALL")
    with read_only(cli.library / "shelf"):
        said = cli("shelf", "remove", 1)
        assert (said.code, said.out) == (1, "")
        assert "does not let it be removed" in said.err.splitlines()[0]
        assert said.err.splitlines()[1].startswith("Check who may write")
        (record,) = cli.json("shelf", "remove", 1, code=1)
        assert (record["state"], record["removal"]) == ("exported", "refused")


def test_a_damaged_file_is_named_by_verify(cli: CommandLine) -> None:
    (whole,) = cli.json("export", "coursework", "SMALL")
    (record,) = cli.json("export", "coursework", "SMALL")
    path = Path(record["path"])
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    said = cli("shelf", "verify")
    assert said.code == 1
    assert f"{record['name']}: Its SHA-256 is not the one it was made with." in said.err
    assert said.err.endswith("1 of 2 files are damaged.\nRun them again: jobs run-again ID.\n")
    assert {r["id"]: r["verdict"] for r in cli.json("shelf", "verify", code=1)} == {1: "whole", 2: "damaged"}
    assert whole["id"] == 1


def test_expire_removes_what_is_overdue_now(cli: CommandLine, beside: Program) -> None:
    cli("export", "coursework", "SMALL")
    assert cli("shelf", "expire").out == "Nothing has expired.\n"
    beside.ledger.keep(1, datetime.now(UTC) - timedelta(hours=1))
    listed = cli("shelf", "list")
    assert "overdue, removed after" in listed.out
    assert "To keep it: shelf keep 1" in listed.err
    assert cli.json("shelf", "expire")[0]["removal"] == "removed"
    assert cli.json("shelf", "list")[0]["state"] == "expired"
    assert names_in(cli.library / "shelf") == []


def test_a_start_says_what_it_put_right(cli: CommandLine, beside: Program) -> None:
    (record,) = cli.json("export", "coursework", "SMALL")
    Path(record["path"]).unlink()
    said = cli("courses")
    assert said.err == f"{record['name']} has gone from the shelf. To make it again: jobs run-again 1\n"
    assert cli.json("jobs", "run-again", 1)[0]["id"] == 2
    beside.ledger.keep(2, datetime.now(UTC) - timedelta(hours=30))
    beside.ledger.overdue_seen(2, datetime.now(UTC) - timedelta(hours=25))
    assert cli("courses").err == f"{record['name']} has expired: removed from the shelf.\n"
    beside.library.look_at_clock(datetime.now(UTC) + timedelta(days=3))
    assert "clock was set back by 3 days" in cli("courses").err
    assert cli("courses").err == ""


def test_jobs_are_listed_and_run_again_and_only_a_running_one_cancelled(cli: CommandLine, beside: Program) -> None:
    cli("export", "coursework", "SMALL", "--assignment", "a1")
    assert "exported" in cli("jobs").out
    said = cli("jobs", "run-again", 1)
    assert (said.code, said.err.splitlines()[0]) == (1, "Job 1 is exported.")
    cli("shelf", "remove", 1)
    assert cli.json("jobs", "run-again", 1)[0]["options"]["assignments"] == ["a1"]
    assert cli("jobs", "cancel", 2).err == "Job 2 is not running: it is exported.\nSee the list of jobs.\n"
    assert cli("jobs", "cancel", 99).code == cli("jobs", "run-again", 99).code == 1
    ticket = beside.exporter.submit(beside.exporter.again(1))
    assert cli("jobs", "cancel", ticket.job.id).out == f"Job {ticket.job.id} was asked to stop.\n"
    assert cli.json("jobs", "cancel", ticket.job.id)[0]["state"] == JobState.CREATED
    assert beside.ledger.is_asked_to_cancel(ticket.job.id)
    ticket.draft.discard()


def test_settings_are_shown_and_changed(cli: CommandLine) -> None:
    assert {"id": "shelf-days", "value": 7} in cli.json("settings")
    assert {"id": "shelf-days", "value": 0} in cli.json("settings", "--shelf-days", 0)
    assert "until you remove it" in cli("export", "coursework", "SMALL").out
    changed = {"id": "include-inactive", "course": "course-1", "value": True}
    assert cli.json("settings", "--course", "SMALL", "--include-inactive")[0] == changed
    assert cli.json("show", "SMALL")[0]["include_inactive"] is True
    assert cli("settings", "--include-inactive").code == 2


def test_names_from_outside_reach_no_terminal_as_they_are_but_json_keeps_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    builder = CourseBuilder(tmp_path / "course")
    builder.course |= {"title": HOSTILE, "code": HOSTILE}
    builder.student("evil", first_name=HOSTILE, last_name="Mallory", username=HOSTILE, email=HOSTILE)
    builder.course["modules"][0]["assignments"][0]["title"] = HOSTILE
    builder.file("evil", "a1", "main.py")
    builder.add("results", student="evil", assignment="a2", state="started")
    cli = CommandLine(tmp_path / "library", capsys)
    for words in (
        ["import", "folder", builder.write()],
        ["export", "coursework", "course-1"],
        ["courses"],
        *(["show", "course-1"], ["students", "course-1"], ["assignments", "course-1"]),
        *(["jobs"], ["shelf", "list"], ["shelf", "verify"], ["shelf", "keep", "1"], ["shelf", "remove", "1"]),
        ["show", HOSTILE[:5] + "no such"],
    ):
        plain, as_json = cli(*words), cli(*words, "--json")
        for text in (plain.out, plain.err, as_json.out, as_json.err):
            assert not UNSAFE.search(text), (words, text)
    assert cli.json("students", "course-1")[3]["username"] == HOSTILE
    assert cli.json("courses")[0]["title"] == HOSTILE
    assert "数 🎓 O'Brien" in cli("courses").out
    assert "数 🎓" in json.dumps(cli.json("courses"), ensure_ascii=False)


def test_a_mistake_of_ours_shows_where_it_is_and_nothing_of_the_data(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(program: Program) -> None:
        raise LookupError("Ada Example <ada@example.org>")

    monkeypatch.setattr(Program, "tidy", break_down)
    said = cli("courses")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("This should not have happened: LookupError.")
    assert "in break_down" in said.err
    for word in ("Ada", "ada@", "Traceback", str(cli.library)):
        assert word not in said.err


@pytest.mark.parametrize(
    "words",
    [["nonsense"], ["export"], ["export", "nonsense", "SMALL"], ["export", "coursework"], ["courses", "--nonsense"],
     ["export", "coursework", "SMALL", "--order", "sideways"], ["shelf", "remove", "first"], ["shelf"],
     ["shelf", "keep", "1", "--days", "0"], ["import", "nonsense", "x"], []],
)  # fmt: skip
def test_wrong_usage_is_said_with_code_two(cli: CommandLine, words: list[str]) -> None:
    said = cli(*words)
    assert (said.code, said.out) == (2, "")
    assert "Usage:" in said.err
