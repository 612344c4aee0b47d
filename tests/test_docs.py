"""The pages of docs/ name what the program has: every command, flag, key of JSON, state and exit code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest
from commanding import CommandLine, Records
from exporting import small_course

from exportmanager.cli import main
from exportmanager.core.ledger import JobState
from exportmanager.core.report import Cell
from exportmanager.core.retention import Due
from exportmanager.core.shelf import Removal

DOCS = Path(__file__).parent.parent / "docs"
CLI = (DOCS / "cli.md").read_text(encoding="utf-8")


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command of the program, with the words that lead to it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
            if command.invoke_without_command:
                yield (*path, name), command
        else:
            yield (*path, name), command


COMMANDS = dict(commands(main.cli))


def flags(command: click.Command) -> set[str]:
    return {
        flag
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for flag in (*parameter.opts, *parameter.secondary_opts)
    }


def of_json(row: str) -> list[str]:
    """The words in code in the first cell of the table of JSON that stands in a line with `row`."""
    lines = [line for line in CLI.partition("## JSON")[2].splitlines() if line.startswith("|")]
    (line,) = [line for line in lines if f"`{row}`" in line.split("|")[1]]
    return " ".join(re.findall(r"`([^`]+)`", line.split("|")[2])).split()


def test_there_are_all_the_commands_that_were_promised() -> None:
    promised = (
        "courses, show, students, assignments, kinds, import folder, export coursework, shelf list, shelf save, "
        "shelf keep, shelf remove, shelf verify, shelf expire, jobs, jobs run-again, jobs cancel"
    )
    assert {tuple(words.split()) for words in promised.split(", ")} <= set(COMMANDS)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_and_flag_is_in_the_page_on_the_command_line(words: tuple[str, ...]) -> None:
    line = " ".join(words)
    assert re.search(rf"`{line}[ `]", CLI), line
    missing = {flag for flag in flags(COMMANDS[words]) if not re.search(rf"{flag}\b", CLI)}
    assert not missing


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_knows_json_and_says_what_each_of_its_flags_does(words: tuple[str, ...]) -> None:
    command = COMMANDS[words]
    assert "--json" in flags(command)
    assert command.get_short_help_str(), "a sentence on what it does"
    assert all(p.help for p in command.params if isinstance(p, click.Option))


@pytest.mark.parametrize("flag", sorted(flags(main.cli)))
def test_every_flag_of_the_program_itself_is_in_the_page(flag: str) -> None:
    assert flag in CLI


@pytest.mark.parametrize("words", [JobState, Due, Removal, Cell])
def test_every_word_that_json_may_hold_is_in_the_page(words: Any) -> None:
    assert [word.value for word in words if f"`{word.value}`" not in CLI] == []


@pytest.mark.parametrize("code", [main.DONE, main.PROBLEM, main.USAGE, main.CANCELLED, 4])
def test_every_exit_code_is_in_the_page(code: int) -> None:
    assert f"| {code} | " in CLI


def test_the_keys_of_json_are_those_in_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli = CommandLine(tmp_path / "library", capsys)
    said: Mapping[str, Records] = {
        "import": cli.json("import", "folder", small_course(tmp_path / "course")),
        "courses": cli.json("courses"),
        "students": cli.json("students", "SMALL"),
        "assignments": cli.json("assignments", "SMALL"),
        "kinds": cli.json("kinds"),
        "jobs": [],
        "export --save-to": cli.json("export", "coursework", "SMALL", "--save-to", tmp_path),
        "shelf verify": cli.json("shelf", "verify"),
    }
    for row in ("import", "courses", "students", "assignments", "kinds", "shelf verify"):
        told = [word for word in of_json(row) if word not in {"whole", "damaged"}]
        assert list(said[row][0]) == told, row
    assert list(cli.json("show", "SMALL")[0]) == of_json("courses") + of_json("show")
    job = of_json("jobs")
    assert (
        list(cli.json("jobs")[0]) == list(cli.json("shelf", "list")[0]) == list(cli.json("shelf", "keep", 1)[0]) == job
    )
    assert list(said["export --save-to"][0]) == [*job, "saved_to"]
    assert list(cli.json("shelf", "save", 1, tmp_path / "copy.zip")[0]) == [*job, *of_json("shelf save")]
    assert list(cli.json("shelf", "remove", 1)[0]) == [*job, *of_json("shelf remove")]
    assert list(cli.json("settings")[0]) == ["id", "value"]
    assert set(cli.json("settings", "--course", "SMALL")[0]) | {"--course"} == set(of_json("settings"))


def test_links_between_the_pages_lead_somewhere() -> None:
    for page in (*DOCS.rglob("*.md"), *DOCS.parent.glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
