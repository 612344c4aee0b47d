"""Projects: workspaces outside any course come into the library whole, are listed, and go with their files."""

from __future__ import annotations

from pathlib import Path

import pytest
from bagging import bring_in_twice
from conftest import Clock

from exportmanager.core.errors import BadOptions, BadSource, Cancelled, NotFound
from exportmanager.core.meter import Meter
from exportmanager.formats.archives import open_tree
from exportmanager.library.projects import Project
from exportmanager.program import Program
from exportmanager.review.opening import Openings
from exportmanager.review.where import Where


def folder_of(path: Path, **files: str) -> Path:
    path.mkdir()
    for name, content in files.items():
        (path / f"{name}.py").write_text(content)
    return path


def taken_in(program: Program, path: Path, name: str = "My project", meter: Meter | None = None) -> Project:
    tree = open_tree(path)
    return program.library.projects.take_in(tree, name, "python-3.12", str(path), program.clock(), meter or Meter())


def packages(program: Program) -> list[Path]:
    return list((program.library.folder / "workspaces").rglob("*.zip"))


def test_a_project_is_listed_opened_changed_and_removed(program: Program, clock: Clock, tmp_path: Path) -> None:
    project = taken_in(program, folder_of(tmp_path / "work", a="one"), "  My   project ")
    clock.forward(days=1)
    second = taken_in(program, folder_of(tmp_path / "other", b="two"), "Later")
    assert [one.name for one in program.library.projects.all()] == ["Later", "My project"]
    assert (project.stack, project.files, project.bytes, project.gaps) == ("python-3.12", 1, 3, ())
    program.library.projects.set_stack(project.id, "java-21")
    program.library.projects.rename(project.id, "Ours")
    with Openings(program.library) as openings, openings.open(Where.of_project(project.id)) as opened:
        assert (opened.name, opened.stack) == ("Ours", "java-21")
        assert [(e.path, bool(e.sha256)) for e in opened.entries()] == [("a.py", True)]
        assert opened.read("a.py", 10) == b"one"
    program.library.projects.remove(project.id)
    assert [one.id for one in program.library.projects.all()] == [second.id]
    assert [path.stem for path in packages(program)] == [second.package]


def test_files_that_something_else_needs_stay(program: Program, tmp_path: Path) -> None:
    work = folder_of(tmp_path / "work", a="one")
    first, twin = taken_in(program, work), taken_in(program, work)
    assert first.package == twin.package
    program.library.projects.remove(first.id)
    assert [path.stem for path in packages(program)] == [twin.package]
    program.library.projects.remove(twin.id)
    assert packages(program) == []


def test_a_course_that_goes_for_good_leaves_projects_their_files(program: Program, tmp_path: Path) -> None:
    bring_in_twice(program, tmp_path / "course")
    course = program.library.courses()[0].info.id
    held = program.library.files.held(course)
    project = taken_in(program, held[0].path)
    program.library.trash.put_in(course, program.clock())
    program.library.trash.purge(course, lambda: None)
    with Openings(program.library) as openings, openings.open(Where.of_project(project.id)) as opened:
        assert [entry.path for entry in opened.entries()] == ["main.py"]


def test_what_is_stopped_or_no_workspace_is_not_there(program: Program, tmp_path: Path) -> None:
    work = folder_of(tmp_path / "work", a="one")
    with pytest.raises(Cancelled):
        taken_in(program, work, meter=Meter(stop=lambda: True))
    (tmp_path / "text.zip").write_text("no archive")
    with pytest.raises(BadSource):
        taken_in(program, tmp_path / "text.zip")
    for name in ("", "  ", "x" * 500):
        with pytest.raises(BadOptions):
            taken_in(program, work, name)
    program.tidy()
    assert program.library.projects.all() == []
    assert [path for path in (program.library.folder / "workspaces").rglob("*") if path.is_file()] == []


def test_an_import_killed_before_its_row_was_written_is_swept(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("exportmanager.library.projects.writing", killed)
        with pytest.raises(KeyboardInterrupt):
            taken_in(program, folder_of(tmp_path / "work", a="one"))
    assert len(packages(program)) == 1
    program.library.sweep()
    assert packages(program) == []


def test_a_project_that_is_not_there_is_said(program: Program) -> None:
    for ask in (program.library.projects.get, program.library.projects.remove, program.library.projects.kept):
        with pytest.raises(NotFound):
            ask(7)
