"""Downloads and repositories by the command line: what a dry run shows, how what is open is settled, what comes in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from arriving import Files
from building import CourseBuilder
from commanding import CommandLine
from git_server import GitServer
from handling import dump, files_below, rows

from exportmanager.sources.git import SOURCE as GIT

KIM = "s1,Kim Sample,kim,kim@school.example"
LEE = "s2,Lee Example,lee,lee@school.example"
TWIN = "s3,Kim Sample,kim2,kim2@school.example"
REPORT = ["id", "course_id", "course_title", "source", "changes", "gaps", "pieces", "differences", "different"]
PLAN = ["id", "course", "title", "pieces", "links", "counts", "gaps"]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    command = CommandLine(tmp_path / "library", capsys)
    assert command("courses").code == 0  # the library is made by its first use
    return command


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitServer]:
    monkeypatch.setenv("NO_PROXY", "*")
    server = GitServer(tmp_path / "server")
    monkeypatch.setattr(GIT, "ca_certs", server.authority)
    repository = server.repository("loops-and-lists")
    repository.commit(repository.folder({"main.py": b"print(1)\n", ".guides/page.md": b"# Loops"}))
    yield server
    server.close()


def state(command: CommandLine) -> object:
    """What is in the library: not when it was last used, which every command notes."""
    kept = {name: data for name, data in files_below(command.library).items() if not name.endswith((".log", ".lock"))}
    return dump(command.library, leave_out=["settings"]), kept


def test_several_downloads_come_in_as_one_course(command: CommandLine, files: Files) -> None:
    paths = files.roster(KIM, LEE), files.workspaces("kim/Hello", "lee/Hello")
    said = command("import", "auto", *paths, "--title", "Programming", "--time-zone", "Europe/Berlin")
    assert said.code == 0
    assert said.out.startswith("Programming (programming) is in the library.")
    said = command("import", "auto", *paths, "--course", "Programming")
    assert said.code == 0
    assert rows(command.library, "SELECT id, time_zone FROM courses") == [("programming", "Europe/Berlin")]


def test_a_dry_run_shows_what_each_name_means_and_changes_nothing(command: CommandLine, files: Files) -> None:
    paths = files.roster(KIM, LEE, TWIN), files.workspaces("Kim Sample/Hello", "lee/Hello"), files.text("x.txt", "?")
    before = state(command)
    said = command("import", "auto", *paths, "--dry-run", "--title", "Programming")
    assert said.code == 4
    assert state(command) == before
    assert "Into a new course, Programming:" in said.out
    assert "student:kim sample" in said.out
    assert "To settle student:kim sample: --match 'student:kim sample=ANSWER'" in said.err
    assert "s1 (Kim Sample (kim@school.example)), s3 (Kim Sample (kim2@school.example))" in said.err
    (plan,) = command.json("import", "auto", *paths, "--dry-run", code=4)
    assert [*plan] == PLAN
    assert plan["course"] is None
    assert plan["counts"] == {"students": 3, "assignments": 1, "workspaces": 2}
    assert [piece["kind"] for piece in plan["pieces"]] == ["roster", "coursework", "unknown"]
    (link,) = [link for link in plan["links"] if link["state"] == "open"]
    assert (link["key"], [c["value"] for c in link["candidates"]]) == ("student:kim sample", ["s1", "s3"])
    assert link["where"] == ["coursework.zip"]
    assert state(command) == before


def test_what_is_open_does_not_come_in_until_it_is_settled(command: CommandLine, files: Files) -> None:
    paths = files.roster(KIM, LEE, TWIN), files.workspaces("Kim Sample/Hello", "lee/Hello")
    said = command("import", "auto", *paths, "--title", "Programming")
    assert said.code == 4
    assert "gap: student of Kim Sample: 2 people have this name; what it means was not settled" in said.err
    (report,) = command.json(
        "import", "auto", *paths, "--course", "programming", "--match", "student:kim sample=s3", code=4
    )
    assert [*report] == REPORT
    assert report["id"] == report["course_id"] == "programming"
    query = "SELECT student_id FROM workspaces ORDER BY 1"
    assert rows(command.library, query) == [("s2",), ("s3",)]
    (report,) = command.json(
        "import", "auto", *paths, "--course", "programming", "--match", "student:kim sample=-", code=4
    )
    assert {gap["who"] for gap in report["gaps"] if gap["chosen"]} == {"Kim Sample"}


def test_a_layout_that_nothing_tells_is_settled_too(command: CommandLine, files: Files) -> None:
    work = files.workspaces("kim/Hello", "lee/Hello")
    said = command("import", "auto", work)
    assert said.code == 1
    assert said.err.startswith("Nothing of coursework.zip came in: nothing in it says what its folders are.")
    assert command.json("courses") == []
    said = command("import", "auto", work, "--match", "layout:coursework.zip=student/assignment")
    assert said.code == 0
    assert len(rows(command.library, "SELECT * FROM workspaces")) == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("student:pat=s1", "Nothing has the key student:pat."),
        ("student:kim sample=Hello", "Hello is no answer to student:kim sample."),
        ("student:kim sample=s4", "s4 is no answer to student:kim sample."),
        ("layout:coursework.zip=+", "+ is no answer to layout:coursework.zip."),
        ("student:kim sample", "student:kim sample is not KEY=ANSWER."),
    ],
)
def test_an_answer_that_is_none_is_refused(command: CommandLine, files: Files, answer: str, said: str) -> None:
    paths = files.roster(KIM, LEE, TWIN), files.workspaces("Kim Sample/Hello", "lee/Hello")
    before = state(command)
    found = command("import", "auto", *paths, "--match", answer)
    assert found.code == 1
    assert said in found.err
    assert state(command) == before


def test_what_makes_no_course_is_refused_with_a_sentence(command: CommandLine, files: Files) -> None:
    before = state(command)
    for words, said in (
        ([files.folder / "nowhere"], "is not there. Look where it is"),
        ([files.text("x.txt", "nothing")], "This is no table of the platform's"),
        ([files.roster(KIM), "--course", "Unheard"], "Unheard"),
        ([files.roster(KIM), "--time-zone", "Mars/Base"], "there is no time zone of this name"),
    ):
        found = command("import", "auto", *words)
        assert found.code == 1, found
        assert said in found.err.replace("\n", " ")
        assert state(command) == before
    assert command("import", "auto").code == 2


def test_a_second_course_of_the_same_name_is_refused(command: CommandLine, files: Files) -> None:
    assert command("import", "auto", files.roster(KIM), "--title", "Programming").code == 0
    said = command("import", "auto", files.roster(LEE), "--title", "Programming")
    assert said.code == 1
    assert "Add to it by choosing it (programming), or give the new one another title." in said.err
    assert command("import", "auto", files.roster(LEE), "--title", "Programming II").code == 0


def test_a_course_folder_among_them_is_a_course_of_its_own(command: CommandLine, files: Files, tmp_path: Path) -> None:
    folder = CourseBuilder(tmp_path / "course").write()
    found = command.json("import", "auto", folder, files.roster(KIM), "--title", "Programming", code=0)
    assert [report["source"] for report in found] == ["folder", "auto"]
    assert {course["title"] for course in command.json("courses")} == {"A small course", "Programming"}


def test_a_repository_comes_in_as_a_project(command: CommandLine, server: GitServer) -> None:
    address = f"{server.url}/loops-and-lists.git"
    (plan,) = command.json("import", "git", address, "--dry-run")
    assert plan["pieces"][0]["kind"] == "project"
    assert command.json("courses") == []
    (report,) = command.json("import", "git", address, "--title", "Programming")
    assert [*report] == REPORT
    (assignment,) = command.json("assignments", "programming")
    assert (assignment["title"], assignment["version"]) == ("loops-and-lists", 1)
    (report,) = command.json("import", "git", address, "--course", "programming", "--ref", "main")
    assert not any(change["added"] or change["changed"] for change in report["changes"])


@pytest.mark.parametrize("address", ["http://host.example/x.git", "git@host.example:x.git", "/tmp", "https://u:p@h/x"])
def test_an_address_that_is_not_followed_gets_a_sentence(command: CommandLine, address: str) -> None:
    said = command("import", "git", address)
    assert said.code == 1
    assert said.err.count("\n") == 2
    assert "u:p" not in said.err


def test_a_repository_that_is_not_there_gets_a_sentence(command: CommandLine, server: GitServer) -> None:
    said = command("import", "git", f"{server.url}/unheard.git")
    assert said.code == 1
    assert command.json("courses") == []


def test_json_is_the_same_whatever_letters_come(command: CommandLine, files: Files) -> None:
    work = files.workspaces("\u202eevil\u0007/Hello")
    said = command("import", "auto", files.roster(KIM), work, "--dry-run", "--json")
    assert "\u202e" not in said.out
    assert "\u0007" not in said.out
    assert json.loads(said.out)[0]["pieces"][1]["name"] == "coursework.zip"
    said = command("import", "auto", files.roster(KIM), work, "--dry-run")
    assert "\u202e" not in said.out + said.err
