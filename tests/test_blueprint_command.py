"""Blueprints by the command line: out, and in again from a file or from git, shown first where asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commanding import CommandLine
from exporting import small_course
from git_server import GitServer
from handling import dump

from exportmanager.sources.git import SOURCE as GIT

LAB = {"name": "Lab", "content": "# Lab", "layout": "2-panels"}


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """With one course, which has a blueprint."""
    folder = small_course(tmp_path / "course")
    (folder / "blueprints.json").write_text(json.dumps([LAB]))
    cli = CommandLine(tmp_path / "library", capsys)
    assert cli("import", "folder", folder).code == 0
    return cli


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitServer]:
    monkeypatch.setenv("NO_PROXY", "*")
    server = GitServer(tmp_path / "server")
    monkeypatch.setattr(GIT, "ca_certs", server.authority)
    repository = server.repository()
    repository.commit(repository.folder({"blueprints/lab.json": json.dumps([LAB]).encode(), "README.md": b"# Hi"}))
    yield server
    server.close()


def given(tmp_path: Path, *items: Any) -> Path:
    path = tmp_path / "given.json"
    path.write_text(json.dumps(items))
    return path


def test_a_file_is_added_to_the_only_course(cli: CommandLine, tmp_path: Path) -> None:
    said = cli("import", "blueprints", given(tmp_path, LAB, {"name": "Talk", "content": "# T"}))
    assert said.code == 0
    assert "added as Lab (2)" in said.out
    assert said.out.endswith("2 blueprints added.\n")
    (record,) = cli.json("import", "blueprints", tmp_path / "given.json", "--skip-equal", "--course", "SMALL")
    assert list(record) == ["id", "added", "skipped", "findings"]
    assert record["id"] == "course-1"
    assert record["added"] == []
    assert [item["now"] for item in record["skipped"]] == ["Lab", "Talk"]


def test_a_dry_run_shows_what_would_be_added_and_adds_nothing(cli: CommandLine, tmp_path: Path) -> None:
    before = dump(cli.library, leave_out=["settings"])
    said = cli("import", "blueprints", given(tmp_path, LAB, "odd"), "--dry-run")
    assert "added as Lab (2)" in said.out
    assert said.out.endswith("1 blueprint would be added.\n")
    assert "Item 2 is no blueprint" in said.err
    assert dump(cli.library, leave_out=["settings"]) == before


def test_a_file_in_git_is_added(cli: CommandLine, server: GitServer) -> None:
    git = ("import", "blueprints", "--git", f"{server.url}/course.git", "--ref", "main", "--path")
    (record,) = cli.json(*git, "blueprints/lab.json")
    assert record["added"] == [{"name": "Lab", "now": "Lab (2)", "letters": 5}]
    missing = cli(*git, "lab.json")
    assert missing.code == 1
    assert "Perhaps it is blueprints/lab.json." in missing.err
    other = cli(*git, "README.md")
    assert other.code == 1
    assert "README.md, line 1: this is not valid JSON" in other.err


@pytest.mark.parametrize(
    "words",
    [[], ["x.json", "--git", "https://example.org/a"], ["x.json", "--path", "y"], ["x.json", "--ref", "y"]],
)
def test_either_a_file_or_git_is_asked_for(cli: CommandLine, words: list[str]) -> None:
    assert cli("import", "blueprints", *words).code == 2


def test_of_several_courses_one_has_to_be_named(cli: CommandLine, tmp_path: Path) -> None:
    cli("import", "folder", small_course(tmp_path / "other", id="course-2", code="OTHER"))
    said = cli("import", "blueprints", given(tmp_path, LAB))
    assert said.code == 1
    assert "The course must be named, as there are 2 in the library." in said.err
    assert cli("import", "blueprints", tmp_path / "given.json", "--course", "OTHER").code == 0


def test_named_ones_are_exported_and_come_in_again(cli: CommandLine, tmp_path: Path) -> None:
    cli("import", "blueprints", given(tmp_path, {"name": "Talk", "content": "# T"}))
    (job,) = cli.json("export", "blueprints", "SMALL", "--blueprint", "Talk", "--save-to", tmp_path)
    (record,) = cli.json("import", "blueprints", job["saved_to"], "--dry-run")
    assert [item["name"] for item in record["added"]] == ["Talk"]
    said = cli("export", "blueprints", "SMALL", "--blueprint", "Nobody")
    assert said.code == 1
    assert "The course has no blueprint called Nobody." in said.err
