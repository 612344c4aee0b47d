"""What every source must be and do, found by the registry: a new source is tested by having an example here."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from building import CourseBuilder
from conftest import Clock
from downloading import Platform
from git_server import GitServer
from handling import StopAt, check_progress, dump, files_below, stopped

from exportmanager import sources
from exportmanager.core.errors import BadSource
from exportmanager.core.meter import Meter, Progress
from exportmanager.core.options import checked, fields_of
from exportmanager.core.registry import found_in
from exportmanager.core.source import Source
from exportmanager.program import Program
from exportmanager.sources.git import SOURCE as GIT

SOURCES: dict[str, Source] = found_in(sources, "SOURCE")
CANCEL_POINTS = 25

every_source = pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES.keys())


def course_folder(folder: Path) -> str:
    builder = CourseBuilder(folder)
    builder.course["modules"][0]["assignments"][0]["version"] = 1
    guide = folder / "assignments" / "a1" / "start.py"
    guide.parent.mkdir(parents=True)
    guide.write_text("print()\n")
    for number in range(1, 15):
        builder.student(f"t{number}")
        builder.file(f"t{number}", "a1", "main.py", f"print({number})\n" * 20)
        builder.add("answers", student=f"t{number}", assignment="a1", assessment="q1", attempt=1)
        builder.add("results", student=f"t{number}", assignment="a2", state="completed")
        builder.add("access", at="2026-02-01T08:00:00Z", user=f"t{number}", type="log_in")
        builder.add("coach-logs", at="2026-02-01T08:00:00Z", user=f"t{number}")
    return str(builder.write())


def downloads(folder: Path) -> str:
    """Of a course folder, what a platform would give; all of it older than the clock of the tests."""
    course = Path(course_folder(folder.with_name("course")))
    (course / "assignments" / "a1" / ".codio").write_text("{}")
    platform = Platform(course, folder)
    platform.coursework()
    platform.access()
    platform.coach()
    platform.roster()
    platform.grades("a1")
    platform.project("a1", "Hello.zip", "zip", top="Hello")
    for path in folder.iterdir():
        os.utime(path, (1_772_000_000, 1_772_000_000))
    return str(folder)


_servers: list[GitServer] = []


def git_repository(folder: Path) -> str:
    server = GitServer(folder)
    _servers.append(server)
    GIT.ca_certs = server.authority
    repository = server.repository()
    repository.commit(repository.folder({f"folder {n}/main.py": b"print(%d)\n" % n for n in range(20)}))
    return f"{server.url}/course.git"


@pytest.fixture(autouse=True)
def _servers_end(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NO_PROXY", "*")
    yield
    GIT.ca_certs = None
    while _servers:
        _servers.pop().close()


def again(source: Source, course: str) -> dict[str, Any]:
    """The options with which the same comes into the same course once more."""
    return {"course": course} if "course" in source.Options.model_fields else {}


EXAMPLES: dict[str, Callable[[Path], str]] = {"auto": downloads, "folder": course_folder, "git": git_repository}
"""For each source what makes an example of a place, in a folder that is not there yet."""


def test_every_source_has_an_example_here() -> None:
    assert SOURCES.keys() == EXAMPLES.keys()


@every_source
def test_a_source_says_what_it_is(source: Source) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", source.id)
    assert re.fullmatch(r"[A-Z][^.]*", source.title)
    assert re.fullmatch(r"[A-Z].*\.", source.summary)
    assert ". " not in source.summary
    assert re.fullmatch(r"[A-Z]+", source.argument)


@every_source
def test_its_options_are_described_and_survive_json(source: Source) -> None:
    for field in fields_of(source.Options):
        info = source.Options.model_fields[field.name]
        assert info.title
        assert info.description
        assert info.description.endswith(".")
        assert not info.is_required()
    options = source.Options()
    assert checked(source.Options, options.model_dump(mode="json")) == options


@every_source
def test_it_brings_a_course_in_and_says_what_came(source: Source, program: Program, tmp_path: Path) -> None:
    report = program.bring_in(source.id, EXAMPLES[source.id](tmp_path / "place"))
    assert report.source == source.id
    assert report.changed_anything
    assert program.library.import_report(program.library.find_course(report.course_id)) == report
    summary = program.library.courses()[0]
    assert (summary.info.title, summary.gaps) == (report.course_title, len(report.gaps))
    assert summary.workspaces == report.of("workspaces").read
    assert report.of("workspaces").read or source.id == GIT.id
    assert report.of("published").read > 0


@every_source
def test_two_libraries_take_in_the_same(source: Source, program: Program, tmp_path: Path, clock: Clock) -> None:
    place = EXAMPLES[source.id](tmp_path / "place")
    other = Program(tmp_path / "other", clock)
    try:
        assert program.bring_in(source.id, place) == other.bring_in(source.id, place)
    finally:
        other.close()
    assert dump(program.library.folder) == dump(tmp_path / "other")
    assert files_below(program.library.folder) == files_below(tmp_path / "other")


@every_source
def test_importing_again_changes_nothing(source: Source, program: Program, tmp_path: Path, clock: Clock) -> None:
    place = EXAMPLES[source.id](tmp_path / "place")
    course = program.bring_in(source.id, place).course_id
    before = dump(program.library.folder, leave_out=["imports"]), files_below(program.library.folder)
    clock.forward(days=40)
    report = program.bring_in(source.id, place, again(source, course))
    assert not report.changed_anything
    assert all(change.unchanged == change.read for change in report.changes)
    assert (dump(program.library.folder, leave_out=["imports"]), files_below(program.library.folder)) == before


@every_source
def test_progress_goes_forward_only_and_ends_at_its_total(source: Source, program: Program, tmp_path: Path) -> None:
    seen: list[Progress] = []
    program.bring_in(source.id, EXAMPLES[source.id](tmp_path / "place"), meter=Meter(seen.append))
    assert any(progress.total for progress in seen)
    check_progress(seen)


@every_source
def test_cancel_at_any_point_leaves_no_trace(
    source: Source, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    place = EXAMPLES[source.id](tmp_path / "place")
    counted = Program(tmp_path / "counted", program.clock)
    never = StopAt()
    counted.bring_in(source.id, place, meter=Meter(stop=never))
    counted.close()
    (program.library.folder / "import.lock").touch()
    before = dump(program.library.folder), files_below(program.library.folder)
    for _ in stopped(
        lambda stop: program.bring_in(source.id, place, meter=Meter(stop=stop)), never.asked, CANCEL_POINTS
    ):
        assert (dump(program.library.folder), files_below(program.library.folder)) == before
        assert list(temporary.iterdir()) == []


@every_source
def test_a_place_that_is_not_there_gets_a_sentence(source: Source, program: Program, tmp_path: Path) -> None:
    with pytest.raises(BadSource, match=r"\.$"):
        program.bring_in(source.id, str(tmp_path / "nowhere"))
    assert program.library.courses() == []
