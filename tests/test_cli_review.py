"""The command line looks into workspaces wherever they lie, copies them, and keeps projects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from commanding import CommandLine
from reviewing import PASSPHRASE, Reviewed


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reviewed]:
    made = Reviewed(tmp_path_factory.mktemp("reviewed"))
    yield made
    made.program.close()


@pytest.fixture
def cli(reviewed: Reviewed, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(reviewed.program.library.folder, capsys)


@pytest.mark.parametrize("where", ["course-1/a1/s1", "SMALL/Hello/Ada Example", "SMALL/hello/ada", "SMALL/Hello/s1@2"])
def test_a_workspace_is_named_by_ids_titles_or_names(cli: CommandLine, where: str) -> None:
    (record,) = cli.json("review", "files", where)
    assert (record["id"], record["kind"], record["size"]) == ("main.py", "file", 15)
    assert cli("review", "show", where, "main.py").out == "print('newer')\n"


def test_versions_and_published_projects_have_addresses(cli: CommandLine) -> None:
    assert len(cli("review", "show", "SMALL/Hello/s1@1", "main.py").out.splitlines()) == 20
    assert cli("review", "show", "SMALL/Hello", "starter.py").out == "# begin anew\n"
    assert cli("review", "show", "SMALL/Hello@1", "starter.py").out == "# begin here\n"


@pytest.mark.parametrize(
    "where",
    [
        "SMALL/Hello/nobody", "SMALL/Nothing/s1", "SMALL", "gone.zip", "{}", "SMALL/Hello/a", "x" * 5000,
        f"project:{1 << 63}", f"project:{'9' * 5000}", f"SMALL/Hello/s1@{1 << 63}",
        f'{{"kind":"project","project":{1 << 63}}}', '{"kind":"published","number":-1}',
    ],
)  # fmt: skip
def test_what_is_not_there_is_said(cli: CommandLine, where: str) -> None:
    said = cli("review", "files", where)
    assert (said.code, said.out) == (1, "")
    assert said.err.count("\n") >= 1


def test_a_file_with_several_workspaces_lists_them_and_each_opens_by_its_address(
    cli: CommandLine, reviewed: Reviewed
) -> None:
    table = cli("review", "files", reviewed.zip).out
    folder = next(line for line in table.splitlines() if "Ada Example, Hello" in line and "/coursework/" in line)
    inside = folder[folder.index("SMALL archive") :]
    assert cli("review", "show", f"{reviewed.zip}::{inside}", "main.py").out == "print('newer')\n"
    for record in cli.json("review", "files", reviewed.zip):
        assert cli.json("review", "files", json.dumps(record["where"]))


def test_a_workspace_is_compared_with_that_of_the_same_student_in_an_archive(
    cli: CommandLine, reviewed: Reviewed, tmp_path: Path
) -> None:
    (tmp_path / "pass").write_text(PASSPHRASE)
    for archive in (reviewed.zip, reviewed.plain, reviewed.secret):
        said = cli("compare", "SMALL/Hello/s1@1", archive, "main.py", "--passphrase-file", tmp_path / "pass")
        assert "- print('a1')" in said.out
        assert "+ print('newer')" in said.out
        assert "Compared with Ada Example, Hello." in said.err
    said = cli("compare", "SMALL/Loops/t1", reviewed.exported("student"))
    assert (said.code, "none of Tea Cher" in said.err) == (1, True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "main.py").write_text("print('newer')\n")
    assert "1 file without" in cli("compare", "SMALL/Hello/s1", tmp_path / "mine").err


def test_an_encrypted_archive_opens_with_a_passphrase_in_a_file(
    cli: CommandLine, reviewed: Reviewed, tmp_path: Path
) -> None:
    assert cli("review", "files", reviewed.secret).code == 1
    (tmp_path / "pass").write_text(PASSPHRASE)
    assert len(cli.json("review", "files", reviewed.secret, "--passphrase-file", tmp_path / "pass")) == 9


def test_a_copy_is_made_to_run(cli: CommandLine, tmp_path: Path) -> None:
    said = cli("review", "open", "SMALL/Loops/s1", "--to", tmp_path / "copy")
    assert said.code == 0
    assert "Python 3.12" in said.out
    assert (tmp_path / "copy" / ".devcontainer" / "devcontainer.json").exists()
    assert cli("review", "open", "SMALL/Loops/s1", "--to", tmp_path / "copy").code == 1
    (record,) = cli.json("review", "open", "SMALL/Loops/s1", "--to", tmp_path / "java", "--stack", "java-21")
    assert record["stack"] == "java-21"


def test_what_is_no_text_is_not_printed(cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "a.bin").write_bytes(bytes(range(10)))
    said = cli("review", "show", tmp_path / "work", "a.bin")
    assert (said.code, said.out) == (0, "")
    (record,) = cli.json("review", "show", tmp_path / "work", "a.bin")
    assert (record["kind"], record["encoding"]) == ("binary", None)


def test_a_project_with_a_number_that_no_project_has_is_not_there(cli: CommandLine) -> None:
    for number in (99, 1 << 62, 1 << 70):
        assert cli("projects", "remove", number).code == 1


def test_projects_come_are_changed_and_go(cli: CommandLine, tmp_path: Path) -> None:
    assert cli.json("projects") == []
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "a.py").write_text("one\x1b[31m\n")
    (record,) = cli.json("projects", "import", tmp_path / "work", "--name", "Mine")
    assert (record["name"], record["stack"], record["files"]) == ("Mine", "python-3.12", 1)
    number = record["id"]
    assert cli("review", "show", f"project:{number}", "a.py").out == "one␛[31m\n"
    assert cli("projects", "stack", number, "cobol").code == 1
    assert cli.json("projects", "stack", number, "go-1")[0]["stack"] == "go-1"
    assert cli.json("projects", "rename", number, "Ours")[0]["name"] == "Ours"
    assert "Ours" in cli("projects").out
    assert cli("projects", "remove", number).out == "Ours is removed.\n"
    assert cli.json("projects") == []


def test_stacks_are_listed(cli: CommandLine) -> None:
    assert "python-3.12" in cli("review", "stacks").out
