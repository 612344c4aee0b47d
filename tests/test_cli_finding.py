"""Finding and comparing on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import CourseBuilder
from commanding import CommandLine

from exportmanager.program import Program


@pytest.fixture
def cli(tmp_path: Path, program: Program, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line on a library with two students' work."""
    course = CourseBuilder(tmp_path / "course")
    course.guide_page("a1", "Welcome", "Hello")
    course.file("s1", "a1", "main.py", "import math\n\nprint(1)\nprint(2)\n")
    course.file("s1", "a1", "same.py", "pass\n")
    course.file("s2", "a1", "main.py", "import math\n\nprint(1)\nprint(22)\nevil = '\x1b[2J'\n")
    course.file("s2", "a1", "same.py", "pass\n")
    program.bring_in("folder", str(course.write()))
    return CommandLine(program.library.folder, capsys)


def test_what_is_found_is_printed_with_whose_it_is(cli: CommandLine) -> None:
    said = cli("find", "print(2", "--course", "SMALL")
    assert sorted(said.out.splitlines()) == [
        "Ada Example, Hello: main.py:4: print(2)",
        "Bo Sample, Hello: main.py:4: print(22)",
    ]
    assert "2 lines in 2 workspaces." in said.err
    assert cli("find", "evil").out == "Bo Sample, Hello: main.py:5: evil = '\N{REPLACEMENT CHARACTER}[2J'\n"


def test_what_is_found_as_json_says_where_it_can_be_looked_at(cli: CommandLine) -> None:
    (found,) = cli.json("find", r"print\(22\)", "--regex")
    assert (found["student"], found["path"], found["line"], found["spans"]) == ("Bo Sample", "main.py", 4, [[0, 9]])
    assert found["where"]["student"] == "s2"


def test_archives_and_folders_are_searched_on_request(cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.md").write_text("print(2)\n")
    assert "other: notes.md:1: print(2)\n" in cli("find", "print(2)", "--archive", tmp_path / "other").out


def test_nothing_found_is_said_and_a_wrong_expression_is_a_problem(cli: CommandLine) -> None:
    said = cli("find", "nowhere")
    assert (said.code, said.out) == (0, "")
    assert "Nothing was found." in said.err
    assert cli("find", "(", "--regex").code == 1


def test_two_workspaces_are_compared_file_by_file(cli: CommandLine) -> None:
    found = cli.json("compare", "SMALL/Hello/s1", "SMALL/Hello/s2", "--all")
    assert [(row["id"], row["change"]) for row in found] == [("main.py", "changed"), ("same.py", "same")]
    assert "1 file with differences, 1 file without." in cli("compare", "SMALL/Hello/s1", "SMALL/Hello/s2").err


def test_a_file_is_compared_line_by_line(cli: CommandLine) -> None:
    said = cli("compare", "SMALL/Hello/s1", "SMALL/Hello/s2", "main.py")
    assert said.out.splitlines() == [
        "    1     1   import math",
        "    2     2",
        "    3     3   print(1)",
        "    4       - print(2)",
        "          4 + print(22)",
        "          5 + evil = '␛[2J'",
    ]
    rows = cli.json("compare", "SMALL/Hello/s1", "SMALL/Hello/s2", "main.py")
    assert [row["left_spans"] for row in rows if row["kind"] == "changed"] == [[[6, 7]]]
    assert cli("compare", "SMALL/Hello/s1", "SMALL/Hello/s2", "nowhere.py").code == 1
    assert "They are the same." in cli("compare", "SMALL/Hello/s1", "SMALL/Hello/s2", "same.py").err
