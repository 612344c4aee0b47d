"""The command for settings is made from their groups; the shelf moves by it, unless a window shows it."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from pathlib import Path

import click
import pytest
from building import CourseBuilder
from click.testing import CliRunner
from commanding import CommandLine
from exporting import names_in, small_course
from pydantic import Field

from exportmanager.cli.flags import flags_of
from exportmanager.core.locks import FileLock
from exportmanager.core.options import Folder, Options

DEFAULTS = {
    "shelf-folder": "",
    "shelf-days": 7,
    "save-folder": "",
    "csv": "spreadsheets",
    "separator": "system",
    "notifications": "desktop",
    "appearance": "system",
    "archive-folder": "",
    "archive-months": 12,
}


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """A library with an export on its shelf."""
    cli = CommandLine(tmp_path / "library", capsys)
    cli("import", "folder", small_course(tmp_path / "course"))
    assert cli("export", "coursework", "SMALL").code == 0
    return cli


@pytest.fixture
def new(tmp_path: Path) -> Path:
    (tmp_path / "new").mkdir()
    return tmp_path / "new"


def values(cli: CommandLine, *words: object) -> dict[str, object]:
    return {record["id"]: record["value"] for record in cli.json("settings", *words)}


def test_all_settings_are_listed_with_their_values(cli: CommandLine) -> None:
    assert values(cli) == DEFAULTS
    lines = cli("settings").out.splitlines()
    assert lines[1].split("  ")[0] == "shelf-folder"
    assert "(in the library)" in lines[1]
    assert "7 days" in lines[2]


def test_each_setting_is_changed_by_its_flag_and_the_others_stay(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    changed = {"shelf-days": 0, "csv": "programs", "notifications": "none", "appearance": "dark"}
    for name, value in changed.items():
        before = values(cli)
        assert values(cli, f"--{name}", value) == before | {name: value}
    assert values(cli, "--save-folder", "copies")["save-folder"] == str(tmp_path / "copies")
    assert "0 (until I remove them)" in cli("settings").out
    assert values(cli, "--save-folder", "") == DEFAULTS | changed


@pytest.mark.parametrize(
    "words",
    [
        ("--shelf-days", -1), ("--shelf-days", 3651), ("--shelf-days", "many"), ("--csv", "tables"), ("--leave-files",),
        ("--appearance", "pink"), ("--include-inactive",), ("--keep-everything",), ("--retention-months", 3),
        ("--course", "SMALL", "--retention-months", 0), ("--course", "SMALL", "--retention-months", "many"),
    ],
)  # fmt: skip
def test_wrong_usage_changes_nothing(cli: CommandLine, words: tuple[object, ...]) -> None:
    assert cli("settings", *words).code == 2
    assert values(cli) == DEFAULTS


def test_the_shelf_moves_and_comes_back(cli: CommandLine, new: Path) -> None:
    old = cli.library / "shelf"
    (name,) = names_in(old)
    assert values(cli, "--shelf-folder", new, "--shelf-days", 3) == DEFAULTS | {
        "shelf-folder": str(new),
        "shelf-days": 3,
    }
    assert (names_in(new), names_in(old)) == ([name], [])
    assert cli.json("shelf", "list")[0]["path"] == str(new / name)
    assert cli("export", "coursework", "SMALL").out.startswith(str(new))
    assert cli.json("shelf", "verify")[0]["verdict"] == "whole"
    assert values(cli, "--shelf-folder", "")["shelf-folder"] == ""
    assert (len(names_in(old)), names_in(new)) == (2, [])


def test_a_move_that_is_refused_changes_nothing_else(cli: CommandLine, new: Path) -> None:
    said = cli("settings", "--shelf-folder", new / "nowhere", "--shelf-days", 3)
    assert (said.code, said.out) == (1, "")
    assert said.err == f"There is no folder {new / 'nowhere'}.\nChoose a folder that is there.\n"
    assert values(cli) == DEFAULTS


def test_the_shelf_does_not_move_while_a_window_has_the_library_open(cli: CommandLine, new: Path) -> None:
    window = FileLock.take(cli.library / "window.lock")
    assert window is not None
    said = cli("settings", "--shelf-folder", new)
    assert (said.code, said.err.splitlines()[0]) == (1, "The window has this library open.")
    assert values(cli, "--shelf-days", 9) == DEFAULTS | {"shelf-days": 9}
    window.release()
    assert values(cli, "--shelf-folder", new)["shelf-folder"] == str(new)
    again = FileLock.take(cli.library / "window.lock")
    assert again is not None, "the command lets go of it"
    again.release()


def test_a_shelf_that_cannot_be_reached_keeps_no_command_from_working(cli: CommandLine, new: Path) -> None:
    values(cli, "--shelf-folder", new)
    away = new.rename(new.with_name("unplugged"))
    assert cli("courses").code == 0
    assert cli.json("shelf", "list")[0]["state"] == "exported"
    said = cli("export", "coursework", "SMALL")
    assert (said.code, said.err.splitlines()[0]) == (1, f"The shelf's folder {new} cannot be reached.")
    said = cli("settings", "--shelf-folder", "")
    assert (said.code, "cannot come along" in said.err) == (1, True)
    assert values(cli, "--shelf-folder", "", "--leave-files") == DEFAULTS
    assert cli.json("shelf", "list")[0]["state"] == "missing"
    assert len(names_in(away)) == 1


def test_the_rule_of_a_course_stays_its_own(cli: CommandLine) -> None:
    assert cli.json("settings", "--course", "SMALL")[0]["value"] is False
    assert cli.json("settings", "--course", "SMALL", "--include-inactive")[0]["value"] is True
    assert values(cli) == DEFAULTS


def test_for_how_long_data_are_kept_is_a_rule_of_the_course(cli: CommandLine) -> None:
    usual = {"include-inactive": False, "retention-months": 6, "keep-everything": False, "remove-old-access": False}
    course = ("--course", "SMALL")
    assert values(cli, *course) == usual
    assert values(cli, *course, "--retention-months", 12, "--remove-old-access") == usual | {
        "retention-months": 12,
        "remove-old-access": True,
    }
    assert values(cli, *course, "--retention-months", "unlimited", "--include-inactive") == {
        "include-inactive": True, "retention-months": None, "keep-everything": False, "remove-old-access": True,
    }  # fmt: skip
    assert "unlimited" in cli("settings", *course).out
    back = ("--retention-months", "6", "--leave-out-inactive", "--no-remove-old-access", "--keep-everything")
    assert values(cli, *course, *back) == usual | {"keep-everything": True}


def test_what_will_go_is_said_at_once_and_at_every_command_until_it_went(cli: CommandLine, tmp_path: Path) -> None:
    builder = CourseBuilder(tmp_path / "more")
    for day in (1, 2, 3):
        builder.add("access", at=f"2020-01-0{day}T10:00:00Z", user="s1", type="log_in", ip="192.0.2.1")
    cli("import", "folder", builder.write())
    assert cli("courses").err == ""
    said = cli("settings", "--course", "SMALL", "--remove-old-access").err.splitlines()
    assert re.fullmatch(r"A small course: 3 access events from before 20..-..-.. will be removed after .*\.", said[0])
    assert said[1:] == ["To keep them: settings --course course-1 --keep-everything"]
    assert cli("courses").err.splitlines() == said
    assert cli("settings", "--course", "SMALL", "--no-remove-old-access").err.splitlines() == said  # before it
    assert cli("courses").err == ""
    cli("settings", "--course", "SMALL", "--remove-old-access")
    with contextlib.closing(sqlite3.connect(cli.library / "library.sqlite3")) as database, database:
        database.execute("UPDATE course_settings SET access_warned_at = '2026-01-01 10:00:00.000000'")
    said = cli("courses").err.splitlines()
    assert re.fullmatch(
        r"A small course: 3 access events from before .* went from the library, as the course is set\.", said[0]
    )
    assert len(said) == 1
    assert cli("courses").err == ""


class Declared(Options):
    """Options of the kinds whose flags differ."""

    folder: Folder = Field(default="", description="A folder.")
    number: int = Field(default=3, ge=1, lt=10, description="A number.")
    free: int = Field(default=3, description="Any number.")


def test_flags_know_folders_and_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    seen: list[dict[str, object]] = []
    command = click.Command("try", params=flags_of(Declared), callback=lambda **named: seen.append(named))
    runner = CliRunner()
    for words in ([], ["--folder", "here", "--number", "9", "--free", "-5"], ["--folder", ""]):
        assert runner.invoke(command, words).exit_code == 0
    assert seen == [
        {"folder": "", "number": 3, "free": 3},
        {"folder": str(tmp_path / "here"), "number": 9, "free": -5},
        {"folder": "", "number": 3, "free": 3},
    ]
    assert "1<=x<=9" in runner.invoke(command, ["--help"]).output
    for words in (["--number", "0"], ["--number", "10"], ["--free", "x"]):
        assert runner.invoke(command, words).exit_code == 2
    assert Declared.model_validate(seen[1]).number == 9
